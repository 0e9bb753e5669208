/** The reverse of broadcasting. */
import { type Shape, sameShape } from "../base/index.ts";
import type { Tensor } from "./handle.ts";
import { sum } from "./reductions.ts";
import { reshape } from "./reshaping.ts";

/** Sums a gradient down to the smaller shape that was broadcast to it. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const dims: number[] = [];
  for (let d = 0; d < x.shape.length; d++) {
    if (d < lead || (shape[d - lead] === 1 && x.shape[d] !== 1)) dims.push(d);
  }
  return reshape(sum(x, dims, true), shape);
}
