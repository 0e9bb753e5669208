/** Brings columns of b into panels [k][columns] in the scratch memory, reading nothing but them. */
import type { FunctionBuilder } from "../assembler.ts";
import { advance, type Lanes } from "../matmul-lanes.ts";
import { packRows, packTransposed } from "../matmul-pack.ts";
import { addressAt, advanceTimes, type Count, getCount, times } from "./product-loops.ts";
import type { Strides } from "./product-spec.ts";
import { loadLanes } from "./product-vector.ts";
import type { ProgramModule } from "./program-module.ts";

/** Panels in the scratch memory. */
export interface PackedPanels {
  /** Local with the address of the first, */
  readonly pointer: number;
  /** the distance from one to the next, */
  readonly panelBytes: number;
  /** the elements in each, of which only the last vector may be less than whole, */
  readonly columns: number;
  /** and the distance from one k to the next. */
  readonly rowBytes: number;
}

/** Packs `count` panels for `length` k from the address in local `source`. */
export function packPanels(
  program: ProgramModule,
  f: FunctionBuilder,
  lanes: Lanes,
  source: number,
  strides: Strides,
  { pointer, panelBytes, columns, rowBytes }: PackedPanels,
  count: Count,
  length: Count,
): void {
  const { bytes } = lanes;
  const vectors = Math.ceil(columns / lanes.count);
  const whole = columns === vectors * lanes.count;
  const key = `${lanes.scalar} ${columns}`;
  const kernel = (number: number, stride: number, k: () => void): void => {
    f.get(source).get(pointer);
    getCount(f, count);
    k();
    f.i32(stride).i32(panelBytes).op("call", number);
  };
  if (strides.across === bytes) {
    const number = program.shared(`pack rows ${key} ${rowBytes}`, () => packRows(lanes, columns, rowBytes));
    kernel(number, strides.along, () => getCount(f, length));
    return;
  }

  /** Packs `rest` k from number `from` on, which is a count too, element by element. */
  const oneByOne = (from: Count, rest: Count): void => {
    const read = addressAt(f, source, 0);
    const write = addressAt(f, pointer, 0);
    advanceTimes(f, read, from, strides.along);
    advanceTimes(f, write, from, rowBytes);
    times(f, count, () => {
      const [element, target] = [addressAt(f, read, 0), addressAt(f, write, 0)];
      times(f, rest, () => {
        for (let v = 0; v < vectors; v++) {
          const used = Math.min(lanes.count, columns - v * lanes.count);
          f.get(target);
          loadLanes(f, lanes, element, v * lanes.count * strides.across, strides.across, used);
          f.memory("v128.store", v * 16);
        }
        advance(f, element, strides.along);
        advance(f, target, rowBytes);
      });
      advance(f, read, columns * strides.across);
      advance(f, write, panelBytes);
    });
  };

  if (!whole || strides.along !== bytes) {
    oneByOne(0, length);
    return;
  }
  // Squares of lanes x lanes by shuffles, what is left of k one by one.
  const [squares, rest] = [f.local("i32"), f.local("i32")];
  getCount(f, length).i32(-lanes.count).op("i32.and").set(squares);
  getCount(f, length).get(squares).op("i32.sub").set(rest);
  const number = program.shared(`pack transposed ${key}`, () => packTransposed(lanes, columns));
  f.get(squares).open("if");
  kernel(number, strides.across, () => f.get(squares));
  f.end();
  if (typeof length !== "number" || length % lanes.count !== 0) oneByOne({ local: squares }, { local: rest });
}
