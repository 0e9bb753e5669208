/** Rows of elements that are copied, or added to or multiplied with others, in generated code. */
import type { DType, DTypeName } from "../../../base/index.ts";
import type { Scattering } from "../../../ir/kernel.ts";
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

interface Combination {
  readonly load: Opcode;
  readonly store: Opcode;
  readonly add: readonly [one: Opcode, vector: Opcode];
  readonly multiply: readonly [one: Opcode, vector: Opcode];
}

const combinations: Partial<Record<DTypeName, Combination>> = {
  float32: {
    load: "f32.load",
    store: "f32.store",
    add: ["f32.add", "f32x4.add"],
    multiply: ["f32.mul", "f32x4.mul"],
  },
  float64: {
    load: "f64.load",
    store: "f64.store",
    add: ["f64.add", "f64x2.add"],
    multiply: ["f64.mul", "f64x2.mul"],
  },
  int32: {
    load: "i32.load",
    store: "i32.store",
    add: ["i32.add", "i32x4.add"],
    multiply: ["i32.mul", "i32x4.mul"],
  },
  int64: {
    load: "i64.load",
    store: "i64.store",
    add: ["i64.add", "i64x2.add"],
    multiply: ["i64.mul", "i64x2.mul"],
  },
};

/** How elements go from one place to the other: copied, or added to or multiplied with what is there. */
export class Move {
  readonly #access: { readonly load: Opcode; readonly store: Opcode };
  /** What comes of the element there and the one that is moved: for one, and for a vector; null where it is copied. */
  readonly #combine: readonly [one: Opcode, vector: Opcode] | null;
  readonly #bytes: number;

  /** Whether sums and products of this dtype are known here. */
  static combines(dtype: DType): boolean {
    return dtype.name in combinations;
  }

  constructor(dtype: DType, how: Scattering) {
    const combination = how === "write" ? null : combinations[dtype.name]!;
    this.#access = combination ?? accesses[dtype.bytes as keyof typeof accesses];
    this.#combine = combination && how !== "write" ? combination[how] : null;
    this.#bytes = dtype.bytes;
  }

  /** One element, between the addresses in two locals plus an offset. */
  element(f: FunctionBuilder, to: number, from: number, toOffset = 0, fromOffset = 0): void {
    const { load, store } = this.#access;
    f.get(to);
    if (this.#combine !== null) f.get(to).memory(load, toOffset);
    f.get(from).memory(load, fromOffset);
    if (this.#combine !== null) f.op(this.#combine[0]);
    f.memory(store, toOffset);
  }

  #vector(f: FunctionBuilder, to: number, from: number, offset: number): void {
    f.get(to);
    if (this.#combine !== null) f.get(to).memory("v128.load", offset);
    f.get(from).memory("v128.load", offset);
    if (this.#combine !== null) f.op(this.#combine[1]);
    f.memory("v128.store", offset);
  }

  /** `count` elements from the addresses in two locals on, which stay as they are; steps in bytes. */
  row(f: FunctionBuilder, to: number, toStep: number, from: number, fromStep: number, count: number): void {
    const bytes = this.#bytes;
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
