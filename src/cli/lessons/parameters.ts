/** Parameters as plain data: nested arrays by name. */
import type { Tensor } from "xorch";

export const toData = (tensors: Iterable<readonly [string, Tensor]>): Record<string, unknown> =>
  Object.fromEntries([...tensors].map(([name, tensor]) => [name, tensor.tolist()]));
