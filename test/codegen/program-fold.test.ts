/** Folds in compiled programs give the bits of the CPU device, with any number of threads, and write nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bool,
  contiguousStrides,
  type DType,
  float32,
  float64,
  int32,
  int64,
  uint8,
} from "../../src/base/index.ts";
import { FunctionBuilder } from "../../src/codegen/wasm/assembler.ts";
import { scalarSet } from "../../src/codegen/wasm/emit-scalar.ts";
import { planFold } from "../../src/codegen/wasm/fold-plan.ts";
import {
  emitFold,
  type FoldSpec,
  type FoldStage,
  partialBytes,
} from "../../src/codegen/wasm/program/fold.ts";
import { emitArgFold } from "../../src/codegen/wasm/program/fold-arg.ts";
import type { Strided } from "../../src/codegen/wasm/program/fold-operand.ts";
import { emitRowFold } from "../../src/codegen/wasm/program/fold-row.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";
import { strideAt } from "../../src/device/cpu/copy-nested.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";
import { planOf } from "../../src/device/cpu/reduce-plan.ts";
import type { View } from "../../src/device/storage.ts";
import * as ir from "../../src/ir/expr.ts";
import type { ReduceKernel } from "../../src/ir/kernel.ts";
import { argKernels, foldKernel } from "../device/fold-kernels.ts";
import {
  broadcastLayoutOf,
  contiguousLayout,
  type Layout,
  largeShapes,
  layoutOf,
  shapes,
  storageOf,
  type Value,
  valuesOf,
  viewOf,
} from "../device/operands.ts";

const PARAMS = 64;
const params = [3, 0.75];
/** What memory holds before: a NaN in every float dtype, and -1 in integers. */
const NOISE = 0xff;

/** Values of which sums have digits to lose. */
const fractions = Array.from({ length: 997 }, (_, i) => Math.sin(i * 1.7) * 2 ** (i % 5));

function contentOf(dtype: DType): readonly Value[] {
  if (dtype === float32) return fractions.map(Math.fround);
  return dtype === float64 ? fractions : valuesOf(dtype);
}

/** The memory of one small program: operands one behind the other, with room in between. */
class Arena {
  readonly #contents: { address: number; content: Uint8Array }[] = [];
  #used = 256;

  /** An address with `bytes` bytes of room: a multiple of 8, but not always of 16. */
  take(bytes: number): number {
    const address = this.#used;
    this.#used += Math.ceil(bytes / 8) * 8 + 40;
    return address;
  }

  put(view: View, shape: readonly number[]): Strided {
    const content = bytesOf(view);
    const address = this.take(content.length);
    this.#contents.push({ address, content });
    return { address: address + view.offset * view.dtype.bytes, strides: stridesOver(view, shape) };
  }

  build(): WebAssembly.Memory {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.#used / 65536) });
    const bytes = new Uint8Array(memory.buffer).fill(NOISE);
    for (const { address, content } of this.#contents) bytes.set(content, address);
    new Float64Array(memory.buffer, PARAMS, params.length).set(params);
    return memory;
  }
}

const stridesOver = ({ shape: own, strides }: View, shape: readonly number[]) =>
  shape.map((_, d) => strideAt(own, strides, shape.length, d));

/** The memory of a view's storage. */
function bytesOf({ storage: { data, base, length }, dtype: { bytes } }: View): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + base * bytes, length * bytes);
}

/** Where a stage finds its operands. */
interface Addresses {
  readonly inputs: readonly Strided[];
  readonly output: { readonly address: number };
  readonly partials: number;
}

/**
 * Writes a stage, and runs it with 1, 2 and 3 threads, one thread after the other in each phase: the output must hold
 * what `expected` does, and all else but partial results and scratch memory what it did.
 */
