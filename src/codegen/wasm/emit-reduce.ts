/**
 * A reduce kernel as a WebAssembly module. Operands lie packed in their regions, as rows of `length` or `width`
 * elements. Exports:
 *
 *   rows(count, length, target)                        folds each of `count` rows to one element
 *   columns(count, width, target, start, fresh)        folds `count` rows to one row; the first row begins at element
 *                                                      `start` of the inputs; goes on from the target unless `fresh`
 *   merge(width, target, source)                       target = combine(target, source), rows of gathered values
 *   finish(width, target, source)                      target = finish(source)
 *   finishedRows, finishedColumns                      as rows and columns, with `finish` applied (always fresh)
 *
 * `target` and `source` are addresses of gathered values (the dtype of `element`) or of finished ones.
 */
import type { Expr } from "../../ir/expr.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { Emission, type Layout } from "./emission.ts";
import { emitColumns } from "./emit-columns.ts";
import { emitRows } from "./emit-rows.ts";
import { type FoldParts, foldParts } from "./fold.ts";

/** As emitMap: `repeated` has a bit for each input of which one element serves for all. */
export function emitReduce(kernel: ReduceKernel, repeated: number, layout: Layout): Uint8Array<ArrayBuffer> {
  const parts = foldParts(kernel, repeated, layout);
  const { finish } = parts;
  const module = new ModuleBuilder();
  module.add("rows", emitRows(parts, null));
  module.add("columns", emitColumns(parts, null));
  module.add("merge", emitMerge(parts));
  if (finish) {
    module.add("finish", emitFinish(parts, finish));
    module.add("finishedRows", emitRows(parts, finish));
    module.add("finishedColumns", emitColumns(parts, finish));
  }
  return module.encode();
}

/** `merge(width, target, source)`: writes whole vectors. */
export function emitMerge(parts: FoldParts): FunctionBuilder {
  const { set, combine: expression } = parts;
  const { dtype } = parts.element;
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [width, target, source] = [0, 1, 2];
  const emission = new Emission(body, set, parts.layout);
  emission.hoist([expression], 0);
  const end = body.local("i32");
  body.get(target).get(width).i32(dtype.bytes).op("i32.mul").op("i32.add").set(end);
  body.whileLess(target, end, () => {
    const turn = emission.turn((x) => set.load(body.get(Number(x.value) === 0 ? target : source), dtype, 0));
    set.store(body, dtype, target, turn(expression), 0);
    body.increase(target, set.lanes * dtype.bytes);
    body.increase(source, set.lanes * dtype.bytes);
  });
  return body;
}

function emitFinish(parts: FoldParts, finish: Expr): FunctionBuilder {
  const { set } = parts;
  const { dtype } = parts.element;
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [width, target, source] = [0, 1, 2];
  const emission = new Emission(body, set, parts.layout);
  emission.hoist([finish], 0);
  const end = body.local("i32");
  body.get(source).get(width).i32(dtype.bytes).op("i32.mul").op("i32.add").set(end);
  body.whileLess(source, end, () => {
    const turn = emission.turn(() => set.load(body.get(source), dtype, 0));
    set.store(body, finish.dtype, target, turn(finish), 0);
    body.increase(target, set.lanes * finish.dtype.bytes);
    body.increase(source, set.lanes * dtype.bytes);
  });
  return body;
}
