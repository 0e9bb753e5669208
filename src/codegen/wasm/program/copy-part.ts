/** Brings a part of an operand into order: elements of any strides, one behind the other. */
import { contiguousStrides } from "../../../base/index.ts";
import { FunctionBuilder } from "../assembler.ts";
import { advance, type Lanes } from "../matmul-lanes.ts";
import { mergeAxes } from "./axes.ts";
import { addressAt, times } from "./product-loops.ts";
import { loadLanes, storeLanes } from "./product-vector.ts";
import type { ProgramModule } from "./program-module.ts";

/** Up to so many vectors are written out before there is a loop. */
const WRITTEN_OUT = 24;

/**
 * The number of the function `(from, to)` that copies elements of these sizes and strides (in elements, of any sign),
 * the first of them at address `from`, to address `to` and behind, in row-major order. Nothing else is read or written.
 */
export function copyPart(
  program: ProgramModule,
  lanes: Lanes,
  sizes: readonly number[],
  strides: readonly number[],
): number {
  const axes = mergeAxes(sizes, [strides, contiguousStrides(sizes)]);
  const steps = axes.strides[0]!.map((step) => step * lanes.bytes);
  return program.shared(`copy ${lanes.scalar} ${axes.sizes} ${steps}`, () => {
    const f = new FunctionBuilder(["i32", "i32"]);
    new PartCopy(f, lanes, axes.sizes, steps).emit();
    return f;
  });
}

class PartCopy {
  /** How many of the innermost axes are one run of code without loops. */
  readonly #written: number;
  readonly #vector: number;

  constructor(
    readonly f: FunctionBuilder,
    readonly lanes: Lanes,
    readonly sizes: readonly number[],
    /** In bytes. */
    readonly steps: readonly number[],
  ) {
    const inner = sizes.length - 1;
    const vectors = Math.ceil(sizes[inner]! / lanes.count);
    const rows = sizes[inner - 1] ?? 0;
    // Steps back cannot be a part of instructions, except along a row.
    this.#vector = f.local("v128");
    this.#written = rows > 0 && rows * vectors <= WRITTEN_OUT && steps[inner - 1]! >= 0 ? 2 : 1;
  }

  emit(): void {
    const { f } = this;
    this.#loops(0, addressAt(f, 0, 0), addressAt(f, 1, 0));
  }

  /** The axes from `axis` on; moves `to` on, and leaves `from` as it was. */
  #loops(axis: number, from: number, to: number): void {
    const { f, sizes, steps } = this;
    const first = sizes.length - this.#written;
    if (axis >= first) {
      if (this.#written === 1) this.#row(from, to);
      else this.#rows(from, to);
      return;
    }
    times(f, sizes[axis]!, () => {
      this.#loops(axis + 1, from, to);
      advance(f, from, steps[axis]!);
    });
    advance(f, from, -sizes[axis]! * steps[axis]!);
  }

  /** All of the two innermost axes. */
  #rows(from: number, to: number): void {
    const [rows, columns] = this.sizes.slice(-2) as [number, number];
    const step = this.steps.at(-2)!;
    const { bytes } = this.lanes;
    const low = this.#lowest(from, columns);
    for (let r = 0; r < rows; r++) this.#run(low, r * step, to, r * columns * bytes, columns);
    advance(this.f, to, rows * columns * bytes);
  }

  /** The innermost axis. */
  #row(from: number, to: number): void {
    const { f, lanes } = this;
    const step = this.steps.at(-1)!;
    const most = WRITTEN_OUT * lanes.count;
    const size = this.sizes.at(-1)!;
    const rest = size % most;
    const low = this.#lowest(from, most);
    const moving = size > most ? addressAt(f, low, 0) : low;
    times(f, Math.floor(size / most), () => {
      this.#run(moving, 0, to, 0, most);
      if (size > most) advance(f, moving, most * step);
      advance(f, to, most * lanes.bytes);
    });
    if (rest === 0) return;
    // `low` may lie before the last elements, which are fewer.
    if (step < 0) advance(f, moving, (most - rest) * -step);
    this.#run(moving, 0, to, 0, rest);
    advance(f, to, rest * lanes.bytes);
  }

  /** A local with the least address among `count` elements of a row that begins at `from`: instructions count up from it. */
  #lowest(from: number, count: number): number {
    const step = this.steps.at(-1)!;
    return step < 0 ? addressAt(this.f, from, (count - 1) * step) : from;
  }

  /** Writes out the copy of `count` elements of a row; `low` is the least address among them. */
  #run(low: number, offset: number, to: number, toOffset: number, count: number): void {
    const { f, lanes } = this;
    const step = this.steps.at(-1)!;
    const start = step < 0 ? offset - (count - 1) * step : offset;
    for (let i = 0; i < count; i += lanes.count) {
      const some = Math.min(lanes.count, count - i);
      loadLanes(f, lanes, low, start + i * step, step, some);
      f.set(this.#vector);
      storeLanes(f, lanes, to, toOffset + i * lanes.bytes, lanes.bytes, this.#vector, some);
    }
  }
}
