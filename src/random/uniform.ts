/** Uniform random numbers. */
import { ValueError } from "../base/errors.ts";
import { fma32, fma64 } from "../base/fused.ts";
import { drawUniform24, drawUniform53 } from "./draws.ts";
import { defaultGenerator, type Generator } from "./generator.ts";

/** The largest finite float32, (2 - 2^-23) 2^127. */
const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * Fills `out` with uniform numbers on [from, to), as `tensor.uniform_(from, to)` fills a contiguous tensor:
 *
 *   out[i] = from + u (to - from),  in the dtype of `out`, rounded once; from where that rounds up to `to`
 *
 * float32 takes 24 bits of one draw an element, float64 53 bits of two. `torch.rand` is the case of (0, 1).
 *
 * @throws ValueError where a bound is NaN or does not fit the dtype, where from > to, or where to - from overflows.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 *
 * @example
 * const weights = new Float32Array(6);
 * fillUniform(weights, -2, 3, new Generator(0)); // 0.4813, 1.8411, -1.5576, ...
 */
export function fillUniform(
  out: Float32Array | Float64Array,
  from: number,
  to: number,
  generator: Generator = defaultGenerator,
): void {
  const single = out instanceof Float32Array;
  const max = single ? FLOAT32_MAX : Number.MAX_VALUE;
  const dtype = single ? "float32" : "float64";
  if (!(from >= -max && from <= max))
    throw new ValueError(`uniform_: from = ${from} is out of bounds for ${dtype}`);
  if (!(to >= -max && to <= max)) throw new ValueError(`uniform_: to = ${to} is out of bounds for ${dtype}`);
  if (from > to) throw new ValueError(`uniform_: the range is [from, to), but from = ${from} > to = ${to}`);
  if (to - from > max) {
    throw new ValueError(
      `uniform_: to - from exceeds the largest ${dtype}, with from = ${from} and to = ${to}`,
    );
  }
  if (single) fill32(out, Math.fround(from), Math.fround(to), generator);
  else fill64(out, from, to, generator);
}

function fill32(out: Float32Array, from: number, to: number, generator: Generator): void {
  drawUniform24(generator, out, 0, out.length);
  if (from === 0 && to === 1) return;
  const width = Math.fround(to - from);
  for (let i = 0; i < out.length; i++) {
    const x = fma32(out[i], width, from);
    out[i] = x === to ? from : x;
  }
}

function fill64(out: Float64Array, from: number, to: number, generator: Generator): void {
  drawUniform53(generator, out, 0, out.length);
  if (from === 0 && to === 1) return;
  const width = to - from;
  for (let i = 0; i < out.length; i++) {
    const x = fma64(out[i], width, from);
    out[i] = x === to ? from : x;
  }
}
