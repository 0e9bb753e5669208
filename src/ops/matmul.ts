/** Matrix products, with PyTorch's rules for every rank. */

import { keyword, nullable, number, optional, required, signature } from "../base/arguments/index.ts";
import {
  bool,
  broadcastShapes,
  checkShape,
  DTypeError,
  elementCount,
  elementOf,
  formatShape,
  promoteTypes,
  type Shape,
  ShapeError,
} from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { transpose } from "./ordering.ts";
import { add, mul, where } from "./pointwise/index.ts";
import { sum } from "./reductions.ts";
import { reshape, unsqueeze } from "./reshaping.ts";
import { sumTo } from "./sum-to.ts";

const a = /* @__PURE__ */ required("a", tensor);
const b = /* @__PURE__ */ required("b", tensor);
const matmulParameters = signature("matmul", a, b);
const mmParameters = signature("mm", a, b);
const bmmParameters = signature("bmm", a, b);
const mvParameters = signature("mv", a, required("x", tensor));
const dotParameters = signature("dot", a, b);
const outerParameters = signature("outer", a, b);
const addmmParameters = signature(
  "addmm",
  required("bias", tensor),
  a,
  b,
  keyword("beta", number, 1),
  keyword("alpha", number, 1),
);
const linearParameters = signature(
  "linear",
  required("x", tensor),
  required("weight", tensor),
  optional("bias", nullable(tensor), null),
);

/**
 * For c = a b: da = dc b^T, db = a^T dc, each summed over the batch dimensions that were broadcast.
 */
const matmulRule: Differentiable = {
  name: "matmul",
  saves: (needs) => (needs & 1 ? 2 : 0) | (needs & 2 ? 1 : 0),
  gradient(dy, call) {
    return [
      call.needs(0) ? sumTo(product(dy, transposed(call.input(1))), call.shapeOf(0)) : null,
      call.needs(1) ? sumTo(product(transposed(call.input(0)), dy), call.shapeOf(1)) : null,
    ];
  },
};

function transposed(x: Tensor): Tensor {
  return transpose(x, -2, -1);
}

/** The product of operands of at least two dimensions each, shapes already checked. */
function product(a: Tensor, b: Tensor): Tensor {
  const batch =
    a.shape.length === 2 && b.shape.length === 2
      ? []
      : broadcastShapes("matmul (batch dimensions)", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(-2)!, b.shape.at(-1)!];
  return record(matmulRule, [a, b], execute.matmul(a, b, null, shape));
}

function checkOperands(name: string, a: Tensor, b: Tensor): void {
  if (a.dtype === bool || b.dtype === bool) {
    throw new DTypeError(
      `${name}: not defined for torch.bool; convert with .to(torch.float32) or .to(torch.int32)`,
    );
  }
  if (a.dtype !== b.dtype) {
    throw new DTypeError(
      `${name}: both operands must have one dtype, got ${a.dtype} and ${b.dtype}; convert one, for example .to(${promoteTypes(a.dtype, b.dtype)})`,
    );
  }
}

function innerMismatch(name: string, a: Shape, b: Shape, inner: number, outer: number): ShapeError {
  return new ShapeError(
    `${name}: shapes ${formatShape(a)} and ${formatShape(b)} do not fit: the last dimension of the first has size ${inner}, the ${b.length > 1 ? "second-last" : "only"} dimension of the second ${outer}; they must be equal (transpose one operand?)`,
  );
}

/**
 * Matrix product: c[m, n] = sum over k of a[m, k] b[k, n]. Two vectors give their dot product; a matrix and
 * a vector a vector; more dimensions are batches of matrices and broadcast. Shapes [..., M, K] x [..., K, N]
 * -> [..., M, N]; one dtype, not bool.
 *
 * @throws ShapeError where the inner sizes differ or an operand is 0-d; DTypeError for bool and for mixed
 * dtypes.
 * Source: https://pytorch.org/docs/stable/generated/torch.matmul.html
 *
 * @example
 * torch.tensor([[0, 1], [1, 1]]).matmul(torch.tensor([[2], [3]])); // tensor([[3.], [5.]])
 * torch.tensor([1, 2]).matmul(torch.tensor([3, 4])); // tensor(11.)
 */
