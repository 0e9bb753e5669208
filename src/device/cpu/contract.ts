/** Contractions on the CPU: matrix products over groups of dimensions, part by part. */
import { elementCount } from "../../base/index.ts";
import type { ContractGroups } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { Side, viewOfMemory } from "./contract-side.ts";
import { copyElements, fillElements } from "./copy-tile.ts";
import { offsetOf, partsOf } from "./dimension-parts.ts";
import { product, single } from "./matmul.ts";
import {
  LEFT_IN_ORDER,
  LEFT_IN_ORDER_BYTES,
  RIGHT_IN_ORDER,
  RIGHT_IN_ORDER_BYTES,
} from "./matmul-regions.ts";

const leftRegion = { at: LEFT_IN_ORDER, bytes: LEFT_IN_ORDER_BYTES };
const rightRegion = { at: RIGHT_IN_ORDER, bytes: RIGHT_IN_ORDER_BYTES };

/** The least columns that are multiplied at a time, if there are so many: rather than less, k is cut. */
const LEAST_COLUMNS = 512;

/** See Device.contract. An operand that is no matrix of two strides is brought into order first, a part at a time. */
export function contract(output: View, a: View, b: View, { batch, m, k }: ContractGroups): void {
  const kEnd = batch + k;
  const [batchSizes, kSizes, nSizes] = [
    b.shape.slice(0, batch),
    b.shape.slice(batch, kEnd),
    b.shape.slice(kEnd),
  ];
  const mSizes = a.shape.slice(batch, batch + m);
  const [M, N, K] = [elementCount(mSizes), elementCount(nSizes), elementCount(kSizes)];
  const { storage, dtype } = output;
  let outputAt = storage.base + output.offset;
  if (M * N * K === 0) {
    fillElements(
      storage.data,
      outputAt,
      dtype.bytes === 8 && dtype.kind === "int" ? 0n : 0,
      elementCount(output.shape),
    );
    return;
  }
  const left = new Side(
    a,
    mSizes,
    a.strides.slice(batch, batch + m),
    kSizes,
    a.strides.slice(batch + m),
    leftRegion,
  );
  const right = new Side(b, nSizes, b.strides.slice(kEnd), kSizes, b.strides.slice(batch, kEnd), rightRegion);

  const [rows] = partsOf(mSizes, M);
  const nParts = partsOf(nSizes, right.isScattered ? Math.max(LEAST_COLUMNS, right.room / K) : N);
  const most = Math.min(
    left.isScattered ? left.room / M : K,
    right.isScattered ? right.room / nParts[0].count : K,
  );
  const kParts = partsOf(kSizes, most);
  // A part of the columns has rows with gaps in the output, which the products do not write.
  const target = nParts.length === 1 ? output : viewOfMemory(output, new dtype.Array(M * nParts[0].count));

  for (const { start } of partsOf(batchSizes, 1)) {
    const aAt = a.storage.base + a.offset + offsetOf(start, a.strides);
    const bAt = b.storage.base + b.offset + offsetOf(start, b.strides);
    for (const columns of nParts) {
      const at = target === output ? outputAt : 0;
      for (const kPart of kParts) {
        left.take(aAt, rows, kPart);
        right.take(bAt, columns, kPart);
        product.M = M;
        product.N = product.biasRow = columns.count;
        product.K = kPart.count;
        product.aRow = left.freeStride;
        product.aColumn = left.kStride;
        product.bRow = right.kStride;
        product.bColumn = right.freeStride;
        product.biasColumn = 1;
        // Later parts of k add to what the earlier ones gave.
        const sum = kPart.first === 0 ? null : target;
        single(target, at, left.view, left.at, right.view, right.at, sum, at);
      }
      if (target === output) continue;
      const { first, count } = columns;
      for (let row = 0; row < M; row++) {
        copyElements(
          dtype,
          storage.data,
          outputAt + row * N + first,
          target.storage.data,
          row * count,
          count,
        );
      }
    }
    outputAt += M * N;
  }
}
