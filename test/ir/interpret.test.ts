import { describe, expect, it } from "vitest";
import { bool, type DType, float32, float64, int32, int64, uint8 } from "../../src/base/index.ts";
import * as ir from "../../src/ir/expr.ts";
import { interpret, type Value } from "../../src/ir/interpret.ts";

/** Operands, and what comes out of the primitive; `to` is the dtype of the result where it is another one. */
interface Case {
  readonly dtype: DType;
  readonly values: readonly Value[];
  readonly result: Value;
  readonly to?: DType;
}

function cases(dtype: DType, ...rows: readonly (readonly Value[])[]): Case[] {
  return rows.map((row) => ({ dtype, values: row.slice(0, -1), result: row.at(-1)! }));
}

function conversions(dtype: DType, to: DType, ...rows: readonly (readonly [Value, Value])[]): Case[] {
  return rows.map(([value, result]) => ({ dtype, values: [value], result, to }));
}

function comparisons(...rows: readonly (readonly Value[])[]): Case[] {
  return rows.map((row) => ({
    dtype: typeof row[0] === "bigint" ? int64 : float32,
    values: row.slice(0, -1),
    result: row.at(-1)!,
    to: bool,
  }));
}

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number;
const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;
const LOWEST64 = -(2n ** 63n);
const HIGHEST64 = 2n ** 63n - 1n;
const third = Math.fround(1 / 3);

