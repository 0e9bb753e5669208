/** From the dimensions in which an index picks positions to positions in one dimension, which gather and scatter take. */
import { broadcastShapes, elementCount, int64, type Shape } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import type { Tensor } from "./handle.ts";
import type { Picked, Selection } from "./index-items.ts";
import { permute } from "./ordering.ts";
import { add, mul } from "./pointwise/index.ts";
import { reshape } from "./reshaping.ts";

/** Where the picked positions are. */
export interface Places {
  /** The tensor, its picked dimensions brought together and seen as one: a view, or a copy where there is none. */
  readonly flat: Tensor;
  /** Which dimension of `flat` that is. */
  readonly dim: number;
  /** Positions in it. */
  readonly positions: Tensor;
  /** The shape of what is read: that of the positions in the place of `dim`. */
  readonly resultShape: Shape;
  /** Has a tensor in the shape of `flat` look like the one that was indexed. */
  readonly restore: (flat: Tensor) => Tensor;
}

/** What `picked` names of `seen`, as positions in one dimension. `picked` is not empty. */
export function placesOf(name: string, { seen, picked }: Selection): Places {
  const { shape } = seen;
  const dims = picked.flatMap(({ dim, count }) => Array.from({ length: count }, (_, i) => dim + i));
  const others = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const before = placeOfResult(picked, others);
  const order = [...others.slice(0, before), ...dims, ...others.slice(before)];
  const sizes = (of: readonly number[]): number[] => of.map((d) => shape[d]!);
  const around = (middle: readonly number[]): number[] => [
    ...sizes(others.slice(0, before)),
    ...middle,
    ...sizes(others.slice(before)),
  ];
  const isInOrder = order.every((d, i) => d === i);
  const moved = isInOrder ? seen : permute(seen, order);
  const positions = joined(name, picked, shape);
  return {
    flat: reshape(moved, around([elementCount(sizes(dims))])),
    dim: before,
    positions,
    resultShape: around(positions.shape),
    restore: (flat) => {
      const apart = reshape(flat, moved.shape);
      if (isInOrder) return apart;
      return permute(
        apart,
        order.map((_, d) => order.indexOf(d)),
      );
    },
  };
}

/**
 * How many of the other dimensions come before those of the result (NumPy's rule): as many as before the picked dimensions
 * where these are neighbours, else none. A single position is gone before that is looked at.
 */
function placeOfResult(picked: readonly Picked[], others: readonly number[]): number {
  const lists = picked.filter(({ isPoint }) => !isPoint);
  const before = (lists.length > 0 ? lists : picked).map(({ dim }) => others.filter((d) => d < dim).length);
  return lists.length === 0 || before.every((count) => count === before[0]) ? before[0]! : 0;
}

/** All positions, broadcast against each other, as row-major numbers over the picked dimensions. */
function joined(name: string, picked: readonly Picked[], shape: Shape): Tensor {
  const all = picked.map(({ positions }) => positions());
  if (all.length === 1) return all[0]!;
  all.map((positions) => positions.shape).reduce((a, b) => broadcastShapes(name, a, b));
  const sizes = picked.map(({ dim, count }) => elementCount(shape.slice(dim, dim + count)));
  // Products of sizes that an int32 cannot hold.
  const isLarge = elementCount(sizes) > 2 ** 31;
  return all
    .map((positions) => (isLarge ? toDtype(positions, int64) : positions))
    .reduce((sum, positions, i) => add(mul(sum, sizes[i]!), positions));
}
