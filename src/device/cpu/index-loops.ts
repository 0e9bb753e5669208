/**
 * The innermost loops of gather and scatter, between `x`, which is indexed, and `y`, which is not. As in copy-tile.ts,
 * float32 has functions of its own, so that the engine sees one kind of array there; the other dtypes share one.
 */
import { bool, type DType, float32, int32, type TypedArray } from "../../base/index.ts";
import { copyFloat32, copyTile } from "./copy-tile.ts";
import { i32 } from "./scratch.ts";

/** y = x */
export const READ = 0;
/** x += y */
export const ADD = 1;
/** x = y */
export const WRITE = 2;
/** x *= y */
export const MULTIPLY = 3;

export type Action = typeof READ | typeof ADD | typeof WRITE | typeof MULTIPLY;

/** The action for n elements, from index i on in x and from p on in y. */
export function moveRow(
  action: Action,
  dtype: DType,
  x: TypedArray,
  i: number,
  xStep: number,
  y: TypedArray,
  p: number,
  yStep: number,
  n: number,
): void {
  const isPlain = dtype === float32 && xStep === 1 && yStep === 1;
  if (action === ADD) {
    if (isPlain) addFloat32(x as Float32Array, i, y as Float32Array, p, n);
    else for (let j = 0; j < n; j++) addElement(dtype, x, i + j * xStep, y, p + j * yStep);
  } else if (action === MULTIPLY) {
    for (let j = 0; j < n; j++) multiplyElement(dtype, x, i + j * xStep, y, p + j * yStep);
  } else if (action === READ) {
    if (isPlain) copyFloat32(y as Float32Array, p, x as Float32Array, i, n);
    else copyTile(dtype, y, p, 0, yStep, x, i, 0, xStep, 1, n);
  } else {
    if (isPlain) copyFloat32(x as Float32Array, i, y as Float32Array, p, n);
    else copyTile(dtype, x, i, 0, xStep, y, p, 0, yStep, 1, n);
  }
}

/** x[i + j] += y[p + j] for j < n, unrolled as copyFloat32 in copy-tile.ts. */
function addFloat32(x: Float32Array, i: number, y: Float32Array, p: number, n: number): void {
  const shift = (i - p) | 0;
  const end = (p + n) | 0;
  if (shift !== i - p || end !== p + n) {
    for (let j = 0; j < n; j++) x[i + j]! += y[p + j]!;
    return;
  }
  for (const endOfFours = (end - 3) | 0; p < endOfFours; p = (p + 4) | 0) {
    x[(p + shift) | 0]! += y[p]!;
    x[(p + shift + 1) | 0]! += y[(p + 1) | 0]!;
    x[(p + shift + 2) | 0]! += y[(p + 2) | 0]!;
    x[(p + shift + 3) | 0]! += y[(p + 3) | 0]!;
  }
  for (; p < end; p = (p + 1) | 0) x[(p + shift) | 0]! += y[p]!;
}

/** x[i] += y[p]; the sum of truth values is whether any is true. */
function addElement(dtype: DType, x: TypedArray, i: number, y: TypedArray, p: number): void {
  // Of one kind, both numbers or both bigints, which the type system cannot know.
  const [to, from] = [x as Int32Array, y as Int32Array];
  if (dtype === bool) to[i]! |= from[p]!;
  else to[i]! += from[p]!;
}

/** x[i] *= y[p]; the product of truth values is whether all are true. */
function multiplyElement(dtype: DType, x: TypedArray, i: number, y: TypedArray, p: number): void {
  const [to, from] = [x as Int32Array, y as Int32Array];
  // The low bits of a product of two int32 are beyond what a number holds.
  if (dtype === int32) to[i] = Math.imul(to[i]!, from[p]!);
  else to[i]! *= from[p]!;
}

/**
 * The action for each j < n between x[i + j xStep + position j * along] and y[p + j yStep]. The positions are the low 32
 * bits of words `word`, `word + words`, ... of the scratch memory.
 */
export function moveEach(
  action: Action,
  dtype: DType,
  x: TypedArray,
  i: number,
  xStep: number,
  along: number,
  word: number,
  words: number,
  y: TypedArray,
  p: number,
  yStep: number,
  n: number,
): void {
  if (dtype === float32 && action !== MULTIPLY && x.length < 2 ** 31 && y.length < 2 ** 31) {
    const each = action === READ ? readEach : action === ADD ? addEach : writeEach;
    each(x as Float32Array, i, xStep, along, word, words, y as Float32Array, p, yStep, n);
    return;
  }
  for (let j = 0; j < n; j++) {
    const at = i + j * xStep + (i32[word + j * words]! >>> 0) * along;
    if (action === READ) y[p + j * yStep] = x[at]!;
    else if (action === ADD) addElement(dtype, x, at, y, p + j * yStep);
    else if (action === MULTIPLY) multiplyElement(dtype, x, at, y, p + j * yStep);
    else x[at] = y[p + j * yStep]!;
  }
}

/**
 * One loop for each action, in whole numbers of 32 bits, which is all that arrays of this length need: with a choice in the
 * loop, or numbers that might be larger, it took four times as long.
 */
type EachFloat32 = (
  x: Float32Array,
  i: number,
  xStep: number,
  along: number,
  word: number,
  words: number,
  y: Float32Array,
  p: number,
  yStep: number,
  n: number,
) => void;

const readEach: EachFloat32 = (x, i, xStep, along, word, words, y, p, yStep, n) => {
  for (let j = 0; j < n; j++) {
    y[p] = x[(i + Math.imul(i32[word]!, along)) | 0]!;
    i = (i + xStep) | 0;
    p = (p + yStep) | 0;
    word = (word + words) | 0;
  }
};

const addEach: EachFloat32 = (x, i, xStep, along, word, words, y, p, yStep, n) => {
  for (let j = 0; j < n; j++) {
    x[(i + Math.imul(i32[word]!, along)) | 0]! += y[p]!;
    i = (i + xStep) | 0;
    p = (p + yStep) | 0;
    word = (word + words) | 0;
  }
};

const writeEach: EachFloat32 = (x, i, xStep, along, word, words, y, p, yStep, n) => {
  for (let j = 0; j < n; j++) {
    x[(i + Math.imul(i32[word]!, along)) | 0] = y[p]!;
    i = (i + xStep) | 0;
    p = (p + yStep) | 0;
    word = (word + words) | 0;
  }
};
