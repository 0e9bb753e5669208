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

/** Item number i. Throws an IndexError for anything that is none. */
function readItem(name: string, i: number, item: IndexItem, like: Tensor): Item {
  if (item === null || item === "..." || item === ":" || typeof item === "boolean") return item;
  if (typeof item === "number" || typeof item === "bigint") {
    if (Number.isSafeInteger(Number(item))) return Number(item);
  } else if (item instanceof Slice || isTensor(item)) return item;
  else if (Array.isArray(item) || isTypedArray(item)) return arrayTensor(name, `item ${i}`, item, like);
  throw new IndexError(
    `${name}: item ${i} is ${describe(item)}; expected a whole number, a Slice, ":", "...", null, a boolean, ` +
      "a tensor of positions or of booleans, or an array of these",
  );
}

/** How many dimensions of x an item takes up. */
function consumed(item: Item): number {
  if (item === null || item === "..." || typeof item === "boolean") return 0;
  return isTensor(item) && item.dtype === bool ? item.shape.length : 1;
}

/** The items, and how many dimensions they take up. Throws an IndexError where they are too many. */
function readItems(name: string, x: Tensor, given: readonly IndexItem[]): { items: Item[]; used: number } {
  const rank = x.shape.length;
  let [used, rests] = [0, 0];
  const items = given.map((one, i) => {
    const item = readItem(name, i, one, x);
    if (item === "...") rests++;
    used += consumed(item);
    return item;
  });
  if (rests > 1) throw new IndexError(`${name}: only one "..." is allowed`);
  if (used > rank) {
    throw new IndexError(
      rank === 0
        ? `${name}: a 0-d tensor has no dimension to index; read it with item()`
        : `${name}: the items index ${used} dimensions, but the tensor has ${rank} (shape ${formatShape(x.shape)})`,
    );
  }
  return { items, used };
}

/**
 * What the items select of x.
 *
 * @throws IndexError for too many items, for what is none, for a position that is out of range and for a mask that does
 * not fit.
 */
export function selection(name: string, x: Tensor, given: readonly IndexItem[]): Selection {
  const { items, used } = readItems(name, x, given);
  const rest = x.shape.length - used;
  const picked: Picked[] = [];
  let seen = x;
  /** The next dimension of `seen`, and of x. */
  let [dim, own] = [0, 0];
  const pick = (count: number, mask: Tensor | null, positions: () => Tensor, isPoint = false): void => {
    picked.push({ dim, count, positions, mask, isPoint });
    dim += count;
  };
  for (const [i, item] of items.entries()) {
    if (item === null) seen = unsqueeze(seen, dim++);
    else if (item === "...") dim += rest;
    else if (item === ":") dim++;
    else if (typeof item === "number") seen = select(seen, dim, positionIn(name, item, own, x.shape, i));
    else if (item instanceof Slice) seen = slice(seen, dim++, item.start, item.stop, item.step);
    else if (typeof item === "boolean" || (item.dtype === bool && item.shape.length === 0)) {
      seen = unsqueeze(seen, dim);
      pick(1, null, () => truthPositions(item, x));
    } else if (item.dtype === bool) {
      checkMask(name, i, item.shape, x.shape, own);
      pick(item.shape.length, item, () => maskPositions(item));
    } else {
      const positions = asIndex(`${name}: item ${i}`, item, own, x.shape[own]!, true);
      const isPoint = item.shape.length === 0;
      if (isPoint && trace === null) seen = select(seen, dim, positions.item());
      else pick(1, null, () => positions, isPoint);
    }
    own += item === "..." ? rest : consumed(item);
  }
  return { seen, picked };
}

function checkMask(name: string, i: number, mask: Shape, shape: Shape, dim: number): void {
  if (sameShape(mask, shape.slice(dim, dim + mask.length))) return;
  throw new IndexError(
    `${name}: item ${i}, a mask of shape ${formatShape(mask)}, does not fit the tensor of shape ${formatShape(shape)} from dimension ${dim} on`,
  );
}

/** Positions in a new axis of size 1: its one place if true, none if false. */
function truthPositions(truth: boolean | Tensor, like: Tensor): Tensor {
  const isTrue = isTensor(truth) ? truth.item() !== 0 : truth;
  return like.newTensor(new Int32Array(isTrue ? 1 : 0));
}
