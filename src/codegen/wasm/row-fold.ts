/** Folds one row to one element. The order of the folding, and so every digit, depends on the row's length alone. */
import type { Expr } from "../../ir/expr.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type Place, pushPointer } from "./emission.ts";
import { scalarSet } from "./emit-scalar.ts";
import { beginFold, CHAINS, type FoldParts, streamedInputs } from "./fold.ts";

/**
 * Turns of the loop after which its partial results are merged into the total. No chain of float32 additions is then
 * longer, which keeps the relative error of a sum of equal numbers near 2e-7.
 */
const TURNS = 32;

/** Rows of up to so many elements are folded without loops, where the length is known. */
const STRAIGHT = 16;

export interface Row {
  /** In elements: known now, or held by a local. */
  readonly length: number | { readonly local: number };
  /** Where the first element of each input lies; its pointer is left as it is. */
  place(x: Expr): Place;
  /** A bit for each input of which there is one element in this row. */
  readonly repeated: number;
}

/**
 * Begins a function that folds rows, and gives what emits the fold of one: its result, finished if `finish` is given,
 * is in the local that it returns, as one scalar. Up to 15 bytes past the end of a row are read.
 */
export function rowFold(parts: FoldParts, body: FunctionBuilder, finish: Expr | null): (row: Row) => number {
  const { set } = parts;
  const { lanes } = set;
  const { identity, elementsAt, combine, finished, result } = beginFold(parts, body, finish);
  const type = set.type(parts.element.dtype);
  const gathered = Array.from({ length: CHAINS }, () => body.local(type));
  const total = body.local(type);
  const other = body.local(type);
  const rest = body.local("i32");
  const group = CHAINS * lanes;

  type Elements = (ahead: number) => number;
  const clearChains = () => {
    for (const chain of gathered) body.get(identity).set(chain);
  };
  const addToChains = (elements: Elements, ahead: number) => {
    for (const [i, chain] of gathered.entries()) {
      combine(chain, elements(ahead + i * lanes));
      body.set(chain);
    }
  };
  const add = (next: number) => {
    combine(total, next);
    body.set(total);
  };
  const addChains = () => {
    for (let step = CHAINS / 2; step >= 1; step /= 2) {
      for (let i = 0; i < step; i++) {
        combine(gathered[i]!, gathered[i + step]!);
        body.set(gathered[i]!);
      }
    }
    add(gathered[0]!);
  };
  /** Adds the first lanes of a vector; their number is in `rest`. */
  const addRest = (next: number) => {
    body.get(next).get(identity);
    set.firstLanes(body, rest);
    body.op("v128.bitselect").set(other);
    add(other);
  };
  /** The elements from `ahead` on that do not fill a group, where the length is known. */
  const addTail = (elements: Elements, ahead: number, length: number) => {
    for (; ahead + lanes <= length; ahead += lanes) add(elements(ahead));
    if (ahead === length) return;
    body.i32(length - ahead).set(rest);
    addRest(elements(ahead));
  };

  const foldStraight = (row: Row, length: number) => {
    const elements = elementsAt(row.place, row.repeated);
    const whole = length - (length % group);
    if (whole > 0) {
      clearChains();
      for (let ahead = 0; ahead < whole; ahead += group) addToChains(elements, ahead);
      addChains();
    }
    addTail(elements, whole, length);
  };

  const foldInLoops = (row: Row) => {
    const { length } = row;
    const moving = movingPlaces(parts, body, row);
    const elements = elementsAt(moving.place, row.repeated);
    const { pointer, bytes } = moving.main;
    const end = body.local("i32");
    /** Sets `end` as many elements from here as the length has in the bits of the mask. */
    const setEnd = (mask: number) => {
      if (typeof length === "number") body.i32((length & mask) * bytes);
      else body.get(length.local).i32(mask).op("i32.and").i32(bytes).op("i32.mul");
      body.get(pointer).op("i32.add").set(end);
    };
    const groupsUntil = (limit: number) => {
      clearChains();
      body.whileLess(pointer, limit, () => {
        addToChains(elements, 0);
        moving.step(group);
      });
      addChains();
    };

    setEnd(-group);
    if (typeof length === "number" && length < (TURNS + 1) * group) {
      if (length >= group) groupsUntil(end);
    } else {
      const turnsEnd = body.local("i32");
      body.whileLess(pointer, end, () => {
        body
          .get(pointer)
          .i32(TURNS * group * bytes)
          .op("i32.add")
          .tee(turnsEnd)
          .get(end);
        body.get(turnsEnd).get(end).op("i32.lt_u").op("select").set(turnsEnd);
        groupsUntil(turnsEnd);
      });
    }
    if (typeof length === "number") {
      addTail(elements, 0, length % group);
      return;
    }
    setEnd(group - lanes);
    body.whileLess(pointer, end, () => {
      add(elements(0));
      moving.step(lanes);
    });
    if (lanes === 1) return;
    body
      .get(length.local)
      .i32(lanes - 1)
      .op("i32.and")
      .tee(rest)
      .open("if");
    addRest(elements(0));
    body.end();
  };

  return (row) => {
    body.get(identity).set(total);
    if (typeof row.length === "number" && row.length <= STRAIGHT) foldStraight(row, row.length);
    else foldInLoops(row);
    // One lane after the other, as PyTorch adds up its four partial sums.
    if (lanes > 1) {
      const vector = body.local(type);
      body.get(total).set(vector);
      for (const shuffle of set.foldShuffles) {
        body.get(vector).get(vector).shuffle(shuffle).set(other);
        add(other);
      }
    }
    const scalar = body.local(scalarSet.type(result));
    set.first(body.get(finished(total)), result);
    body.set(scalar);
    return scalar;
  };
}

/** Pointers that move along a row: inputs that begin at the same place and have elements of one size share them. */
function movingPlaces(parts: FoldParts, body: FunctionBuilder, row: Row) {
  const pointers = new Map<string, { pointer: number; bytes: number }>();
  const places = new Map<Expr, Place>();
  for (const x of streamedInputs(parts, parts.repeated | row.repeated)) {
    const start = row.place(x);
    const { bytes } = x.dtype;
    const key = `${start.pointer} ${bytes}`;
    let moving = pointers.get(key);
    if (moving === undefined) {
      pointers.set(key, (moving = { pointer: body.local("i32"), bytes }));
      pushPointer(body, start).set(moving.pointer);
    }
    places.set(x, { pointer: moving.pointer, offset: start.offset });
  }
  // Without operands there is still a loop to count.
  if (pointers.size === 0) {
    pointers.set("", { pointer: body.local("i32"), bytes: 1 });
    body.i32(0).set(pointers.get("")!.pointer);
  }
  return {
    main: pointers.values().next().value!,
    place: (x: Expr) => places.get(x) ?? row.place(x),
    step: (elements: number) => {
      for (const { pointer, bytes } of pointers.values()) body.increase(pointer, elements * bytes);
    },
  };
}
