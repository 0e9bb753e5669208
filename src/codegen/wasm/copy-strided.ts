/** Copies a strided block into one without gaps: how the windows of a convolution become a matrix. */
import type { FunctionBuilder } from "./assembler.ts";
import { advance, advanceBy, begin, declare, type Lanes, repeat, setProduct } from "./matmul-lanes.ts";

/** Dimensions of the block. */
export const COPY_RANK = 4;

/**
 * `(source, target, n0, n1, n2, n3, s0, s1, s2, s3)`: copies n0 x n1 x n2 x n3 elements, which lie strides s0 to s3 (bytes)
 * apart, one behind the other to the target. No size is 0.
 *
 * Rows without gaps go by whole vectors, which write a few elements too many; what they write falls on the start of the
 * next row, which is written later. The target must be followed by 16 bytes of room for that, and the source as well.
 */
export function copyStrided(lanes: Lanes): FunctionBuilder {
  const { f, params } = begin(2 + 2 * COPY_RANK);
  const [source, target] = params;
  const sizes = params.slice(2, 2 + COPY_RANK);
  const strides = params.slice(2 + COPY_RANK);
  const pointers = [source, ...declare(f, "i32", COPY_RANK - 1)];
  const left = declare(f, "i32", COPY_RANK);
  const [from, to, rowBytes] = declare(f, "i32", 3);
  const last = COPY_RANK - 1;

  const row = (): void => {
    f.get(pointers[last]).set(from);
    f.get(strides[last]).i32(lanes.bytes).op("i32.eq").open("if");
    f.get(target).set(to);
    f.get(rowBytes).i32(15).op("i32.add").i32(4).op("i32.shr_u").set(left[last]);
    repeat(f, left[last], () => {
      f.get(to).get(from).memory("v128.load").memory("v128.store");
      advance(f, from, 16);
      advance(f, to, 16);
    });
    advanceBy(f, target, rowBytes);
    f.op("else").get(sizes[last]).set(left[last]);
    repeat(f, left[last], () => {
      f.get(target).get(from).memory(`${lanes.scalar}.load`).memory(`${lanes.scalar}.store`);
      advanceBy(f, from, strides[last]);
      advance(f, target, lanes.bytes);
    });
    f.end();
  };
  const loop = (d: number): void => {
    if (d === last) {
      row();
      return;
    }
    f.get(sizes[d]).set(left[d]);
    repeat(f, left[d], () => {
      f.get(pointers[d]).set(pointers[d + 1]);
      loop(d + 1);
      advanceBy(f, pointers[d], strides[d]);
    });
  };

  setProduct(f, rowBytes, sizes[last], lanes.bytes);
  loop(0);
  return f;
}
