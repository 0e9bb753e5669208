import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bool, type DType, dtypes, float32, float64, int32, int64, uint8 } from "../../src/base/index.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";
import type { Expr } from "../../src/ir/expr.ts";
import * as ir from "../../src/ir/expr.ts";
import { mapKernel } from "../../src/ir/kernel.ts";
import { lower } from "../../src/ir/lower.ts";
import { expectAgreement } from "./agreement.ts";
import {
  broadcastLayoutOf,
  contiguousLayout,
  largeShapes,
  layoutOf,
  shapes,
  storageOf,
  type Value,
  valuesOf,
  viewOf,
} from "./operands.ts";

const floats = [float32, float64];
const integers = [uint8, int32, int64];
const whole = [bool, ...integers];

/** Every primitive that computes, with the dtypes it takes. */
const unary: Partial<Record<ir.Primitive, readonly DType[]>> = {
  neg: dtypes,
  abs: dtypes,
  sqrt: floats,
  floor: floats,
  ceil: floats,
  trunc: floats,
  nearest: floats,
  not: whole,
};
const binary: Partial<Record<ir.Primitive, readonly DType[]>> = {
  add: dtypes,
  sub: dtypes,
  mul: dtypes,
  min: dtypes,
  max: dtypes,
  and: whole,
  or: whole,
  xor: whole,
};
const comparisons: readonly ir.Primitive[] = ["eq", "ne", "lt", "le", "gt", "ge"];
const shifts: readonly ir.Primitive[] = ["shl", "shr", "shru"];

/**
 * Alone an expression runs in the widest lanes that it can; next to an int64, in two lanes or one by one; next to
 * operands of 32 and 64 bits, one by one.
 */
const companions: Record<string, readonly Expr[]> = {
  alone: [],
  "with an int64": [ir.constant(7, int64)],
  "with an int64 and an int32": [ir.constant(7, int64), ir.constant(7, int32)],
};

/** Runs x over all pairs of values of its inputs, in every kind of lanes. */
function check(inputs: readonly DType[], x: Expr, values: readonly (readonly Value[] | undefined)[] = []) {
  const count = 31 * 29;
  // A byte is cut when it is stored; that it was cut before shows where it is used.
  const used = x.dtype === uint8 ? [ir.cast(x, int32)] : [];
  for (const [name, others] of Object.entries(companions)) {
    const kernel = mapKernel(`${x.op} ${name}`, inputs, [x, ...used, ...others]);
    const layout = contiguousLayout([count]);
    const operands = inputs.map((dtype, i) => ({
      dtype,
      layout,
      shift: i,
      values: repeatEach(dtype, i, values[i]),
    }));
    const outputs = kernel.outputs.map(({ dtype }) => ({ dtype, layout }));
    expectAgreement([...operands, ...outputs], (device, views) => {
      device.map(kernel, views.slice(inputs.length), views.slice(0, inputs.length), []);
    });
  }
}

/** The first input moves fastest, so that each of its values meets each of the second's. */
function repeatEach(
  dtype: DType,
  position: number,
  values: readonly Value[] = valuesOf(dtype),
): readonly Value[] {
  return position === 0 ? values : values.flatMap((value) => new Array<Value>(31).fill(value));
}

