/** Folds the rows of a block, each to one element. */
import type { Expr } from "../../ir/expr.ts";
import { FunctionBuilder } from "./assembler.ts";
import { scalarSet } from "./emit-scalar.ts";
import { type FoldParts, packedInputs } from "./fold.ts";
import { rowFold } from "./row-fold.ts";

/** `rows(count, length, target)`, see emit-reduce.ts. */
export function emitRows(parts: FoldParts, finish: Expr | null): FunctionBuilder {
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [count, length, target] = [0, 1, 2];
  const { dtype } = finish ?? parts.element;
  const fold = rowFold(parts, body, finish);
  const { cursor, place } = packedInputs(parts, body);
  body.open("loop");
  const result = fold({ length: { local: length }, place, repeated: 0 });
  scalarSet.store(body, dtype, target, result, 0);
  body.increase(target, dtype.bytes);
  cursor.advance(() => body.get(length));
  body.increase(count, -1).get(count).op("br_if", 0).end();
  return body;
}
