/** Reading, adding and writing by index, in plain TypeScript over the tensors' own memory. */
import { elementCount, int64 } from "../../base/index.ts";
import type { Scattering } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { type Action, ADD, MULTIPLY, moveEach, moveRow, READ, WRITE } from "./index-loops.ts";
import { BLOCK_BYTES, i32, regionAddress, scratch } from "./scratch.ts";
import { Walk } from "./walk.ts";

/** Indices read at a time. */
const BLOCK = BLOCK_BYTES / int64.bytes;

/** Of all three operands, to find out which dimensions are walked through as one. */
const all = new Walk();
/** Of the index alone, to read it. */
const reader = new Walk();

/** A view of the same memory through another shape. */
function seen({ storage, dtype, offset }: View, shape: readonly number[], strides: readonly number[]): View {
  return { storage, dtype, shape, strides, offset, dense: false };
}

/**
 * The action for every element of the index: between `indexed` at (i, index[i, j, k], k), for dim 1, and `plain` at
 * (i, j, k), in row-major order. Where one index serves a whole row (an index that was expanded, as for an embedding),
 * the row is moved as one.
 */
function visit(action: Action, indexed: View, index: View, plain: View, dim: number): void {
  const { shape } = index;
  const total = elementCount(shape);
  if (total === 0) return;
  const stayPut = shape.map((_, d) => (d === dim ? 0 : indexed.strides[d]!));
  all.begin(shape);
  all.add(seen(index, shape, index.strides), shape);
  all.add(seen(indexed, shape, stayPut), shape);
  all.add(seen(plain, shape, plain.strides), shape);
  all.merge();
  const { sizes, rank } = all;
  const [i, x, y] = all.operands.map(({ strides }) => strides) as [number[], number[], number[]];
  const inner = rank - 1;
  const width = rank > 0 ? sizes[inner]! : 1;
  const [xStep, yStep] = rank > 0 ? [x[inner]!, y[inner]!] : [1, 1];
  const byRow = rank === 0 || i[inner] === 0;
  const outer = sizes.slice(0, byRow ? Math.max(inner, 0) : rank);
  const count = byRow ? total / width : total;

  reader.begin(outer);
  reader.add(seen(index, outer, i.slice(0, outer.length)), outer);
  reader.merge();
  const { dtype, storage } = indexed;
  const [xData, yData] = [storage.data, plain.storage.data];
  const along = indexed.strides[dim] ?? 0;
  // Indices are read as their low 32 bits, which spares a BigInt for each: no tensor has more elements.
  const words = index.dtype.bytes / i32.BYTES_PER_ELEMENT;
  const region = regionAddress(0) / i32.BYTES_PER_ELEMENT;
  const digits = new Array<number>(rank).fill(0);
  let from = storage.base + indexed.offset;
  let to = plain.storage.base + plain.offset;
  /** Elements of the present row that are done: blocks of indices end anywhere in it. */
  let done = 0;
  for (let first = 0; first < count; first += BLOCK) {
    const n = Math.min(BLOCK, count - first);
    reader.read(0, scratch[index.dtype.index]!, regionAddress(0) / index.dtype.bytes, first, n);
    for (let k = 0; k < n; ) {
      const word = region + k * words;
      if (byRow) {
        moveRow(action, dtype, xData, from + (i32[word]! >>> 0) * along, xStep, yData, to, yStep, width);
        k++;
      } else {
        const m = Math.min(width - done, n - k);
        const at = from + done * xStep;
        moveEach(action, dtype, xData, at, xStep, along, word, words, yData, to + done * yStep, yStep, m);
        k += m;
        done += m;
        if (done < width) continue;
        done = 0;
      }
      for (let d = inner - 1; d >= 0; d--) {
        from += x[d]!;
        to += y[d]!;
        if (++digits[d]! < sizes[d]!) break;
        from -= sizes[d]! * x[d]!;
        to -= sizes[d]! * y[d]!;
        digits[d] = 0;
      }
    }
  }
  reader.end();
  all.end();
}

/** See Device.gather. The caller has checked that the indices lie in the tensor. */
export function gather(output: View, x: View, index: View, dim: number): void {
  visit(READ, x, index, output, dim);
}

const actions = { write: WRITE, add: ADD, multiply: MULTIPLY } satisfies Record<Scattering, Action>;

/** See Device.scatter. The caller has checked that the indices lie in the tensor. */
export function scatter(output: View, index: View, source: View, dim: number, how: Scattering): void {
  visit(actions[how], output, index, source, dim);
}