describe("every primitive on every dtype it takes", () => {
  for (const [op, takes] of Object.entries(unary)) {
    for (const dtype of takes!) {
      test(`${op} ${dtype}`, () => {
        check([dtype], ir.node(op as ir.Primitive, dtype, [ir.input(0, dtype)]));
      });
    }
  }

  for (const [op, takes] of Object.entries(binary)) {
    for (const dtype of takes!) {
      test(`${op} ${dtype}`, () => {
        const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
        check([dtype, dtype], ir.node(op as ir.Primitive, dtype, [a, b]));
      });
    }
  }

  test(`fma ${float32}`, () => {
    const [a, b, c] = [0, 1, 2].map((i) => ir.input(i, float32));
    // Products that float32 can hold; the interpreter is not exact where they overflow.
    const moderate = valuesOf(float32).filter(
      (value) => !(Math.abs(Number(value)) > 1e18 && Number.isFinite(value)),
    );
    check([float32, float32, float32], ir.fma(a!, b!, c!), [moderate, moderate, moderate]);
    // Products of 48 bits, which a second rounding would show.
    const close = Array.from({ length: 31 }, (_, i) => Math.fround(1 + (i * 8191) / 2 ** 23));
    check([float32, float32, float32], ir.fma(a!, b!, ir.neg(c!)), [close, close, close]);
  });

  for (const op of ["min", "max"] as const) {
    for (const dtype of floats) {
      test(`${op} ${dtype} with a constant on either side`, () => {
        for (const value of [0, -0, 1.5, -3, Number.NaN, Number.POSITIVE_INFINITY]) {
          const [x, c] = [ir.input(0, dtype), ir.constant(value, dtype)];
          check([dtype], ir.node(op, dtype, [x, c]));
          check([dtype], ir.node(op, dtype, [c, x]));
        }
      });
    }
  }

  for (const dtype of dtypes) {
    const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
    for (const op of comparisons)
      test(`${op} ${dtype}`, () => check([dtype, dtype], ir.node(op, bool, [a, b])));

    test(`select ${dtype}`, () => {
      check([dtype, dtype, bool], ir.select(ir.input(2, bool), a, b));
      check([dtype, dtype], ir.select(ir.lt(a, b), a, b));
    });

    for (const to of dtypes) test(`cast ${dtype} to ${to}`, () => check([dtype], ir.cast(a, to)));
  }

  for (const [from, to] of [
    [float32, int32],
    [float64, int64],
  ] as const) {
    test(`bitcast ${from} and ${to}`, () => {
      check([from], ir.bitcast(ir.input(0, from), to), [[0, -0, 1.5, -1e30, Number.POSITIVE_INFINITY]]);
      check([to], ir.bitcast(ir.input(0, to), from));
    });
  }
  test("bitcast bool to uint8", () => check([bool], ir.bitcast(ir.input(0, bool), uint8)));

  for (const dtype of integers) {
    const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
    const nonZero = valuesOf(dtype).filter((value) => Number(value) !== 0);
    test(`div ${dtype}`, () => check([dtype, dtype], ir.div(a, b), [undefined, nonZero]));
    test(`rem ${dtype}`, () => check([dtype, dtype], ir.rem(a, b), [undefined, nonZero]));
    for (const op of shifts) {
      const counts = Array.from({ length: 8 * dtype.bytes + 3 }, (_, i) => (dtype === int64 ? BigInt(i) : i));
      test(`${op} ${dtype}`, () => {
        check([dtype, dtype], ir.node(op, dtype, [a, b]), [undefined, counts]);
        for (const count of [0, 1, 5, 8 * dtype.bytes - 1, 8 * dtype.bytes + 2]) {
          check([dtype], ir.node(op, dtype, [a, ir.constant(count, dtype)]));
        }
      });
    }
  }
  for (const dtype of floats) {
    test(`div ${dtype}`, () => check([dtype, dtype], ir.div(ir.input(0, dtype), ir.input(1, dtype))));
  }

  for (const op of ["exp", "log", "tanh", "sigmoid", "sin", "erf", "expm1"] as const) {
    for (const dtype of floats)
      test(`${op} ${dtype}`, () => check([dtype], lower(ir.node(op, dtype, [ir.input(0, dtype)]))));
  }
});

