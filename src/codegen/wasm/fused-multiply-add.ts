/**
 * a * b + c of four float32, rounded once: by the instruction where the engine has it, else by arithmetic in float64.
 * Both give the same bits, so that a program has the same digits on every machine.
 */
import type { FunctionBuilder } from "./assembler.ts";
import type { Row } from "./instruction-set.ts";
import { hasFusedMultiplyAdd } from "./relaxed-simd.ts";

const bytes = Array.from({ length: 16 }, (_, i) => i);
/** Brings the upper two lanes of 32 bits to the lower two. */
const upperHalf = bytes.map((i) => (i + 8) % 16);
/** The lower halves of two operands side by side. */
const lowerHalves = bytes.map((i) => (i < 8 ? i : i + 8));
const ones = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];

/** Pushes a * b + c, given v128 locals. */
export function fusedMultiplyAdd(body: FunctionBuilder, a: number, b: number, c: number): void {
  if (hasFusedMultiplyAdd()) body.get(a).get(b).get(c).op("f32x4.relaxed_madd");
  else {
    half(body, a, b, c, false);
    half(body, a, b, c, true);
    body.shuffle(lowerHalves);
  }
}

/**
 * Two of the four. The product p of two float32 is exact in float64; s = p + c is rounded. Where that lost something (the
 * error e, by Knuth's two-sum), s is moved to its neighbour on the side of e unless its last bit is odd: rounding "to odd" keeps
 * what the second rounding, to float32, needs to know.
 * Source: Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008.
 */
function half(body: FunctionBuilder, a: number, b: number, c: number, upper: boolean): void {
  const [p, addend, s, t, e] = Array.from({ length: 5 }, () => body.local("v128")) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const promoted = (x: number): void => {
    body.get(x);
    if (upper) body.get(x).shuffle(upperHalf);
    body.op("f64x2.promote_low_f32x4");
  };
  promoted(a);
  promoted(b);
  body.op("f64x2.mul").set(p);
  promoted(c);
  body.set(addend);
  body.get(p).get(addend).op("f64x2.add").tee(s);
  body.get(p).op("f64x2.sub").set(t);
  body.get(p).get(s).get(t).op("f64x2.sub").op("f64x2.sub");
  body.get(addend).get(t).op("f64x2.sub").op("f64x2.add").set(e);
  // Towards the error: one bit up or down, as the signs of s and e agree or not.
  body.get(s).get(e).op("v128.xor").i32(63).op("i64x2.shr_s").v128(ones).op("v128.or");
  // Only where there is an error (NaN, of infinite sums, is none) and the last bit is even.
  body.v128(new Array<number>(16).fill(0)).get(e).op("f64x2.abs").op("f64x2.lt").op("v128.and");
  body.get(s).v128(ones).op("v128.and").v128(ones).op("i64x2.sub").op("v128.and");
  body.get(s).op("i64x2.add").op("f32x4.demote_f64x2_zero");
}

/** The row of four lanes. */
export const fusedLanes: Row = (body, [a, b, c]) => fusedMultiplyAdd(body, a!, b!, c!);

/** The row of one element, which borrows a lane. */
export const fusedScalar: Row = (body, args) => {
  const [a, b, c] = args.map((arg) => {
    const lanes = body.local("v128");
    body.get(arg).op("f32x4.splat").set(lanes);
    return lanes;
  }) as [number, number, number];
  fusedMultiplyAdd(body, a, b, c);
  body.op("f32x4.extract_lane", 0);
};
