/**
 * The `Tensor` type as the ops know it. The class itself lives above, in tensor/tensor.ts, which grows this
 * interface by declaration merging: so op records can be typed with the tensor they serve without importing it.
 */
import { Shown } from "../base/index.ts";

// biome-ignore lint/suspicious/noEmptyInterface: filled in by tensor/tensor.ts
export interface Tensor {}

/** What the class of tensors extends, by which the layers below know one. */
export abstract class Handle extends Shown {}

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Handle;
}

/** What ops take beside a tensor: a plain number (or boolean, or bigint for int64), which broadcasts. */
export type TensorLike = Tensor | number | boolean | bigint;
