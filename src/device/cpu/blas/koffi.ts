/** The package koffi, through which libraries of the system are called, where it is installed. */
import { nodeModule } from "../node-module.ts";

/** What we use of it. */
export interface Koffi {
  readonly version: string;
  /** The library of this name or path; null stands for what the process has loaded with its symbols for all. */
  load(path: string | null): Library;
  /** Where the elements of a typed array lie. */
  address(array: ArrayBufferView): bigint;
}

export interface Library {
  /** A function of the library; throws if there is none of this name. */
  func(name: string, result: string, parameters: readonly string[]): (...values: unknown[]) => unknown;
  unload(): void;
}

/** As Node's. */
type Require = ((path: string) => unknown) & { resolve(name: string): string };

/** The package, and the way by which it was found. */
export interface FoundKoffi {
  readonly koffi: Koffi;
  readonly koffiPath: string;
  readonly require: Require;
}

/** Looks beside this library, and in `folder`; throws if it is not installed. */
export function loadKoffi(folder: string): FoundKoffi {
  const { createRequire } = nodeModule<{ createRequire(from: string): Require }>("node:module")!;
  let failure: unknown;
  // Beside the library, and beside the program, which a bundler may have taken away from there.
  for (const from of [import.meta.url, `${folder}/`]) {
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
