/** Reductions, extremes, and softmax and its kin: a tensor and some of its dimensions. */
import type { DTypeName } from "../../../src/base/index.ts";
import { ALL, type Builder, FLOATS } from "../builder.ts";
import type { Argument } from "../program.ts";
import { call, type Options, type Rule, type Rules } from "./rule.ts";

interface Reduces {
  readonly dtypes?: readonly DTypeName[];
  /** How all dimensions may be said. */
  readonly whole?: readonly ("nothing" | "null" | "empty")[];
  /** Whether several dimensions may be named. */
  readonly several?: boolean;
  readonly options?: (b: Builder) => Options;
}

function reduces({ dtypes = ALL, whole = ["nothing"], several = true, options = () => ({}) }: Reduces): Rule {
  return (b) => {
    const x = b.tensor({ dtypes: b.draw.chance(0.85) ? dtypes : ALL });
    const keepdim = b.draw.chance(0.4) ? { keepdim: b.draw.chance(0.8) } : {};
    const how = b.draw.chance(0.3)
      ? b.draw.pick([...whole, "one" as const])
      : several && b.draw.chance(0.5)
        ? "some"
        : "one";
    if (how === "nothing") {
      const { options: more } = call([], options(b));
      return more ? { args: [x, null], options: more } : { args: [x] };
    }
    const dims = b.dims(x);
    const dim =
      how === "null" ? null : how === "empty" ? [] : how === "some" && dims.length > 0 ? dims : b.dim(x);
    return call([x, dim], { ...keepdim, ...options(b) });
  };
}

const dtypeOption = (b: Builder): Options => (b.draw.chance(0.15) ? { dtype: { dtype: b.dtype() } } : {});

const correction = (b: Builder): Options =>
  b.draw.chance(0.5) ? { correction: b.draw.pick([0, 1, 2, 3]) } : {};

const norm: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS });
  const p = b.draw.pick<Argument>([2, 2, 1, 3, 0, 0.5, 2.5, -1, { number: "inf" }, { number: "-inf" }]);
  if (b.draw.chance(0.3)) return { args: b.draw.chance(0.3) ? [x] : [x, p] };
  const dims = b.dims(x);
  const dim = b.draw.chance(0.5) && dims.length > 0 ? dims : b.dim(x);
  return call([x, p, dim], b.draw.chance(0.4) ? { keepdim: true } : {});
};

/** max and min: of all, along a dimension, or of two tensors. */
const extreme: Rule = (b) => {
  const x = b.tensor();
  const form = b.draw.pick(["all", "dim", "dim", "other"] as const);
  if (form === "all") return { args: [x] };
  if (form === "other")
    return { args: [x, b.like(b.below(b.shapeOf(x)), b.draw.chance(0.7) ? [b.dtypeOf(x)] : ALL)] };
  const pick = b.draw.pick(["values", "values", "indices"] as const);
  return { ...call([x, b.dim(x)], b.draw.chance(0.4) ? { keepdim: true } : {}), pick };
};

const share: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS });
  return { args: [x, b.dim(x)] };
};

const triangle: Rule = (b) => {
  const x = b.tensor({ rank: [2, 4] });
  return { args: b.draw.chance(0.4) ? [x] : [x, b.draw.int(-4, 4)] };
};

const position = reduces({ several: false, whole: ["nothing", "null"] });

export const reductionRules: Rules = {
  sum: reduces({ whole: ["nothing", "null", "empty"], options: dtypeOption }),
  mean: reduces({ dtypes: FLOATS, whole: ["nothing", "null", "empty"] }),
  prod: reduces({ several: false }),
  amax: reduces({ whole: ["nothing", "empty"] }),
  amin: reduces({ whole: ["nothing", "empty"] }),
  all: reduces({}),
  any: reduces({}),
  // Over the dimensions [], PyTorch's gradients are infinite.
  var: reduces({ dtypes: FLOATS, whole: ["nothing", "null"], options: correction }),
  std: reduces({ dtypes: FLOATS, whole: ["nothing", "null"], options: correction }),
  logsumexp: reduces({ dtypes: FLOATS, whole: [] }),
  norm,
  argmax: position,
  argmin: position,
  max: extreme,
  min: extreme,
  softmax: share,
  logSoftmax: share,
  softmin: share,
  tril: triangle,
  triu: triangle,
};