function expectStage(
  expected: View,
  inputs: readonly View[],
  shape: readonly number[],
  partialSize: number,
  emit: (program: ProgramModule, addresses: Addresses) => FoldStage,
): void {
  const program = new ProgramModule();
  const arena = new Arena();
  const strided = inputs.map((view) => arena.put(view, shape));
  const { length } = bytesOf(expected);
  const output = arena.take(length);
  const partials = arena.take(partialSize);
  const { phases, shared } = emit(program, { inputs: strided, output: { address: output }, partials });
  const scratchBytes = Math.ceil(program.scratchBytes / 16) * 16;
  expect(scratchBytes).toBeLessThan(2 ** 18);
  expect(shared || phases.length <= 1).toBe(true);
  const scratch = arena.take(3 * scratchBytes);
  const memory = arena.build();
  const bytes = new Uint8Array(memory.buffer);
  const outside = () => {
    const copy = Buffer.from(bytes);
    copy.fill(0, output, output + length);
    copy.fill(0, partials, partials + partialSize);
    return copy.fill(0, scratch, scratch + 3 * scratchBytes);
  };
  const before = outside();
  const module = new WebAssembly.Module(program.module.encode());
  // In the order of their numbers.
  const functions = Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports);
  const actual = viewOf(cpu, expected.dtype, contiguousLayout([expected.storage.length]), []);
  for (const threads of [1, 2, 3]) {
    bytes.fill(NOISE, output, output + length);
    for (const phase of phases) {
      const run = functions[phase] as (thread: number, threads: number, scratch: number) => void;
      for (let thread = threads - 1; thread >= 0; thread--)
        run(thread, threads, scratch + thread * scratchBytes);
    }
    bytesOf(actual).set(bytes.subarray(output, output + length));
    const [found, wanted] = [storageOf(actual), storageOf(expected)];
    const at = wanted.findIndex((value, i) => !Object.is(value, found[i]));
    if (at >= 0) expect(found[at], `[${shape}], ${threads} threads, element ${at}`).toBe(wanted[at]);
    const after = outside();
    const changed = before.equals(after) ? -1 : before.findIndex((byte, i) => byte !== after[i]);
    expect(changed, `[${shape}], ${threads} threads, output at ${output}: byte that was changed`).toBe(-1);
  }
}

/** Compares a fold with that of the device. */
function expectFold(
  kernel: ReduceKernel,
  layouts: readonly Layout[],
  shape: readonly number[],
  dims: readonly number[],
  content = contentOf,
): void {
  const inputs = layouts.map((layout, i) => {
    const values = content(kernel.inputs[i]!);
    return viewOf(cpu, kernel.inputs[i]!, layout, [...values.slice(7 * i), ...values.slice(0, 7 * i)]);
  });
  const kept = shape.filter((_, d) => !dims.includes(d));
  const expected = viewOf(cpu, (kernel.finish ?? kernel.element).dtype, contiguousLayout(kept), []);
  cpu.reduce(kernel, expected, inputs, shape, dims, params);
  const spec = { kernel, shape, dims, paramsAddress: PARAMS, block: planOf(kernel).block };
  const strided = inputs.map((view) => ({ address: 0, strides: stridesOver(view, shape) }));
  expectStage(expected, inputs, shape, partialBytes({ ...spec, inputs: strided }), (program, addresses) =>
    emitFold(program, { ...spec, ...addresses }),
  );
}

const f32 = ir.input(0, float32);
const lowest = Number.NEGATIVE_INFINITY;
const sum32 = foldKernel("sum", [float32], f32, ir.add, 0);

const kernels: readonly ReduceKernel[] = [
  sum32,
  foldKernel("sum float64", [float64], ir.input(0, float64), ir.add, 0),
  foldKernel("mean", [float32], f32, ir.add, 0, (x) => ir.div(x, ir.param(0, float32))),
  foldKernel("max", [float32], f32, ir.max, lowest),
  foldKernel("min int32", [int32], ir.input(0, int32), ir.min, 2 ** 31 - 1),
  foldKernel("max int64", [int64], ir.input(0, int64), ir.max, -(2n ** 63n)),
  foldKernel("prod uint8", [uint8], ir.input(0, uint8), ir.mul, 1),
  foldKernel("any", [bool], ir.input(0, bool), ir.or, false),
  foldKernel("all", [float64], ir.cast(ir.input(0, float64), bool), ir.and, true),
  foldKernel("count, on its way out float32", [bool], ir.cast(ir.input(0, bool), int32), ir.add, 0, (x) =>
    ir.cast(x, float32),
  ),
  foldKernel("one at a time", [int32], ir.cast(ir.input(0, int32), int64), ir.add, 0),
  foldKernel("widened", [float32], ir.cast(f32, float64), ir.add, 0),
  foldKernel("dot", [float32, float32], ir.mul(f32, ir.input(1, float32)), ir.add, 0),
  foldKernel(
    "several, with params",
    [float32, bool, float32],
    ir.select(ir.input(1, bool), ir.mul(ir.exp(ir.sub(f32, 3)), ir.param(1, float32)), ir.input(2, float32)),
    ir.add,
    0,
    (x) => ir.sqrt(ir.abs(ir.mul(x, ir.param(0, float32)))),
  ),
  foldKernel("no input at all", [], ir.param(1, float32), ir.add, 0),
];

const ofSeveral = kernels.filter(({ inputs }) => inputs.length > 1);

