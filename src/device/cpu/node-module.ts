/** Modules of Node, asked for in a way that bundlers and browsers do not see. */

interface Process {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

const process = (globalThis as { process?: Process }).process;

/** One of Node's own modules, such as "node:os"; undefined outside of Node. */
export function nodeModule<Module>(name: string): Module | undefined {
  return process?.getBuiltinModule?.(name) as Module | undefined;
}

/** A variable of the environment; undefined where it is not set, or there is none. */
export function environmentVariable(name: string): string | undefined {
  return process?.env?.[name];
}
