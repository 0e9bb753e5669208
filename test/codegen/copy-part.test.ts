/** Copies of strided elements into one stretch: every element, and nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementCount } from "../../src/base/index.ts";
import { float32Lanes, float64Lanes } from "../../src/codegen/wasm/matmul-lanes.ts";
import { copyPart } from "../../src/codegen/wasm/program/copy-part.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";

const PAGE = 65536;
const axes = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 6 }), step: fc.integer({ min: -9, max: 9 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((outer) =>
    fc.record({
      outer: fc.constant(outer),
      /** Rows of a few elements, and so long ones that they need a loop. */
      inner: fc.record({
        size: fc.integer({ min: 1, max: 230 }),
        step: fc.constantFrom(1, 1, 0, 2, 3, -1, -2),
      }),
    }),
  );

describe.each([float32Lanes, float64Lanes])("$scalar", (lanes) => {
  test("any sizes and strides", () => {
    fc.assert(
      fc.property(axes, ({ outer, inner }) => {
        const sizes = [...outer.map(({ size }) => size), inner.size];
        const strides = [...outer.map(({ step }) => step), inner.step];
        const lowest = sizes.reduce((at, size, d) => at + Math.min(0, (size - 1) * strides[d]!), 0);
        const highest = sizes.reduce((at, size, d) => at + Math.max(0, (size - 1) * strides[d]!), 0);
        const count = elementCount(sizes);
        const program = new ProgramModule();
        const number = copyPart(program, lanes, sizes, strides);
        const pages = Math.ceil(((highest - lowest + count + 99) * lanes.bytes) / PAGE);
        const memory = new WebAssembly.Memory({ initial: pages });
        const data = lanes.bytes === 4 ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
        data.fill(-1);
        // The source ends with the memory, so that reading behind it is a trap.
        const source = data.length - (highest - lowest + 1) - lowest;
        for (let i = source + lowest; i < data.length; i++) data[i] = i;
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program.module.encode()), {
          env: { memory },
        });
        const target = 7;
        const copy = Object.values(exports)[number] as (from: number, to: number) => void;
        copy(source * lanes.bytes, target * lanes.bytes);
        const expected = Array.from({ length: count }, (_, i) => {
          let at = source;
          for (let d = sizes.length - 1, rest = i; d >= 0; rest = Math.floor(rest / sizes[d--]!)) {
            at += (rest % sizes[d]!) * strides[d]!;
          }
          return at;
        });
        expect([...data.subarray(target - 2, target + count + 2)]).toEqual([-1, -1, ...expected, -1, -1]);
      }),
      { numRuns: 300 },
    );
  });
});
