/** Reduction records: what is folded, how, and the gradient. The kernels for every dtype follow from that. */
import { type DType, DTypeError, normalizeDims, type Shape, ShapeError } from "../base/index.ts";
import { cast, constant, type Expr, input, param } from "../ir/expr.ts";
import { type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { type Differentiable, execute, record, SAVES_OUTPUT } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { reshape } from "./movement.ts";

export interface ReduceOptions {
  /** Keeps the reduced dimensions, with size 1. */
  keepdim?: boolean;
  /** Converts the elements before folding. */
  dtype?: DType;
}

/** The dimensions to fold: one, several, or (undefined, null, []) all. */
export type Dims = number | readonly number[] | null | undefined;

interface ReductionSpec {
  /** Name in errors. */
  readonly name: string;
  /** The dtype in which elements are gathered and returned; throws where the op makes no sense. */
  readonly accumulator: (dtype: DType) => DType;
  /** What is folded, from an element of the accumulator's dtype. */
  readonly element?: (x: Expr) => Expr;
  readonly combine: (gathered: Expr, next: Expr) => Expr;
  readonly identity: (dtype: DType) => number | bigint;
  /** The result from the gathered value and the number of elements. */
  readonly finish?: (gathered: Expr, count: Expr) => Expr;
  /** Whether an empty axis is an error, because there is no neutral result. */
  readonly needsElements?: boolean;
  readonly saves?: { readonly input?: boolean; readonly output?: boolean };
  /** dL/dx; dy and y come with the reduced dimensions kept as size 1, so that they broadcast against x. */
  readonly gradient: (call: ReductionCall) => Tensor | null;
}

export interface ReductionCall {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly shape: Shape;
  readonly dims: readonly number[];
  /** How many elements went into each result. */
  readonly count: number;
}

export type Reduction = (x: Tensor, dim?: Dims, options?: ReduceOptions) => Tensor;

interface Reduced {
  readonly dims: readonly number[];
  readonly keptShape: Shape;
  readonly count: number;
}

export function reduction(spec: ReductionSpec): Reduction {
  const kernels: (ReduceKernel | undefined)[] = [];
  const rule: Differentiable = {
    name: spec.name,
    saves: () => (spec.saves?.input ? 1 : 0) | (spec.saves?.output ? SAVES_OUTPUT : 0),
    gradient(dy, call) {
      const { dims, keptShape, count } = call.attributes as Reduced;
      const dx = spec.gradient({
        dy: reshape(dy, keptShape),
        shape: call.shapeOf(0),
        dims,
        count,
        get x() {
          return call.input(0);
        },
        get y() {
          return reshape(call.output, keptShape);
        },
      });
      return [dx];
    },
  };
  return (x, dim, options) => {
    const source = options?.dtype && options.dtype !== x.dtype ? x.to(options.dtype) : x;
    const { shape } = source;
    const dims = normalizeDims(spec.name, dim, shape.length);
    const keptShape = shape.map((size, d) => (dims.includes(d) ? 1 : size));
    let count = 1;
    for (const d of dims) count *= shape[d]!;
    if (spec.needsElements && count === 0) {
      throw new ShapeError(
        `${spec.name}: cannot reduce shape [${shape.join(", ")}] over a dimension of size 0, which has no ${spec.name}`,
      );
    }
    const outputShape = options?.keepdim ? keptShape : shape.filter((_, d) => !dims.includes(d));
    const kernel = (kernels[source.dtype.index] ??= buildKernel(spec, source.dtype));
    const output = execute.reduce(kernel, [source], shape, dims, outputShape, [count]);
    return record(rule, [source], output, { dims, keptShape, count } satisfies Reduced);
  };
}

function buildKernel(spec: ReductionSpec, dtype: DType): ReduceKernel {
  const accumulator = spec.accumulator(dtype);
  const x = cast(input(0, dtype), accumulator);
  const gathered = input(0, accumulator);
  return reduceKernel(spec.name, [dtype], {
    element: spec.element ? spec.element(x) : x,
    combine: spec.combine(gathered, input(1, accumulator)),
    identity: constant(spec.identity(accumulator), accumulator),
    finish: spec.finish ? spec.finish(gathered, param(0, accumulator)) : null,
  });
}

export function requireFloat(name: string) {
  return (dtype: DType): DType => {
    if (!dtype.isFloatingPoint) {
      throw new DTypeError(
        `${name}: needs a floating-point tensor, got ${dtype}; convert it first with .to(torch.float32)`,
      );
    }
    return dtype;
  };
}
