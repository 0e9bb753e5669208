/** Adam and AdamW. */
import { describe, ValueError } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { execute, guarded, replayed } from "../ops/executor.ts";
import type { Tensor } from "../tensor/index.ts";
import { kernelTable } from "./kernel-table.ts";
import { checkNotNegative, Optimizer, type ParamsOf, type Rate, rateOf } from "./optimizer.ts";
import { type ParameterState, stateTensor } from "./optimizer-state.ts";

const defaults = {
  /** Learning rate. */
  lr: 1e-3,
  /** Shares of the running means of the gradient and of its square that are kept at each step. */
  betas: [0.9, 0.999] as readonly [number, number],
  /** Added to the divisor. */
  eps: 1e-8,
  weightDecay: 0,
  /** Divides by the largest mean of squares so far. */
  amsgrad: false,
  /** Climbs instead of descending. */
  maximize: false,
};

/** Options of `Adam` and `AdamW`. */
export type AdamOptions = typeof defaults & Rate;

/** The bits of a variant. */
const DECAYS = 1;
/** The parameter itself shrinks, and the gradient stays as it is. */
const DECOUPLED = 2;
const KEEPS_MAXIMUM = 4;
const CLIMBS = 8;

/** The numbers of a kernel's params. */
const STEP_SIZE = 0;
const CORRECTION = 1;
const EPS = 2;
const ENTERING = 3;
const KEPT_SQUARES = 4;
const ENTERING_SQUARES = 5;
const DECAY = 6;

/** a + w (b - a), counted from the nearer end as PyTorch's lerp does. */
function lerp(a: ir.Expr, b: ir.Expr, w: ir.Expr): ir.Expr {
  const nearA = ir.lt(w, 0.5);
  return ir.fma(ir.select(nearA, w, ir.sub(w, 1)), ir.sub(b, a), ir.select(nearA, a, b));
}

/** Inputs: parameter, gradient, mean, mean of squares, its maximum. Outputs: all but the gradient. */
const kernelOf = kernelTable("Adam", (dtype, variant) => {
  const input = (i: number): ir.Expr => ir.input(i, dtype);
  const number = (i: number): ir.Expr => ir.param(i, dtype);
  const x = input(0);
  let g = variant & CLIMBS ? ir.neg(input(1)) : input(1);
  let start = x;
  // Decoupled, the param is the factor 1 - lr * weightDecay.
  if (variant & DECOUPLED) start = ir.mul(x, number(DECAY));
  else if (variant & DECAYS) g = ir.fma(x, number(DECAY), g);
  const m = lerp(input(2), g, number(ENTERING));
  const v = ir.fma(ir.mul(number(ENTERING_SQUARES), g), g, ir.mul(input(3), number(KEPT_SQUARES)));
  const top = variant & KEEPS_MAXIMUM ? ir.max(input(4), v) : v;
  const divisor = ir.add(ir.div(ir.sqrt(top), number(CORRECTION)), number(EPS));
  const moved = ir.sub(start, ir.div(ir.mul(number(STEP_SIZE), m), divisor));
  const outputs = [moved, m, v];
  return variant & KEEPS_MAXIMUM ? { inputs: 5, outputs: [...outputs, top] } : { inputs: 4, outputs };
});

/**
 * Adam: steps by the running mean of the gradient over the root of that of its square, both corrected for their start at 0.
 *
 *     g <- gradient (its negative with maximize) + weightDecay x
 *     m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  (amsgrad: v of the last line is the largest so far)
 *     x <- x - lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * Options: `lr` (0.001), `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (0), `amsgrad`, `maximize`.
 *
 * Source: Kingma and Ba 2015; https://pytorch.org/docs/stable/generated/torch.optim.Adam.html
 *
 * @example
 * const model = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.001 });
 */
export class Adam extends Optimizer<AdamOptions> {
  #variant = 0;
  readonly #numbers = new Array<number>(DECAY + 1).fill(0);
  /** The parameter whose numbers are in `#numbers`. */
  #first: Tensor | undefined;

