/** Stochastic gradient descent. */
import { ValueError } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { execute, guarded, replayed } from "../ops/executor.ts";
import type { Tensor } from "../tensor/index.ts";
import { kernelTable } from "./kernel-table.ts";
import { checkNotNegative, Optimizer, type ParamsOf, type Rate, rateOf } from "./optimizer.ts";
import { type ParameterState, stateTensor } from "./optimizer-state.ts";

const defaults = {
  /** Learning rate. */
  lr: 1e-3,
  /** Share of the last step that is kept. */
  momentum: 0,
  /** Share of the gradient that does not enter the momentum. */
  dampening: 0,
  /** Factor of the penalty on the squares of the parameters. */
  weightDecay: 0,
  /** Looks ahead along the momentum. */
  nesterov: false,
  /** Climbs instead of descending. */
  maximize: false,
};

/** Options of `SGD`. */
export type SGDOptions = typeof defaults & Rate;

/** The bits of a variant. */
const DECAYS = 1;
const MOVES = 2;
/** The first step with dampening: the buffer begins as the gradient. */
const BEGINS = 4;
const LOOKS_AHEAD = 8;
const CLIMBS = 16;

/** The numbers of a kernel's params; what enters the momentum is 1 - dampening. */
const LR = 0;
const DECAY = 1;
const MOMENTUM = 2;
const ENTERING = 3;

/** Inputs: parameter, gradient, buffer. Outputs: parameter, buffer. */
const kernelOf = kernelTable("SGD", (dtype, variant) => {
  const x = ir.input(0, dtype);
  const number = (i: number): ir.Expr => ir.param(i, dtype);
  const stepAlong = (direction: ir.Expr): ir.Expr => ir.fma(direction, ir.neg(number(LR)), x);
  let g = ir.input(1, dtype);
  if (variant & CLIMBS) g = ir.neg(g);
  if (variant & DECAYS) g = ir.fma(x, number(DECAY), g);
  if (!(variant & MOVES)) return { inputs: 2, outputs: [stepAlong(g)] };
  const begins = (variant & BEGINS) !== 0;
  const kept = ir.mul(ir.input(2, dtype), number(MOMENTUM));
  const moved = begins ? g : ir.fma(g, number(ENTERING), kept);
  const direction = variant & LOOKS_AHEAD ? ir.fma(moved, number(MOMENTUM), g) : moved;
  return { inputs: begins ? 2 : 3, outputs: [stepAlong(direction), moved] };
});

/**
 * Stochastic gradient descent, with momentum if asked for:
 *
 *     g <- gradient (its negative with maximize) + weightDecay x
 *     b <- momentum b + (1 - dampening) g, at first g;  g <- g + momentum b with nesterov, else b
 *     x <- x - lr g
 *
 * Options: `lr` (0.001), `momentum`, `dampening`, `weightDecay`, `nesterov`, `maximize`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 *
 * @example
 * const model = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 * optimizer.zeroGrad();
 * model.forward(torch.ones([4, 2])).mean().backward();
 * optimizer.step();
 */
export class SGD extends Optimizer<SGDOptions> {
  #variant = 0;
  readonly #numbers = [0, 0, 0, 0];

  constructor(
    params: ParamsOf<SGDOptions>,
    lr?: number | Tensor,
    momentum?: number,
    dampening?: number,
    weightDecay?: number,
    nesterov?: boolean,
    options?: Pick<SGDOptions, "maximize">,
  );
  constructor(params: ParamsOf<SGDOptions>, options?: Partial<SGDOptions>);
  constructor(params: ParamsOf<SGDOptions>, ...options: unknown[]) {
    super(params, defaults, ...options);
  }

  protected override check(where: string, options: SGDOptions): void {
    checkNotNegative(where, options, "lr", "momentum", "weightDecay");
    if (options.nesterov && (options.momentum === 0 || options.dampening !== 0)) {
      throw new ValueError(`${where}: nesterov needs a momentum above 0 and a dampening of 0`);
    }
  }

  protected override begin(group: SGDOptions): void {
    this.#variant = guarded(() => variantOf(group));
    replayed(() => {
      const numbers = this.#numbers;
      numbers[LR] = rateOf(group);
      numbers[DECAY] = group.weightDecay;
      numbers[MOMENTUM] = group.momentum;
      numbers[ENTERING] = 1 - group.dampening;
      return numbers;
    });
  }

  protected override update(x: Tensor, grad: Tensor, { dampening }: SGDOptions): void {
    const variant = this.#variant;
    if (!(variant & MOVES)) {
      execute.mapInto(kernelOf(x.dtype, variant), [x], [x, grad], this.#numbers);
      return;
    }
    let state = this.state.get(x);
    if (!state) this.state.set(x, (state = {} as ParameterState));
    const own = state;
    // From zeros, the momentum begins as the gradient unless a part of that is kept out.
    const begins = dampening !== 0 && guarded(() => own.momentumBuffer === undefined);
    const buffer = stateTensor(own, "momentumBuffer", x);
    const kernel = kernelOf(x.dtype, begins ? variant | BEGINS : variant);
    execute.mapInto(kernel, [x, buffer], begins ? [x, grad] : [x, grad, buffer], this.#numbers);
  }
}

function variantOf({ momentum, weightDecay, nesterov, maximize }: SGDOptions): number {
  let variant = maximize ? CLIMBS : 0;
  if (weightDecay !== 0) variant |= DECAYS;
  if (momentum !== 0) variant |= nesterov ? MOVES | LOOKS_AHEAD : MOVES;
  return variant;
}
