/**
 * Sine and cosine in float64 of an angle in [0, 2 pi], bit for bit as the C library of x86-64 Linux computes them on
 * a processor with fused multiply-add: within 0.55 ulp. `Math.sin` and `Math.cos` differ between engines.
 *
 * Source: IBM Accurate Mathematical Library (S. Storey, A. Ziv), as glibc has it since 2.28 (s_sin.c): the method
 * and the polynomials. The table is computed here from its definition.
 *
 * Method: the angle is brought to a + da with |a| <= pi/4. With x_k the multiple of 1/128 next to |a| and
 * x = |a| - x_k, the addition theorems give sin(x_k + x) and cos(x_k + x) from tabled sines and cosines, each
 * in two parts, and short polynomials in x.
 */
import { fma64 } from "../../base/fused.ts";

/** 1.5 * 2^45: adding and subtracting it rounds to a multiple of 1/128. */
const ROUND_TO_128TH = 52776558133248;

// pi/2 in two parts, and in four of which the first three have at most 27 bits.
const PI_2_HIGH = 1.5707963267948966;
const PI_2_LOW = 6.123233995736766e-17;
const PI_2_A = 1.5707963407039642;
const PI_2_B = -1.3909067564377153e-8;
const PI_2_C = -4.97899623147991e-17;
const PI_2_D = -1.9034889620193266e-25;

// sin x = x + S3 x^3 + S5 x^5 and cos x = 1 - (C2 x^2 + C4 x^4 + C6 x^6), for |x| <= 1/256
const S3 = -0.16666666666666488;
const S5 = 0.008333332142857223;
const C2 = 0.5;
const C4 = -0.04166666666666644;
const C6 = 0.001388888740079376;

// sin a = a + T3 a^3 + ... + T11 a^11, for |a| < 0.126
const T3 = -0.16666666666666666;
const T5 = 0.008333333333332329;
const T7 = -0.00019841269834414642;
const T9 = 2.755729806860771e-6;
const T11 = -2.5022014848318398e-8;
const TAYLOR_LIMIT = 0.126;

/** For each k: sin(k/128) and cos(k/128), in two doubles each. */
const TABLE = buildTable(110);

/**
 * The addition theorems for one step of 1/128, in whole numbers of 2^-192, give all sines and cosines up to 109/128
 * to far more digits than two doubles hold.
 */
function buildTable(entries: number): Float64Array {
  const BITS = 192n;
  const one = 1n << BITS;
  let stepSine = 0n;
  let stepCosine = 0n;
  for (let n = 0n, term = one; term !== 0n; n++, term /= 128n * n) {
    // term = 128^-n / n!, the Taylor series of exp(i / 128)
    if (n % 2n === 0n) stepCosine += n % 4n === 0n ? term : -term;
    else stepSine += n % 4n === 1n ? term : -term;
  }
  const scale = 2 ** -Number(BITS);
  const table = new Float64Array(4 * entries);
  let sine = 0n;
  let cosine = one;
  for (let k = 0; k < entries; k++) {
    table[4 * k] = Number(sine) * scale;
    table[4 * k + 1] = Number(sine - BigInt(Number(sine))) * scale;
    table[4 * k + 2] = Number(cosine) * scale;
    table[4 * k + 3] = Number(cosine - BigInt(Number(cosine))) * scale;
    const next = (sine * stepCosine + cosine * stepSine) >> BITS;
    cosine = (cosine * stepCosine - sine * stepSine) >> BITS;
    sine = next;
  }
  return table;
}

/** Writes sin(angle) to out[0] and cos(angle) to out[1], for an angle in [0, 2 pi]. */
export function sincos(angle: number, out: Float64Array): void {
  // a + da = angle - quadrant * pi/2
  let quadrant = 0;
  let a = angle;
  let da = 0;
  if (angle >= 0.85546875) {
    if (angle < 2.4262638092041016) {
      // Here the library takes pi/2 - angle, so that sine and cosine change places without a sign.
      const y = PI_2_HIGH - angle;
      a = y + PI_2_LOW;
      da = y - a + PI_2_LOW;
      quadrant = 1;
    } else {
      // The limits are 5/4 pi and 7/4 pi; the products but the last are exact, and nothing needs fusing.
      quadrant = angle < 3.9269908169872414 ? 2 : angle < 5.497787143782138 ? 3 : 4;
      const y = angle - quadrant * PI_2_A - quadrant * PI_2_B;
      const c = quadrant * PI_2_C;
      const y1 = y - c;
      const d = quadrant * PI_2_D;
      a = y1 - d;
      da = y - y1 - c + (y1 - a - d);
      if (quadrant === 2) {
        a = -a;
        da = -da;
      }
    }
  }
  sincosReduced(a, da, out);
  if (quadrant === 1 || quadrant === 3) {
    const sine = quadrant === 1 ? out[1] : -out[1];
    out[1] = out[0];
    out[0] = sine;
  } else if (quadrant === 2) {
    out[1] = -out[1];
  }
}

