/** output = input element by element, from memory to memory: what a copy needs no kernel for. */
import { elementCount } from "../../base/index.ts";
import type { View } from "../storage.ts";
import { copyNested } from "./copy-nested.ts";
import { copyElements } from "./copy-tile.ts";
import { Walk } from "./walk.ts";

const walk = new Walk();

/** From so many elements on, it pays to bring dimensions together first. */
const WALK_FROM = 1024;

/** Copies n elements; the input broadcasts to the shape of the output, and has its dtype. */
export function copyView(output: View, input: View, n: number): void {
  const { dtype, shape, strides } = output;
  const to = output.storage.base + output.offset;
  const from = input.storage.base + input.offset;
  if (n >= WALK_FROM) {
    walk.begin(shape);
    walk.add(output, shape);
    walk.add(input, shape);
    walk.merge();
    walk.copy(0, 1, n);
    walk.end();
  } else if (output.dense && input.dense && elementCount(input.shape) === n) {
    copyElements(dtype, output.storage.data, to, input.storage.data, from, n);
  } else {
    copyNested(
      dtype,
      shape,
      output.storage.data,
      to,
      shape,
      strides,
      input.storage.data,
      from,
      input.shape,
      input.strides,
    );
  }
}
