/** Matrix products, convolutions, pooling, normalisation, attention: operands whose sizes depend on each other. */
import type { DTypeName } from "../../../src/base/index.ts";
import { type Builder, FLOATS, NUMBERS } from "../builder.ts";
import type { Argument, Reference } from "../program.ts";
import { call, type Options, type Rule, type Rules, some } from "./rule.ts";

/** Mostly floats. */
const dtypes = (b: Builder): readonly DTypeName[] => (b.draw.chance(0.85) ? FLOATS : NUMBERS);

const matmul: Rule = (b) => {
  const a = b.tensor({ dtypes: dtypes(b), rank: [1, 4] });
  const own = [b.dtypeOf(a)];
  const shape = b.shapeOf(a);
  const inner = shape.at(-1)!;
  const batch = b.below(shape.slice(0, -2));
  const other = b.draw.pick([[inner], [inner, b.size()], [inner, b.size()], [...batch, inner, b.size()]]);
  return { args: [a, b.like(other, own)] };
};

/** Operands of the shapes that `shapes` makes of the sizes M, K, N and B. */
const product =
  (shapes: (m: number, k: number, n: number, batch: number) => number[][]): Rule =>
  (b) => {
    const own = [b.dtype(dtypes(b))];
    return { args: shapes(b.size(), b.size(), b.size(), b.size()).map((shape) => b.like(shape, own)) };
  };

const addmm: Rule = (b) => {
  const own = [b.dtype(dtypes(b))];
  const [m, k, n] = [b.size(), b.size(), b.size()];
  const operands = [b.below([m, n]), [m, k], [k, n]].map((shape) => b.like(shape, own));
  const number = (): Argument => b.number(own[0]!);
  return call(operands, some(b, { beta: number(), alpha: number() }));
};

const linear: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS, rank: [1, 4] });
  const own = [b.dtypeOf(x)];
  const out = b.size();
  const weight = b.like([out, b.shapeOf(x).at(-1)!], own);
  return { args: b.draw.chance(0.5) ? [x, weight] : [x, weight, b.like([out], own)] };
};

/** A number for every dimension, said once or for each. */
const perDimension = (b: Builder, rank: number, low: number, high: number): Argument =>
  b.draw.chance(0.5) ? b.draw.int(low, high) : Array.from({ length: rank }, () => b.draw.int(low, high));

const convolution =
  (rank: number): Rule =>
  (b) => {
    const own = [b.dtype(FLOATS)];
    const groups = b.draw.chance(0.3) ? 2 : 1;
    const inside = b.draw.int(1, 2);
    const outside = groups * b.draw.int(1, 2);
    const kernel = Array.from({ length: rank }, () => b.draw.int(1, 3));
    const sizes = kernel.map((size) => size + b.draw.int(0, 3));
    const lead = b.draw.chance(0.3)
      ? []
      : [
          b.draw.weighted([
            [1, 4],
            [2, 4],
            [0, 1],
          ] as const),
        ];
    const x = b.like([...lead, inside * groups, ...sizes], own);
    const weight = b.like([outside, inside, ...kernel], own);
    const padding: Argument = b.draw.chance(0.2)
      ? b.draw.pick(["same", "valid"])
      : perDimension(b, rank, 0, 2);
    const stride = padding === "same" ? 1 : perDimension(b, rank, 1, 3);
    const options = some(b, { stride, padding, dilation: perDimension(b, rank, 1, 2) });
    const bias = b.draw.chance(0.5) ? null : b.like([outside], own);
    return call([x, weight, bias], groups > 1 ? { ...options, groups } : options);
  };

/** An input to slide a window of `kernel` over. */
function slid(b: Builder, rank: number, kernel: readonly number[]): Reference {
  const lead = b.draw.chance(0.4)
    ? [b.draw.int(1, 2)]
    : [
        b.draw.weighted([
          [1, 3],
          [2, 4],
          [0, 0.5],
        ] as const),
        b.draw.int(1, 3),
      ];
  return b.like([...lead, ...kernel.slice(0, rank).map((size) => size + b.draw.int(0, 4))], FLOATS);
}

