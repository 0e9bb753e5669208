import fc from "fast-check";
import { describe, test } from "vitest";
import { dtypes, float32, int32, int64 } from "../../src/base/index.ts";
import type { Scattering } from "../../src/ir/kernel.ts";
import { expectAgreement } from "./agreement.ts";
import { contiguousLayout, type Layout, layoutOf } from "./operands.ts";

const ways = ["write", "add", "multiply"] as const satisfies Scattering[];

/** A tensor with the axis `dim` of some size, and an index of which the other axes are no longer. */
const calls = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }).chain((shape) =>
  fc.integer({ min: 0, max: shape.length - 1 }).chain((dim) =>
    fc
      .tuple(...shape.map((size, d) => fc.integer({ min: 0, max: d === dim ? 9 : size })))
      .chain((indexShape) =>
        fc.record({
          dim: fc.constant(dim),
          size: fc.constant(shape[dim]!),
          dtype: fc.constantFrom(...dtypes),
          indexDtype: fc.constantFrom(int32, int64),
          tensor: layoutOf(shape),
          index: fc.oneof(layoutOf(indexShape), fc.constant(expanded(indexShape))),
          other: layoutOf(indexShape),
          positions: fc.array(fc.nat(shape[dim]! - 1), { minLength: 1, maxLength: 40 }),
        }),
      ),
  ),
);

/** One index for each row: the last axis is expanded. */
function expanded(shape: readonly number[]): Layout {
  const rows = contiguousLayout(shape.slice(0, -1));
  return { ...rows, shape, strides: [...rows.strides, 0], length: Math.max(rows.length, 1) };
}

describe("any strides, axis and dtype", () => {
  test("gather", () => {
    fc.assert(
      fc.property(calls, ({ dim, dtype, indexDtype, tensor, index, other, positions }) => {
        const operands = [
          { dtype, layout: other },
          { dtype, layout: tensor, shift: 1 },
          {
            dtype: indexDtype,
            layout: index,
            values: indexDtype === int64 ? positions.map(BigInt) : positions,
          },
        ];
        expectAgreement(operands, (device, [output, x, i]) => device.gather(output!, x!, i!, dim));
      }),
      { numRuns: 500 },
    );
  });

  test.each(ways)("scatter, to %s", (how) => {
    fc.assert(
      fc.property(calls, ({ dim, dtype, indexDtype, tensor, index, other, positions }) => {
        const operands = [
          { dtype, layout: tensor },
          {
            dtype: indexDtype,
            layout: index,
            values: indexDtype === int64 ? positions.map(BigInt) : positions,
          },
          { dtype, layout: other, shift: 1 },
        ];
        expectAgreement(operands, (device, [output, i, source]) =>
          device.scatter(output!, i!, source!, dim, how),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each(["gather", ...ways] as const)("%s: long rows, and of more than is read at a time", (how) => {
    const positions = Array.from({ length: 5003 }, (_, i) => BigInt((i * 7) % 13));
    // One index for each element, for each element of rows that end within what is read at a time, and for each row.
    const indices: [Layout, number][] = [
      [contiguousLayout([5003]), 0],
      [contiguousLayout([7, 900]), 0],
      [contiguousLayout([900, 7]), 1],
      [{ shape: [40, 300], strides: [1, 0], offset: 2, length: 42 }, 0],
      [{ shape: [40, 3, 50], strides: [1, 0, 0], offset: 2, length: 42 }, 0],
    ];
    for (const [layout, dim] of indices) {
      const indexed = layout.shape.map((size, d) => (d === dim ? 13 : size));
      for (const dtype of [float32, int32]) {
        expectAgreement(
          [
            { dtype, layout: contiguousLayout(layout.shape) },
            { dtype, layout: contiguousLayout(indexed), shift: 1 },
            { dtype: int64, layout, values: positions },
          ],
          (device, [plain, x, index]) => {
            if (how === "gather") device.gather(plain!, x!, index!, dim);
            else device.scatter(x!, index!, plain!, dim, how);
          },
        );
      }
    }
  });
});
