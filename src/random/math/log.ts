/**
 * The natural logarithm in float64, bit for bit as the C library of x86-64 Linux computes it on a processor with
 * fused multiply-add: within 0.52 ulp. `Math.log` differs from engine to engine and from C in about one value of
 * sixteen, by one ulp.
 *
 * Source: S. Nagy, "Arm optimized routines" (MIT licence), pl/log: the method, the polynomials and the table;
 * glibc has used it since 2.28.
 *
 * Method: x = 2^k z with z in [0.6875, 1.375); c is the tabled number next to z, chosen so that log c lies within
 * 2^-66 of a multiple of 2^-43; r = z / c - 1 is below 2^-8. Then log x = k ln 2 + log c + log(1 + r), the last by a
 * polynomial. Near x = 1 a longer polynomial in x - 1 keeps the relative precision.
 */
import { fma64 } from "../../base/fused.ts";

const LN2_HIGH = 0.6931471805598903; // trailing zeros: exact when multiplied by an exponent
const LN2_LOW = 5.497923018708371e-14;

// log(1 + r) = r + A2 r^2 + A3 r^3 + ...
const A2 = -0.5000000000000001;
const A3 = 0.33333333331825593;
const A4 = -0.2499999999622955;
const A5 = 0.20000304511814496;
const A6 = -0.16667054827627667;

// log(1 + r) = r - r^2 / 2 + B3 r^3 + ... for x within 1/16 of 1.
const B3 = 0.3333333333333352;
const B4 = -0.24999999999998432;
const B5 = 0.19999999999320328;
const B6 = -0.16666666669929706;
const B7 = 0.14285715076560868;
const B8 = -0.12499997863982555;
const B9 = 0.11110712032936046;
const B10 = -0.10000486757818193;
const B11 = 0.09181994006195467;
const B12 = -0.08328363062289341;

/** 1 / c for each of 128 intervals of z. */
// biome-ignore format: a table
const RECIPROCALS = Float64Array.of(
  1.4504249240398293, 1.442253508327276, 1.4341736174350004, 1.426183816329995, 1.4182825527052965,
  1.4104682921759335, 1.4027396147468003, 1.3950954438932313, 1.3875338232485754, 1.3800539211058593,
  1.3726542695419708, 1.3653332798446802, 1.358090204587874, 1.3509234892132138, 1.3438320840699889,
  1.3368146974742003, 1.329870114677736, 1.322997339161106, 1.316195352741367, 1.3094628125672239,
  1.3027990455471041, 1.2962024229438942, 1.2896726275815547, 1.2832080305745537, 1.276807885983376,
  1.2704714060687552, 1.2641976054949482, 1.257985357514882, 1.2518337750655457, 1.2457421919097305,
  1.2397094966625508, 1.2337348463589233, 1.2278176973028803, 1.2219570190618474, 1.2161519732977757,
  1.2104018095009725, 1.204705805718973, 1.1990631185441964, 1.1934733004462308, 1.1879350812847385,
  1.1824481322833125, 1.1770114976921955, 1.1716248121809465, 1.1662869231674715, 1.1609977486762766,
  1.1557563220795803, 1.1505619105480347, 1.1454138888505974, 1.140311877374656, 1.1352550225747513,
  1.1302429094831266, 1.1252747693068048, 1.1203501571039876, 1.1154683327680124, 1.1106291463292157,
  1.1058315813301596, 1.1010752177696026, 1.0963597137952512, 1.0916844827550398, 1.0870487291277784,
  1.082452357388312, 1.0778948225025884, 1.0733751731601076, 1.068893585073351, 1.0644491706655506,
  1.0600414846328305, 1.0556701316181605, 1.051334750556926, 1.0470347288442157, 1.0427699229652954,
  1.0385395013738175, 1.034343418940345, 1.0301811073173315, 1.026052043621297, 1.0219561082336197,
  1.0178926505784922, 1.0138614436244586, 1.0098620186501341, 1.0058938559734134, 1.00195696235014,
  0.9961089923088509, 0.9884170338185201, 0.9808429191005297, 0.9733840169987446, 0.9660377568876556,
  0.9588014945307369, 0.9516728569073111, 0.9446494635965822, 0.9377288993026223, 0.9309091073790681,
  0.924187681612722, 0.9175626765599192, 0.9110320403624034, 0.9045935839762024, 0.8982456375922825,
  0.8919860966782501, 0.8858131121185129, 0.879725075760676, 0.8737201372634685, 0.8677966405782273,
  0.8619528050060739, 0.8561872354420692, 0.8504983927816893, 0.8448844572790304, 0.8393442741575965,
  0.8338762249349438, 0.8284789320557778, 0.8231510800065832, 0.8178913903778707, 0.8126984007245374,
  0.8075710029460227, 0.8025078881160415, 0.7975077379364331, 0.792569604966373, 0.7876923641254114,
  0.7828746724940998, 0.7781155388790811, 0.7734139557869777, 0.7687687179914933, 0.7641790698041854,
  0.7596438763692399, 0.7551621951078668, 0.7507331780216866, 0.7463557196361751, 0.7420289364869653,
  0.7377521537065876, 0.7335242966002608, 0.729344777457841,
);

