import fc from "fast-check";
import { describe, test } from "vitest";
import { dtypes, int32, int64 } from "../../src/base/index.ts";
import { expectAgreement } from "./agreement.ts";
import { contiguousLayout, type Layout, layoutOf } from "./operands.ts";

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

  test("scatterAdd", () => {
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
          device.scatterAdd(output!, i!, source!, dim),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("more indices than are read at a time, and long rows", () => {
    const positions = Array.from({ length: 5003 }, (_, i) => BigInt((i * 7) % 13));
    const long = { dtype: int64, layout: contiguousLayout([5003]), values: positions };
    expectAgreement(
      [
        { dtype: int32, layout: contiguousLayout([5003]) },
        { dtype: int32, layout: contiguousLayout([13]), shift: 1 },
        long,
      ],
      (device, [output, x, index]) => {
        device.gather(output!, x!, index!, 0);
        device.scatterAdd(x!, index!, output!, 0);
      },
    );
    const index = {
      dtype: int64,
      layout: { shape: [40, 300], strides: [1, 0], offset: 2, length: 42 },
      values: positions,
    };
    expectAgreement(
      [
        { dtype: int32, layout: contiguousLayout([40, 300]) },
        { dtype: int32, layout: contiguousLayout([13, 300]), shift: 1 },
        index,
      ],
      (device, [output, x, i]) => {
        device.gather(output!, x!, i!, 0);
        device.scatterAdd(x!, i!, output!, 0);
      },
    );
  });
});
