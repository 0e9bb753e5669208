/** The operands of a large product as vectors along k, and their way into the scratch memory. */
import { RAW_PIECE_BYTES } from "../../codegen/wasm/matmul-plan.ts";
import { copyRows, copyStrided } from "./matmul-copy.ts";
import type { FloatArray, MatmulKernels } from "./matmul-kernels.ts";
import { RAW } from "./matmul-regions.ts";

/** Rows of a, or columns of b: element k of vector i is data[at + i * stride + k * step]. */
export interface Operand {
  readonly data: FloatArray;
  readonly at: number;
  readonly count: number;
  readonly stride: number;
  readonly step: number;
}

/** Where output or bias (i, j) is, for vector i of the left and j of the right operand: data[at + i * row + j * column]. */
export interface Target {
  readonly data: FloatArray;
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

export function transposedTarget({ data, at, row, column }: Target): Target {
  return { data, at, row: column, column: row };
}

/** Whether vectors lie side by side for each k, and not each for itself. */
export function liesAcross({ stride, step }: Operand): boolean {
  return stride === 1 && step !== 1;
}

/**
 * Copies vectors first, first + 1, ... for k = start, start + 1, ... to element `to` of the scratch memory: across k,
 * [k][vector], if that is how they lie; else along k, [vector][k].
 */
export function copyOperand(
  memory: FloatArray,
  to: number,
  operand: Operand,
  first: number,
  count: number,
  start: number,
  depth: number,
): void {
  const { data, stride, step } = operand;
  const at = operand.at + first * stride + start * step;
  if (liesAcross(operand)) copyRows(memory, to, data, at, depth, count, step);
  else if (step === 1) copyRows(memory, to, data, at, count, depth, stride);
  else copyStrided(memory, to, depth, data, at, count, depth, stride, step);
}

/**
 * Packs vectors first, first + 1, ... for k = start, start + 1, ... to byte address `panels`, in stretches of `kBlock` k:
 * [stretch][panel][k][width]; see codegen/wasm/matmul-pack.ts. `kBlock` is a multiple of 4.
 */
export function packOperand(
  kernels: MatmulKernels,
  operand: Operand,
  first: number,
  count: number,
  start: number,
  depth: number,
  kBlock: number,
  panels: number,
  width: number,
): void {
  const { memory, bytes } = kernels;
  const raw = RAW / bytes;
  const pieceElements = RAW_PIECE_BYTES / bytes;
  const panelCount = Math.ceil(count / width);
  /** Address of panel `panel` of the stretch that starts at k, which is `length` long. */
  const address = (k: number, length: number, panel: number): number =>
    panels + (k * panelCount + panel * length) * width * bytes;

  if (liesAcross(operand)) {
    // A piece is some k of all vectors, within one stretch.
    const most = Math.max(4, Math.floor(pieceElements / count) & ~3);
    for (let k = 0; k < depth; k += kBlock) {
      const length = Math.min(kBlock, depth - k);
      for (let done = 0; done < length; done += most) {
        const rows = Math.min(most, length - done);
        copyOperand(memory, raw, operand, first, count, start + k + done, rows);
        const to = address(k, length, 0) + done * width * bytes;
        kernels.packing.rows[width](RAW, to, panelCount, rows, count * bytes, length * width * bytes);
      }
    }
    return;
  }
  // A piece is some panels over all k.
  const most = Math.max(1, Math.floor(pieceElements / (depth * width)));
  for (let panel = 0; panel < panelCount; panel += most) {
    const pieces = Math.min(most, panelCount - panel);
    const vectors = Math.min(pieces * width, count - panel * width);
    copyOperand(memory, raw, operand, first + panel * width, vectors, start, depth);
    for (let k = 0; k < depth; k += kBlock) {
      const length = Math.min(kBlock, depth - k);
      kernels.packing.transposed[width](
        RAW + k * bytes,
        address(k, length, panel),
        pieces,
        length,
        depth * bytes,
        length * width * bytes,
      );
    }
  }
}
