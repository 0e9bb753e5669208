/**
 * Matrix times vector where the matrix lies along k: dot products of its rows with the vector. Nothing is packed,
 * since every element is used once.
 */
import type { FunctionBuilder } from "./assembler.ts";
import {
  advance,
  advanceBy,
  begin,
  clear,
  declare,
  multiplyAdd,
  repeatWhole,
  setProduct,
  type Variant,
} from "./matmul-lanes.ts";

/** Rows taken at a time, and the sums that each has: eight in flight hide the latency of the addition. */
const TILES = [
  { rows: 4, sums: 2 },
  { rows: 1, sums: 4 },
] as const;

/**
 * `(a, x, y, rows, K, aRow, yStride)`: y[m] += sum over k of a[m, k] * x[k]; addresses, sizes, strides in bytes. The
 * elements of a row of a, and of x, lie side by side.
 */
export function dotKernel(variant: Variant): FunctionBuilder {
  const { f, params } = begin(7);
  const [a, x, y, rows, K, aRow, yStride] = params;
  const [aRow2, aRow3, pa, px, k] = declare(f, "i32", 5);
  const { lanes } = variant;
  const { scalar } = lanes;
  const sums = declare(f, "v128", 8);
  const [aVector, xVector] = declare(f, "v128", 2);
  const totals = declare(f, scalar, 4);
  const aRows = [0, aRow, aRow2, aRow3];

  const element = (row: number): void => {
    f.get(pa);
    if (row > 0) f.get(aRows[row]).op("i32.add");
  };

  const tile = (height: number, depth: number): void => {
    const sum = (row: number, d: number): number => sums[row * depth + d];
    const step = (count: number): void => {
      for (let d = 0; d < count; d++) {
        f.get(px)
          .memory("v128.load", 16 * d)
          .set(xVector);
        for (let row = 0; row < height; row++) {
          element(row);
          f.memory("v128.load", 16 * d).set(aVector);
          multiplyAdd(f, variant, sum(row, d), aVector, xVector);
        }
      }
      advance(f, pa, 16 * count);
      advance(f, px, 16 * count);
    };
    clear(f, sums.slice(0, height * depth));
    f.get(a).set(pa).get(x).set(px).get(K).set(k);
    repeatWhole(f, k, lanes.count * depth, () => step(depth));
    repeatWhole(f, k, lanes.count, () => step(1));
    for (let row = 0; row < height; row++) {
      f.get(sum(row, 0));
      for (let d = 1; d < depth; d++) f.get(sum(row, d)).op(lanes.add);
      f.set(sum(row, 0));
      for (let lane = 0; lane < lanes.count; lane++) {
        f.get(sum(row, 0)).op(lanes.extract, lane);
        if (lane > 0) f.op(`${scalar}.add`);
      }
      f.set(totals[row]);
    }
    repeatWhole(f, k, 1, () => {
      for (let row = 0; row < height; row++) {
        f.get(totals[row]);
        element(row);
        f.memory(`${scalar}.load`).get(px).memory(`${scalar}.load`).op(`${scalar}.mul`).op(`${scalar}.add`);
        f.set(totals[row]);
      }
      advance(f, pa, lanes.bytes);
      advance(f, px, lanes.bytes);
    });
    for (let row = 0; row < height; row++) {
      f.get(y).get(y).memory(`${scalar}.load`).get(totals[row]).op(`${scalar}.add`).memory(`${scalar}.store`);
      advanceBy(f, y, yStride);
      advanceBy(f, a, aRow);
    }
  };

  setProduct(f, aRow2, aRow, 2);
  setProduct(f, aRow3, aRow, 3);
  for (const { rows: height, sums: depth } of TILES) repeatWhole(f, rows, height, () => tile(height, depth));
  return f;
}