const cases = (shape: fc.Arbitrary<number[]>) =>
  fc.constantFrom(...kernels).chain((kernel) =>
    shape.chain((sizes) =>
      fc.record({
        kernel: fc.constant(kernel),
        shape: fc.constant(sizes),
        dims: fc.subarray(sizes.map((_, d) => d)),
        inputs: fc.tuple(...kernel.inputs.map(() => broadcastLayoutOf(sizes))),
        special: fc.boolean(),
      }),
    ),
  );

describe("emitFold", () => {
  for (const [name, arbitrary, numRuns] of [
    ["small", shapes, 400],
    ["large", largeShapes, 60],
  ] as const) {
    test(`any strides, broadcasting and axes, ${name}`, () => {
      fc.assert(
        fc.property(cases(arbitrary), ({ kernel, shape, dims, inputs, special }) => {
          expectFold(kernel, inputs, shape, dims, special ? valuesOf : contentOf);
        }),
        { numRuns },
      );
    });
  }

  test.each([0, 1, 3, 15, 16, 17, 100, 527, 528, 1000, 4096, 4097, 8192, 100000])("rows of %i", (length) => {
    for (const kernel of kernels) {
      for (const count of length > 5000 ? [1, 2] : [1, 3]) {
        const layouts = kernel.inputs.map(() => contiguousLayout([count, length]));
        expectFold(kernel, layouts, [count, length], [1]);
      }
    }
  });

  test.each([
    [4, 10],
    [8, 16],
    [32, 33],
    [33, 31],
    [33, 2],
    [64, 10],
    [100, 15],
    [1000, 3],
    [1000, 128],
    [5000, 16],
    [70, 2000],
    [20000, 7],
  ])("%i rows of %i columns", (rows, width) => {
    for (const kernel of kernels) {
      for (const count of [1, 3]) {
        if (count > 1 && rows * width > 50000) continue;
        const shape = [count, rows, width];
        const whole = contiguousLayout(shape);
        const transposed = { ...whole, strides: [rows * width, 1, rows] };
        const perRow = { ...contiguousLayout([count, rows, 1]), shape: [count, rows, 1] };
        const perColumn = contiguousLayout([width]);
        for (const layout of [whole, transposed])
          expectFold(
            kernel,
            kernel.inputs.map(() => layout),
            shape,
            [1],
          );
        for (const other of [perRow, perColumn]) {
          expectFold(
            kernel,
            kernel.inputs.map((_, i) => (i === 0 ? whole : other)),
            shape,
            [1],
          );
        }
      }
    }
  });

  test("axes that are not neighbours, as in the gradient of a bias", () => {
    for (const shape of [
      [8, 4, 7, 7],
      [2, 3, 28, 28],
      [64, 5, 12, 12],
    ]) {
      for (const kernel of [sum32, ...ofSeveral]) {
        const layouts = kernel.inputs.map((_, i) => contiguousLayout(i === 1 ? [shape[1]!, 1, 1] : shape));
        expectFold(kernel, layouts, shape, [0, 2, 3]);
        expectFold(kernel, layouts, shape, [0, 2]);
        expectFold(kernel, layouts, shape, [1, 3]);
      }
    }
  });

  test("a kernel fused with what comes before it keeps the digits of the one it was", () => {
    // x + y, y being one for each column, was written to a dense tensor before it was summed up.
    const shape = [40, 6, 10];
    const layouts = [contiguousLayout(shape), contiguousLayout([10])];
    const [x, y] = layouts.map((layout) => viewOf(cpu, float32, layout, contentOf(float32))) as [View, View];
    const added = storageOf(x).map((value, i) => Math.fround(Number(value) + Number(storageOf(y)[i % 10])));
    const dense = viewOf(cpu, float32, contiguousLayout(shape), added);
    const fused = foldKernel("fused", [float32, float32], ir.add(f32, ir.input(1, float32)), ir.add, 0);
    for (const dims of [[0], [1], [2], [0, 2]]) {
      const expected = viewOf(cpu, float32, contiguousLayout(shape.filter((_, d) => !dims.includes(d))), []);
      cpu.reduce(sum32, expected, [dense], shape, dims, []);
      const plan = planFold(shape, dims, [contiguousStrides(shape)]);
      const { block } = planOf(sum32);
      const spec = { kernel: fused, shape, dims, paramsAddress: PARAMS, block, plan };
      const size = partialBytes({ ...spec, inputs: [] });
      expectStage(expected, [x, y], shape, size, (program, addresses) =>
        emitFold(program, { ...spec, ...addresses }),
      );
    }
  });

  test("a given instruction set decides on the digits of rows", () => {
    const shape = [3, 1000];
    const x = viewOf(cpu, float32, contiguousLayout(shape), contentOf(float32));
    // Two widths in one expression: the device folds one element at a time.
    const there = ir.cast(ir.cast(f32, float64), float32);
    const single = foldKernel("single", [float32], there, ir.add, 0);
    const expected = viewOf(cpu, float32, contiguousLayout([3]), []);
    cpu.reduce(single, expected, [x], shape, [1], []);
    const spec = { kernel: sum32, shape, dims: [1], paramsAddress: PARAMS, block: planOf(single).block };
    expectStage(expected, [x], shape, 0, (program, addresses) =>
      emitFold(program, { ...spec, ...addresses, set: scalarSet }),
    );
  });

  test("stages that are alike are one function", () => {
    const program = new ProgramModule();
    const spec: FoldSpec = {
      kernel: sum32,
      shape: [4, 10],
      dims: [0],
      inputs: [{ address: 1024, strides: [10, 1] }],
      output: { address: 2048 },
      paramsAddress: PARAMS,
      block: 4096,
      partials: 0,
    };
    const first = emitFold(program, spec);
    expect(emitFold(program, spec)).toEqual(first);
    expect(emitFold(program, { ...spec, output: { address: 4096 } })).not.toEqual(first);
  });
});

