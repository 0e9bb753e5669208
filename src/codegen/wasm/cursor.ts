/** Walks operands of several element sizes in step: one pointer for each size, shared by all of that size. */
import type { DType } from "../../base/index.ts";
import type { FunctionBuilder } from "./assembler.ts";

export class Cursor {
  readonly #pointers = new Map<number, number>();

  constructor(
    readonly body: FunctionBuilder,
    dtypes: readonly DType[],
  ) {
    for (const { bytes } of dtypes) {
      if (!this.#pointers.has(bytes)) this.#pointers.set(bytes, body.local("i32"));
    }
    // Without operands there is still a loop to count.
    if (this.#pointers.size === 0) this.#pointers.set(1, body.local("i32"));
  }

  /** The local that holds the byte offset of the current element of a dtype. */
  pointer(dtype: DType): number {
    return this.#pointers.get(dtype.bytes)!;
  }

  /** Puts the cursor on the element whose number `push` pushes. */
  moveTo(push: () => void): void {
    for (const [bytes, pointer] of this.#pointers) {
      push();
      this.#scale(bytes).body.set(pointer);
    }
  }

  /** Moves on by the number of elements that `push` pushes. */
  advance(push: () => void): void {
    for (const [bytes, pointer] of this.#pointers) {
      this.body.get(pointer);
      push();
      this.#scale(bytes).body.op("i32.add").set(pointer);
    }
  }

  /** Moves on by a fixed number of elements. */
  step(elements: number): void {
    for (const [bytes, pointer] of this.#pointers) this.body.increase(pointer, elements * bytes);
  }

  /** The local of the pointer that loops compare, and a way to scale an element number to it. */
  get main(): { pointer: number; scale: () => void } {
    const [bytes, pointer] = this.#pointers.entries().next().value!;
    return { pointer, scale: () => this.#scale(bytes) };
  }

  /** Turns the element number on the stack into a byte offset. */
  #scale(bytes: number): this {
    if (bytes > 1) this.body.i32(Math.log2(bytes)).op("i32.shl");
    return this;
  }
}