  constructor(
    params: ParamsOf<AdamOptions>,
    lr?: number | Tensor,
    betas?: readonly [number, number],
    eps?: number,
    weightDecay?: number,
    amsgrad?: boolean,
    options?: Pick<AdamOptions, "maximize">,
  );
  constructor(params: ParamsOf<AdamOptions>, options?: Partial<AdamOptions>);
  constructor(params: ParamsOf<AdamOptions>, ...options: unknown[]) {
    super(params, new.target.initial, ...options);
  }

  /** The defaults. */
  protected static get initial(): AdamOptions {
    return defaults;
  }

  /** Whether weight decay shrinks the parameter itself instead of adding to its gradient. */
  protected get decoupled(): boolean {
    return false;
  }

  protected override check(where: string, options: AdamOptions): void {
    checkNotNegative(where, options, "lr", "eps", "weightDecay");
    const { betas } = options;
    if (!Array.isArray(betas) || betas.length !== 2 || !betas.every((beta) => beta >= 0 && beta < 1)) {
      throw new ValueError(
        `${where}: betas must be two numbers from 0 up to, not including, 1, got ${Array.isArray(betas) ? `[${betas.join(", ")}]` : describe(betas)}`,
      );
    }
  }

  protected override begin(group: AdamOptions, active: readonly Tensor[]): void {
    this.#variant = guarded(() => this.#variantOf(group));
    this.#first = active[0];
    replayed(
      () => {
        this.#count(active, 1);
        return this.#fill(this.#numbers, group, active[0]);
      },
      () => this.#count(active, -1),
    );
  }

  #count(active: readonly Tensor[], steps: number): void {
    for (let i = 0; i < active.length; i++) {
      const state = this.#stateOf(active[i]!);
      state.step = (state.step as number) + steps;
    }
  }

  #variantOf({ amsgrad, maximize, weightDecay }: AdamOptions): number {
    let variant = (maximize ? CLIMBS : 0) | (amsgrad ? KEEPS_MAXIMUM : 0);
    if (weightDecay !== 0) variant |= this.decoupled ? DECOUPLED : DECAYS;
    return variant;
  }

  #stateOf(x: Tensor): ParameterState {
    let state = this.state.get(x);
    if (!state) this.state.set(x, (state = { step: 0 }));
    return state;
  }

  /** The numbers for a parameter after so many steps as `x` has taken. */
  #fill(numbers: number[], group: AdamOptions, x: Tensor | undefined): number[] {
    const { betas, eps, weightDecay } = group;
    const lr = rateOf(group);
    const step = x === undefined ? 1 : (this.#stateOf(x).step as number);
    numbers[STEP_SIZE] = lr / (1 - betas[0] ** step);
    numbers[CORRECTION] = Math.sqrt(1 - betas[1] ** step);
    numbers[EPS] = eps;
    numbers[ENTERING] = 1 - betas[0];
    numbers[KEPT_SQUARES] = betas[1];
    numbers[ENTERING_SQUARES] = 1 - betas[1];
    numbers[DECAY] = this.decoupled ? 1 - lr * weightDecay : weightDecay;
    return numbers;
  }

  protected override update(x: Tensor, grad: Tensor, group: AdamOptions): void {
    const state = this.#stateOf(x);
    const first = this.#stateOf(this.#first!);
    // The numbers at hand are those of the first parameter; one that came later has taken fewer steps.
    const numbers = guarded(() => state.step === first.step)
      ? this.#numbers
      : replayed(() => this.#fill([], group, x));
    const mean = stateTensor(state, "expAvg", x);
    const squares = stateTensor(state, "expAvgSq", x);
    const kernel = kernelOf(x.dtype, this.#variant);
    if (this.#variant & KEEPS_MAXIMUM) {
      const largest = stateTensor(state, "maxExpAvgSq", x);
      execute.mapInto(kernel, [x, mean, squares, largest], [x, grad, mean, squares, largest], numbers);
    } else {
      execute.mapInto(kernel, [x, mean, squares], [x, grad, mean, squares], numbers);
    }
  }
}

/**
 * Adam with decoupled weight decay: before each step x <- x - lr weightDecay x, and the gradient stays as it is. Options as
 * of Adam; `weightDecay` is 0.01 unless said.
 *
 * Source: Loshchilov and Hutter 2019; https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends Adam {
  protected static override get initial(): AdamOptions {
    return { ...defaults, weightDecay: 0.01 };
  }

  protected override get decoupled(): boolean {
    return true;
  }
}