export function matmul(a: Tensor, b: Tensor): Tensor;
export function matmul(...given: unknown[]): Tensor {
  const [a, b] = matmulParameters.read(given);
  checkOperands("matmul", a, b);
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new ShapeError(
      `matmul: both operands need at least 1 dimension, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}; use mul for a scalar`,
    );
  }
  const inner = a.shape.at(-1)!;
  const outer = b.shape.at(b.shape.length > 1 ? -2 : -1)!;
  if (inner !== outer) throw innerMismatch("matmul", a.shape, b.shape, inner, outer);
  if (a.shape.length === 2 && b.shape.length === 2) return product(a, b);
  const left = a.shape.length === 1 ? unsqueeze(a, 0) : a;
  const right = b.shape.length === 1 ? unsqueeze(b, 1) : b;
  const result = product(left, right);
  if (a.shape.length > 1 && b.shape.length > 1) return result;
  const shape = result.shape.slice(0, -2);
  if (a.shape.length > 1) shape.push(result.shape.at(-2)!);
  if (b.shape.length > 1) shape.push(result.shape.at(-1)!);
  return reshape(result, shape);
}

function requireRank(name: string, rank: number, ...operands: readonly Tensor[]): void {
  for (const operand of operands) {
    if (operand.shape.length !== rank) {
      throw new ShapeError(
        `${name}: every operand must have ${rank} dimension${rank === 1 ? "" : "s"}, got shape ${formatShape(operand.shape)}`,
      );
    }
  }
}

/**
 * Product of two matrices: [M, K] x [K, N] -> [M, N]; see `matmul`.
 *
 * @throws ShapeError unless both have 2 dimensions and the inner sizes agree.
 * Source: https://pytorch.org/docs/stable/generated/torch.mm.html
 *
 * @example
 * torch.eye(2).mm(torch.tensor([[1, 2], [3, 4]])); // tensor([[1., 2.], [3., 4.]])
 */
export function mm(a: Tensor, b: Tensor): Tensor;
export function mm(...given: unknown[]): Tensor {
  const [a, b] = mmParameters.read(given);
  requireRank("mm", 2, a, b);
  return matmul(a, b);
}

/**
 * Products of two batches of matrices: [B, M, K] x [B, K, N] -> [B, M, N], without broadcasting.
 *
 * @throws ShapeError unless both have 3 dimensions, equal batches, and inner sizes that agree.
 * Source: https://pytorch.org/docs/stable/generated/torch.bmm.html
 *
 * @example
 * torch.ones([5, 2, 3]).bmm(torch.ones([5, 3, 4])).shape; // [5, 2, 4]
 */
export function bmm(a: Tensor, b: Tensor): Tensor;
export function bmm(...given: unknown[]): Tensor {
  const [a, b] = bmmParameters.read(given);
  requireRank("bmm", 3, a, b);
  if (a.shape[0] !== b.shape[0]) {
    throw new ShapeError(
      `bmm: batches of ${a.shape[0]} and ${b.shape[0]} matrices (shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}); they must be equal`,
    );
  }
  return matmul(a, b);
}

/**
 * Product of a matrix and a vector: [M, K] x [K] -> [M].
 *
 * @throws ShapeError for other ranks, and where the inner sizes differ.
 * Source: https://pytorch.org/docs/stable/generated/torch.mv.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).mv(torch.tensor([1, 1])); // tensor([3., 7.])
 */
export function mv(a: Tensor, x: Tensor): Tensor;
export function mv(...given: unknown[]): Tensor {
  const [a, x] = mvParameters.read(given);
  requireRank("mv", 2, a);
  requireRank("mv", 1, x);
  return matmul(a, x);
}

/**
 * Dot product of two vectors of equal size: the sum of a_i b_i, a 0-d tensor.
 *
 * @throws ShapeError unless both have 1 dimension and one size.
 * Source: https://pytorch.org/docs/stable/generated/torch.dot.html
 *
 * @example
 * torch.tensor([1, 2]).dot(torch.tensor([3, 4])); // tensor(11.)
 */
export function dot(a: Tensor, b: Tensor): Tensor;
export function dot(...given: unknown[]): Tensor {
  const [a, b] = dotParameters.read(given);
  requireRank("dot", 1, a, b);
  return matmul(a, b);
}

/**
 * Outer product of two vectors: y[m, n] = a[m] b[n], [M], [N] -> [M, N].
 *
 * @throws ShapeError unless both have 1 dimension.
 * Source: https://pytorch.org/docs/stable/generated/torch.outer.html
 *
 * @example
 * torch.tensor([1, 2]).outer(torch.tensor([3, 4])); // tensor([[3., 4.], [6., 8.]])
 */
