/** Where a mask is true. */
import { bool } from "../base/index.ts";
import { toContiguous } from "./conversion.ts";
import type { Tensor } from "./handle.ts";

/** The row-major numbers of the bytes that are 1; the others are 0. */
export function truePlaces(bytes: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) count += bytes[i]!;
  const places = new Uint32Array(count);
  // Each number is written where the next one belongs, and stays there if the byte is 1: without a branch, which
  // random bytes would make slow.
  for (let i = 0, k = 0; k < count; i++) {
    places[k] = i;
    k += bytes[i]!;
  }
  return places;
}

/** The elements of a tensor as truth values, in row-major order. */
export function truthBytes(x: Tensor): Uint8Array {
  const truths = x.dtype === bool ? x.detach() : x.detach().ne(0);
  return toContiguous(truths).toTypedArray() as Uint8Array;
}

/** The row-major numbers of the elements of a mask that are true: int32, or int64 where these do not suffice. */
export function maskPositions(mask: Tensor): Tensor {
  const places = truePlaces(truthBytes(mask));
  if (mask.numel() <= 2 ** 31) return mask.newTensor(new Int32Array(places.buffer));
  const words = new Uint32Array(2 * places.length);
  for (let k = 0; k < places.length; k++) words[2 * k] = places[k]!;
  return mask.newTensor(new BigInt64Array(words.buffer));
}
