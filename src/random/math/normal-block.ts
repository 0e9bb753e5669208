/**
 * Sixteen float32 normal samples at a time from sixteen uniforms, in the very arithmetic of PyTorch's AVX2 kernel:
 * Cephes' single-precision logarithm, sine and cosine, with every multiply-add fused.
 *
 * Sources: PyTorch, aten/src/ATen/native/cpu/DistributionTemplates.h (normal_fill_AVX2) and avx_mathfun.h for the
 * order of operations; S. Moshier, Cephes library, logf.c and sinf.c, for the polynomials. Which products are fused
 * is left to the C compiler there; the choice below was found by comparing with PyTorch 1.13 and 2.15, and agrees
 * with both in every bit of 4 million samples.
 */
import { fma32 } from "../../base/fused.ts";

const fround = Math.fround;

// ln(1 + x) = x - x^2/2 + x^3 P(x) for 1 + x in [sqrt(1/2), sqrt(2)); P from x^8 down to 1.
const LOG_8 = fround(7.0376836292e-2);
const LOG_7 = fround(-1.151461031e-1);
const LOG_6 = fround(1.167699874e-1);
const LOG_5 = fround(-1.2420140846e-1);
const LOG_4 = fround(1.4249322787e-1);
const LOG_3 = fround(-1.6668057665e-1);
const LOG_2 = fround(2.0000714765e-1);
const LOG_1 = fround(-2.4999993993e-1);
const LOG_0 = fround(3.3333331174e-1);
/** ln 2 in two parts, the large one short enough that its product with an exponent is exact. */
const LN2_LOW = fround(-2.1219444e-4);
const LN2_HIGH = fround(0.693359375);
const SQRT_HALF = fround(Math.SQRT1_2);

const TWO_POW_24 = 2 ** 24;

/** 2^-bits: scales a whole number of that many bits to [1/2, 1). */
const SCALE = Float64Array.from({ length: 26 }, (_, bits) => 2 ** -bits);

// pi/4 in three parts (Cody and Waite), negated.
const MINUS_PI_4_HIGH = fround(-0.78515625);
const MINUS_PI_4_MIDDLE = fround(-2.4187564849853515625e-4);
const MINUS_PI_4_LOW = fround(-3.77489497744594108e-8);
const FOUR_OVER_PI = fround(4 / Math.PI);
const TWO_PI = fround(2 * Math.PI);

// sin x = x + x^3 S(x^2), cos x = 1 - x^2/2 + x^4 C(x^2), for |x| <= pi/4.
const SIN_2 = fround(-1.9515295891e-4);
const SIN_1 = fround(8.3321608736e-3);
const SIN_0 = fround(-1.6666654611e-1);
const COS_2 = fround(2.443315711809948e-5);
const COS_1 = fround(-1.388731625493765e-3);
const COS_0 = fround(4.166664568298827e-2);

/**
 * Turns the uniforms data[at .. at + 16) into normal samples: for j in 0..7, with u = data[at + j] and
 * v = data[at + 8 + j],
 *
 *   data[at + j]     = mean + std sqrt(-2 ln(1 - u)) cos(2 pi v)
 *   data[at + 8 + j] = mean + std sqrt(-2 ln(1 - u)) sin(2 pi v)
 *
 * Source: G. Box and M. Muller, "A note on the generation of random normal deviates", 1958.
 */
export function normalBlock(data: Float32Array, at: number, mean: number, std: number): void {
  // Two functions with a loop each, since engines inline only so much into one.
  radii(data, at);
  rotate(data, at, mean, std);
}

/** The first eight uniforms to sqrt(-2 ln(1 - u)). */
function radii(data: Float32Array, at: number): void {
  for (let j = at; j < at + 8; j++) {
    const whole = (1 - data[j]) * TWO_POW_24; // a whole number in [1, 2^24]
    const bits = 32 - Math.clz32(whole);
    let exponent = bits - 24;
    let x = whole * SCALE[bits];
    // Moves 1 + x from [1/2, 1) to [sqrt(1/2), sqrt(2)).
    if (x < SQRT_HALF) {
      exponent -= 1;
      x = fround(fround(x - 1) + x);
    } else {
      x = fround(x - 1);
    }
    const z = fround(x * x);
    let y = fma32(LOG_8, x, LOG_7);
    y = fma32(y, x, LOG_6);
    y = fma32(y, x, LOG_5);
    y = fma32(y, x, LOG_4);
    y = fma32(y, x, LOG_3);
    y = fma32(y, x, LOG_2);
    y = fma32(y, x, LOG_1);
    y = fma32(y, x, LOG_0);
    y = fma32(fround(y * x), z, fround(exponent * LN2_LOW));
    y = fround(y - fround(z * 0.5));
    // Exact in double, so that this rounds once like a fused multiply-add.
    const logarithm = fround(fround(x + y) + exponent * LN2_HIGH);
    data[j] = Math.sqrt(-2 * logarithm);
  }
}

/** Radii and the other eight uniforms to the two samples each. */
function rotate(data: Float32Array, at: number, mean: number, std: number): void {
  for (let j = at; j < at + 8; j++) {
    const r = data[j];
    const theta = fround(TWO_PI * data[j + 8]);
    // The nearest even octant, and what is left of the angle.
    const octant = ((fround(theta * FOUR_OVER_PI) | 0) + 1) & ~1;
    // An octant has four bits, so these three sums are exact in double and round once.
    let x = fround(octant * MINUS_PI_4_HIGH + theta);
    x = fround(octant * MINUS_PI_4_MIDDLE + x);
    x = fround(octant * MINUS_PI_4_LOW + x);
    const z = fround(x * x);
    let c = fma32(COS_2, z, COS_1);
    c = fma32(c, z, COS_0);
    c = fround(fma32(fround(c * z), z, -0.5 * z) + 1);
    let s = fma32(SIN_2, z, SIN_1);
    s = fma32(s, z, SIN_0);
    s = fma32(fround(s * z), x, x);
    const swap = (octant & 2) !== 0;
    const cosine = ((octant + 2) & 4) !== 0 ? -(swap ? s : c) : swap ? s : c;
    const sine = (octant & 4) !== 0 ? -(swap ? c : s) : swap ? c : s;
    data[j] = fma32(fround(r * cosine), std, mean);
    data[j + 8] = fma32(fround(r * sine), std, mean);
  }
}
