/** A contraction as code: parts of the right operand are brought into order in the thread's memory, and multiplied there. */
import { contiguousStrides, type DType, elementCount, float32, type Shape } from "../../../base/index.ts";
import type { FunctionBuilder } from "../../../codegen/wasm/assembler.ts";
import { float32Lanes, float64Lanes, type Lanes } from "../../../codegen/wasm/matmul-lanes.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { copyPart } from "../../../codegen/wasm/program/copy-part.ts";
import { pushOffset } from "../../../codegen/wasm/program/fold-operand.ts";
import { emitProduct, type ProductSpec } from "../../../codegen/wasm/program/product.ts";
import { LEAST_SHARED_WORK } from "../../../codegen/wasm/program/product-share.ts";
import { beginStage } from "../../../codegen/wasm/program/share.ts";
import type { ContractStep, Place } from "../../program.ts";
import { leadingDimension } from "../blas/leading-dimension.ts";
import { settings } from "../settings.ts";
import {
  type ContractOperand,
  type ContractPlan,
  type Matrix,
  matrixOf,
  planContract,
} from "./contract-plan.ts";
import { emitSum } from "./emit-sum.ts";
import { orderLeft } from "./order-left.ts";
import { type ProgramWriter, stageParams } from "./writer.ts";

/** Multiplications of a matrix above which the BLAS is quicker than generated code. */
const LEAST_BLAS_WORK = 2 ** 15;
/** Bytes of a cache line, at which the scratch memory of the products begins. */
const LINE = 64;

/** Emits the step; false where it must be done by the eager device, as always where its digits are wanted. */
export function emitContractStep(writer: ProgramWriter, step: ContractStep<Place>): boolean {
  const [output] = step.outputs as [Place];
  const { dtype } = output.buffer;
  if (settings.deterministic || dtype.kind !== "float") return false;
  const { batch, m } = step.groups;
  const work = elementCount(step.inputs[0]!.shape.slice(batch)) * elementCount(output.shape.slice(batch + m));
  const usesBlas = writer.gemm !== null && work >= LEAST_BLAS_WORK;
  const plan = planContract(step, (place) => writer.addressOf(place), usesBlas);
  if (plan === null) return false;
  new ContractWriter(writer, plan, usesBlas, dtype).emit(writer.addressOf(output));
  return true;
}

/** What a unit of the work needs to know: locals. */
interface Unit {
  readonly body: FunctionBuilder;
  /** Addresses of the operands' first elements that it needs, and of the result's. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** The part of k at hand, and the first that the sum at hand begins with. */
  readonly depth: number;
  readonly first: number;
}

class ContractWriter {
  readonly #plan: ContractPlan;
  readonly #lanes: Lanes;

  constructor(
    readonly writer: ProgramWriter,
    plan: ContractPlan,
    readonly usesBlas: boolean,
    readonly dtype: DType,
  ) {
    this.#lanes = dtype === float32 ? float32Lanes : float64Lanes;
    this.#plan = plan.ordersLeft ? { ...plan, a: orderLeft(writer, this.#lanes, plan) } : plan;
  }

