/** The items of an index, one by one: what each of them asks for, of which dimensions. */
import {
  bool,
  describe,
  formatShape,
  IndexError,
  type Shape,
  sameShape,
  type TypedArray,
} from "../base/index.ts";
import { positionIn } from "./bounds.ts";
import { asIndex } from "./check-index.ts";
import { trace } from "./executor.ts";
import { isTensor, type Tensor } from "./handle.ts";
import { flattenNested, isTypedArray } from "./nested-numbers.ts";
import { unsqueeze } from "./reshaping.ts";
import { Slice } from "./slice.ts";
import { select, slice } from "./slicing.ts";
import { maskPositions } from "./true-positions.ts";

/** Positions, or truth values of a mask, in an array as deep as they have dimensions. */
export type IndexArray = readonly (number | bigint | boolean | IndexArray)[] | TypedArray;

/** One item of `index`: see there. */
export type IndexItem = number | bigint | boolean | null | Slice | "..." | ":" | Tensor | IndexArray;

/** Neighbouring dimensions, seen as one, in which positions are picked. */
export interface Picked {
  readonly dim: number;
  /** How many: as many as a mask has, else one. */
  readonly count: number;
  /** The positions in them. Of a mask they depend on its values, which are read here. */
  readonly positions: () => Tensor;
  readonly mask: Tensor | null;
  /** Whether it is a single position, of which only compiled functions do not know the number. */
  readonly isPoint: boolean;
}

export interface Selection {
  /** x seen through the numbers, slices and new axes. */
  readonly seen: Tensor;
  /** What is picked of its dimensions, from the first to the last. */
  readonly picked: readonly Picked[];
}

/** An item with its arrays made tensors. */
type Item = number | boolean | null | Slice | "..." | ":" | Tensor;

/** A tensor from an array of positions (int32, or int64 where they need it) or of truth values (bool). */
function arrayTensor(name: string, what: string, array: IndexArray, like: Tensor): Tensor {
  if (array instanceof Uint8Array) {
    throw new IndexError(
      `${name}: ${what} is a Uint8Array, which could be a mask or positions; give an array of numbers or booleans`,
    );
  }
  const { values, shape } = flattenNested(name, what, array);
  const truths = values.filter((value) => typeof value === "boolean").length;
  if (truths > 0) {
    if (truths < values.length) {
      throw new IndexError(`${name}: ${what} has both booleans, of a mask, and numbers, which are positions`);
    }
    return like.newTensor(Uint8Array.from(values, Number), shape, bool);
  }
  const positions = values.map(Number);
  const wrong = positions.find((position) => !Number.isSafeInteger(position));
  if (wrong !== undefined) {
    throw new IndexError(`${name}: ${what} has the position ${wrong}, which is not a whole number`);
  }
  const areSmall = positions.every((position) => position === (position | 0));
  return like.newTensor(areSmall ? Int32Array.from(positions) : BigInt64Array.from(positions, BigInt), shape);
}

/** Throws an IndexError for anything that is no item. */
function readItem(name: string, what: string, item: IndexItem, like: Tensor): Item {
  if (item === null || item === "..." || item === ":" || typeof item === "boolean") return item;
  if (item instanceof Slice || isTensor(item)) return item;
  if (typeof item === "number" || typeof item === "bigint") {
    if (Number.isSafeInteger(Number(item))) return Number(item);
  } else if (Array.isArray(item) || isTypedArray(item)) return arrayTensor(name, what, item, like);
  throw new IndexError(
    `${name}: ${what} is ${describe(item)}; expected a whole number, a Slice, ":", "...", null, a boolean, ` +
      "a tensor of positions or of booleans, or an array of these",
  );
}

/** Whether an item is one position in a tensor. */
function isNumber(item: Item): item is Tensor {
  return isTensor(item) && item.shape.length === 0 && item.dtype !== bool;
}

/** How many dimensions of x an item takes up. */
function consumed(item: Item): number {
  if (item === null || item === "..." || typeof item === "boolean") return 0;
  return isTensor(item) && item.dtype === bool ? item.shape.length : 1;
}

/**
 * What the items select of x.
 *
 * @throws IndexError for too many items, for what is none, for a position that is out of range and for a mask that does
 * not fit.
 */
export function selection(name: string, x: Tensor, given: readonly IndexItem[]): Selection {
  const items = given.map((item, i) => readItem(name, `item ${i}`, item, x));
  const used = items.reduce<number>((total, item) => total + consumed(item), 0);
  if (items.filter((item) => item === "...").length > 1) {
    throw new IndexError(`${name}: only one "..." is allowed`);
  }
  const rank = x.shape.length;
  if (used > rank) {
    throw new IndexError(
      rank === 0
        ? `${name}: a 0-d tensor has no dimension to index; read it with item()`
        : `${name}: the items index ${used} dimensions, but the tensor has ${rank} (shape ${formatShape(x.shape)})`,
    );
  }
  let seen = x;
  /** The next dimension of `seen`, and of x. */
  let dim = 0;
  let own = 0;
  const picked: Picked[] = [];
  for (const [i, item] of items.entries()) {
    if (item === null) seen = unsqueeze(seen, dim++);
    else if (item === "...") dim += rank - used;
    else if (item === ":") dim++;
    else if (typeof item === "number") {
      seen = select(seen, dim, positionIn(`${name}: item ${i}`, item, own, x.shape));
    } else if (isNumber(item) && trace === null) {
      seen = select(seen, dim, asIndex(`${name}: item ${i}`, item, own, x.shape[own]!, true).item());
    } else if (item instanceof Slice) seen = slice(seen, dim++, item.start, item.stop, item.step);
    else if (typeof item === "boolean" || (item.dtype === bool && item.shape.length === 0)) {
      seen = unsqueeze(seen, dim);
      picked.push({
        dim: dim++,
        count: 1,
        positions: () => truthPositions(item, x),
        mask: null,
        isPoint: false,
      });
    } else if (item.dtype === bool) {
      const count = item.shape.length;
      checkMask(`${name}: item ${i}`, item.shape, x.shape, own);
      picked.push({ dim, count, positions: () => maskPositions(item), mask: item, isPoint: false });
      dim += count;
    } else {
      const positions = asIndex(`${name}: item ${i}`, item, own, x.shape[own]!, true);
      picked.push({
        dim: dim++,
        count: 1,
        positions: () => positions,
        mask: null,
        isPoint: isNumber(item),
      });
    }
    own += item === "..." ? rank - used : consumed(item);
  }
  return { seen, picked };
}

function checkMask(what: string, mask: Shape, shape: Shape, dim: number): void {
  if (sameShape(mask, shape.slice(dim, dim + mask.length))) return;
  throw new IndexError(
    `${what}, a mask of shape ${formatShape(mask)}, does not fit the tensor of shape ${formatShape(shape)} from dimension ${dim} on`,
  );
}

/** Positions in a new axis of size 1: its one place if true, none if false. */
function truthPositions(truth: boolean | Tensor, like: Tensor): Tensor {
  const isTrue = isTensor(truth) ? truth.item() !== 0 : truth;
  return like.newTensor(new Int32Array(isTrue ? 1 : 0));
}
