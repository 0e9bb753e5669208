/** Where a BLAS may be. */
import { ACCELERATE } from "./vendors.ts";

/**
 * Names that the system's loader knows; of OpenBLAS, builds with threads come first. libblas.so.3 and its like are not
 * here: behind them may be the reference implementation, which is slower than our own kernels.
 */
const systemNames: Partial<Record<string, readonly string[]>> = {
  linux: [
    ...["libopenblasp.so.0", "libopenblaso.so.0", "libopenblas.so.0", "libopenblas.so.3", "libopenblas.so"],
    ...["libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"],
    ...["libblis-mt.so", "libblis.so.4", "libblis.so"],
  ],
  darwin: [ACCELERATE],
  win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.3.dll", "mkl_rt.2.dll", "mkl_rt.1.dll"],
};

/** File names in the folders of packages, of which the MKL is there only for those who asked for it. */
const patterns = ["mkl_rt", "openblas", "blis"].map(
  (name) => new RegExp(`^(lib)?(scipy_)?${name}[^/]*\\.(so|dylib|dll)[.\\d]*$`, "i"),
);

/** Folders within a Python environment in which they lie. */
const within = /^(lib|bin|library|python3\.\d+|site-packages|(numpy|scipy)\.libs|scipy_openblas(32|64))$/i;

/** What we use of node:fs. */
export interface FileSystem {
  readdirSync(
    path: string,
    options: { withFileTypes: true },
  ): readonly {
    readonly name: string;
    isDirectory(): boolean;
  }[];
  realpathSync(path: string): string;
}

/** The file behind a name; null where there is none. */
function fileBehind(path: string, files: FileSystem): string | null {
  try {
    return files.realpathSync(path);
  } catch {
    return null;
  }
}

function* allIn(folder: string, files: FileSystem): Generator<string> {
  let entries: ReturnType<FileSystem["readdirSync"]>;
  try {
    entries = files.readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  const isFolder = new Map(entries.map((entry) => [entry.name, entry.isDirectory()]));
  const names = [...isFolder.keys()].sort();
  for (const pattern of patterns) {
    for (const name of names) if (!isFolder.get(name) && pattern.test(name)) yield `${folder}/${name}`;
  }
  for (const name of names)
    if (isFolder.get(name) && within.test(name)) yield* allIn(`${folder}/${name}`, files);
}

/** The libraries of a folder: those of it itself, then those of a Python environment that it is, or is a part of. */
export function* librariesIn(folder: string, files: FileSystem): Generator<string> {
  // One file often has several names.
  const seen = new Set<string | null>([null]);
  for (const path of allIn(folder, files)) {
    const file = fileBehind(path, files);
    if (!seen.has(file)) yield path;
    seen.add(file);
  }
}

/** Where to look when nobody says so: in the system, then in the Python environments that are active. */
export function* usualPlaces(
  { platform, env }: { platform: string; env: Readonly<Record<string, string | undefined>> },
  files: FileSystem,
): Generator<string> {
  yield* systemNames[platform] ?? [];
  for (const folder of [env.VIRTUAL_ENV, env.CONDA_PREFIX]) if (folder) yield* librariesIn(folder, files);
}
