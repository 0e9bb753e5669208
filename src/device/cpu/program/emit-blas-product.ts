/** Matrix products of a program by the system's BLAS, which each thread calls for pieces of the result. */
import { broadcastStrides, elementCount } from "../../../base/index.ts";
import { float64Lanes } from "../../../codegen/wasm/matmul-lanes.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { pushOffset } from "../../../codegen/wasm/program/fold-operand.ts";
import { beginStage, type Stage } from "../../../codegen/wasm/program/share.ts";
import { input } from "../../../ir/expr.ts";
import { mapKernel } from "../../../ir/kernel.ts";
import type { Place, Step } from "../../program.ts";
import { leadingDimension } from "../blas/leading-dimension.ts";
import { processors } from "../threads/count.ts";
import type { BatchedProduct, Operand } from "./batched-product.ts";
import { blasPieces } from "./blas-pieces.ts";
import { emitMapStep } from "./emit-map-step.ts";
import type { ProgramWriter } from "./writer.ts";

/** Multiplications above which the BLAS is quicker than generated code, with the way through JavaScript. */
const LEAST_WORK = 2 ** 15;

/** Whether a step may be large enough for the BLAS: opening it takes longer than compiling a small program. */
export function mayUseBlas(step: Step<Place>): boolean {
  if (step.kind !== "matmul" && step.kind !== "contract") return false;
  const [output] = step.outputs as [Place];
  if (output.buffer.dtype.kind !== "float") return false;
  const { shape } = step.inputs[0]!;
  const k = step.kind === "matmul" ? 1 : step.groups.k;
  return elementCount(output.shape) * elementCount(shape.slice(shape.length - k)) >= LEAST_WORK;
}

/** Emits the products; false where generated code must do them. */
export function emitBlasProduct(
  writer: ProgramWriter,
  product: BatchedProduct,
  output: Place,
  bias: Place | undefined,
): boolean {
  const { spec, sizes, a, b, c } = product;
  const { M, N, K, lanes } = spec;
  if (writer.gemm === null || M * N * K < LEAST_WORK) return false;
  const lda = leadingDimension(M, K, spec.aRow, spec.aColumn);
  const ldb = leadingDimension(K, N, spec.bRow, spec.bColumn);
  if (lda === 0 || ldb === 0) return false;
  if (bias !== undefined) fillWithBias(writer, output, bias);

  const count = elementCount(sizes);
  const byColumns = N >= M;
  const extent = byColumns ? N : M;
  const { count: pieces, width } = blasPieces(extent, M * N * K, count > 1 ? 1 : processors());
  const flags = (lda < 0 ? 1 : 0) | (ldb < 0 ? 2 : 0) | (lanes === float64Lanes ? 4 : 0);
  const isShared = count * pieces > 1;
  const { bytes } = lanes;

  const stage = beginStage(count * pieces, isShared);
  const { body, unit } = stage;
  const length = body.local("i32");
  const start = body.local("i32");
  stage.each(() => {
    if (pieces === 1) body.i32(extent).set(length);
    else {
      body.get(unit).i32(width).op("i32.mul").set(start);
      body.i32(extent).get(start).op("i32.sub").tee(length).i32(width).get(length).i32(width);
      body.op("i32.lt_u").op("select").set(length);
    }
    const size = (isCut: boolean, whole: number): void => {
      if (isCut) body.get(length);
      else body.i32(whole);
    };
    /** Pushes the address of an operand's matrix, or of the piece that is `step` elements further for each row or column. */
    const address = (operand: Operand, step: number): void => {
      if (count > 1) pushBatch(stage, sizes, operand, bytes);
      else {
        body.i32(operand.address);
        if (pieces > 1 && step > 0)
          body
            .get(start)
            .i32(step * bytes)
            .op("i32.mul")
            .op("i32.add");
      }
    };
    body.i32(flags);
    size(!byColumns, M);
    size(byColumns, N);
    body.i32(K);
    address(a, byColumns ? 0 : spec.aRow);
    body.i32(Math.abs(lda));
    address(b, byColumns ? spec.bColumn : 0);
    body.i32(Math.abs(ldb));
    address(c, byColumns ? 1 : N);
    body.i32(N).i32(bias === undefined && !spec.accumulate ? 0 : 1);
    writer.callGemm(body);
  });
  writer.stage(body, isShared);
  return true;
}

/** Pushes the address of the matrix of the unit that the stage works on. */
export function pushBatch(stage: Stage, sizes: readonly number[], operand: Operand, bytes: number): void {
  pushOffset(stage.body, mergeAxes(sizes, [operand.steps]), stage.unit, bytes);
  stage.body.i32(operand.address).op("i32.add");
}

/** Writes the bias to the output, to which the product is then added. */
function fillWithBias(writer: ProgramWriter, output: Place, bias: Place): void {
  const { dtype } = output.buffer;
  const { shape } = output;
  const strides = broadcastStrides(bias.shape, bias.strides, shape);
  emitMapStep(writer, {
    kind: "map",
    names: ["bias"],
    kernel: mapKernel("bias", [dtype], [input(0, dtype)]),
    shape,
    params: [],
    inputs: [{ ...bias, shape, strides }],
    outputs: [output],
  });
}
