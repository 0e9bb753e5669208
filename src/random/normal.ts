/** Normal (Gaussian) random numbers, by the Box-Muller transform. */
import { ValueError } from "../base/errors.ts";
import { fma64 } from "../base/fused.ts";
import { drawUniform24, drawUniform53 } from "./draws.ts";
import { defaultGenerator, type Generator } from "./generator.ts";
import { log } from "./math/log.ts";
import { log1p } from "./math/log1p.ts";
import { normalBlock } from "./math/normal-block.ts";
import { sincos } from "./math/sincos.ts";

const TWO_PI = 2 * Math.PI;

/** From this many elements on PyTorch fills a contiguous tensor in blocks of as many. */
const BLOCK = 16;

const pair = new Float64Array(2);

/**
 * Fills `out` with normal numbers, as `tensor.normal_(mean, std)` fills a contiguous tensor. `torch.randn` is the case
 * of (0, 1). PyTorch has two ways, and so the same seed gives other numbers from 16 elements on:
 *
 * - Below 16: one float64 sample at a time, in pairs r cos t and r sin t with r = sqrt(-2 ln(1 - v)), t = 2 pi u;
 *   the second of a pair waits in the generator for the next call, whatever its dtype or mean.
 * - From 16 on: first a uniform for every element, then blocks of 16 of them become samples in the arithmetic of the
 *   dtype. Where the size is no multiple of 16, the last 16 elements are drawn a second time. The waiting sample
 *   stays where it is.
 *
 * A tensor that is not contiguous goes the first way whatever its size: see `fillNormalSerial`.
 *
 * Every bit is PyTorch's, on x86-64 Linux with AVX2. (PyTorch 1.13 has ln(1 - v) where 2.x has log1p(-v), which moves
 * some float64 samples of the first way by one unit of the last place.)
 *
 * @throws ValueError where std is negative or NaN.
 * Sources: Box and Muller, 1958; https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 *
 * @example
 * const noise = new Float32Array(3);
 * fillNormal(noise, 0, 1, new Generator(0)); // 1.5410, -0.2934, -2.1788
 */
export function fillNormal(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator = defaultGenerator,
): void {
  if (out.length < BLOCK) {
    fillNormalSerial(out, mean, std, generator);
    return;
  }
  checkStd(std);
  if (out instanceof Float32Array) fillBlocks32(out, Math.fround(mean), Math.fround(std), generator);
  else fillBlocks64(out, mean, std, generator);
}

/**
 * Fills `out` as PyTorch fills a tensor of any size that is not contiguous (a transposed view, say), in the order of
 * its elements: one float64 sample at a time, by pairs.
 *
 * @throws ValueError where std is negative or NaN.
 */
export function fillNormalSerial(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator = defaultGenerator,
): void {
  checkStd(std);
  for (let i = 0; i < out.length; i++) {
    let sample: number;
    if (generator.hasNextNormal()) {
      sample = generator.takeNextNormal();
    } else {
      const u = generator.uniform53();
      const v = generator.uniform53();
      const radius = Math.sqrt(-2 * log1p(-v));
      sincos(TWO_PI * u, pair);
      generator.setNextNormal(radius * pair[0]);
      sample = radius * pair[1];
    }
    out[i] = scale(sample, mean, std);
  }
}

function checkStd(std: number): void {
  if (!(std >= 0)) throw new ValueError(`normal_: std must be >= 0, got ${std}`);
}

/** mean + std * sample, rounded once. */
function scale(sample: number, mean: number, std: number): number {
  return std === 1 ? sample + mean : fma64(sample, std, mean);
}

function fillBlocks32(out: Float32Array, mean: number, std: number, generator: Generator): void {
  const size = out.length;
  drawUniform24(generator, out, 0, size);
  for (let i = 0; i + BLOCK <= size; i += BLOCK) normalBlock(out, i, mean, std);
  if (size % BLOCK === 0) return;
  const tail = size - BLOCK;
  drawUniform24(generator, out, tail, size);
  normalBlock(out, tail, mean, std);
}

function fillBlocks64(out: Float64Array, mean: number, std: number, generator: Generator): void {
  const size = out.length;
  drawUniform53(generator, out, 0, size);
  for (let i = 0; i + BLOCK <= size; i += BLOCK) normalBlock64(out, i, mean, std);
  if (size % BLOCK === 0) return;
  const tail = size - BLOCK;
  drawUniform53(generator, out, tail, size);
  normalBlock64(out, tail, mean, std);
}

/** The float64 twin of `normalBlock`: sample j is paired with sample j + 8. */
function normalBlock64(data: Float64Array, at: number, mean: number, std: number): void {
  for (let j = at; j < at + BLOCK / 2; j++) {
    const radius = Math.sqrt(-2 * log(1 - data[j]));
    sincos(TWO_PI * data[j + BLOCK / 2], pair);
    data[j] = scale(radius * pair[1], mean, std);
    data[j + BLOCK / 2] = scale(radius * pair[0], mean, std);
  }
}
