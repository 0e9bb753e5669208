/** Whether an index fits the tensor that it is to be used on. */
import { DTypeError, formatShape, IndexError, int32, int64, type Shape, ShapeError } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { allTrue, checkValues } from "./check-values.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";

/** Whether all elements lie in [param 0, param 1). */
const within = perDtype((dtype) => {
  const x = ir.input(0, dtype);
  const fits = ir.and(ir.ge(x, ir.param(0, dtype)), ir.lt(x, ir.param(1, dtype)));
  return allTrue("index check", dtype, fits);
});

/** Throws an IndexError unless all elements of the index lie in [lowest, size); a DTypeError unless it is integer. */
export function checkIndex(name: string, index: Tensor, dim: number, size: number, lowest = 0): void {
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new DTypeError(`${name}: the index must be int64 or int32, got ${index.dtype}`);
  }
  if (index.numel() === 0) return;
  // What an expanded index repeats need only be looked at once.
  const shape = index.shape.map((own, d) => (index.strides[d] === 0 ? 1 : own));
  const once = execute.view(index, shape, index.strides, index.offset);
  const dims = shape.map((_, d) => d);
  const holds = execute.reduce(within(index.dtype), [once], shape, dims, [], [lowest, size]);
  checkValues(holds, (mayRead) => {
    const wrong = mayRead ? `index ${firstOutside(once, lowest, size)}` : "an index";
    return new IndexError(`${name}: ${wrong} is out of range for dimension ${dim} of size ${size}`);
  });
}

function firstOutside(index: Tensor, lowest: number, size: number): number {
  return Array.from(index.toTypedArray(), Number).find((i) => i < lowest || i >= size)!;
}

/** Throws a ShapeError unless the index has as many dimensions as x and is nowhere larger, but along `dim`. */
export function checkIndexShape(name: string, shape: Shape, index: Tensor, dim: number): void {
  const fits =
    index.shape.length === shape.length && index.shape.every((size, d) => d === dim || size <= shape[d]!);
  if (!fits) {
    throw new ShapeError(
      `${name}: an index of shape ${formatShape(index.shape)} does not fit a tensor of shape ${formatShape(shape)} along dimension ${dim}: it needs as many dimensions, none larger except dimension ${dim}`,
    );
  }
}

/** Throws a ShapeError unless the index has at most 1 dimension. */
export function checkList(name: string, index: Tensor): void {
  if (index.shape.length > 1) {
    throw new ShapeError(`${name}: the index must have 1 dimension, got shape ${formatShape(index.shape)}`);
  }
}
