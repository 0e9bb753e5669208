/**
 * Finds a BLAS of the system and calls it through the package koffi, where that is installed: both are optional, and
 * nothing here throws when one is missing.
 */
import { nodeModule } from "../node-module.ts";

/** What we use of koffi. */
export interface Koffi {
  readonly version: string;
  load(path: string): Library;
  /** Where the elements of a typed array lie. */
  address(array: ArrayBufferView): bigint;
}

export interface Library {
  /** A function of the library; throws if there is none of this name. */
  func(name: string, result: string, parameters: readonly string[]): (...values: unknown[]) => unknown;
}

/** As Node's. */
type Require = ((path: string) => unknown) & { resolve(name: string): string };

export interface Blas {
  /** "OpenBLAS", "MKL", "BLIS", "Accelerate"; "CBLAS" for one that is none of these. */
  readonly name: string;
  /** What the library says of itself. */
  readonly version: string | null;
  /** The name or path that it was loaded by. */
  readonly path: string;
  readonly koffiPath: string;
  readonly require: Require;
  /** The function that sets the number of its threads; null where it decides by itself. */
  readonly setThreads: string | null;
  /** Whether each thread that calls it has a number of threads of its own to set. */
  readonly threadsByCaller: boolean;
  readonly library: Library;
}

/** How the kinds of BLAS are told apart, and what they call the functions that the standard does not have. */
interface Vendor {
  readonly name: string;
  readonly setThreads: string;
  version(library: Library): string;
}

const vendors: readonly Vendor[] = [
  {
    name: "OpenBLAS",
    setThreads: "openblas_set_num_threads",
    version: (library) => String(library.func("openblas_get_config", "str", [])()).trim(),
  },
  {
    name: "MKL",
    setThreads: "MKL_Set_Num_Threads",
    version: (library) => {
      const text = new Uint8Array(198);
      library.func("MKL_Get_Version_String", "void", ["void *", "int"])(text, text.length);
      return new TextDecoder().decode(text).split("\0")[0]!.trim();
    },
  },
  {
    name: "BLIS",
    setThreads: "bli_thread_set_num_threads",
    version: (library) => String(library.func("bli_info_get_version_str", "str", [])()),
  },
];

const ACCELERATE = "/System/Library/Frameworks/Accelerate.framework/Accelerate";

/**
 * Where to look, the first that is there wins; of OpenBLAS, builds with threads come first. libblas.so.3 and its like
 * are not here: behind them may be the reference implementation, which is slower than our own kernels.
 */
const places: Partial<Record<string, readonly string[]>> = {
  linux: [
    ...["libopenblasp.so.0", "libopenblaso.so.0", "libopenblas.so.0", "libopenblas.so.3", "libopenblas.so"],
    ...["libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"],
    ...["libblis-mt.so", "libblis.so.4", "libblis.so"],
  ],
  darwin: [ACCELERATE],
  win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.3.dll", "mkl_rt.2.dll", "mkl_rt.1.dll"],
};

/**
 * OpenBLAS's threads look for work for 2^n cycles before they sleep, 2^26 if not told, and our own threads would have to
 * share the cores with them for as long. 2^20 is a third of a millisecond, and made no product slower.
 */
const SPIN = ["OPENBLAS_THREAD_TIMEOUT", "20"] as const;

interface Process {
  readonly env: Record<string, string | undefined>;
  readonly platform: string;
  cwd(): string;
}

/** The package, and the way by which it was found; throws if it is not installed. */
function loadKoffi(process: Process): { koffi: Koffi; koffiPath: string; require: Require } {
  const { createRequire } = nodeModule<{ createRequire(from: string): Require }>("node:module")!;
  let failure: unknown;
  // Beside the library, and beside the program, which a bundler may have taken away from there.
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      const require = createRequire(from);
      const koffiPath = require.resolve("koffi");
      const koffi = require(koffiPath) as Koffi;
      // Version 2 crashes on addresses in shared memory.
      if (Number.parseInt(koffi.version, 10) < 3) throw new Error(`koffi ${koffi.version} is too old`);
      return { koffi, koffiPath, require };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Whether the library has a function of this name. */
export function has(library: Library, name: string): boolean {
  try {
    library.func(name, "void", []);
    return true;
  } catch {
    return false;
  }
}

function describe(
  library: Library,
  path: string,
): Pick<Blas, "name" | "version" | "setThreads" | "threadsByCaller"> {
  if (!has(library, "cblas_sgemm")) throw new Error(`${path} has no cblas_sgemm`);
  const vendor = vendors.find(({ setThreads }) => has(library, setThreads));
  if (!vendor) {
    const name = path === ACCELERATE ? "Accelerate" : "CBLAS";
    return { name, version: null, setThreads: null, threadsByCaller: false };
  }
  const version = vendor.version(library);
  if (version.includes("USE64BITINT")) throw new Error(`${path} takes 64-bit integers`);
  const { name, setThreads } = vendor;
  // 2 stands for OpenMP, which counts threads for each caller.
  const threadsByCaller = name === "OpenBLAS" && library.func("openblas_get_parallel", "int", [])() === 2;
  return { name, version, setThreads, threadsByCaller };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}

/** The BLAS of this system, or why there is none. XORCH_BLAS names another one, or is "off". */
export function findBlas(): Blas | string {
  const process = nodeModule<Process>("node:process");
  if (process === undefined) return "a BLAS can only be called from Node";
  const { env } = process;
  const wanted = env.XORCH_BLAS;
  if (wanted === "off") return "XORCH_BLAS is off";
  let found: ReturnType<typeof loadKoffi>;
  try {
    found = loadKoffi(process);
  } catch (error) {
    return `the package koffi cannot be loaded, \`npm install koffi\` installs it: ${message(error)}`;
  }
  const [name, spin] = SPIN;
  const isOurs = env[name] === undefined;
  if (isOurs) env[name] = spin;
  try {
    const paths = wanted ? [wanted] : (places[process.platform] ?? []);
    let failure = "";
    for (const path of paths) {
      try {
        const library = found.koffi.load(path);
        return { ...found, library, path, ...describe(library, path) };
      } catch (error) {
        failure ||= message(error);
      }
    }
    return wanted ? `XORCH_BLAS is ${wanted}: ${failure}` : `none of ${paths.join(", ")} is there`;
  } finally {
    if (isOurs) delete env[name];
  }
}