/** Sine and cosine of a + da for |a| <= pi/4 and a little more. */
function sincosReduced(a: number, da: number, out: Float64Array): void {
  const magnitude = Math.abs(a);
  const tabled = magnitude + ROUND_TO_128TH - ROUND_TO_128TH;
  const k = (tabled * 512) | 0;
  const sn = TABLE[k];
  const snLow = TABLE[k + 1];
  const cs = TABLE[k + 2];
  const csLow = TABLE[k + 3];
  const dx = a < 0 ? -da : da;
  // The true evaluation fuses its products, which moves the small parts below by less than these margins. Where
  // that cannot change the rounded sums there is no need to emulate it.
  const margin = 2 ** -59;
  let sine: number;
  let exact: boolean;
  let x = magnitude - tabled;
  if (magnitude < TAYLOR_LIMIT) {
    const a2 = a * a;
    const t = (((((T11 * a2 + T9) * a2 + T7) * a2 + T5) * a2 + T3) * a - 0.5 * da) * a2 + da;
    const taylorMargin = (a2 * magnitude + Math.abs(da)) * 2 ** -51;
    sine = a + (t + taylorMargin);
    exact = sine === a + (t - taylorMargin);
  } else {
    const x2 = x * x;
    const s = x + (dx + x * x2 * (S3 + x2 * S5));
    const c = x * dx + x2 * (C2 + x2 * (C4 + x2 * C6));
    const small = snLow + s * csLow - sn * c + cs * s;
    sine = sn + (small + margin);
    exact = sine === sn + (small - margin);
    if (a < 0) sine = -sine;
  }
  x += dx;
  const x2 = x * x;
  const s = x + x * x2 * (S3 + x2 * S5);
  const c = x2 * (C2 + x2 * (C4 + x2 * C6));
  const small = csLow - s * snLow - cs * c - sn * s;
  const cosine = cs + (small + margin);
  out[0] = exact ? sine : sineFused(a, da);
  out[1] = cosine === cs + (small - margin) ? cosine : cosineFused(a, da);
}

function sineFused(a: number, da: number): number {
  const magnitude = Math.abs(a);
  if (magnitude < TAYLOR_LIMIT) {
    const a2 = a * a;
    const polynomial = fma64(fma64(fma64(fma64(T11, a2, T9), a2, T7), a2, T5), a2, T3);
    return a + fma64(fma64(polynomial, a, -0.5 * da), a2, da);
  }
  const tabled = magnitude + ROUND_TO_128TH - ROUND_TO_128TH;
  const k = (tabled * 512) | 0;
  const sn = TABLE[k];
  const dx = a < 0 ? -da : da;
  const x = magnitude - tabled;
  const x2 = x * x;
  const s = x + fma64(x * x2, fma64(x2, S5, S3), dx);
  const c = fma64(x, dx, x2 * fma64(fma64(x2, C6, C4), x2, C2));
  const sine = sn + fma64(TABLE[k + 2], s, fma64(-sn, c, fma64(s, TABLE[k + 3], TABLE[k + 1])));
  return a < 0 ? -sine : sine;
}

function cosineFused(a: number, da: number): number {
  const magnitude = Math.abs(a);
  const tabled = magnitude + ROUND_TO_128TH - ROUND_TO_128TH;
  const k = (tabled * 512) | 0;
  const cs = TABLE[k + 2];
  const x = magnitude - tabled + (a < 0 ? -da : da);
  const x2 = x * x;
  const s = fma64(x * x2, fma64(x2, S5, S3), x);
  const c = x2 * fma64(fma64(x2, C6, C4), x2, C2);
  return cs + fma64(-TABLE[k], s, fma64(-c, cs, fma64(-s, TABLE[k + 1], TABLE[k + 3])));
}