  emit(output: number): void {
    const { writer, dtype } = this;
    const { batchSizes, M, N, K, columns, depth, perSum } = this.#plan;
    const { bytes } = dtype;
    const total = elementCount(batchSizes) * M * N;
    const sums = Math.ceil(depth.count / perSum);
    const target = sums === 1 ? output : writer.reserve(sums * total * bytes);

    // A unit is a position of the batch, a part of the columns, and a sum.
    const isShared = total * K >= LEAST_SHARED_WORK;
    const stage = beginStage(elementCount(batchSizes) * columns.count * sums, isShared);
    const { body, unit } = stage;
    const local = (): number => body.local("i32");
    const [position, part, sum] = [local(), local(), local()];
    const [a, b, c] = [local(), local(), local()];
    const [number, first, end] = [local(), local(), local()];
    stage.each(() => {
      body.get(unit).i32(sums).op("i32.rem_u").set(sum).get(unit).i32(sums).op("i32.div_u").set(part);
      body.get(part).i32(columns.count).op("i32.div_u").set(position);
      body.get(part).i32(columns.count).op("i32.rem_u").set(part);
      body.get(sum).i32(perSum).op("i32.mul").tee(first).tee(number).i32(perSum).op("i32.add").set(end);
      body.get(end).i32(depth.count).get(end).i32(depth.count).op("i32.lt_u").op("select").set(end);
      this.#pushBatch(body, this.#plan.a, position);
      body.set(a);
      this.#pushBatch(body, this.#plan.b, position);
      columns.pushOffset(body, part, this.#plan.b.free, bytes);
      body.op("i32.add").set(b);
      const matrixBytes = M * N * bytes;
      const sumBytes = total * bytes;
      body.get(position).i32(matrixBytes).op("i32.mul").get(sum).i32(sumBytes).op("i32.mul").op("i32.add");
      columns.pushOffset(body, part, contiguousStrides(columns.sizes), bytes);
      body.op("i32.add").i32(target).op("i32.add").set(c);
      const own: Unit = { body, a, b, c, depth: number, first };
      columns.forSizes(body, part, (nSizes) => {
        body.whileLess(number, end, () => {
          depth.forSizes(body, number, (kSizes) => this.#multiply(own, nSizes, kSizes, perSum > 1));
          body.increase(number, 1);
        });
      });
    });
    writer.stage(body, isShared);
    if (sums > 1) emitSum(writer, dtype, output, target, sums, total);
  }

  /** Pushes the address of an operand at a position of the batch. */
  #pushBatch(body: FunctionBuilder, { address, batch }: ContractOperand, position: number): void {
    pushOffset(body, mergeAxes(this.#plan.batchSizes, [batch]), position, this.dtype.bytes);
    body.i32(address).op("i32.add");
  }

  /** Multiplies one part of k; the results of later parts of a sum are added to those of the first. */
  #multiply(unit: Unit, nSizes: Shape, kSizes: Shape, isSum: boolean): void {
    const { writer, usesBlas } = this;
    const lanes = this.#lanes;
    const { M, N, mSizes, a, b, columns, depth, alongK } = this.#plan;
    const { body } = unit;
    const [n, k] = [elementCount(nSizes), elementCount(kSizes)];
    const [nStrides, kStrides] = [columns.within(b.free), depth.within(b.k)];
    const [left, right] = [body.local("i32"), body.local("i32")];
    const { scratch } = stageParams;
    depth.pushOffset(body, unit.depth, a.k, lanes.bytes);
    body.get(unit.a).op("i32.add").set(left);
    depth.pushOffset(body, unit.depth, b.k, lanes.bytes);
    body.get(unit.b).op("i32.add").set(right);

    const aMatrix = matrixOf(mSizes, a.free, kSizes, depth.within(a.k), usesBlas)!;
    let bMatrix = matrixOf(kSizes, kStrides, nSizes, nStrides, usesBlas);
    let room = 0;
    if (bMatrix === null) {
      const sizes = alongK ? [...nSizes, ...kSizes] : [...kSizes, ...nSizes];
      const strides = alongK ? [...nStrides, ...kStrides] : [...kStrides, ...nStrides];
      const copy = copyPart(writer.program, lanes, sizes, strides);
      body.get(right).get(scratch).op("call", copy).get(scratch).set(right);
      bMatrix = alongK ? { row: 1, column: k } : { row: n, column: 1 };
      room = Math.ceil((n * k * lanes.bytes) / LINE) * LINE;
    }
    if (usesBlas) {
      this.#gemm(unit, n, k, aMatrix, bMatrix, left, right);
      writer.program.needScratch(room);
      return;
    }
    const spec: ProductSpec = {
      lanes,
      M,
      N: n,
      K: k,
      aRow: aMatrix.row,
      aColumn: aMatrix.column,
      bRow: bMatrix.row,
      bColumn: bMatrix.column,
      bias: null,
      cRow: N,
      fused: settings.relaxedFma,
      threads: false,
    };
    const call = (accumulate: boolean): void => {
      const product = writer.program.behindScratch(room, () =>
        emitProduct(writer.program, { ...spec, accumulate }),
      );
      body.get(left).get(right).i32(0).get(unit.c).i32(0).i32(1).get(scratch).i32(room).op("i32.add");
      body.op("call", product);
    };
    if (!isSum) {
      call(false);
      return;
    }
    body.get(unit.depth).get(unit.first).op("i32.eq").open("if");
    call(false);
    body.op("else");
    call(true);
    body.end();
  }

  #gemm(unit: Unit, n: number, k: number, a: Matrix, b: Matrix, left: number, right: number): void {
    const { M, N } = this.#plan;
    const lda = leadingDimension(M, k, a.row, a.column);
    const ldb = leadingDimension(k, n, b.row, b.column);
    const flags = (lda < 0 ? 1 : 0) | (ldb < 0 ? 2 : 0) | (this.#lanes === float64Lanes ? 4 : 0);
    const { body } = unit;
    body.i32(flags).i32(M).i32(n).i32(k).get(left).i32(Math.abs(lda)).get(right).i32(Math.abs(ldb));
    body.get(unit.c).i32(N).get(unit.depth).get(unit.first).op("i32.ne");
    this.writer.callGemm(body);
  }
}
