/** Folds the rows of a block, each to one element. */
import type { Expr } from "../../ir/expr.ts";
import { FunctionBuilder } from "./assembler.ts";
import { beginFold, CHAINS, type FoldParts } from "./fold.ts";

/**
 * Turns of the loop after which its partial results are merged into the total. No chain of float32 additions is then
 * longer, which keeps the relative error of a sum of equal numbers near 2e-7.
 */
const TURNS = 32;

/** `rows(count, length, target)`, see emit-reduce.ts. */
export function emitRows(parts: FoldParts, finish: Expr | null): FunctionBuilder {
  const { set } = parts;
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [count, length, target] = [0, 1, 2];
  const { cursor, identity, element, combine, finished, result } = beginFold(parts, body, finish);
  const { pointer, scale } = cursor.main;
  const type = set.type(parts.element.dtype);
  const gathered = Array.from({ length: CHAINS }, () => body.local(type));
  const total = body.local(type);
  const other = body.local(type);
  const begun = body.local("i32");
  const end = body.local("i32");
  const turnsEnd = body.local("i32");
  const rest = body.local("i32");
  body.get(length).i32(set.lanes - 1);
  body.op("i32.and").set(rest);

  /** Sets `end` to the end of the row's elements that come in full groups. */
  const endOfGroupsOf = (group: number) => {
    body.get(begun).get(length).i32(-group).op("i32.and").op("i32.add");
    scale();
    body.set(end);
  };

  body.open("loop").get(identity).set(total);
  cursor.moveTo(() => body.get(begun));
  const group = CHAINS * set.lanes;
  endOfGroupsOf(group);
  body.whileLess(pointer, end, () => {
    for (const local of gathered) body.get(identity).set(local);
    body.i32(TURNS * group);
    scale();
    body.get(pointer).op("i32.add").tee(turnsEnd).get(end).get(turnsEnd).get(end).op("i32.lt_u").op("select");
    body.set(turnsEnd);
    body.whileLess(pointer, turnsEnd, () => {
      gathered.forEach((local, chain) => {
        combine(local, element(chain * set.lanes));
        body.set(local);
      });
      cursor.step(group);
    });
    for (let step = CHAINS / 2; step >= 1; step /= 2) {
      for (let chain = 0; chain < step; chain++) {
        combine(gathered[chain]!, gathered[chain + step]!);
        body.set(gathered[chain]!);
      }
    }
    combine(total, gathered[0]!);
    body.set(total);
  });
  endOfGroupsOf(set.lanes);
  body.whileLess(pointer, end, () => {
    combine(total, element(0));
    body.set(total);
    cursor.step(set.lanes);
  });
  if (set.lanes > 1) {
    body.get(rest).open("if");
    body.get(element(0)).get(identity);
    set.firstLanes(body, rest);
    body.op("v128.bitselect").set(other);
    combine(total, other);
    body.set(total).end();
  }
  if (set.lanes > 1) {
    // One lane after the other, as PyTorch adds up its four partial sums.
    const lanes = body.local(type);
    body.get(total).set(lanes);
    for (const shuffle of set.foldShuffles) {
      body.get(lanes).get(lanes).shuffle(shuffle).set(other);
      combine(total, other);
      body.set(total);
    }
  }
  // The lanes past the first run into the places of later rows, which are written later.
  set.store(body, result.dtype, target, finished(total), 0);
  body.increase(target, result.dtype.bytes);
  body.get(begun).get(length).op("i32.add").set(begun);
  body.increase(count, -1).get(count).op("br_if", 0).end();
  return body;
}
