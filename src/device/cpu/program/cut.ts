/** Axes that are walked through as one, cut into parts of neighbours. */
import { elementCount, type Shape } from "../../../base/index.ts";
import type { FunctionBuilder } from "../../../codegen/wasm/assembler.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { pushOffset } from "../../../codegen/wasm/program/fold-operand.ts";

/** Parts of a row are a multiple of so many elements long, where they may be. */
const GRAIN = 16;

export class Cut {
  readonly count: number;
  /** The sizes of all parts but those at the end of the axis that is cut, and of those. */
  readonly whole: Shape;
  readonly last: Shape;
  /** How many parts the axis that is cut has, and how long each is. */
  readonly #pieces: number;
  readonly #length: number;
  readonly #axis: number;

  /** Parts have at most `most` elements, at least one. */
  constructor(
    readonly sizes: Shape,
    most: number,
  ) {
    let inner = 1;
    let axis = sizes.length - 1;
    while (axis > 0 && inner * sizes[axis]! <= most) inner *= sizes[axis--]!;
    const size = sizes[axis]!;
    const longest = Math.min(size, Math.max(1, Math.floor(most / inner)));
    this.#axis = axis;
    const even = Math.ceil(size / Math.ceil(size / longest));
    const grain = inner === 1 && longest >= GRAIN ? GRAIN : 1;
    this.#length = Math.min(longest, Math.ceil(even / grain) * grain);
    this.#pieces = Math.ceil(size / this.#length);
    this.count = elementCount(sizes.slice(0, axis)) * this.#pieces;
    this.whole = [this.#length, ...sizes.slice(axis + 1)];
    this.last = [size - (this.#pieces - 1) * this.#length, ...sizes.slice(axis + 1)];
  }

  /** The strides of a part. */
  within(strides: Shape): Shape {
    return strides.slice(this.#axis);
  }

  /** Pushes how many bytes after the first part the part with the number in local `part` begins. */
  pushOffset(body: FunctionBuilder, part: number, strides: Shape, bytes: number): void {
    const before = this.sizes.slice(0, this.#axis);
    const steps = [...strides.slice(0, this.#axis), strides[this.#axis]! * this.#length];
    pushOffset(body, mergeAxes([...before, this.#pieces], [steps]), part, bytes);
  }

  /** Emits `turn` for the sizes of the part with the number in local `part`. */
  forSizes(body: FunctionBuilder, part: number, turn: (sizes: Shape) => void): void {
    if (this.last[0] === this.whole[0]) {
      turn(this.whole);
      return;
    }
    body
      .get(part)
      .i32(this.#pieces)
      .op("i32.rem_u")
      .i32(this.#pieces - 1)
      .op("i32.ne")
      .open("if");
    turn(this.whole);
    body.op("else");
    turn(this.last);
    body.end();
  }
}
