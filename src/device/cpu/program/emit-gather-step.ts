/** Reading, adding and writing by index as code, with the digits of the eager device. */
import { elementCount } from "../../../base/index.ts";
import type { FunctionBuilder } from "../../../codegen/wasm/assembler.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { pushOffset } from "../../../codegen/wasm/program/fold-operand.ts";
import { Move } from "../../../codegen/wasm/program/move-row.ts";
import { times } from "../../../codegen/wasm/program/product-loops.ts";
import { beginStage } from "../../../codegen/wasm/program/share.ts";
import type { Scattering } from "../../../ir/kernel.ts";
import type { GatherStep, Place, ScatterStep } from "../../program.ts";
import { Cut } from "./cut.ts";
import type { ProgramWriter } from "./writer.ts";

/** Elements above which threads share a step. */
const LEAST_SHARED = 2 ** 16;
/** Elements along the innermost axis that a thread takes at a time: of a row that is read by index one by one, */
const PIECE_READ = 4096;
/** and of rows that are written, which a thread goes through for all indices. */
const PIECE_WRITTEN = 32;

/** output(i, j, k) = x(i, index(i, j, k), k), for dim 1. */
export function emitGatherStep(writer: ProgramWriter, step: GatherStep<Place>): boolean {
  const [x, index] = step.inputs as [Place, Place];
  const [output] = step.outputs as [Place];
  new Visit(writer, x, index, output, step.dim, "read").emit();
  return true;
}

/**
 * output(i, index(i, j, k), k) = source(i, j, k), or += or *=, for dim 1, in the order of the index. False where the eager
 * device must do it.
 */
export function emitScatterStep(writer: ProgramWriter, step: ScatterStep<Place>): boolean {
  const [index, source] = step.inputs as [Place, Place];
  const [output] = step.outputs as [Place];
  if (step.how !== "write" && !Move.combines(output.buffer.dtype)) return false;
  new Visit(writer, output, index, source, step.dim, step.how).emit();
  return true;
}

/** What is done between `indexed` at (i, index(i, j, k), k) and `plain` at (i, j, k). */
class Visit {
  readonly #move: Move;
  /** The axes before the innermost, and the steps of index, indexed and plain along them in elements. */
  readonly #outer: readonly number[];
  readonly #steps: readonly (readonly number[])[];
  readonly #inner: Cut;
  readonly #innerSteps: readonly [number, number, number];
  /** Whether one index serves for a whole row. */
  readonly #byRow: boolean;

  constructor(
    readonly writer: ProgramWriter,
    readonly indexed: Place,
    readonly index: Place,
    readonly plain: Place,
    readonly dim: number,
    readonly action: "read" | Scattering,
  ) {
    const { shape } = index;
    this.#move = new Move(plain.buffer.dtype, action === "read" ? "write" : action);
    const stayPut = shape.map((_, d) => (d === dim ? 0 : indexed.strides[d]!));
    const { sizes, strides } = mergeAxes(shape, [index.strides, stayPut, plain.strides]);
    const last = sizes.length - 1;
    this.#outer = sizes.slice(0, last);
    this.#steps = strides.map((steps) => steps.slice(0, last));
    this.#innerSteps = strides.map((steps) => steps[last]!) as [number, number, number];
    this.#byRow = this.#innerSteps[0] === 0;
    const isWritten = action !== "read";
    const piece = isWritten ? PIECE_WRITTEN : PIECE_READ;
    // Threads must not write to one element: they do not where each has columns of its own.
    this.#inner = new Cut([sizes[last]!], isWritten === this.#byRow ? piece : Number.POSITIVE_INFINITY);
  }

  emit(): void {
    const count = elementCount(this.index.shape);
    if (count === 0) return;
    const rows = elementCount(this.#outer);
    const pieces = this.#inner.count;
    const isRead = this.action === "read";
    const units = isRead ? rows * pieces : pieces;
    const isShared = units > 1 && count >= LEAST_SHARED;
    const stage = beginStage(units, isShared);
    const { body, unit } = stage;
    const row = body.local("i32");
    stage.each(() => {
      if (isRead) {
        const part = body.local("i32");
        body.get(unit).i32(pieces).op("i32.div_u").set(row);
        body.get(unit).i32(pieces).op("i32.rem_u").set(part);
        this.#emitPiece(body, row, part);
        return;
      }
      const end = body.local("i32");
      body.i32(0).set(row).i32(rows).set(end);
      body.whileLess(row, end, () => {
        this.#emitPiece(body, row, unit);
        body.increase(row, 1);
      });
    });
    this.writer.stage(body, isShared);
  }

  /** A piece of a row. */
  #emitPiece(body: FunctionBuilder, row: number, part: number): void {
    const { index, indexed, plain } = this;
    const [at, x, y] = [index, indexed, plain].map((place, operand) => {
      const { bytes } = place.buffer.dtype;
      const local = body.local("i32");
      pushOffset(body, mergeAxes(this.#outer, [this.#steps[operand]!]), row, bytes);
      this.#inner.pushOffset(body, part, [this.#innerSteps[operand]!], bytes);
      body.op("i32.add").i32(this.writer.addressOf(place)).op("i32.add").set(local);
      return local;
    }) as [number, number, number];
    const { bytes } = plain.buffer.dtype;
    const [step, xStep, yStep] = this.#innerSteps;
    const isRead = this.action === "read";
    this.#inner.forSizes(body, part, ([length]) => {
      if (this.#byRow) {
        this.#pushIndexed(body, at, x);
        body.set(x);
        if (isRead) this.#move.row(body, y, yStep * bytes, x, xStep * bytes, length!);
        else this.#move.row(body, x, xStep * bytes, y, yStep * bytes, length!);
        return;
      }
      const element = body.local("i32");
      times(body, length!, () => {
        this.#pushIndexed(body, at, x);
        body.set(element);
        if (isRead) this.#move.element(body, y, element);
        else this.#move.element(body, element, y);
        body
          .increase(at, step * index.buffer.dtype.bytes)
          .increase(x, xStep * bytes)
          .increase(y, yStep * bytes);
      });
    });
  }

  /**
   * Pushes where the element lies that the index at address `at` means, counted from `x`. Indices are read as their low 32
   * bits. One that is too large, which a check has told before or will tell, means the last.
   */
  #pushIndexed(body: FunctionBuilder, at: number, x: number): void {
    const { indexed, dim } = this;
    const most = Math.max(1, indexed.shape[dim] ?? 1) - 1;
    const along = (indexed.strides[dim] ?? 0) * indexed.buffer.dtype.bytes;
    const index = body.local("i32");
    body.get(at).memory("i32.load").tee(index).i32(most).get(index).i32(most).op("i32.lt_u").op("select");
    body.i32(along).op("i32.mul").get(x).op("i32.add");
  }
}
