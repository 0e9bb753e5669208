/** The places of extremes along one axis, in a compiled program. */
import { int64 } from "../../../base/index.ts";
import type { ArgReduceKernel } from "../../../ir/kernel.ts";
import { beginSearch } from "../emit-arg-reduce.ts";
import { scalarSet } from "../emit-scalar.ts";
import { mergeAxes } from "./axes.ts";
import { type FoldStage, LEAST_WORK } from "./fold.ts";
import { pushOffset, type Strided } from "./fold-operand.ts";
import type { ProgramModule } from "./program-module.ts";
import { beginStage } from "./share.ts";

export interface ArgFoldSpec {
  readonly kernel: ArgReduceKernel;
  readonly shape: readonly number[];
  /** The axis to search, which is not empty unless the output is; 0 where the shape is []. */
  readonly dim: number;
  /** Strides are not negative. */
  readonly input: Strided;
  /** Contiguous int64, in bytes. */
  readonly output: { readonly address: number };
}

/** Writes the function of an argReduce kernel. */
export function emitArgFold(program: ProgramModule, spec: ArgFoldSpec): FoldStage {
  const { kernel, shape, dim, input, output } = spec;
  const { bytes } = kernel.input;
  const axes = [...shape.keys()].filter((d) => d !== dim);
  const kept = mergeAxes(
    axes.map((d) => shape[d]!),
    [axes.map((d) => input.strides[d]!)],
  );
  const rows = kept.sizes.reduce((product, size) => product * size, 1);
  if (rows === 0) return { phases: [], shared: false };
  const length = shape[dim] ?? 1;
  const step = (input.strides[dim] ?? 0) * bytes;
  const key = JSON.stringify([kernel.better.id, shape, dim, input.address, input.strides, output.address]);
  const number = program.shared(`fold arg ${key}`, () => {
    const { body, unit, each } = beginStage(rows, rows * length >= LEAST_WORK);
    // Neither regions nor params: `better` reads what it is given.
    const layout = { region: () => 0, params: 0 };
    const { best, place, here, look } = beginSearch(kernel, body, layout);
    const pointer = body.local("i32");
    const left = body.local("i32");
    const load = () => scalarSet.load(body.get(pointer), kernel.input, input.address);
    each(() => {
      pushOffset(body, kept, unit, bytes);
      body.set(pointer);
      load();
      body.set(best).i64(0n).set(place).i64(0n).set(here).i32(length).set(left).open("loop");
      look(load);
      body.increase(pointer, step).increase(left, -1).get(left).op("br_if", 0).end();
      body.get(unit).i32(int64.bytes).op("i32.mul").set(pointer);
      scalarSet.store(body, int64, pointer, place, output.address);
    });
    return body;
  });
  return { phases: [number], shared: rows * length >= LEAST_WORK };
}