describe("emitArgFold", () => {
  const expectArgFold = (kernel: (typeof argKernels)[number], layout: Layout, dim: number) => {
    const { shape } = layout;
    const input = viewOf(cpu, kernel.input, layout, valuesOf(kernel.input));
    const expected = viewOf(cpu, int64, contiguousLayout(shape.filter((_, d) => d !== dim)), []);
    cpu.argReduce(kernel, expected, input, dim);
    expectStage(expected, [input], shape, 0, (program, { inputs, output }) =>
      emitArgFold(program, { kernel, shape, dim, input: inputs[0]!, output }),
    );
  };

  test("any strides and axis", () => {
    const calls = fc.constantFrom(...argKernels).chain((kernel) =>
      shapes.chain((shape) =>
        fc.record({
          kernel: fc.constant(kernel),
          layout: layoutOf(shape),
          dim: fc.integer({ min: 0, max: Math.max(shape.length - 1, 0) }),
        }),
      ),
    );
    fc.assert(
      fc.property(calls, ({ kernel, layout, dim }) => {
        fc.pre(layout.shape[dim] !== 0);
        expectArgFold(kernel, layout, dim);
      }),
      { numRuns: 200 },
    );
  });

  test("many and long rows", () => {
    for (const kernel of argKernels) {
      expectArgFold(kernel, contiguousLayout([3000, 40]), 1);
      expectArgFold(kernel, contiguousLayout([3000, 40]), 0);
      expectArgFold(kernel, contiguousLayout([5, 9000]), 1);
    }
  });
});

describe("emitRowFold", () => {
  test.each([0, 1, 4, 7, 16, 20, 333, 1024])("rows of %i within a function of another kind", (length) => {
    const count = 5;
    for (const kernel of ofSeveral) {
      const shape = [count, length];
      // The last input has one element for each row, which the others do not.
      const last = kernel.inputs.length - 1;
      const layouts = kernel.inputs.map((_, i) => contiguousLayout(i === last ? [count, 1] : shape));
      const inputs = layouts.map((layout, i) =>
        viewOf(cpu, kernel.inputs[i]!, layout, contentOf(kernel.inputs[i]!)),
      );
      const result = (kernel.finish ?? kernel.element).dtype;
      const expected = viewOf(cpu, result, contiguousLayout([count]), []);
      cpu.reduce(kernel, expected, inputs, shape, [1], params);
      expectStage(expected, inputs, shape, 0, (program, addresses) => {
        const number = program.shared("rows", () => {
          const body = new FunctionBuilder(["i32", "i32", "i32"]);
          const pointers = inputs.map(() => body.local("i32"));
          const [row, end, to] = [body.local("i32"), body.local("i32"), body.local("i32")];
          const fold = emitRowFold(body, {
            kernel,
            length,
            inputs: addresses.inputs.map(({ address }, i) => ({
              pointer: pointers[i]!,
              address,
              repeats: i === last,
            })),
            paramsAddress: PARAMS,
          });
          body.i32(count).set(end);
          body.whileLess(row, end, () => {
            const value = fold();
            scalarSet.store(body, result, to, value, addresses.output.address);
            body.increase(to, result.bytes).increase(row, 1);
            for (const [i, pointer] of pointers.entries()) {
              body.increase(pointer, (i === last ? 1 : length) * kernel.inputs[i]!.bytes);
            }
          });
          return body;
        });
        return { phases: [number], shared: false };
      });
    }
  });
});
