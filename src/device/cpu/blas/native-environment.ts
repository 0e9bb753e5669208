/** Variables of the environment, as libraries of the system read them. */
import type { Koffi } from "./koffi.ts";

export interface NativeEnvironment {
  get(name: string): string | undefined;
  set(name: string, value: string | undefined): void;
}

/**
 * The environment of the C library where it can be called, else `env`: in a worker of Node, process.env is a copy that no
 * library sees.
 */
export function nativeEnvironment(koffi: Koffi, env: Record<string, string | undefined>): NativeEnvironment {
  try {
    const library = koffi.load(null);
    const get = library.func("getenv", "str", ["str"]);
    const set = library.func("setenv", "int", ["str", "str", "int"]);
    const unset = library.func("unsetenv", "int", ["str"]);
    return {
      get: (name) => (get(name) as string | null) ?? undefined,
      set: (name, value) => void (value === undefined ? unset(name) : set(name, value, 1)),
    };
  } catch {
    return {
      get: (name) => env[name],
      set(name, value) {
        if (value === undefined) delete env[name];
        else env[name] = value;
      },
    };
  }
}

/** Runs with variables that are set only for so long, and only where they are not set. */
export function withVariables<Result>(
  environment: NativeEnvironment,
  variables: Readonly<Record<string, string>>,
  run: () => Result,
): Result {
  const ours = Object.keys(variables).filter((name) => environment.get(name) === undefined);
  for (const name of ours) environment.set(name, variables[name]);
  try {
    return run();
  } finally {
    for (const name of ours) environment.set(name, undefined);
  }
}