describe("layouts", () => {
  const kernels = [
    mapKernel(
      "axpy",
      [float32, float32],
      [ir.add(ir.mul(ir.input(0, float32), ir.param(0, float32)), ir.input(1, float32))],
    ),
    mapKernel(
      "where",
      [bool, float32, float32],
      [ir.select(ir.input(0, bool), ir.input(1, float32), ir.input(2, float32))],
    ),
    mapKernel("less", [int64, float64], [ir.lt(ir.cast(ir.input(0, int64), float64), ir.input(1, float64))]),
    mapKernel(
      "mixed",
      [uint8, int32],
      [
        ir.add(ir.cast(ir.input(0, uint8), int64), ir.cast(ir.input(1, int32), int64)),
        ir.xor(ir.cast(ir.input(1, int32), uint8), ir.input(0, uint8)),
      ],
    ),
    mapKernel("copy32", [float32], [ir.input(0, float32)]),
    mapKernel("copy64", [int64], [ir.input(0, int64)]),
    mapKernel("copy8", [bool], [ir.input(0, bool)]),
    mapKernel("fill", [], [ir.param(0, int32)]),
  ];

  const calls = (shape: fc.Arbitrary<number[]>) =>
    fc.constantFrom(...kernels).chain((kernel) =>
      shape.chain((sizes) =>
        fc.record({
          kernel: fc.constant(kernel),
          inputs: fc.tuple(...kernel.inputs.map(() => broadcastLayoutOf(sizes))),
          outputs: fc.tuple(...kernel.outputs.map(() => layoutOf(sizes))),
        }),
      ),
    );

  for (const [name, arbitrary, numRuns] of [
    ["small", shapes, 400],
    ["large", largeShapes, 25],
  ] as const) {
    test(`any strides and broadcasting, ${name}`, () => {
      fc.assert(
        fc.property(calls(arbitrary), ({ kernel, inputs, outputs }) => {
          const operands = [
            ...inputs.map((layout, i) => ({ dtype: kernel.inputs[i]!, layout, shift: i })),
            ...outputs.map((layout, i) => ({ dtype: kernel.outputs[i]!.dtype, layout })),
          ];
          expectAgreement(operands, (device, views) => {
            device.map(kernel, views.slice(inputs.length), views.slice(0, inputs.length), [3]);
          });
        }),
        { numRuns },
      );
    });

    test(`in place, ${name}`, () => {
      const kernel = mapKernel(
        "addmul",
        [float32, float32],
        [ir.add(ir.input(0, float32), ir.mul(ir.input(0, float32), ir.input(1, float32)))],
      );
      fc.assert(
        fc.property(
          arbitrary.chain((shape) => fc.tuple(layoutOf(shape), broadcastLayoutOf(shape))),
          ([target, other]) => {
            const operands = [target, other].map((layout, shift) => ({ dtype: float32, layout, shift }));
            expectAgreement(operands, (device, [a, b]) => device.map(kernel, [a!], [a!, b!], []));
          },
        ),
        { numRuns },
      );
    });
  }

  test("as many elements as the loops and blocks have edges at", () => {
    const kernel = kernels[0]!;
    for (const n of [1, 2, 3, 4, 5, 47, 48, 49, 64, 1023, 1024, 1025, 4095, 4096, 4097, 8192, 8193]) {
      const operands = [1, 2, 3].map((shift) => ({ dtype: float32, layout: contiguousLayout([n]), shift }));
      expectAgreement(operands, (device, [a, b, out]) => device.map(kernel, [out!], [a!, b!], [0.1]));
    }
  });
});

test("a result does not depend on what the scratch memory held", () => {
  const kernel = mapKernel("exp", [float32], [ir.exp(ir.input(0, float32))]);
  const run = (before: number) => {
    const layout = contiguousLayout([5000]);
    const noise = viewOf(cpu, float32, layout, [before]);
    cpu.map(kernel, [noise], [noise], []);
    const x = viewOf(cpu, float32, contiguousLayout([7]), [0.1, 0.2, 0.3, -4, 5, 60, -70]);
    const out = viewOf(cpu, float32, contiguousLayout([7]), [0]);
    cpu.map(kernel, [out], [x], []);
    return storageOf(out);
  };
  expect(run(Number.NaN)).toEqual(run(1));
});
