/** Folds the rows of a block to one row: vectors run over neighbouring columns. */
import type { Expr } from "../../ir/expr.ts";
import { FunctionBuilder } from "./assembler.ts";
import { beginFold, CHAINS, type FoldParts, packedInputs } from "./fold.ts";

/** `columns(count, width, target, start, fresh)`, see emit-reduce.ts. */
export function emitColumns(parts: FoldParts, finish: Expr | null): FunctionBuilder {
  const { set } = parts;
  const accumulator = parts.element.dtype;
  const body = new FunctionBuilder(["i32", "i32", "i32", "i32", "i32"]);
  const [count, width, target, start, fresh] = [0, 1, 2, 3, 4];
  const { identity, elementsAt, combine, finished, result } = beginFold(parts, body, finish);
  const { cursor, place } = packedInputs(parts, body);
  const elements = elementsAt(place);
  const gathered = Array.from({ length: CHAINS }, () => body.local(set.type(accumulator)));
  const rows = body.local("i32");
  const end = body.local("i32");

  /** Folds `chains` vectors of columns, from the first row to the last. */
  const fold = (chains: number) => {
    cursor.moveTo(() => body.get(start));
    for (let chain = 0; chain < chains; chain++) {
      body.get(identity).set(gathered[chain]!);
      if (finish) continue;
      body.get(fresh).op("i32.eqz").open("if").get(target);
      set.load(body, accumulator, chain * set.lanes * accumulator.bytes);
      body.set(gathered[chain]!).end();
    }
    body.get(count).set(rows).open("loop");
    for (let chain = 0; chain < chains; chain++) {
      combine(gathered[chain]!, elements(chain * set.lanes));
      body.set(gathered[chain]!);
    }
    cursor.advance(() => body.get(width));
    body.increase(rows, -1).get(rows).op("br_if", 0).end();
    for (let chain = 0; chain < chains; chain++) {
      const offset = chain * set.lanes * result.bytes;
      set.store(body, result, target, finished(gathered[chain]!), offset);
    }
    body.increase(target, chains * set.lanes * result.bytes);
    body.increase(start, chains * set.lanes);
  };

  // The vectors of whole groups first; then single ones, of which the last may run past the end.
  body.get(start).get(width).op("i32.add");
  body
    .get(start)
    .get(width)
    .i32(-CHAINS * set.lanes)
    .op("i32.and")
    .op("i32.add")
    .set(end);
  body.whileLess(start, end, () => fold(CHAINS));
  body.set(end);
  body.whileLess(start, end, () => fold(1));
  return body;
}