const table = {
  const: [],
  input: [],
  param: [],
  add: [
    ...cases(float32, [0.1, 0.2, Math.fround(Math.fround(0.1) + Math.fround(0.2))], [2 ** 24, 1, 2 ** 24]),
    ...cases(float64, [0.1, 0.2, 0.1 + 0.2], [INF, -INF, NAN]),
    ...cases(int32, [HIGHEST, 1, LOWEST]),
    ...cases(int64, [HIGHEST64, 1n, LOWEST64], [2n ** 60n, 1n, 2n ** 60n + 1n]),
    ...cases(uint8, [200, 100, 44]),
  ],
  sub: [
    ...cases(float32, [1, third, Math.fround(1 - third)]),
    ...cases(int32, [LOWEST, 1, HIGHEST]),
    ...cases(int64, [LOWEST64, 1n, HIGHEST64]),
    ...cases(uint8, [3, 5, 254]),
  ],
  mul: [
    ...cases(float32, [third, 3, 1], [1e30, 1e30, INF]),
    ...cases(float64, [third, 3, third * 3]),
    ...cases(int32, [123456789, 987654321, Math.imul(123456789, 987654321)]),
    ...cases(int64, [2n ** 40n + 1n, 2n ** 40n, 2n ** 40n]),
    ...cases(uint8, [20, 20, 144]),
  ],
  // Two roundings would lose the 2^-24.
  fma: cases(
    float32,
    [1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11), 2 ** -24],
    [2, 3, 4, 10],
    [INF, 0, 1, NAN],
  ),
  div: [
    ...cases(float32, [1, 3, third], [1, 0, INF], [-1, 0, -INF], [0, 0, NAN]),
    ...cases(int32, [7, 2, 3], [-7, 2, -3], [7, -2, -3], [LOWEST, -1, LOWEST]),
    ...cases(int64, [-7n, 2n, -3n], [LOWEST64, -1n, LOWEST64]),
    ...cases(uint8, [200, 3, 66]),
  ],
  rem: [
    ...cases(int32, [7, 3, 1], [-7, 3, -1], [7, -3, 1], [LOWEST, -1, 0]),
    ...cases(int64, [-7n, 3n, -1n]),
    ...cases(uint8, [200, 3, 2]),
  ],
  neg: [
    ...cases(float32, [1.5, -1.5], [0, -0], [-0, 0]),
    ...cases(int32, [5, -5], [0, 0], [LOWEST, LOWEST]),
    ...cases(int64, [5n, -5n], [LOWEST64, LOWEST64]),
    ...cases(uint8, [1, 255]),
  ],
  abs: [
    ...cases(float32, [-1.5, 1.5], [-0, 0], [-INF, INF]),
    ...cases(int32, [-5, 5], [LOWEST, LOWEST]),
    ...cases(int64, [-5n, 5n], [5n, 5n], [LOWEST64, LOWEST64]),
    ...cases(uint8, [200, 200]),
  ],
  min: [
    ...cases(float32, [1, 2, 1], [NAN, 2, NAN], [1, NAN, NAN], [0, -0, -0], [-0, 0, -0]),
    ...cases(int32, [-1, 2, -1]),
    ...cases(int64, [-1n, 2n, -1n], [3n, 2n, 2n]),
    ...cases(uint8, [3, 200, 3]),
  ],
  max: [
    ...cases(float32, [1, 2, 2], [NAN, 2, NAN], [1, NAN, NAN], [0, -0, 0], [-0, 0, 0]),
    ...cases(int32, [-1, 2, 2]),
    ...cases(int64, [-1n, 2n, 2n], [3n, 2n, 3n]),
    ...cases(uint8, [3, 200, 200]),
  ],
  sqrt: [
    ...cases(float32, [2, Math.fround(Math.sqrt(2))], [-1, NAN], [-0, -0]),
    ...cases(float64, [2, Math.sqrt(2)]),
  ],
  floor: cases(float32, [1.5, 1], [-1.5, -2], [-0, -0], [INF, INF]),
  ceil: cases(float32, [1.5, 2], [-1.5, -1], [-0.5, -0]),
  trunc: cases(float32, [1.5, 1], [-1.5, -1], [-0.5, -0]),
  nearest: [
    ...cases(float32, [0.5, 0], [1.5, 2], [2.5, 2], [-0.5, -0], [-1.5, -2], [-2.5, -2], [-0, -0]),
    ...cases(float64, [0.49999999999999994, 0], [4503599627370497.5, 4503599627370498], [-0.3, -0]),
    ...cases(float64, [2 ** 53 + 2, 2 ** 53 + 2], [INF, INF], [-INF, -INF], [NAN, NAN]),
  ],
  and: [
    ...cases(int32, [0b1100, 0b1010, 0b1000], [-1, 5, 5]),
    ...cases(int64, [-1n, 2n ** 40n, 2n ** 40n]),
    ...cases(uint8, [0xf0, 0x3c, 0x30]),
    ...cases(bool, [1, 1, 1], [1, 0, 0]),
  ],
  or: [
    ...cases(int32, [0b1100, 0b1010, 0b1110]),
    ...cases(int64, [1n, 2n ** 40n, 2n ** 40n + 1n]),
    ...cases(uint8, [0xf0, 0x3c, 0xfc]),
    ...cases(bool, [0, 1, 1], [0, 0, 0]),
  ],
  xor: [
    ...cases(int32, [0b1100, 0b1010, 0b0110], [-1, 0, -1]),
    ...cases(int64, [-1n, 1n, -2n]),
    ...cases(uint8, [0xf0, 0x3c, 0xcc]),
    ...cases(bool, [1, 1, 0], [1, 0, 1]),
  ],
  not: [
    ...cases(int32, [0, -1], [5, -6]),
    ...cases(int64, [0n, -1n]),
    ...cases(uint8, [1, 254]),
    ...cases(bool, [0, 1], [1, 0]),
  ],
  shl: [
    ...cases(int32, [1, 31, LOWEST], [1, 33, 2], [3, -1, LOWEST]),
    ...cases(int64, [1n, 63n, LOWEST64], [1n, 65n, 2n]),
    ...cases(uint8, [0x81, 1, 2], [1, 9, 2]),
  ],
  shr: [
    ...cases(int32, [-8, 1, -4], [-8, 33, -4]),
    ...cases(int64, [-8n, 1n, -4n], [-8n, 65n, -4n]),
    ...cases(uint8, [0x81, 1, 0x40]),
  ],
  shru: [
    ...cases(int32, [-8, 1, HIGHEST - 3], [-1, 0, -1], [8, 34, 2]),
    ...cases(int64, [-8n, 1n, HIGHEST64 - 3n], [-1n, 64n, -1n]),
    ...cases(uint8, [0x81, 1, 0x40]),
  ],
  eq: comparisons(
    [1, 1, 1],
    [1, 2, 0],
    [0, -0, 1],
    [NAN, NAN, 0],
    [2n, 2n, 1],
    [2n ** 60n, 2n ** 60n + 1n, 0],
  ),
  ne: comparisons([1, 1, 0], [1, 2, 1], [0, -0, 0], [NAN, NAN, 1], [2n, 3n, 1]),
  lt: comparisons([1, 2, 1], [2, 1, 0], [1, 1, 0], [NAN, 1, 0], [-1n, 2n, 1]),
  le: comparisons([1, 2, 1], [2, 1, 0], [1, 1, 1], [NAN, 1, 0], [2n, 2n, 1]),
  gt: comparisons([1, 2, 0], [2, 1, 1], [1, 1, 0], [NAN, 1, 0], [-1n, 2n, 0]),
  ge: comparisons([1, 2, 0], [2, 1, 1], [1, 1, 1], [NAN, 1, 0], [2n, 2n, 1]),
  select: [],
  cast: [
    ...conversions(
      float32,
      int32,
      [1.9, 1],
      [-1.9, -1],
      [NAN, 0],
      [3e9, HIGHEST],
      [-3e9, LOWEST],
      [INF, HIGHEST],
    ),
    ...conversions(float64, int64, [1.9, 1n], [-1.9, -1n], [NAN, 0n], [1e19, HIGHEST64], [-INF, LOWEST64]),
    ...conversions(float32, uint8, [1.9, 1], [-1, 255], [257, 1], [INF, 255], [NAN, 0]),
    ...conversions(float32, bool, [0, 0], [-0, 0], [0.1, 1], [NAN, 1]),
    ...conversions(float64, float32, [0.1, Math.fround(0.1)], [1e300, INF]),
    ...conversions(float32, float64, [third, third]),
    ...conversions(int32, float32, [2 ** 24 + 1, 2 ** 24], [-7, -7]),
    ...conversions(int32, float64, [2 ** 24 + 1, 2 ** 24 + 1]),
    ...conversions(int32, int64, [-7, -7n]),
    ...conversions(int32, uint8, [-1, 255], [258, 2]),
    ...conversions(int32, bool, [0, 0], [-3, 1]),
    ...conversions(int64, int32, [2n ** 32n + 5n, 5], [2n ** 31n, LOWEST]),
    ...conversions(int64, uint8, [2n ** 40n + 300n, 44]),
    ...conversions(int64, bool, [0n, 0], [2n ** 32n, 1]),
    ...conversions(int64, float64, [2n ** 53n + 1n, 2 ** 53]),
    // Just above a tie of float32, which float64 alone would not see; and the tie itself, to even.
    ...conversions(int64, float32, [2n ** 60n + 2n ** 36n + 1n, 2 ** 60 + 2 ** 37], [7n, 7], [-7n, -7]),
    ...conversions(int64, float32, [-(2n ** 60n + 2n ** 36n + 1n), -(2 ** 60 + 2 ** 37)]),
    ...conversions(int64, float32, [2n ** 60n + 2n ** 36n, 2 ** 60], [LOWEST64, -(2 ** 63)]),
    ...conversions(uint8, int32, [200, 200]),
    ...conversions(uint8, float32, [200, 200]),
    ...conversions(bool, float32, [1, 1], [0, 0]),
    ...conversions(bool, int64, [1, 1n]),
  ],
  bitcast: [
    ...conversions(float32, int32, [1, 0x3f800000], [-0, LOWEST], [INF, 0x7f800000]),
    ...conversions(int32, float32, [0x3f800000, 1], [1, 2 ** -149]),
    ...conversions(float64, int64, [1, 0x3ff0000000000000n], [-0, LOWEST64]),
    ...conversions(int64, float64, [0x4000000000000000n, 2]),
    ...conversions(bool, uint8, [1, 1]),
  ],
} satisfies Record<ir.Primitive, Case[]>;