/** log c, a multiple of 2^-43, and so near to it that the error of any Math.log rounds away. */
const LOGARITHMS = RECIPROCALS.map((reciprocal) => Math.round(-Math.log(reciprocal) * 2 ** 43) / 2 ** 43);

const value = new Float64Array(1);
const words = new Int32Array(value.buffer);
const HIGH = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** log x, for a positive normal x. */
export function log(x: number): number {
  if (x >= 0.9375 && x < 1.064697265625) return logNearOne(x);
  value[0] = x;
  const offset = words[HIGH] - 0x3fe60000;
  const interval = (offset >> 13) & 127;
  const k = offset >> 20;
  words[HIGH] -= offset & 0xfff00000;
  const z = value[0];
  const r = fma64(z, RECIPROCALS[interval], -1);
  const w = k * LN2_HIGH + LOGARITHMS[interval]; // exact
  const high = w + r;
  const r2 = r * r;
  const low = w - high + r + k * LN2_LOW + r2 * A2 + r * r2 * (A3 + r * A4 + r2 * (A5 + r * A6));
  // The true evaluation fuses its products, which moves the low part by less than this. Where that cannot change
  // the rounded sum there is no need to emulate it.
  const margin = 2 ** -67;
  const result = high + (low + margin);
  return result === high + (low - margin) ? result : logFused(k, r, w);
}

function logFused(k: number, r: number, w: number): number {
  const high = w + r;
  const r2 = r * r;
  const low = fma64(r2, A2, fma64(k, LN2_LOW, w - high + r));
  const polynomial = fma64(fma64(r, A6, A5), r2, fma64(A4, r, A3));
  return fma64(r * r2, polynomial, low) + high;
}

function logNearOne(x: number): number {
  const r = x - 1;
  const r2 = r * r;
  const r3 = r * r2;
  // r - r^2/2 in two parts; the upper half of r has 26 bits, so that its square is exact.
  const rHigh = r + r * 2 ** 27 - r * 2 ** 27;
  const square = -0.5 * rHigh * rHigh;
  const high = r + square;
  const low = r - high + square - 0.5 * (r - rHigh) * (rHigh + r);
  const polynomial =
    B3 + r * B4 + r2 * B5 + r3 * (B6 + r * B7 + r2 * B8 + r3 * (B9 + r * B10 + r2 * B11 + r3 * B12));
  const tail = r3 * polynomial + low;
  const margin = r2 * (Math.abs(r) * 2 ** -51 + 2 ** -77);
  const result = high + (tail + margin);
  return result === high + (tail - margin) ? result : logNearOneFused(r);
}

function logNearOneFused(r: number): number {
  const r2 = r * r;
  const r3 = r * r2;
  const rHigh = r + r * 2 ** 27 - r * 2 ** 27;
  const square = -0.5 * rHigh * rHigh;
  const high = r + square;
  const low = fma64(-0.5 * (r - rHigh), rHigh + r, r - high + square);
  const last = fma64(r3, B12, fma64(r2, B11, fma64(r, B10, B9)));
  const middle = fma64(last, r3, fma64(r2, B8, fma64(r, B7, B6)));
  const first = fma64(middle, r3, fma64(r2, B5, fma64(r, B4, B3)));
  return fma64(first, r3, low) + high;
}
