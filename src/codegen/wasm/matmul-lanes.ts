/**
 * What the generators of the matrix product kernels share: the float types as they lie in a v128, the
 * multiply-add step, lane shuffles, and loops.
 */
import { FunctionBuilder, type ValueType } from "./assembler.ts";
import type { Opcode } from "./opcodes.ts";

/** One float type, seen as the lanes of a v128. */
export interface Lanes {
  readonly count: 2 | 4;
  readonly bytes: 4 | 8;
  readonly scalar: "f32" | "f64";
  readonly loadSplat: Opcode;
  readonly storeLane: Opcode;
  readonly extract: Opcode;
  readonly add: Opcode;
  readonly multiply: Opcode;
  readonly fusedMultiplyAdd: Opcode;
}

export const float32Lanes: Lanes = {
  count: 4,
  bytes: 4,
  scalar: "f32",
  loadSplat: "v128.load32_splat",
  storeLane: "v128.store32_lane",
  extract: "f32x4.extract_lane",
  add: "f32x4.add",
  multiply: "f32x4.mul",
  fusedMultiplyAdd: "f32x4.relaxed_madd",
};

export const float64Lanes: Lanes = {
  count: 2,
  bytes: 8,
  scalar: "f64",
  loadSplat: "v128.load64_splat",
  storeLane: "v128.store64_lane",
  extract: "f64x2.extract_lane",
  add: "f64x2.add",
  multiply: "f64x2.mul",
  fusedMultiplyAdd: "f64x2.relaxed_madd",
};

/** How a kernel that multiplies is to be built. */
export interface Variant {
  readonly lanes: Lanes;
  /** Multiply and add with one rounding (relaxed SIMD) and not two. */
  readonly fused: boolean;
}

/** accumulator += a * b, all three of them v128 locals. */
export function multiplyAdd(
  f: FunctionBuilder,
  { lanes, fused }: Variant,
  accumulator: number,
  a: number,
  b: number,
): void {
  if (fused) f.get(a).get(b).get(accumulator).op(lanes.fusedMultiplyAdd);
  else f.get(accumulator).get(a).get(b).op(lanes.multiply).op(lanes.add);
  f.set(accumulator);
}

/** Sets the v128 locals to 0. */
export function clear(f: FunctionBuilder, locals: readonly number[]): void {
  for (const local of locals) f.v128(new Array<number>(16).fill(0)).set(local);
}

/** Shuffles whole lanes of the two operands on the stack, counted through from the first operand's. */
export function shuffleLanes(f: FunctionBuilder, lanes: Lanes, order: readonly number[]): void {
  f.shuffle(order.flatMap((lane) => Array.from({ length: lanes.bytes }, (_, i) => lane * lanes.bytes + i)));
}

/** A function of `count` i32 parameters and no result, and the parameters' numbers. */
export function begin(count: number): { f: FunctionBuilder; params: number[] } {
  const params = Array.from({ length: count }, (_, i) => i);
  return { f: new FunctionBuilder(params.map(() => "i32")), params };
}

/** Declares `count` locals and gives their numbers. */
export function declare(f: FunctionBuilder, type: ValueType, count: number): number[] {
  return Array.from({ length: count }, () => f.local(type));
}

/** Runs `body` and lowers the i32 local `count` by 1, until it is 0: at least once. */
export function repeat(f: FunctionBuilder, count: number, body: () => void): void {
  f.open("loop");
  body();
  f.get(count).i32(1).op("i32.sub").tee(count).op("br_if", 0).end();
}

/** Runs `body` and lowers the i32 local `count` by `step`, as long as `count` is at least `step`: maybe never. */
export function repeatWhole(f: FunctionBuilder, count: number, step: number, body: () => void): void {
  f.open("block").open("loop");
  f.get(count).i32(step).op("i32.lt_s").op("br_if", 1);
  body();
  f.get(count).i32(step).op("i32.sub").set(count).op("br", 0).end().end();
}

/** local = a * constant, for i32 locals. */
export function setProduct(f: FunctionBuilder, local: number, a: number, constant: number): void {
  f.get(a).i32(constant).op("i32.mul").set(local);
}

/** local += amount, a constant. */
export function advance(f: FunctionBuilder, local: number, amount: number): void {
  f.get(local).i32(amount).op("i32.add").set(local);
}

/** local += amount, an i32 local. */
export function advanceBy(f: FunctionBuilder, local: number, amount: number): void {
  f.get(local).get(amount).op("i32.add").set(local);
}