describe.each(Object.entries(table).filter(([, rows]) => rows.length > 0))("%s", (op, rows) => {
  it.each(rows as Case[])("of $values in $dtype.name is $result", ({ dtype, values, result, to }) => {
    const args = values.map((_, i) => ir.input(i, dtype));
    expect(interpret(ir.node(op as ir.Primitive, to ?? dtype, args), values, [])).toBe(result);
  });
});

describe("leaves", () => {
  it("const is its value, rounded to the dtype", () => {
    expect(interpret(ir.constant(0.1, float32), [], [])).toBe(Math.fround(0.1));
    expect(interpret(ir.constant(-0, float64), [], [])).toBe(-0);
    expect(interpret(ir.constant(2n ** 60n, int64), [], [])).toBe(2n ** 60n);
  });

  it("input and param are told apart by their number", () => {
    const x = ir.sub(ir.input(1, float64), ir.mul(ir.input(0, float64), ir.param(1, float64)));
    expect(interpret(x, [3, 10], [100, 2])).toBe(4);
  });

  it("param takes the dtype that the expression gives it", () => {
    expect(interpret(ir.param(0, float32), [], [0.1])).toBe(Math.fround(0.1));
    expect(interpret(ir.param(0, int64), [], [7.9])).toBe(7n);
    expect(interpret(ir.param(0, bool), [], [2])).toBe(1);
  });
});

