/** Putting tensors together. */

import { dim as dimension, optional, required, signature } from "../base/arguments/index.ts";
import { formatShape, normalizeDim, resultType, ShapeError, sameShape } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensors } from "./kinds.ts";
import { reshape, unsqueeze } from "./reshaping.ts";
import { slice } from "./slicing.ts";

/* @__NO_SIDE_EFFECTS__ */
function joiningParameters(name: string) {
  return signature(name, required("tensors", tensors), optional("dim", dimension, 0));
}

const catParameters = joiningParameters("cat");
const stackParameters = joiningParameters("stack");

/** For y = cat(x0, x1, ...): each gets its own stretch of dy. */
const catRule: Differentiable = {
  name: "cat",
  saves: () => 0,
  gradient(dy, call) {
    const { dim, starts } = call.attributes as { dim: number; starts: readonly number[] };
    return starts
      .slice(0, -1)
      .map((start, i) =>
        call.needs(i) ? reshape(slice(dy, dim, start, starts[i + 1]!), call.shapeOf(i)) : null,
      );
  },
};

/** Of shape [0]: joined with anything, whatever its shape. */
function isNothing({ shape }: Tensor): boolean {
  return shape.length === 1 && shape[0] === 0;
}

/**
 * Joins tensors along an existing dimension; all other sizes must be equal, but for tensors of shape [0], which add
 * nothing. The dtypes are promoted to a common one.
 *
 * @throws ShapeError for an empty list, for 0-d tensors, and where another size differs.
 * Source: https://pytorch.org/docs/stable/generated/torch.cat.html
 *
 * @example
 * torch.cat([torch.zeros([1, 2]), torch.ones([2, 2])]); // tensor([[0., 0.], [1., 1.], [1., 1.]])
 */
export function cat(tensors: readonly Tensor[], dim?: number): Tensor;
export function cat(tensors: readonly Tensor[], options: { dim?: number }): Tensor;
export function cat(...given: unknown[]): Tensor {
  const [tensors, dim] = catParameters.read(given);
  const first = tensors.find((x) => !isNothing(x)) ?? tensors[0];
  if (!first) throw new ShapeError("cat: expected at least one tensor, got an empty list");
  const at = normalizeDim("cat", dim, first.shape.length);
  if (first.shape.length === 0) throw new ShapeError("cat: 0-d tensors cannot be joined; use stack");
  const dtype = resultType(tensors.map((x) => ({ dtype: x.dtype, rank: "dim" as const })));
  const starts = [0];
  for (const [i, x] of tensors.entries()) {
    if (isNothing(x)) {
      starts.push(starts.at(-1)!);
      continue;
    }
    const fits =
      x.shape.length === first.shape.length &&
      x.shape.every((size, d) => d === at || size === first.shape[d]);
    if (!fits) {
      throw new ShapeError(
        `cat: tensor ${i} has shape ${formatShape(x.shape)}, which differs from the first's ${formatShape(first.shape)} in more than dimension ${at}`,
      );
    }
    starts.push(starts.at(-1)! + x.shape[at]!);
  }
  const shape = first.shape.map((size, d) => (d === at ? starts.at(-1)! : size));
  const output = execute.zeros(shape, dtype, first);
  for (const [i, x] of tensors.entries()) {
    if (x.numel() === 0) continue;
    const offset = output.offset + starts[i]! * output.strides[at]!;
    execute.copyInto(execute.view(output, x.shape, output.strides, offset), x);
  }
  const inputs = tensors.map((x) => toDtype(x, dtype));
  return record(catRule, inputs, output, { dim: at, starts });
}

/**
 * Joins tensors of one shape along a new dimension: n tensors of [...] give [n, ...] for dim 0.
 *
 * @throws ShapeError for an empty list, and where the shapes differ.
 * Source: https://pytorch.org/docs/stable/generated/torch.stack.html
 *
 * @example
 * torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])], 1); // tensor([[1., 3.], [2., 4.]])
 */
export function stack(tensors: readonly Tensor[], dim?: number): Tensor;
export function stack(tensors: readonly Tensor[], options: { dim?: number }): Tensor;
export function stack(...given: unknown[]): Tensor {
  const [tensors, dim] = stackParameters.read(given);
  const first = tensors[0];
  if (!first) throw new ShapeError("stack: expected at least one tensor, got an empty list");
  for (const [i, x] of tensors.entries()) {
    if (!sameShape(x.shape, first.shape)) {
      throw new ShapeError(
        `stack: tensor ${i} has shape ${formatShape(x.shape)}, the first ${formatShape(first.shape)}; all must be equal`,
      );
    }
  }
  const at = normalizeDim("stack", dim, first.shape.length + 1);
  return cat(
    tensors.map((x) => unsqueeze(x, at)),
    at,
  );
}
