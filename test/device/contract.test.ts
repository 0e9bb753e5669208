/** Contractions on the CPU against the reference device, and copies of strided blocks on their way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, elementCount, float32, float64, int32, int64, uint8 } from "../../src/base/index.ts";
import { contract } from "../../src/device/cpu/contract.ts";
import { reference } from "../../src/device/reference/reference.ts";
import type { View } from "../../src/device/storage.ts";
import type { ContractGroups } from "../../src/ir/kernel.ts";
import { numbers, outputView, stridedView } from "./matrix-views.ts";

/** Sizes of the groups of dimensions. */
interface Sizes {
  batch: number[];
  m: number[];
  n: number[];
  k: number[];
}

const groupsOf = ({ batch, m, n, k }: Sizes): ContractGroups => {
  return { batch: batch.length, m: m.length, n: n.length, k: k.length };
};

/** Compares with the reference device, to within the rounding of as many additions as there are. */
function expectReference(a: View, b: View, sizes: Sizes): void {
  const { dtype } = a;
  const shape = [...sizes.batch, ...sizes.m, ...sizes.n];
  const [found, expected] = [outputView(dtype, shape), outputView(dtype, shape)];
  contract(found, a, b, groupsOf(sizes));
  reference.contract(expected, a, b, groupsOf(sizes));
  const K = elementCount(sizes.k);
  // Elements are within [-1, 1], or whole numbers.
  const allowed = 4 * K * (dtype === float32 ? 2 ** -23 : dtype === float64 ? 2 ** -52 : 0);
  // The memory around the output is compared, too: nothing must be written there.
  for (const [i, value] of expected.storage.data.entries()) {
    const other = found.storage.data[i]!;
    const agrees = Object.is(other, value) || Math.abs(Number(other) - Number(value)) <= allowed;
    if (!agrees) expect(other, `element ${i} of ${shape}, K ${K}`).toBe(value);
  }
}

/** Values of the dtype: fractions for floats. */
function valuesOf(dtype: DType, seed: number): () => number | bigint {
  const next = numbers(seed);
  if (dtype.isFloatingPoint) return next;
  return () => (dtype === int64 ? BigInt(Math.floor(next() * 100)) : Math.floor(Math.abs(next()) * 100));
}

/** A view of these sizes with strides in a random order, among them repeated, overlapping and negative ones. */
function strewn(dtype: DType, shape: number[], kinds: number[], seed: number): View {
  const strides = new Array<number>(shape.length);
  let step = 1;
  const order = shape.map((_, d) => d).sort((d, e) => kinds[d]! - kinds[e]!);
  for (const d of order) {
    const kind = kinds[d]! % 5;
    strides[d] = kind === 0 ? 0 : kind === 1 ? 1 : step + (kind === 2 ? 2 : 0);
    step *= Math.max(1, shape[d]!);
  }
  const view = stridedView(dtype, shape, strides, valuesOf(dtype, seed));
  const flipped = kinds.map((kind, d) => kind % 7 === 0 && shape[d]! > 0 && strides[d]! > 0);
  const back = strides.map((stride, d) => (flipped[d] ? -stride : stride));
  const offset = strides.reduce(
    (at, stride, d) => at + (flipped[d] ? (shape[d]! - 1) * stride : 0),
    view.offset,
  );
  return { ...view, strides: back, offset };
}

const group = (size: number) => fc.array(fc.integer({ min: 1, max: size }), { maxLength: 3 });

