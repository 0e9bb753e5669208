/** Rows of elements that are copied, or added to others, in generated code. */
import type { DType } from "../../../base/index.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { advance } from "../matmul-lanes.ts";
import type { Opcode } from "../opcodes.ts";
import { addressAt, times } from "./product-loops.ts";

/** Up to so many accesses are written out before there is a loop. */
const WRITTEN_OUT = 8;

const accesses = {
  1: { load: "i32.load8_u", store: "i32.store8" },
  4: { load: "i32.load", store: "i32.store" },
  8: { load: "i64.load", store: "i64.store" },
} as const satisfies Record<number, { load: Opcode; store: Opcode }>;

const sums: Record<string, { load: Opcode; store: Opcode; add: Opcode; addVectors: Opcode }> = {
  float32: { load: "f32.load", store: "f32.store", add: "f32.add", addVectors: "f32x4.add" },
  float64: { load: "f64.load", store: "f64.store", add: "f64.add", addVectors: "f64x2.add" },
  int32: { load: "i32.load", store: "i32.store", add: "i32.add", addVectors: "i32x4.add" },
  int64: { load: "i64.load", store: "i64.store", add: "i64.add", addVectors: "i64x2.add" },
};

/** How elements go from one place to the other: copied, or added to what is there. */
export class Move {
  readonly #dtype: DType;
  readonly #sum: (typeof sums)[string] | null;

  /** Whether sums of this dtype are known here. */
  static adds(dtype: DType): boolean {
    return dtype.name in sums;
  }

  constructor(dtype: DType, adds: boolean) {
    this.#dtype = dtype;
    this.#sum = adds ? sums[dtype.name]! : null;
  }

  /** One element, between the addresses in two locals plus an offset. */
  element(f: FunctionBuilder, to: number, from: number, toOffset = 0, fromOffset = 0): void {
    const sum = this.#sum;
    const { load, store } = sum ?? accesses[this.#dtype.bytes as keyof typeof accesses];
    f.get(to);
    if (sum !== null) f.get(to).memory(load, toOffset);
    f.get(from).memory(load, fromOffset);
    if (sum !== null) f.op(sum.add);
    f.memory(store, toOffset);
  }

  #vector(f: FunctionBuilder, to: number, from: number, offset: number): void {
    f.get(to);
    if (this.#sum !== null) f.get(to).memory("v128.load", offset);
    f.get(from).memory("v128.load", offset);
    if (this.#sum !== null) f.op(this.#sum.addVectors);
    f.memory("v128.store", offset);
  }

  /** `count` elements from the addresses in two locals on, which stay as they are; steps in bytes. */
  row(f: FunctionBuilder, to: number, toStep: number, from: number, fromStep: number, count: number): void {
    const { bytes } = this.#dtype;
    const areNeighbours = toStep === bytes && fromStep === bytes;
    const [y, x] = [addressAt(f, to, 0), addressAt(f, from, 0)];
    const wide = areNeighbours ? Math.floor((count * bytes) / 16) : 0;
    const move = (turns: number, one: (offset: number) => void, toBytes: number, fromBytes: number): void => {
      times(f, Math.floor(turns / WRITTEN_OUT), () => {
        for (let i = 0; i < WRITTEN_OUT; i++) one(i);
        advance(f, y, WRITTEN_OUT * toBytes);
        advance(f, x, WRITTEN_OUT * fromBytes);
      });
      for (let i = 0; i < turns % WRITTEN_OUT; i++) one(i);
      if (turns % WRITTEN_OUT === 0) return;
      advance(f, y, (turns % WRITTEN_OUT) * toBytes);
      advance(f, x, (turns % WRITTEN_OUT) * fromBytes);
    };
    move(wide, (i) => this.#vector(f, y, x, i * 16), 16, 16);
    const rest = count - (wide * 16) / bytes;
    if (toStep >= 0 && fromStep >= 0) {
      move(rest, (i) => this.element(f, y, x, i * toStep, i * fromStep), toStep, fromStep);
      return;
    }
    // Instructions cannot count down from an address.
    times(f, rest, () => {
      this.element(f, y, x);
      advance(f, y, toStep);
      advance(f, x, fromStep);
    });
  }
}
