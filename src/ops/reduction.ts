/** Reduction records: what is folded, how, and the gradient. The kernels for every dtype follow from that. */
import { dims, dtype, flag, keyword, optional, required, signature } from "../base/arguments/index.ts";
import { type DType, DTypeError, normalizeDims, type Shape, ShapeError } from "../base/index.ts";
import { cast, constant, type Expr, input, param } from "../ir/expr.ts";
import { type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, type Recorded, record, SAVES_OUTPUT } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { reshape } from "./reshaping.ts";

export interface DtypeOption {
  /** Converts the elements first. */
  dtype?: DType;
}

/** Options of every reduction. */
export interface ReduceOptions extends DtypeOption {
  /** Keeps the reduced dimensions, with size 1. */
  keepdim?: boolean;
}

/** The dimensions to fold: one, several, or (undefined, null, []) all. */
export type Dims = number | readonly number[] | null | undefined;

interface ReductionSpec {
  /** Name in errors. */
  readonly name: string;
  /** The dtype in which elements are gathered and returned; throws where the op makes no sense. */
  readonly accumulator: (dtype: DType) => DType;
  /** Whether a dtype that the caller asks for is that of the accumulator. */
  readonly gathersInDtype?: boolean;
  /** The dtype of the result, where it is not that of the accumulator. */
  readonly result?: (dtype: DType) => DType;
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

const scalarShape: Shape = [];

/** A reduction as users call it: over some dimensions, or all. */
export interface Reduction {
  (x: Tensor, dim?: Dims, keepdim?: boolean, options?: DtypeOption): Tensor;
  (x: Tensor, options: ReduceOptions & { dim?: Dims }): Tensor;
  (x: Tensor, dim?: Dims, options?: ReduceOptions): Tensor;
}

/** Which elements a call folds. */
export interface Reduced {
  readonly dims: readonly number[];
  readonly keptShape: Shape;
  /** How many elements went into each result. */
  readonly count: number;
}

/** Settles the dimensions of a call. */
export function reducedBy(name: string, shape: Shape, dim: Dims): Reduced {
  const dims = normalizeDims(name, dim, shape.length);
  const keptShape = shape.slice();
  let count = 1;
  for (let i = 0; i < dims.length; i++) {
    const d = dims[i]!;
    keptShape[d] = 1;
    count *= shape[d]!;
  }
  return { dims, keptShape, count };
}

/** What the gradient of a reduction may read. */
export class ReductionCall {
  readonly dy: Tensor;

  constructor(
    dy: Tensor,
    readonly call: Recorded,
    readonly reduced: Reduced,
  ) {
    this.dy = reshape(dy, reduced.keptShape);
  }

  get x(): Tensor {
    return this.call.input(0);
  }

  get y(): Tensor {
    return reshape(this.call.output, this.reduced.keptShape);
  }

  get shape(): Shape {
    return this.call.shapeOf(0);
  }

  get dims(): readonly number[] {
    return this.reduced.dims;
  }

  get count(): number {
    return this.reduced.count;
  }
}

/** Declares a reduction. */
export function reduction(spec: ReductionSpec): Reduction {
  const kernels: (ReduceKernel | undefined)[] = [];
  const exactKernels: (ReduceKernel | undefined)[] = [];
  const rule: Differentiable = {
    name: spec.name,
    saves: () => (spec.saves?.input ? 1 : 0) | (spec.saves?.output ? SAVES_OUTPUT : 0),
    gradient(dy, call) {
      return [spec.gradient(new ReductionCall(dy, call, call.attributes as Reduced))];
    },
  };
  const parameters = signature(
    spec.name,
    required("x", tensor),
    optional("dim", dims),
    optional("keepdim", flag, false),
    keyword("dtype", dtype),
  );
  return (...given: unknown[]) => {
    const [x, dim, keepdim, wanted] = parameters.read(given);
    const source = wanted === undefined ? x : toDtype(x, wanted);
    const { shape } = source;
    const reduced = reducedBy(spec.name, shape, dim);
    const { count, keptShape } = reduced;
    if (spec.needsElements && count === 0) {
      throw new ShapeError(
        `${spec.name}: cannot reduce shape [${shape.join(", ")}] over a dimension of size 0, which has no ${spec.name}`,
      );
    }
    const outputShape = keepdim ? keptShape : withoutDims(shape, reduced.dims);
    const isExact = wanted !== undefined && spec.gathersInDtype === true;
    const kernel = ((isExact ? exactKernels : kernels)[source.dtype.index] ??= buildKernel(
      spec,
      source.dtype,
      isExact ? source.dtype : spec.accumulator(source.dtype),
    ));
    const output = execute.reduce(kernel, [source], shape, reduced.dims, outputShape, [count]);
    return record(rule, [source], output, reduced);
  };
}

/** The shape of a result whose folded dimensions are dropped. */
export function withoutDims(shape: Shape, dims: readonly number[]): Shape {
  if (dims.length === shape.length) return scalarShape;
  const rest: number[] = [];
  for (let d = 0; d < shape.length; d++) if (!dims.includes(d)) rest.push(shape[d]!);
  return rest;
}

function buildKernel(spec: ReductionSpec, dtype: DType, accumulator: DType): ReduceKernel {
  const x = cast(input(0, dtype), accumulator);
  const gathered = input(0, accumulator);
  return reduceKernel(spec.name, [dtype], {
    element: spec.element ? spec.element(x) : x,
    combine: spec.combine(gathered, input(1, accumulator)),
    identity: constant(spec.identity(accumulator), accumulator),
    finish: finishOf(spec, gathered, spec.result?.(dtype) ?? accumulator),
  });
}

function finishOf({ finish }: ReductionSpec, gathered: Expr, result: DType): Expr | null {
  const finished = cast(finish ? finish(gathered, param(0, gathered.dtype)) : gathered, result);
  return finished === gathered ? null : finished;
}

/** The dtype itself; throws a DTypeError unless it is floating point. */
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
