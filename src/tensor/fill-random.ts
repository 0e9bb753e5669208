/** Filling tensors with random numbers, eagerly and in a trace: PyTorch's streams. */
import { DTypeError, type TypedArray, ValueError } from "../base/index.ts";
import { checkValues } from "../ops/check-values.ts";
import { tape, trace, withoutTape } from "../ops/executor.ts";
import { checkNoRepeats } from "../ops/in-place.ts";
import { ge, le, logicalAnd, lt } from "../ops/pointwise/index.ts";
import { all } from "../ops/reductions.ts";
import {
  defaultGenerator,
  fillBernoulli,
  fillBernoulliFrom,
  fillExponential,
  fillNormal,
  fillNormalSerial,
  fillRandint,
  fillRandom,
  fillUniform,
  type Generator,
} from "../random/index.ts";
import { allocate } from "./eager.ts";
import type { Tensor } from "./tensor.ts";

type FloatArray = Float32Array | Float64Array;
type Fill = (out: TypedArray, generator: Generator) => void;

/** A trace that fails leaves a generator as it was. */
export function noteState(generator: Generator): void {
  if (trace === null) return;
  const before = generator.getState();
  trace.onFailure(() => generator.setState(before));
}

/** Overwrites a tensor with what `fill` draws, for row-major memory or, if `serial` is given, in the order of the elements. */
export function overwrite(
  name: string,
  x: Tensor,
  generator: Generator = defaultGenerator,
  fill: Fill,
  serial: Fill = fill,
): Tensor {
  checkNoRepeats(name, x);
  tape?.checkInPlace(name, x);
  const count = x.numel();
  if (trace !== null) {
    noteState(generator);
    const drawn = trace.written(x.shape, x.dtype, (values) => (x.dense ? fill : serial)(values, generator));
    return x.copy_(drawn);
  }
  if (x.dense && !x.requiresGrad) {
    const start = x.storage.base + x.offset;
    fill(x.storage.data.subarray(start, start + count), generator);
    x.storage.version++;
    x.storage.lastWriter = name;
    return x;
  }
  const values = new x.dtype.Array(count);
  (x.dense ? fill : serial)(values, generator);
  return x.copy_(x.detach().newTensor(values, x.shape).to(x.dtype));
}

/** Throws a DTypeError unless x is floating point. */
export function requireFloat(name: string, x: Pick<Tensor, "dtype">): void {
  if (!x.dtype.isFloatingPoint) {
    throw new DTypeError(`${name}: needs a floating-point tensor, got ${x.dtype}`);
  }
}

/** Numbers from the normal distribution. */
export function drawNormal(
  name: string,
  x: Tensor,
  mean: number,
  std: number,
  generator?: Generator,
): Tensor {
  requireFloat(name, x);
  return overwrite(
    name,
    x,
    generator,
    (out, source) => fillNormal(out as FloatArray, mean, std, source),
    (out, source) => fillNormalSerial(out as FloatArray, mean, std, source),
  );
}

/** Numbers from the uniform distribution on [from, to). */
export function drawUniform(
  name: string,
  x: Tensor,
  from: number,
  to: number,
  generator?: Generator,
): Tensor {
  requireFloat(name, x);
  return overwrite(name, x, generator, (out, source) => fillUniform(out as FloatArray, from, to, source));
}

/** Numbers of density rate * exp(-rate x). */
export function drawExponential(name: string, x: Tensor, rate: number, generator?: Generator): Tensor {
  requireFloat(name, x);
  return overwrite(name, x, generator, (out, source) => fillExponential(out as FloatArray, rate, source));
}

/** Whole numbers on [from, to), or [0, from); without bounds, on all that the dtype holds exactly. */
export function drawWhole(
  name: string,
  x: Tensor,
  from: number | bigint | undefined,
  to: number | bigint | undefined,
  generator?: Generator,
): Tensor {
  return overwrite(name, x, generator, (out, source) => {
    if (from === undefined) fillRandom(out, source);
    else if (to === undefined) fillRandint(out, 0, from, source);
    else fillRandint(out, from, to, source);
  });
}

/** Coin flips in a trace: the numbers that are drawn do not depend on the probabilities. */
function flip(name: string, x: Tensor, p: Tensor, generator?: Generator): Tensor {
  const holds = withoutTape(() => all(logicalAnd(ge(p, 0), le(p, 1))));
  checkValues(holds, () => new ValueError(`${name}: p must be in [0, 1], and some element is not`));
  const uniform = allocate(x.device, p.dtype, x.shape);
  overwrite(name, uniform, generator, (out, source) => fillUniform(out as FloatArray, 0, 1, source));
  return x.copy_(lt(uniform, p));
}

/** 1 at probability `p`, else 0. */
export function drawBernoulli(name: string, x: Tensor, p: number | Tensor, generator?: Generator): Tensor {
  if (trace !== null && typeof p !== "number") return flip(name, x, p, generator);
  return overwrite(name, x, generator, (out, source) => {
    if (typeof p === "number") fillBernoulli(out, p, source);
    else fillBernoulliFrom(out, p.expand(x.shape).toTypedArray() as FloatArray, source);
  });
}
