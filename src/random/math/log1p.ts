/**
 * log(1 + x) in float64 for -1 < x <= 0, bit for bit as the C library of x86-64 Linux computes it on a processor
 * with fused multiply-add: within 1 ulp.
 *
 * Source: fdlibm, s_log1p.c (Sun Microsystems, 1993; freely distributable): the method and the constants.
 *
 * Method: 1 + x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); s = f / (2 + f), z = s^2;
 * log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R(z))).
 */
import { fma64 } from "../../base/fused.ts";

const LN2_HIGH = 6.9314718036912381649e-1; // trailing zeros: exact when multiplied by an exponent
const LN2_LOW = 1.90821492927058770002e-10;

// R(z) = P1 z + P2 z^2 + ... + P7 z^7
const P1 = 6.66666666666673513e-1;
const P2 = 3.999999999940941908e-1;
const P3 = 2.857142874366239149e-1;
const P4 = 2.222219843214978396e-1;
const P5 = 1.818357216161805012e-1;
const P6 = 1.531383769920937332e-1;
const P7 = 1.479819860511658591e-1;

/** Above this, k = 0 and f = x: the double whose upper word is the first with 1 + x < sqrt(1/2). */
const NO_REDUCTION = -0.2928934097290039;

const value = new Float64Array(1);
const words = new Int32Array(value.buffer);
const HIGH = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** log(1 + x), for -1 < x <= 0. */
export function log1p(x: number): number {
  if (x > -(2 ** -29)) return x > -(2 ** -54) ? x : x - x * x * 0.5;
  let k = 0;
  let f = x;
  let small = 0; // k times the low part of ln 2, and what rounding 1 + x lost
  if (x <= NO_REDUCTION) {
    const u = 1 + x;
    value[0] = u;
    const high = words[HIGH];
    k = (high >> 20) - 1023;
    const fraction = high & 0xfffff;
    if (fraction < 0x6a09e) {
      words[HIGH] = fraction | 0x3ff00000;
    } else {
      k += 1;
      words[HIGH] = fraction | 0x3fe00000;
    }
    f = value[0] - 1;
    small = fma64(k, LN2_LOW, (x - (u - 1)) / u);
  }
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const R = z * P1 + z2 * (P2 + z * P3) + z2 * z2 * (P4 + z * P5) + z2 * z2 * z2 * (P6 + z * P7);
  // The true evaluation fuses its products, which moves R by less than this. All that follows is monotone in R, so
  // where both ends agree there is no need to emulate it.
  const margin = R * 2 ** -49;
  const result = assemble(k, f, small, half, s, R + margin);
  if (result === assemble(k, f, small, half, s, R - margin)) return result;
  return assemble(k, f, small, half, s, fusedR(z));
}

/** k ln 2 + f - (half - s (half + R)), the small terms first. */
function assemble(k: number, f: number, small: number, half: number, s: number, R: number): number {
  const product = s * (half + R);
  if (k === 0) return f - (half - product);
  return k * LN2_HIGH - (half - (small + product) - f);
}

function fusedR(z: number): number {
  const z2 = z * z;
  const z4 = z2 * z2;
  const low = fma64(z, P1, z2 * fma64(z, P3, P2));
  return fma64(z2 * z4, fma64(z, P7, P6), fma64(z4, fma64(z, P5, P4), low));
}
