/** Folds the rows of a block, each to one element. */
import type { Expr } from "../../ir/expr.ts";
import { FunctionBuilder } from "./assembler.ts";
import { beginFold, CHAINS, type FoldParts } from "./fold.ts";

/** `rows(count, length, target)`, see emit-reduce.ts. */
export function emitRows(parts: FoldParts, finish: Expr | null): FunctionBuilder {
  const { set } = parts;
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [count, length, target] = [0, 1, 2];
  const { cursor, identity, element, combine, finished, result } = beginFold(parts, body, finish);
  const { pointer, scale } = cursor.main;
  const gathered = Array.from({ length: CHAINS }, () => body.local(set.type(parts.element.dtype)));
  const first = gathered[0]!;
  const begun = body.local("i32");
  const end = body.local("i32");
  const rest = body.local("i32");
  body
    .i32(set.lanes - 1)
    .get(length)
    .op("i32.and")
    .set(rest);

  /** Sets `end` to the end of the row's elements that come in full groups. */
  const endOfGroupsOf = (group: number) => {
    body.get(begun).get(length).i32(-group).op("i32.and").op("i32.add");
    scale();
    body.set(end);
  };

  body.open("loop");
  for (const local of gathered) body.get(identity).set(local);
  cursor.moveTo(() => body.get(begun));
  endOfGroupsOf(CHAINS * set.lanes);
  body.whileLess(pointer, end, () => {
    gathered.forEach((local, chain) => {
      combine(local, element(chain * set.lanes));
      body.set(local);
    });
    cursor.step(CHAINS * set.lanes);
  });
  endOfGroupsOf(set.lanes);
  body.whileLess(pointer, end, () => {
    combine(first, element(0));
    body.set(first);
    cursor.step(set.lanes);
  });
  if (set.lanes > 1) {
    body.get(rest).open("if");
    const masked = body.local("v128");
    body.get(element(0)).get(identity);
    set.firstLanes(body, rest);
    body.op("v128.bitselect").set(masked);
    combine(gathered[1]!, masked);
    body.set(gathered[1]!).end();
  }

  for (let step = CHAINS / 2; step >= 1; step /= 2) {
    for (let chain = 0; chain < step; chain++) {
      combine(gathered[chain]!, gathered[chain + step]!);
      body.set(gathered[chain]!);
    }
  }
  for (const shuffle of set.foldShuffles) {
    body.get(first).get(first).shuffle(shuffle).set(gathered[1]!);
    combine(first, gathered[1]!);
    body.set(first);
  }
  // The lanes past the first run into the places of later rows, which are written later.
  set.store(body, result.dtype, target, finished(first), 0);
  body.increase(target, result.dtype.bytes);
  body.get(begun).get(length).op("i32.add").set(begun);
  body.increase(count, -1).get(count).op("br_if", 0).end();
  return body;
}