describe("contract on the CPU agrees with the reference device", () => {
  it.each([float32, float64, int32, int64, uint8])(
    "for groups of any dimensions and strides (%s)",
    (dtype) => {
      const sizes = fc.record({ batch: group(3), m: group(4), n: group(5), k: group(5) });
      const kinds = fc.array(fc.nat(100), { minLength: 9, maxLength: 9 });
      fc.assert(
        fc.property(sizes, kinds, kinds, fc.nat(1000), (given, aKinds, bKinds, seed) => {
          const { batch, m, n, k } = given;
          const a = strewn(dtype, [...batch, ...m, ...k], aKinds, seed);
          const b = strewn(dtype, [...batch, ...k, ...n], bKinds, seed + 1);
          expectReference(a, b, given);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each([float32, int32])("where a group has no elements (%s)", (dtype) => {
    for (const sizes of [
      { batch: [2], m: [3], n: [2, 2], k: [0, 3] },
      { batch: [0], m: [3], n: [2], k: [3] },
      { batch: [2], m: [0], n: [2], k: [3] },
      { batch: [], m: [], n: [], k: [] },
    ]) {
      const a = strewn(dtype, [...sizes.batch, ...sizes.m, ...sizes.k], [4, 4, 4, 4], 1);
      const b = strewn(dtype, [...sizes.batch, ...sizes.k, ...sizes.n], [4, 4, 4, 4], 2);
      expectReference(a, b, sizes);
    }
  });

  /** Windows of x [C, H, W] as they lie in it: [C, kernel..., counts...], or with the counts first. */
  function windowsView(
    dtype: DType,
    [C, H, W]: number[],
    kernel: number[],
    stride: number,
    countsFirst: boolean,
  ) {
    const source = stridedView(dtype, [C!, H!, W!], [H! * W!, W!, 1], valuesOf(dtype, 7));
    const counts = [H!, W!].map((size, d) => Math.floor((size - kernel[d]!) / stride) + 1);
    const taps = { shape: [C!, ...kernel], strides: [H! * W!, W!, 1] };
    const places = { shape: counts, strides: [W! * stride, stride] };
    const [first, second] = countsFirst ? [places, taps] : [taps, places];
    const view: View = {
      ...source,
      shape: [...first.shape, ...second.shape],
      strides: [...first.strides, ...second.strides],
    };
    return { view, taps: taps.shape, counts };
  }

  const dense = (dtype: DType, shape: number[]): View =>
    stridedView(
      dtype,
      shape,
      shape.map((_, d) => shape.slice(d + 1).reduce((x, y) => x * y, 1)),
      valuesOf(dtype, 8),
    );

  it.each([
    { sizes: [5, 12, 13], kernel: [3, 3], stride: 1, why: "at once" },
    { sizes: [5, 13, 12], kernel: [3, 4], stride: 2, why: "with gaps between windows" },
    { sizes: [2, 5, 300], kernel: [2, 2], stride: 1, why: "in long rows" },
    { sizes: [3, 90, 91], kernel: [5, 5], stride: 1, why: "columns in parts" },
    { sizes: [80, 30, 31], kernel: [3, 3], stride: 1, why: "columns and k in parts" },
    { sizes: [40, 70, 71], kernel: [3, 3], stride: 7, why: "more memory around than may be staged" },
  ])("for windows, $why", ({ sizes, kernel, stride }) => {
    for (const dtype of [float32, float64]) {
      for (const isFirst of [false, true]) {
        const { view, taps, counts } = windowsView(dtype, sizes, kernel, stride, isFirst);
        const groups = isFirst ? { k: counts, n: taps } : { k: taps, n: counts };
        const a = dense(dtype, [2, ...groups.k]);
        expectReference(a, view, { batch: [], m: [2], ...groups });
        // As the left operand, with its dimensions in the other order: what it is summed over comes last.
        const order = [...groups.n.keys()].map((d) => d + groups.k.length).concat([...groups.k.keys()]);
        const left = {
          ...view,
          shape: order.map((d) => view.shape[d]!),
          strides: order.map((d) => view.strides[d]!),
        };
        expectReference(left, dense(dtype, [...groups.k, 2]), {
          batch: [],
          m: groups.n,
          n: [2],
          k: groups.k,
        });
      }
    }
  });

  it("for a part of one k that is larger than the memory to bring it into order", () => {
    const M = 50_000;
    const left = stridedView(float32, [M, 2, 2], [7, 2, 3], valuesOf(float32, 3));
    const right = stridedView(float32, [2, 2, 2], [1, 7, 3], valuesOf(float32, 4));
    expectReference(left, right, { batch: [], m: [M, 2], n: [2, 2], k: [2] });
  });
});