export function outer(a: Tensor, b: Tensor): Tensor;
export function outer(...given: unknown[]): Tensor {
  const [a, b] = outerParameters.read(given);
  requireRank("outer", 1, a, b);
  checkShape("outer", [a.shape[0]!, b.shape[0]!]);
  return mul(unsqueeze(a, 1), b);
}

/**
 * y = beta * bias + alpha * (a b). The bias broadcasts to [M, N].
 *
 * @throws ShapeError where the sizes do not fit; DTypeError for bool and for mixed dtypes.
 * Source: https://pytorch.org/docs/stable/generated/torch.addmm.html
 *
 * @example
 * torch.tensor([1, 1]).addmm(torch.eye(2), torch.eye(2), { alpha: 2 }); // tensor([[3., 1.], [1., 3.]])
 */
export function addmm(
  bias: Tensor,
  a: Tensor,
  b: Tensor,
  options?: { beta?: number; alpha?: number },
): Tensor;
export function addmm(...given: unknown[]): Tensor {
  const [bias, a, b, beta, alpha] = addmmParameters.read(given);
  requireRank("addmm", 2, a, b);
  checkOperands("addmm", a, b);
  const product = timesNumber("addmm: alpha", matmul(a, b), alpha);
  broadcastsTo("addmm: the bias", bias.shape, product.shape);
  return add(product, timesNumber("addmm: beta", bias, beta));
}

/** x times a number of its dtype. Times 0 it is 0, also where x is NaN or infinite. */
function timesNumber(what: string, x: Tensor, factor: number): Tensor {
  const element = Number(elementOf(factor, x.dtype, what));
  if (element === 1) return x;
  return element === 0 ? where(execute.scalar(1, bool, x), 0, x) : mul(x, element);
}

function broadcastsTo(what: string, shape: Shape, target: Shape): void {
  const lead = target.length - shape.length;
  if (lead < 0 || shape.some((size, d) => size !== 1 && size !== target[d + lead])) {
    throw new ShapeError(
      `${what} of shape ${formatShape(shape)} does not broadcast to ${formatShape(target)}`,
    );
  }
}

/** For y = x w^T + b over rows: dx = dy w, dw = dy^T x, db = the sum of dy over the rows. */
const linearRule: Differentiable = {
  name: "linear",
  saves: (needs) => (needs & 1 ? 2 : 0) | (needs & 2 ? 1 : 0),
  gradient(dy, call) {
    return [
      call.needs(0) ? product(dy, call.input(1)) : null,
      call.needs(1) ? product(transposed(dy), call.input(0)) : null,
      call.needs(2) ? sum(dy, 0) : null,
    ];
  },
};

/**
 * Affine map of the last dimension: y = x w^T + b. Shapes: x [..., in], weight [out, in], bias [out] ->
 * [..., out].
 *
 * @throws ShapeError where the sizes do not fit; DTypeError for bool and for mixed dtypes.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 *
 * @example
 * const weight = torch.tensor([[2, 3]]); // one output of two inputs
 * torch.linear(torch.tensor([[1, 1]]), weight, torch.tensor([10])); // tensor([[15.]])
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor;
export function linear(x: Tensor, weight: Tensor, options: { bias?: Tensor | null }): Tensor;
export function linear(...given: unknown[]): Tensor {
  const [x, weight, bias] = linearParameters.read(given);
  checkOperands("linear", x, weight);
  requireRank("linear (weight)", 2, weight);
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  if (x.shape.length === 0 || x.shape.at(-1) !== inFeatures) {
    throw new ShapeError(
      `linear: the input has shape ${formatShape(x.shape)}, but the weight of shape ${formatShape(weight.shape)} takes ${inFeatures} features in the last dimension`,
    );
  }
  if (bias !== null && (bias.shape.length !== 1 || bias.shape[0] !== outFeatures)) {
    throw new ShapeError(
      `linear: the bias has shape ${formatShape(bias.shape)}, expected [${outFeatures}] for a weight of shape ${formatShape(weight.shape)}`,
    );
  }
  const rows = x.shape.length === 2 ? x : reshape(x, [elementCount(x.shape.slice(0, -1)), inFeatures]);
  const output = execute.matmul(
    rows,
    execute.view(weight, [inFeatures, outFeatures], [weight.strides[1]!, weight.strides[0]!], weight.offset),
    bias && toDtype(bias, x.dtype),
    [rows.shape[0]!, outFeatures],
  );
  const y = record(linearRule, bias ? [rows, weight, bias] : [rows, weight], output);
  return rows === x ? y : reshape(y, [...x.shape.slice(0, -1), outFeatures]);
}
