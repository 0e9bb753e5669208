/** A matrix product step as products of plain matrices. */
import { broadcastStrides, elementCount, float32 } from "../../../base/index.ts";
import { float32Lanes, float64Lanes } from "../../../codegen/wasm/matmul-lanes.ts";
import type { ProductSpec } from "../../../codegen/wasm/program/product.ts";
import type { MatmulStep, Place } from "../../program.ts";
import { settings } from "../settings.ts";
import type { ProgramWriter } from "./writer.ts";

/** The matrices of an operand: where the first is, in bytes, and how far the next is along each batch dimension. */
export interface Operand {
  readonly address: number;
  readonly steps: readonly number[];
}

/** One product for each position in the batch dimensions. */
export interface BatchedProduct {
  readonly spec: ProductSpec;
  readonly sizes: readonly number[];
  readonly a: Operand;
  readonly b: Operand;
  readonly bias: Operand | null;
  readonly c: Operand;
}

interface Matrices {
  address: number;
  row: number;
  column: number;
  steps: readonly number[];
}

/** Null where a step is for the eager device: integers, sums of nothing, strides that run backwards. */
export function batchedProduct(writer: ProgramWriter, step: MatmulStep<Place>): BatchedProduct | null {
  const [output] = step.outputs as [Place];
  const { shape, buffer } = output;
  const { dtype } = buffer;
  const runsBackwards = step.inputs.some(({ strides }) => strides.some((stride) => stride < 0));
  const batch = shape.slice(0, -2);
  const N = shape.at(-1)!;
  const K = step.inputs[0]!.shape.at(-1)!;
  let M = shape.at(-2)!;
  if (dtype.kind !== "float" || runsBackwards || elementCount(shape) === 0 || K === 0) return null;

  /** An operand whose matrices are `rows` x `columns`, to which it may have to be broadcast. */
  const matrices = (place: Place, rows: number, columns: number): Matrices => {
    const own = [rows, columns];
    const strides = broadcastStrides(place.shape, place.strides, [...batch, ...own]);
    const [row, column] = own.map((size, d) => (size === 1 ? 0 : strides.at(d - 2)!)) as [number, number];
    return { address: writer.addressOf(place), row, column, steps: strides.slice(0, -2) };
  };
  const a = matrices(step.inputs[0]!, M, K);
  const b = matrices(step.inputs[1]!, K, N);
  const bias = step.inputs[2] === undefined ? null : matrices(step.inputs[2], M, N);
  const c = matrices(output, M, N);

  // A batch dimension along which b repeats is more rows of a, as in the eager device (matmul.ts).
  const sizes = [...batch];
  for (let d = sizes.length - 1; d >= 0; d = sizes.length - 1) {
    if (sizes[d] !== 1) {
      const aStep = a.steps[d]!;
      const biasStep = bias === null ? 0 : bias.steps[d]!;
      if (b.steps[d] !== 0) break;
      if (M !== 1 && (aStep !== M * a.row || biasStep !== M * (bias?.row ?? 0))) break;
      if (M === 1) {
        a.row = aStep;
        if (bias !== null) bias.row = biasStep;
      }
      M *= sizes[d]!;
    }
    sizes.pop();
  }

  const spec: ProductSpec = {
    lanes: dtype === float32 ? float32Lanes : float64Lanes,
    M,
    N,
    K,
    aRow: a.row,
    aColumn: a.column,
    bRow: b.row,
    bColumn: b.column,
    bias: bias && { row: bias.row, column: bias.column },
    cRow: N,
    fused: !settings.deterministic && settings.relaxedFma,
    threads: false,
  };
  return { spec, sizes, a, b, bias, c };
}