describe("select", () => {
  it("takes one of two, for every dtype", () => {
    const x = ir.select(ir.input(0, bool), ir.input(1, int64), ir.input(2, int64));
    expect(interpret(x, [1, 5n, 7n], [])).toBe(5n);
    expect(interpret(x, [0, 5n, 7n], [])).toBe(7n);
  });
});

describe("errors", () => {
  it.each([int32, int64, uint8])("a division of %s by zero is a RangeError that names the op", (dtype) => {
    const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
    const values = dtype === int64 ? [1n, 0n] : [1, 0];
    expect(() => interpret(ir.div(a, b), values, [])).toThrow(
      new RangeError("ir div: integer division by zero"),
    );
    expect(() => interpret(ir.rem(a, b), values, [])).toThrow(
      new RangeError("ir rem: integer division by zero"),
    );
  });

  it("bits of floats, and square roots of integers, are refused", () => {
    const x = ir.input(0, float32);
    expect(() => interpret(ir.and(x, x), [1], [])).toThrow("ir and: not defined for torch.float32");
    expect(() => interpret(ir.rem(x, x), [1], [])).toThrow("ir rem: not defined for torch.float32");
    expect(() => interpret(ir.not(x), [1], [])).toThrow("ir not: not defined for torch.float32");
    const wide = ir.input(0, float64);
    expect(() => interpret(ir.node("fma", float64, [wide, wide, wide]), [1], [])).toThrow(
      "ir fma: not defined for torch.float64",
    );
    expect(() => interpret(ir.sqrt(ir.input(0, int32)), [1], [])).toThrow(
      "ir sqrt: not defined for torch.int32",
    );
  });
});

describe("whole expressions", () => {
  it("round to float32 after every step", () => {
    const x = ir.input(0, float32);
    const y = ir.sub(ir.add(x, 1), 1);
    expect(interpret(y, [Math.fround(0.1)], [])).toBe(Math.fround(Math.fround(Math.fround(0.1) + 1) - 1));
  });

  it("named functions have their reference value, rounded", () => {
    expect(interpret(ir.exp(ir.input(0, float32)), [1], [])).toBe(Math.fround(Math.E));
    expect(interpret(ir.pow(ir.input(0, float64), 3), [2], [])).toBe(8);
  });

  it("shared parts count once, so that doubling a hundred times ends", () => {
    let x = ir.input(0, float64);
    for (let i = 0; i < 100; i++) x = ir.add(x, x);
    expect(interpret(x, [1], [])).toBe(2 ** 100);
  });
});
