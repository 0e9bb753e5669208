/** The kinds of BLAS: how they are told apart, and what they call the functions that the standard does not have. */
import { has, type Library } from "./koffi.ts";

/** What stands before and behind the names of a library's functions, so that two of a kind can live in one process. */
export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

/** OpenBLAS for itself, in packages of Python for 32-bit and 64-bit integers, and in Julia. */
const affixes: readonly Affixes[] = [
  { prefix: "", suffix: "" },
  { prefix: "scipy_", suffix: "" },
  { prefix: "scipy_", suffix: "64_" },
  { prefix: "", suffix: "64_" },
];

interface Vendor {
  readonly name: string;
  readonly setThreads: string;
  /** Calls a function, of which the affixes are not given. */
  version(call: Call): string;
}

type Call = (name: string, result: string, parameters?: readonly string[], ...values: unknown[]) => unknown;

const vendors: readonly Vendor[] = [
  {
    name: "OpenBLAS",
    setThreads: "openblas_set_num_threads",
    version: (call) => String(call("openblas_get_config", "str")).trim(),
  },
  {
    name: "MKL",
    setThreads: "MKL_Set_Num_Threads",
    version: (call) => {
      const text = new Uint8Array(198);
      call("MKL_Get_Version_String", "void", ["void *", "int"], text, text.length);
      return new TextDecoder().decode(text).split("\0")[0]!.trim();
    },
  },
  {
    name: "BLIS",
    setThreads: "bli_thread_set_num_threads",
    version: (call) => String(call("bli_info_get_version_str", "str")),
  },
];

/** What a library is. */
export interface Description extends Affixes {
  /** "OpenBLAS", "MKL", "BLIS", "Accelerate"; "CBLAS" for one that is none of these. */
  readonly name: string;
  /** What the library says of itself. */
  readonly version: string | null;
  /** The kind of processor whose kernels it uses; null where it does not say. */
  readonly core: string | null;
  /** What it takes sizes and strides as: a type of koffi. */
  readonly integer: "int" | "int64_t";
  /** The function that sets the number of its threads, in full; null where it decides by itself. */
  readonly setThreads: string | null;
  /** Whether each thread that calls it has a number of threads of its own to set. */
  readonly threadsByCaller: boolean;
}

export const ACCELERATE = "/System/Library/Frameworks/Accelerate.framework/Accelerate";

/** Throws if the library at this path has no C interface to a BLAS. */
export function describeLibrary(library: Library, path: string): Description {
  const found = affixes.find(({ prefix, suffix }) => has(library, `${prefix}cblas_sgemm${suffix}`));
  if (found === undefined) throw new Error(`${path} has no cblas_sgemm`);
  const { prefix, suffix } = found;
  const nameOf = (name: string) => `${prefix}${name}${suffix}`;
  const call: Call = (name, result, parameters = [], ...values) =>
    library.func(nameOf(name), result, parameters)(...values);

  const vendor = vendors.find(({ setThreads }) => has(library, nameOf(setThreads)));
  const version = vendor?.version(call) ?? null;
  const is64 = suffix !== "" || (version?.includes("USE64BITINT") ?? false);
  const isOpenBlas = vendor?.name === "OpenBLAS";
  return {
    ...found,
    name: vendor?.name ?? (path === ACCELERATE ? "Accelerate" : "CBLAS"),
    version,
    core: isOpenBlas ? String(call("openblas_get_corename", "str")) : null,
    integer: is64 ? "int64_t" : "int",
    setThreads: vendor ? nameOf(vendor.setThreads) : null,
    // 2 stands for OpenMP, which counts threads for each caller.
    threadsByCaller: isOpenBlas && call("openblas_get_parallel", "int") === 2,
  };
}
