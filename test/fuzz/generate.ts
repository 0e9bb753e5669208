/** A random program. */
import * as torch from "../../src/index.ts";
import { pointwiseOps } from "../../src/ops/registry.ts";
import { Builder, LARGE, type Scale, SMALL } from "./builder.ts";
import { Draw } from "./draw.ts";
import { type Argument, isReference, type Program, type Step } from "./program.ts";
import { rules } from "./rules/index.ts";
import { pointwiseRules } from "./rules/pointwise.ts";
import { shapeRules } from "./rules/shapes.ts";

export interface Wish {
  /** The op that the program must have. */
  readonly only?: string;
  readonly scale?: Scale;
  readonly steps?: number;
}

const names = Object.keys(rules);
const pointwise = Object.keys(pointwiseOps);
const inPlace = names.filter((name) => name.endsWith("_"));
const shapes = Object.keys(shapeRules);
const others = names.filter(
  (name) => !(name in pointwiseRules) && !(name in shapeRules) && !name.endsWith("_"),
);

function drawName(draw: Draw): string {
  return draw.pick(
    draw.weighted([
      [pointwise, 3],
      [inPlace, 2],
      [shapes, 2.5],
      [others, 3],
    ] as const),
  );
}

/** A call that is not quite right, to see whether both refuse it. */
function spoiled(b: Builder, args: readonly Argument[]): Argument[] {
  const at = b.draw.int(0, args.length - 1);
  const wrong = (argument: Argument): Argument => {
    if (Array.isArray(argument) && argument.length > 0 && b.draw.chance(0.8)) {
      const i = b.draw.int(0, argument.length - 1);
      return argument.map((item, k) => (k === i ? wrong(item) : item));
    }
    if (isReference(argument)) return b.draw.chance(0.8) ? b.draw.pick(b.all) : b.number("float32");
    if (typeof argument === "number") return b.draw.pick([argument + 1, -argument, b.draw.int(-9, 9), 0.5]);
    return argument;
  };
  return args.map((argument, i) => (i === at ? wrong(argument) : argument));
}

/** A view of a source that is there already. */
function alias(b: Builder): void {
  const free = b.inputs.filter(({ requiresGrad }) => !requiresGrad).map(({ source }) => source);
  if (free.length === 0) return;
  const source = b.draw.pick(free);
  const { shape } = b.sources[source]!;
  if (shape.length === 0) return;
  const at = b.draw.int(0, shape.length - 1);
  const other = b.draw.int(0, shape.length - 1);
  const size = shape[at]!;
  const start = b.draw.int(0, Math.min(size, 2));
  const views = b.draw.some([
    { op: "slice", args: [at, start, size - b.draw.int(0, Math.max(size - start, 0))] },
    { op: "transpose", args: [at, other] },
  ]);
  b.see({ source, views });
}

/** The program of a seed. */
export function generate(seed: number, wish: Wish = {}): Program {
  const draw = new Draw(seed);
  const b = new Builder(draw, wish.scale ?? (draw.chance(0.06) ? LARGE : SMALL));
  b.tensor();
  if (draw.chance(0.15)) alias(b);
  const length =
    wish.steps ??
    draw.weighted([
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 2],
      [6, 1.5],
      [10, 0.7],
    ] as const);
  for (let tries = 0; tries < 3 * length && b.steps.length < length && !b.ended; tries++) {
    const op = wish.only !== undefined && draw.chance(tries === 0 ? 1 : 0.4) ? wish.only : drawName(draw);
    const call = rules[op]!(b);
    if (call === null) continue;
    const args = draw.chance(0.04) ? spoiled(b, call.args) : call.args;
    const noGrad = draw.chance(0.04) ? { noGrad: true } : {};
    const isMethod = op in torch.Tensor.prototype && isReference(args[0]) && draw.chance(0.4);
    const step: Step = { op, ...call, args, ...noGrad, ...(isMethod ? { method: true } : {}) };
    b.step(step, draw.chance(0.5));
  }
  const smooth = b.all.filter((reference) => b.at(reference).requiresGrad);
  const last = smooth.at(-1);
  const loss = last ? smooth.filter((reference) => reference === last || draw.chance(0.3)) : [];
  return b.program(
    loss,
    loss.length > 0
      ? draw.weighted([
          [1, 5],
          [2, 4],
          [0, 0.5],
        ] as const)
      : 0,
  );
}
