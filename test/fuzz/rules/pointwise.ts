/** Pointwise ops: operands that broadcast, plain numbers among them, and attributes, as the records say. */
import type { DTypeName } from "../../../src/base/index.ts";
import type { PointwiseRecord } from "../../../src/ops/pointwise-op.ts";
import { pointwiseOps } from "../../../src/ops/registry.ts";
import { ALL, type Builder, type Call, FLOATS, NUMBERS } from "../builder.ts";
import { dtypeNamed } from "../elements.ts";
import type { Argument, Reference } from "../program.ts";
import { call, type Rule, type Rules } from "./rule.ts";

function attributes(b: Builder, op: PointwiseRecord, dtype: DTypeName): Call["options"] {
  const chosen: Record<string, Argument> = {};
  for (const [name, initial] of Object.entries(op.attributes)) {
    if (b.draw.chance(0.5)) continue;
    const sampled = (op.samples.attributes ?? []).map((sample) => sample[name] ?? initial);
    chosen[name] =
      typeof initial === "string" || b.draw.chance(0.3)
        ? b.draw.pick([initial, ...sampled])
        : b.number(dtype === "bool" ? "int64" : dtype);
  }
  return Object.keys(chosen).length > 0 ? chosen : undefined;
}

function rangeOf(
  b: Builder,
  { samples: { range } }: PointwiseRecord,
  operand: number,
): readonly [number, number] {
  if (range === undefined || b.draw.chance(0.3)) return [-3, 3];
  return (typeof range[0] === "number" ? range : range[operand]) as readonly [number, number];
}

/** The dtypes that the record takes. */
function takenBy(op: PointwiseRecord): DTypeName[] {
  return ALL.filter((name) => {
    try {
      return op.specialize(new Array(op.arity).fill(dtypeNamed(name)));
    } catch {
      return false;
    }
  });
}

function rule(op: PointwiseRecord, name: string, inPlace: boolean): Rule {
  const chooses = name === "where";
  const taken = takenBy(op);
  const floats = FLOATS.filter((dtype) => taken.includes(dtype));
  const usual = floats.length > 0 ? floats : taken;
  return (b) => {
    const dtypes = chooses
      ? (["bool"] as const)
      : b.draw.weighted([
          [usual, 6],
          [taken, 3],
          [ALL, 0.5],
        ]);
    const wanted = { dtypes, range: rangeOf(b, op, 0) };
    const first = inPlace ? b.target(wanted) : b.tensor(wanted);
    const own = b.dtypeOf(first);
    const args: Argument[] = [first];
    let common: DTypeName = chooses ? b.dtype() : own;
    while (args.length < op.arity) {
      // Of two plain numbers `where` makes the default integer, which is not PyTorch's.
      if (b.draw.chance(0.25) && !(chooses && args.length === 1)) args.push(b.number(common));
      else {
        const shape = b.below(b.shapeOf(first));
        if (!inPlace && b.draw.chance(0.15)) shape.unshift(b.size());
        args.push(b.like(shape, b.draw.chance(0.7) ? [common] : ALL, rangeOf(b, op, args.length)));
      }
      common = chooses ? common : own;
    }
    return { args, options: attributes(b, op, own) };
  };
}

/** A loss term takes probabilities, which PyTorch checks. */
const probabilities: Rule = (b) => {
  const shape = b.shape();
  const dtype = b.dtype(FLOATS);
  const make = (): Reference =>
    b.add({
      dtype,
      shape,
      data: Array.from({ length: shape.reduce((a, n) => a * n, 1) }, () =>
        b.draw.weighted([
          [0, 1],
          [1, 1],
          [b.draw.int(1, 99) / 100, 8],
        ] as const),
      ),
    });
  return { args: [make(), make()] };
};

const logits: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS });
  const own = [b.dtypeOf(x)];
  return { args: [x, b.like(b.shapeOf(x), own), b.like(b.shapeOf(x), own)] };
};

const ofOneShape: Rule = (b) => {
  const x = b.tensor({ dtypes: NUMBERS });
  return { args: [x, b.like(b.shapeOf(x), b.draw.chance(0.8) ? [b.dtypeOf(x)] : NUMBERS)] };
};

/** As `ofOneShape`, with an option that must be above 0. */
const above =
  (option: string): Rule =>
  (b) =>
    call(ofOneShape(b)!.args, { [option]: b.draw.chance(0.5) ? b.draw.pick([0.5, 1, 2.5]) : undefined });

/** PyTorch has these as losses, which take fewer things than other ops of their kind. */
const losses: Rules = {
  smoothAbsoluteError: above("beta"),
  huberError: above("delta"),
  absoluteError: ofOneShape,
  squaredError: ofOneShape,
  binaryCrossEntropyTerm: probabilities,
  binaryCrossEntropyWithLogitsTerm: logits,
};

const ordinary = Object.entries(pointwiseOps).flatMap(([name, op]) => [
  [name, rule(op, name, false)] as const,
  [`${name}_`, rule(op, name, true)] as const,
]);

const bound = (b: Builder, x: Reference): Argument => (b.draw.chance(0.2) ? null : b.number(b.dtypeOf(x)));

const clamp =
  (inPlace: boolean): Rule =>
  (b) => {
    const x = inPlace ? b.target({ dtypes: NUMBERS }) : b.tensor({ dtypes: NUMBERS });
    if (b.draw.chance(0.6)) return { args: [x, bound(b, x), bound(b, x)] };
    const tensor = (): Argument =>
      b.draw.chance(0.2) ? null : b.like(b.below(b.shapeOf(x)), [b.dtypeOf(x)]);
    return { args: [x, tensor(), tensor()] };
  };

export const pointwiseRules: Rules = {
  ...Object.fromEntries(ordinary),
  ...losses,
  // Their forms in place, which PyTorch has not, are tried with the same arguments.
  binaryCrossEntropyTerm_: probabilities,
  binaryCrossEntropyWithLogitsTerm_: logits,
  smoothAbsoluteError_: above("beta"),
  huberError_: above("delta"),
  clamp: clamp(false),
  clamp_: clamp(true),
};
