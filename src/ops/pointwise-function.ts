/**
 * A pointwise function for operands of known dtypes: one kernel, and its gradients, which are pointwise functions
 * too and hence have gradients of their own.
 */
import { broadcastShapes, type DType, type Shape } from "../base/index.ts";
import { derivatives, substitute } from "../ir/derivative.ts";
import { cast, type Expr, input, rewrite, topologicalOrder } from "../ir/expr.ts";
import { type MapKernel, mapKernel } from "../ir/kernel.ts";
import { type Differentiable, execute, type Recorded, record, SAVES_OUTPUT, tape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { changeInPlace, elementwise, type SharingRules } from "./in-place.ts";
import { sumTo } from "./sum-to.ts";

/** dL/d(one input) as a function of some of (inputs, output, dy), given by their numbers in that order. */
interface Gradient {
  /** Null where the gradient is dy itself. */
  readonly fn: PointwiseFunction | null;
  readonly operands: readonly number[];
}

/** dL/d(each input) from dy = dL/dy, the inputs and the result, or null where it is zero everywhere. */
export type GradientRule = (dy: Expr, inputs: readonly Expr[], y: Expr) => readonly (Expr | null)[];

const noParams: readonly number[] = [];

/** An op at given dtypes: what runs, is recorded, and is differentiated. */
export class PointwiseFunction implements Differentiable {
  readonly kernel: MapKernel;
  /** The same function with its result in the dtype of input 0, for in-place use. */
  #inPlace: PointwiseFunction | null = null;
  readonly #inPlaceName: string;
  readonly #gradients: (Gradient | null | undefined)[] = [];
  readonly #saves: (number | undefined)[] = [];

  constructor(
    readonly name: string,
    readonly dtypes: readonly DType[],
    /** The result, from input(i, dtypes[i]) and params. */
    readonly expression: Expr,
    /** The record's own gradient; without it the expression is differentiated. */
    readonly rule: GradientRule | null,
  ) {
    this.kernel = mapKernel(name, dtypes, [expression]);
    this.#inPlaceName = `${name}_`;
  }

  /** Runs the kernel on one operand, and records it. */
  apply1(x: Tensor, params: readonly number[] = noParams): Tensor {
    const inputs = [x];
    const output = execute.map(this.kernel, inputs, x.shape, params);
    return tape === null ? output : record(this, inputs, output, params);
  }

  apply(inputs: readonly Tensor[], params: readonly number[] = noParams): Tensor {
    let shape: Shape = inputs[0]!.shape;
    for (let i = 1; i < inputs.length; i++) {
      const other = inputs[i]!.shape;
      if (shape !== other) shape = broadcastShapes(this.name, shape, other);
    }
    const output = execute.map(this.kernel, inputs, shape, params);
    return tape === null ? output : record(this, inputs, output, params);
  }

  /** Writes the result over input 0; the caller has checked shapes and dtypes. */
  applyInPlace(
    inputs: readonly Tensor[],
    params: readonly number[] = noParams,
    sharing: SharingRules = elementwise,
  ): Tensor {
    const fn = (this.#inPlace ??= this.#buildInPlace());
    return changeInPlace(this.#inPlaceName, fn, inputs, params, sharing, (read) =>
      execute.mapInto(fn.kernel, [inputs[0]!], read, params),
    );
  }

  #buildInPlace(): PointwiseFunction {
    const { expression, rule } = this;
    const [own] = this.dtypes as [DType];
    if (own === expression.dtype) return this;
    // What is recorded holds, and saves, the result as it is stored.
    const cut: GradientRule | null =
      rule && ((dy, inputs, y) => rule(cast(dy, expression.dtype), inputs, cast(y, expression.dtype)));
    return new PointwiseFunction(this.name, this.dtypes, cast(expression, own), cut);
  }

  saves(needs: number): number {
    let saved = this.#saves[needs];
    if (saved === undefined) {
      saved = 0;
      for (let i = 0; i < this.dtypes.length; i++) {
        if ((needs & (1 << i)) === 0) continue;
        for (const operand of this.gradientOf(i)?.operands ?? []) {
          if (operand < this.dtypes.length) saved |= 1 << operand;
          else if (operand === this.dtypes.length) saved |= SAVES_OUTPUT;
        }
      }
      this.#saves[needs] = saved;
    }
    return saved;
  }

  gradient(dy: Tensor, call: Recorded): (Tensor | null)[] {
    const count = this.dtypes.length;
    const result: (Tensor | null)[] = [];
    for (let i = 0; i < count; i++) {
      if (!call.needs(i)) {
        result.push(null);
        continue;
      }
      const gradient = this.gradientOf(i);
      if (gradient === null) {
        // A result that does not change with the input (a rounded one): its gradient is 0, which is not the same as none.
        result.push(execute.zeros(call.shapeOf(i), this.dtypes[i]!, dy));
        continue;
      }
      const operands: Tensor[] = [];
      for (const operand of gradient.operands) {
        operands.push(operand < count ? call.input(operand) : operand === count ? call.output : dy);
      }
      const dx = gradient.fn ? gradient.fn.apply(operands, call.attributes as readonly number[]) : dy;
      result.push(sumTo(dx, call.shapeOf(i)));
    }
    return result;
  }

  /** The gradient for input i, built when first asked for. */
  gradientOf(i: number): Gradient | null {
    let gradient = this.#gradients[i];
    if (gradient === undefined) gradient = this.#gradients[i] = this.#buildGradient(i);
    return gradient;
  }

  #buildGradient(i: number): Gradient | null {
    const count = this.dtypes.length;
    const x = this.dtypes.map((dtype, k) => input(k, dtype));
    if (!x[i]!.dtype.isFloatingPoint || !this.expression.dtype.isFloatingPoint) return null;
    const y = input(count, this.expression.dtype);
    const dy = input(count + 1, this.expression.dtype);
    let dx: Expr | null;
    if (this.rule) dx = this.rule(dy, x, y)[i] ?? null;
    else {
      dx = derivatives(this.expression, dy, x)[i]!;
      // Where all that it reads can be had from the result, as for exp, the inputs need not be kept. Where some input is
      // read anyway, as for div, inputs are: the result may then be changed in place.
      if (dx) {
        const viaOutput = substitute(dx, this.expression, y);
        if (inputNumbers(viaOutput).every((number) => number >= count)) dx = viaOutput;
      }
    }
    if (!dx) return null;
    const operands = inputNumbers(dx);
    if (dx === dy && x[i]!.dtype === dy.dtype) return { fn: null, operands };
    const all = [...x, y, dy];
    const renumbered = rewrite(dx, (part) =>
      part.op === "input" ? input(operands.indexOf(Number(part.value)), part.dtype) : null,
    );
    const fn = new PointwiseFunction(
      `${this.name} backward`,
      operands.map((operand) => all[operand]!.dtype),
      cast(renumbered, x[i]!.dtype),
      null,
    );
    return { fn, operands };
  }
}

/** Which inputs an expression reads, in increasing order. */
function inputNumbers(x: Expr): number[] {
  const numbers = new Set<number>();
  for (const part of topologicalOrder([x])) if (part.op === "input") numbers.add(Number(part.value));
  return [...numbers].sort((a, b) => a - b);
}