const pooling =
  (rank: number, isMax: boolean): Rule =>
  (b) => {
    const kernel = Array.from({ length: rank }, () => b.draw.int(1, 3));
    const kernelSize: Argument = b.draw.chance(0.4) ? kernel[0]! : kernel;
    const x = slid(b, rank, typeof kernelSize === "number" ? kernel.map(() => kernelSize) : kernel);
    const options = some(b, {
      stride: perDimension(b, rank, 1, 3),
      padding: perDimension(b, rank, 0, 1),
      ceilMode: b.draw.chance(0.6),
      ...(isMax ? { dilation: perDimension(b, rank, 1, 2) } : { countIncludePad: b.draw.chance(0.3) }),
      ...(rank === 2 && !isMax ? { divisorOverride: b.draw.pick([null, 3, -2]) } : {}),
    });
    if (!isMax || b.draw.chance(0.6)) return call([x, kernelSize], options);
    const pick = b.draw.pick(["values", "indices"] as const);
    return { ...call([x, kernelSize], { ...options, returnIndices: true }), pick };
  };

const adaptive: Rule = (b) => {
  const x = slid(b, 2, [1, 1]);
  const size = (): Argument => (b.draw.chance(0.15) ? null : b.draw.int(1, 4));
  return { args: [x, b.draw.chance(0.4) ? b.draw.int(1, 4) : [size(), size()]] };
};

const affine = (b: Builder, shape: readonly number[], own: readonly DTypeName[]): Options =>
  some(b, { weight: b.like(shape, own), bias: b.like(shape, own), eps: b.draw.pick([1e-5, 0.1, 1]) });

const layerNorm: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS, rank: [1, 4] });
  const shape = b.shapeOf(x).slice(b.draw.int(0, b.shapeOf(x).length - 1));
  return call([x, [...shape]], affine(b, shape, [b.dtypeOf(x)]));
};

const groupNorm: Rule = (b) => {
  const groups = b.draw.int(1, 3);
  const channels = groups * b.draw.int(1, 2);
  const x = b.like([b.size(), channels, ...b.shape(0, 2)], FLOATS);
  return call([x, groups], affine(b, [channels], [b.dtypeOf(x)]));
};

const batchNorm: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS, rank: [2, 4] });
  const channels = b.shapeOf(x)[1]!;
  const own = [b.dtypeOf(x)];
  const training = b.draw.chance(0.6);
  const statistics = (range: readonly [number, number]): Reference => {
    const made = b.add({
      dtype: own[0]!,
      shape: [channels],
      data: Array.from({ length: channels }, () => range[0] + (b.draw.int(0, 8) * (range[1] - range[0])) / 8),
    });
    return b.step({ op: "detach", args: [made] }) ?? made;
  };
  const running =
    !training || b.draw.chance(0.6) ? [statistics([-1, 1]), statistics([0.25, 2])] : [null, null];
  const options = { ...affine(b, [channels], own), ...some(b, { momentum: b.draw.pick([0.1, 0.5, 1]) }) };
  return call([x, ...running], { ...options, training });
};

const attention: Rule = (b) => {
  const own = [b.dtype(FLOATS)];
  const lead = b.shape(0, 2).map((size) => Math.min(size, 2));
  const [L, S, E, V] = [b.draw.int(1, 4), b.draw.int(1, 4), b.draw.int(1, 3), b.draw.int(1, 3)];
  const operands = [
    [...lead, L, E],
    [...lead, S, E],
    [...lead, S, V],
  ].map((shape) => b.like(shape, own));
  const options: Options = some(b, { scale: b.draw.pick([0.5, 1, 2]) });
  if (b.draw.chance(0.3)) return call(operands, { ...options, isCausal: true });
  // A query may not be left without any key: PyTorch's answer then depends on the kernel.
  if (b.draw.chance(0.4))
    return call(operands, {
      ...options,
      attnMask: b.like([b.draw.pick([1, L]), b.draw.pick([1, S])], own, [-2, 2]),
    });
  return call(operands, options);
};

export const productRules: Rules = {
  matmul,
  mm: product((m, k, n) => [
    [m, k],
    [k, n],
  ]),
  bmm: product((m, k, n, batch) => [
    [batch, m, k],
    [batch, k, n],
  ]),
  mv: product((m, k) => [[m, k], [k]]),
  dot: product((_, k) => [[k], [k]]),
  outer: product((m, k) => [[m], [k]]),
  addmm,
  linear,
  conv1d: convolution(1),
  conv2d: convolution(2),
  conv3d: convolution(3),
  maxPool1d: pooling(1, true),
  maxPool2d: pooling(2, true),
  avgPool1d: pooling(1, false),
  avgPool2d: pooling(2, false),
  adaptiveAvgPool2d: adaptive,
  layerNorm,
  groupNorm,
  batchNorm,
  scaledDotProductAttention: attention,
};
