/**
 * Windows folded, and gradients spread over them. All elements number k of the windows of a tensor, one from each window,
 * are a strided view of it, its tap number k: so both are map kernels over taps.
 */
import type { DType } from "../base/index.ts";
import { add, constant, type Expr, input, param } from "../ir/expr.ts";
import { type MapKernel, mapKernel } from "../ir/kernel.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";

/** How many taps one kernel takes: devices have room for some more operands. */
const MOST_TAPS = 16;

/** Inputs number first, first + 1, ... of a kernel. */
function inputs(first: number, count: number, dtype: DType): Expr[] {
  return Array.from({ length: count }, (_, i) => input(first + i, dtype));
}

/** The number of the tap that is `k` taps after the first one of the kernel, in the dtype of the elements. */
function tapNumber(k: number, dtype: DType): Expr {
  return add(param(0, dtype), constant(k, dtype));
}

/** Kernels by dtype, number of taps and a third property. */
class Kernels {
  readonly #made = new Map<string, MapKernel>();

  find(dtype: DType, taps: number, kind: boolean, build: () => MapKernel): MapKernel {
    const key = `${dtype.index} ${taps} ${kind}`;
    let kernel = this.#made.get(key);
    if (!kernel) this.#made.set(key, (kernel = build()));
    return kernel;
  }
}

/** The results after one more tap, of this number, from those before it; `results` is null at the first tap. */
type FoldStep = (results: readonly Expr[] | null, tap: Expr, number: Expr, others: readonly Expr[]) => Expr[];

/** A fold over the taps of windows, with `results` results and other operands, all of one dtype and of the results' shape. */
export class WindowFold {
  readonly #kernels = new Kernels();

  constructor(
    readonly name: string,
    readonly results: number,
    readonly others: number,
    readonly step: FoldStep,
  ) {}

  #build(dtype: DType, taps: number, isFirst: boolean): MapKernel {
    const before = isFirst ? 0 : this.results;
    const others = inputs(before, this.others, dtype);
    let results = isFirst ? null : inputs(0, before, dtype);
    for (const [k, tap] of inputs(before + this.others, taps, dtype).entries()) {
      results = this.step(results, tap, tapNumber(k, dtype), others);
    }
    const operands = new Array<DType>(before + this.others + taps).fill(dtype);
    return mapKernel(this.name, operands, results!);
  }

  apply(taps: readonly Tensor[], others: readonly Tensor[]): Tensor[] {
    const { dtype, shape } = taps[0]!;
    let results: Tensor[] = [];
    for (let first = 0; first < taps.length; first += MOST_TAPS) {
      const some = taps.slice(first, first + MOST_TAPS);
      const isFirst = first === 0;
      const kernel = this.#kernels.find(dtype, some.length, isFirst, () =>
        this.#build(dtype, some.length, isFirst),
      );
      const operands = [...results, ...others, ...some];
      if (isFirst) results = kernel.outputs.map(() => execute.zeros(shape, dtype, taps[0]!));
      execute.mapInto(kernel, results, operands, [first]);
    }
    return results;
  }
}

/** What the tap of this number gets, from the operands. */
type SpreadValue = (operands: readonly Expr[], number: Expr) => Expr;

/** Adds something to every tap of the windows of a tensor of zeros. */
export class WindowSpread {
  readonly #kernels = new Kernels();

  constructor(
    readonly name: string,
    readonly operands: number,
    readonly value: SpreadValue,
  ) {}

  /** To taps that share elements: one at a time, what is there plus the value. */
  #buildSum(dtype: DType): MapKernel {
    const operands = inputs(0, 1 + this.operands, dtype);
    const value = this.value(operands.slice(1), tapNumber(0, dtype));
    return mapKernel(
      this.name,
      operands.map(() => dtype),
      [add(operands[0]!, value)],
    );
  }

  #build(dtype: DType, taps: number): MapKernel {
    const operands = inputs(0, this.operands, dtype);
    return mapKernel(
      this.name,
      operands.map(() => dtype),
      Array.from({ length: taps }, (_, k) => this.value(operands, tapNumber(k, dtype))),
    );
  }

  apply(taps: readonly Tensor[], operands: readonly Tensor[], overlap: boolean): void {
    const { dtype } = operands[0]!;
    const most = overlap ? 1 : MOST_TAPS;
    for (let first = 0; first < taps.length; first += most) {
      const some = taps.slice(first, first + most);
      const kernel = this.#kernels.find(dtype, some.length, overlap, () =>
        overlap ? this.#buildSum(dtype) : this.#build(dtype, some.length),
      );
      execute.mapInto(kernel, some, overlap ? [...some, ...operands] : operands, [first]);
    }
  }
}
