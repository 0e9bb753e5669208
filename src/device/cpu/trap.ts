/** What a compiled kernel throws, in terms of the op. */
import { ValueError } from "../../base/index.ts";

/** Throws a ValueError for a trap, of which the only cause is an integer divided by zero, and anything else as it is. */
export function throwTrap(name: string, error: unknown): never {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  throw new ValueError(`${name}: integer division by zero; look for zeros in the divisor`, { cause: error });
}
