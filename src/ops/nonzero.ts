/** Where elements are not zero. */

import { flag, keyword, required, signature } from "../base/arguments/index.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { reshape } from "./reshaping.ts";
import { unbind } from "./slicing.ts";
import { truePlaces, truthBytes } from "./true-positions.ts";

const parameters = signature("nonzero", required("x", tensor), keyword("asTuple", flag, false));

/** The forms of `nonzero`. */
export interface Nonzero {
  /** One row of coordinates for each element. */
  (x: Tensor, options?: { asTuple?: false }): Tensor;
  /** For each dimension the coordinates in it. */
  (x: Tensor, options: { asTuple: true }): Tensor[];
}

/** Int64 coordinates [count, rank] of the places, which increase. */
function coordinates(x: Tensor, places: Uint32Array): Tensor {
  const { shape } = x;
  const rank = shape.length;
  const data = new BigInt64Array(places.length * rank);
  // Numbers below 2^32 are the low words of their int64.
  const words = new Uint32Array(data.buffer);
  const inner = shape.at(-1) ?? 1;
  const row = new Array<number>(Math.max(rank - 1, 0)).fill(0);
  let end = inner;
  for (let k = 0, at = 0; rank > 0 && k < places.length; k++) {
    const place = places[k]!;
    for (; place >= end; end += inner) {
      for (let d = rank - 2; d >= 0 && ++row[d]! === shape[d]!; d--) row[d] = 0;
    }
    for (let d = 0; d < rank - 1; d++, at += 2) words[at] = row[d]!;
    words[at] = place - (end - inner);
    at += 2;
  }
  return x.newTensor(data, [places.length, rank]);
}

function find(...given: unknown[]): Tensor | Tensor[] {
  const [x, asTuple] = parameters.read(given);
  // The one element of a 0-d tensor has a place only in a list.
  const from = asTuple && x.shape.length === 0 ? reshape(x.detach(), [1]) : x;
  const found = coordinates(from, truePlaces(truthBytes(from)));
  return asTuple ? unbind(found, 1) : found;
}

/**
 * Positions of the nonzero elements, one row of coordinates each: int64 [count, rank]; with `asTuple` the columns of that,
 * a list with an int64 tensor [count] for each dimension, as `index` takes them. Reads the values.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nonzero.html
 *
 * @example
 * const x = torch.tensor([[0, 5], [6, 0]]);
 * x.nonzero(); // tensor([[0, 1], [1, 0]], dtype=torch.int64)
 * const [rows, columns] = x.nonzero({ asTuple: true });
 * x.index(rows!, columns!); // tensor([5., 6.])
 */
export const nonzero: Nonzero = find as Nonzero;
