/**
 * Rearranges operands of the blocked matrix product: into panels before, out of padded tiles after.
 *
 * A panel holds `width` rows of a (or columns of b) for k = 0, 1, ...: [k][width], so that the product reads it from
 * front to back. Where fewer than `width` are left, the rest of the panel is whatever lies behind the operand: it
 * only reaches elements of the product's tile that nobody reads.
 */
import type { FunctionBuilder } from "./assembler.ts";
import {
  advance,
  advanceBy,
  begin,
  declare,
  type Lanes,
  repeat,
  repeatWhole,
  shuffleLanes,
} from "./matmul-lanes.ts";

/**
 * `(source, panels, count, K, stride, panelBytes)`: packs `count` panels from a block whose elements lie side by side
 * across the panel, [k][across], rows `stride` bytes apart. Panels are `panelBytes` apart, so that a block may
 * hold a part of their k only. The rows of a panel are `rowBytes` apart; reads and writes nothing but the elements.
 *
 * Takes four k of every panel at a time: whole cache lines are read and written, where panel by panel would
 * read a part of each line, and k by k would write to more lines at once than a cache set holds.
 */
export function packRows(lanes: Lanes, width: number, rowBytes = width * lanes.bytes): FunctionBuilder {
  const { f, params } = begin(6);
  const [source, panels, count, K, stride, panelBytes] = params;
  const [from, to, left] = declare(f, "i32", 3);
  const pointers = declare(f, "i32", 4);
  const usedBytes = width * lanes.bytes;
  /** Copies the largest pieces that fit, from row number `row`. */
  const copyRow = (row: number): void => {
    for (let at = 0; at < usedBytes; ) {
      const type = usedBytes - at >= 16 ? "v128" : usedBytes - at >= 8 ? "i64" : "i32";
      f.get(to)
        .get(pointers[row])
        .memory(`${type}.load`, at)
        .memory(`${type}.store`, row * rowBytes + at);
      at += { v128: 16, i64: 8, i32: 4 }[type];
    }
  };

  const step = (rows: number): void => {
    f.get(source).set(from).get(panels).set(to).get(count).set(left);
    repeat(f, left, () => {
      f.get(from).set(pointers[0]);
      for (let row = 1; row < rows; row++)
        f.get(pointers[row - 1])
          .get(stride)
          .op("i32.add")
          .set(pointers[row]);
      for (let row = 0; row < rows; row++) copyRow(row);
      advance(f, from, usedBytes);
      advanceBy(f, to, panelBytes);
    });
    for (let row = 0; row < rows; row++) advanceBy(f, source, stride);
    advance(f, panels, rows * rowBytes);
  };

  repeatWhole(f, K, 4, () => step(4));
  repeatWhole(f, K, 1, () => step(1));
  return f;
}

/**
 * `(source, panels, count, K, stride, panelBytes)`: as `packRows` from a block whose elements lie side by side along k,
 * [across][k], rows `stride` bytes apart.
 *
 * Transposes squares of lanes x lanes, and takes apart the rows that are left. Where K is no multiple of the lanes it
 * writes past the end of a panel, over what the next one then fills; the last panel must be followed by room for that.
 */
export function packTransposed(lanes: Lanes, width: number): FunctionBuilder {
  const { f, params } = begin(6);
  const [source, panels, count, K, stride, panelBytes] = params;
  const [to, k] = declare(f, "i32", 2);
  const pointers = declare(f, "i32", width);
  const rows = declare(f, "v128", width);
  const halves = declare(f, "v128", 4);
  const rowBytes = width * lanes.bytes;

  const store = (k: number, first: number, emit: () => void): void => {
    f.get(to);
    emit();
    f.memory("v128.store", k * rowBytes + first * lanes.bytes);
  };

  /** Stores rows first, first + 1, ... (as many as lanes) as columns. */
  const transpose = (first: number): void => {
    const pair = (x: number, y: number, order: number[]): void => {
      f.get(x).get(y);
      shuffleLanes(f, lanes, order);
    };
    if (lanes.count === 2) {
      store(0, first, () => pair(rows[first], rows[first + 1], [0, 2]));
      store(1, first, () => pair(rows[first], rows[first + 1], [1, 3]));
      return;
    }
    // Interleave rows 0 and 1, then 2 and 3, and join the halves.
    for (let i = 0; i < 4; i++) {
      const upper = first + (i >> 1) * 2;
      pair(rows[upper], rows[upper + 1], i % 2 === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]);
      f.set(halves[i]);
    }
    for (let k = 0; k < 4; k++) {
      const half = k >> 1;
      store(k, first, () => pair(halves[half], halves[half + 2], k % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]));
    }
  };

  /** Stores row `row` element by element. */
  const scatter = (row: number): void => {
    const at = row * lanes.bytes;
    for (let k = 0; k < lanes.count; k++)
      f.get(to)
        .get(rows[row])
        .memory(lanes.storeLane, k * rowBytes + at, k);
  };

  repeat(f, count, () => {
    f.get(source).set(pointers[0]).get(panels).set(to);
    for (let row = 1; row < width; row++)
      f.get(pointers[row - 1])
        .get(stride)
        .op("i32.add")
        .set(pointers[row]);
    f.get(pointers[width - 1])
      .get(stride)
      .op("i32.add")
      .set(source);
    f.get(K)
      .i32(lanes.count - 1)
      .op("i32.add")
      .i32(lanes.count)
      .op("i32.div_u")
      .set(k);
    repeat(f, k, () => {
      for (let row = 0; row < width; row++) f.get(pointers[row]).memory("v128.load").set(rows[row]);
      const squares = width - (width % lanes.count);
      for (let first = 0; first < squares; first += lanes.count) transpose(first);
      for (let row = squares; row < width; row++) scatter(row);
      for (const pointer of pointers) advance(f, pointer, 16);
      advance(f, to, rowBytes * lanes.count);
    });
    advanceBy(f, panels, panelBytes);
  });
  return f;
}

/** `(source, target, rows, columns, rowStride, columnStride)`: copies a matrix of any strides into rows without gaps. */
export function unpack(lanes: Lanes): FunctionBuilder {
  const { f, params } = begin(6);
  const [source, target, rows, columns, rowStride, columnStride] = params;
  const [from, left] = declare(f, "i32", 2);
  repeat(f, rows, () => {
    f.get(source).set(from).get(columns).set(left);
    repeat(f, left, () => {
      f.get(target).get(from).memory(`${lanes.scalar}.load`).memory(`${lanes.scalar}.store`);
      advanceBy(f, from, columnStride);
      advance(f, target, lanes.bytes);
    });
    advanceBy(f, source, rowStride);
  });
  return f;
}
