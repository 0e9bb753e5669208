/** Operands for the tests of devices: views of every layout, filled with values that find mistakes. */
import fc from "fast-check";
import { contiguousStrides, type DType, elementCount, isContiguous } from "../../src/base/index.ts";
import type { Device } from "../../src/device/device.ts";
import type { View } from "../../src/device/storage.ts";

export type Value = number | bigint;

/** How a view of some shape lies in memory, without the memory. */
export interface Layout {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  /** Elements of the storage. */
  readonly length: number;
}

export function contiguousLayout(shape: readonly number[]): Layout {
  return { shape, strides: contiguousStrides(shape), offset: 0, length: elementCount(shape) };
}

/** A view on a device, over a storage of its own that holds `values`, again and again if they are too few. */
export function viewOf(device: Device, dtype: DType, layout: Layout, values: readonly Value[]): View {
  const storage = device.allocate(dtype, layout.length);
  const data = storage.data as unknown as Value[];
  for (let i = 0; i < layout.length && values.length > 0; i++) {
    data[storage.base + i] = values[i % values.length]!;
  }
  const { shape, strides, offset } = layout;
  return { storage, dtype, shape, strides, offset, dense: isContiguous(shape, strides) };
}

/** All elements of the view's storage: also those that the view does not show, which must not change. */
export function storageOf(view: View): Value[] {
  const { data, base, length } = view.storage;
  return Array.from(data.subarray(base, base + length) as unknown as ArrayLike<Value>);
}

const specials = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -7.25,
  100.7,
  255,
  256.5,
  300,
  -1000.3,
  8388609,
  2147483647,
  -2147483648,
  3e9,
  1e19,
  -1e19,
  1e38,
  1e-40,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const wholes = [
  0, 1, -1, 2, -2, 3, 5, -7, 8, 31, 32, 100, 127, 128, 255, 256, -300, 65537, 2147483647, -2147483648,
];

/** Values of a dtype: the ends of its range, the limits of the conversions, and others. */
export function valuesOf(dtype: DType): readonly Value[] {
  switch (dtype.name) {
    case "bool":
      return [1, 0, 0, 1, 1, 0, 1];
    case "uint8":
      return [0, 1, 2, 3, 7, 8, 9, 100, 127, 128, 200, 254, 255];
    case "int32":
      return wholes;
    case "int64":
      return [
        ...wholes.map(BigInt),
        2n ** 63n - 1n,
        -(2n ** 63n),
        2n ** 53n + 1n,
        2n ** 32n,
        -(2n ** 40n),
        // Halfway between two float32 numbers but for the last bit.
        2n ** 62n + 2n ** 38n + 1n,
      ];
    case "float32":
      return specials.map(Math.fround);
    case "float64":
      return [...specials, Number.MAX_VALUE, Number.MIN_VALUE, 1.1, 2 ** 63, 2 ** 53];
  }
}

export const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

/** Shapes of which the elements do not fit in one block, or nearly so. */
export const largeShapes = fc.constantFrom<number[][]>(
  [4095],
  [4097],
  [9000],
  [70, 130],
  [3, 1500],
  [1500, 3],
  [2, 5000],
  [5000, 2],
  [17, 1, 31, 11],
  [2, 3, 5, 7, 11, 2],
);

/** Any layout of a shape: axes in any order in memory, with gaps between the elements, not from the start on. */
export function layoutOf(shape: readonly number[]): fc.Arbitrary<Layout> {
  const axes = shape.map((_, d) => d);
  return fc
    .record({
      order: fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }),
      gaps: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: axes.length, maxLength: axes.length }),
      offset: fc.integer({ min: 0, max: 3 }),
      plain: fc.boolean(),
    })
    .map(({ order, gaps, offset, plain }) => {
      if (plain) return { ...contiguousLayout(shape), offset, length: elementCount(shape) + offset };
      const strides = new Array<number>(shape.length);
      let step = 1;
      for (const d of order) {
        step *= 1 + gaps[d]!;
        strides[d] = step;
        step *= Math.max(shape[d]!, 1);
      }
      return { shape, strides, offset, length: offset + step };
    });
}

/** A layout of a shape that broadcasts to `shape`: leading axes missing, axes of size 1, or stride 0. */
export function broadcastLayoutOf(shape: readonly number[]): fc.Arbitrary<Layout> {
  return fc
    .record({
      missing: fc.integer({ min: 0, max: shape.length }),
      kinds: fc.array(fc.constantFrom("whole", "whole", "one", "expanded"), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      whole: fc.boolean(),
    })
    .chain(({ missing, kinds, whole }) => {
      const lead = whole ? 0 : missing;
      const used = whole ? kinds.map(() => "whole") : kinds.slice(lead);
      const own = shape.slice(lead);
      const stored = own.map((size, d) => (used[d] === "whole" ? size : 1));
      return layoutOf(stored).map((layout) => ({
        ...layout,
        shape: own.map((size, d) => (used[d] === "expanded" ? size : stored[d]!)),
        strides: layout.strides.map((stride, d) => (used[d] === "expanded" ? 0 : stride)),
      }));
    });
}
