/** Opens a BLAS, for the processor that it runs on. */
import { betterCore } from "./cores.ts";
import type { FoundKoffi, Library } from "./koffi.ts";
import { type NativeEnvironment, withVariables } from "./native-environment.ts";
import { type Description, describeLibrary } from "./vendors.ts";

export interface Blas extends Description {
  /** The name or path that it was loaded by. */
  readonly path: string;
  readonly koffiPath: string;
  readonly require: FoundKoffi["require"];
  readonly library: Library;
  /** The core that it would have chosen, where it was told another one; null where it was not. */
  readonly ownCore: string | null;
}

/**
 * OpenBLAS's threads look for work for 2^n cycles before they sleep, 2^26 if not told, and our own threads would have to
 * share the cores with them for as long. 2^20 is a third of a millisecond, and made no product slower.
 */
const SPIN = { OPENBLAS_THREAD_TIMEOUT: "20" };

/** Names the core that OpenBLAS shall use; read when it is loaded. */
export const CORE = "OPENBLAS_CORETYPE";

/**
 * The BLAS at this path; throws where there is none. Where OpenBLAS takes the processor for less than its flags say, it is
 * loaded again and told, unless the environment already says what it shall take it for. `flags` are null where nothing is
 * known of them.
 */
export function openBlas(
  { koffi, koffiPath, require }: FoundKoffi,
  path: string,
  environment: NativeEnvironment,
  flags: ReadonlySet<string> | null,
): Blas {
  const load = (variables: Readonly<Record<string, string>>): Blas => {
    const library = withVariables(environment, { ...SPIN, ...variables }, () => koffi.load(path));
    return { koffiPath, require, path, library, ownCore: null, ...describeLibrary(library, path) };
  };
  const first = load({});
  const { core: ownCore } = first;
  const core = ownCore && flags && betterCore(ownCore, flags);
  if (!core || environment.get(CORE) !== undefined) return first;
  // Nothing has been computed yet, so that the library's threads have not begun and it can be let go. Where someone else
  // in the process holds it too, it stays as it is.
  first.library.unload();
  const second = load({ [CORE]: core });
  if (second.core?.toLowerCase() === core.toLowerCase()) return { ...second, ownCore };
  second.library.unload();
  return load({});
}
