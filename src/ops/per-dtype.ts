/** What is made once for each dtype, when it is first asked for. */
import type { DType } from "../base/index.ts";

/* @__NO_SIDE_EFFECTS__ */
export function perDtype<T>(build: (dtype: DType) => T): (dtype: DType) => T {
  const made: (T | undefined)[] = [];
  return (dtype) => (made[dtype.index] ??= build(dtype));
}
