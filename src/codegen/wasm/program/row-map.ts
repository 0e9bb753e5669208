/**
 * A map along one axis, within a function that does other things, too. What does not fill a vector is computed as
 * one, and only its first lanes are stored: nothing is written beyond the elements of the outputs.
 */
import type { DType } from "../../../base/index.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { chooseInstructionSet, Emission, type Place } from "../emission.ts";
import { scalarSet } from "../emit-scalar.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { float32Lanes, float64Lanes } from "../matmul-lanes.ts";
import { loadLanes, storeLanes } from "./product-vector.ts";

/** An operand at the current place of all other axes: its first element is at `offset` from `pointer`. */
export interface RowOperand extends Place {
  readonly dtype: DType;
  readonly pointer: number;
  /** From element to element; 0 where one serves for the whole row. */
  readonly step: number;
}

export interface RowMapSpec {
  readonly name: string;
  /** In primitives; root k gives output k. */
  readonly roots: readonly Expr[];
  /** Up to 15 bytes past the last element are read. */
  readonly inputs: readonly RowOperand[];
  readonly outputs: readonly RowOperand[];
  /** A bit for each input of which one element, at `offset` from 0, serves for all rows. */
  readonly always: number;
  /** Elements of a row. */
  readonly size: number;
  /** Whether up to 15 bytes after the last element of every output may be overwritten. */
  readonly roomBehind: boolean;
  /** Address of the params, as float64. */
  readonly params: number;
}

/** Up to so many vectors, the loop is written out. */
const WRITTEN_OUT = 4;

/**
 * Emits what is the same for all rows, to be called before the loop over them. What it returns emits the map of the
 * row that the pointers are at (which it leaves where they are): of `size` elements or, if given, as many as the local
 * `count` holds. That is some number of whole vectors, unless the row ends with them.
 */
export function rowMap(body: FunctionBuilder, spec: RowMapSpec): (count?: number) => void {
  const { roots, inputs, outputs, size, roomBehind } = spec;
  const operands = [...inputs, ...outputs];
  const set = setOf(spec);
  const { lanes } = set;
  const all = new Emission(body, set, { region: (i) => operands[i]!.offset, params: spec.params });
  all.hoist(roots, spec.always);
  const whole = roomBehind ? Math.ceil(size / lanes) : Math.floor(size / lanes);
  const rest = roomBehind ? 0 : size % lanes;
  let repeated = 0;
  for (const [i, { step }] of inputs.entries()) if (step === 0) repeated |= 1 << i;

  return (count) => {
    const row = all.nested();
    row.hoist(roots, repeated, (x) => inputs[Number(x.value)]!);

    /** Computes one vector, `ahead` elements from where its pointers are, and stores its first `n` lanes. */
    const turn = (pointerOf: (operand: RowOperand) => number, ahead: number, n: number): void => {
      const place = (operand: RowOperand) => ({
        pointer: pointerOf(operand),
        offset: operand.offset + ahead * operand.step * operand.dtype.bytes,
        isRow: operand.step === 1 || lanes === 1,
        stride: operand.step * operand.dtype.bytes,
      });
      const local = row.turn((x) => {
        const { pointer, offset, isRow, stride } = place(inputs[Number(x.value)]!);
        if (isRow) set.load(body.get(pointer), x.dtype, offset);
        else loadLanes(body, lanesOf(x.dtype), pointer, offset, stride, n);
      });
      const results = roots.map(local);
      for (const [k, { dtype }] of roots.entries()) {
        const { pointer, offset, isRow, stride } = place(outputs[k]!);
        if (!isRow) storeLanes(body, lanesOf(dtype), pointer, offset, stride, results[k]!, n);
        else if (n === lanes) set.store(body, dtype, pointer, results[k]!, offset);
        else set.storeFirst(body, dtype, pointer, results[k]!, offset, n);
      }
    };

    if (count === undefined && whole <= WRITTEN_OUT) {
      for (let i = 0; i < whole; i++) turn(({ pointer }) => pointer, i * lanes, lanes);
      if (rest > 0) turn(({ pointer }) => pointer, whole * lanes, rest);
      return;
    }
    const { pointerOf, advance } = movingPointers(body, operands);
    const left = body.local("i32");
    if (count === undefined) body.i32(whole).set(left);
    else {
      body.get(count);
      if (roomBehind) body.i32(lanes - 1).op("i32.add");
      body.i32(lanes).op("i32.div_u").tee(left).open("if");
    }
    body.open("loop");
    turn(pointerOf, 0, lanes);
    advance(lanes);
    body.increase(left, -1).get(left).op("br_if", 0).end();
    if (count !== undefined) body.end();
    if (rest === 0) return;
    if (count !== undefined) body.get(count).i32(lanes).op("i32.rem_u").open("if");
    turn(pointerOf, 0, rest);
    if (count !== undefined) body.end();
  };
}

/** The set of the kernel, if its vectors can be read and written along the row; else one element at a time. */
function setOf({ name, roots, inputs, outputs }: RowMapSpec): InstructionSet {
  const widest = chooseInstructionSet(name, roots);
  const isVector = ({ dtype, step }: RowOperand): boolean =>
    step === 1 || (step > 1 && dtype.bytes * widest.lanes === 16);
  return inputs.every((input) => input.step === 0 || isVector(input)) && outputs.every(isVector)
    ? widest
    : scalarSet;
}

function lanesOf({ bytes }: DType): typeof float32Lanes {
  return bytes === 8 ? float64Lanes : float32Lanes;
}

/** Pointers of a loop's own, one for all operands that begin and move alike. */
function movingPointers(body: FunctionBuilder, operands: readonly RowOperand[]) {
  const moving = new Map<string, { readonly pointer: number; readonly stride: number }>();
  const keyOf = ({ pointer, step, dtype }: RowOperand): string => `${pointer} ${step * dtype.bytes}`;
  for (const operand of operands) {
    if (operand.step === 0 || moving.has(keyOf(operand))) continue;
    const pointer = body.local("i32");
    body.get(operand.pointer).set(pointer);
    moving.set(keyOf(operand), { pointer, stride: operand.step * operand.dtype.bytes });
  }
  return {
    pointerOf: (operand: RowOperand): number => moving.get(keyOf(operand))!.pointer,
    advance: (elements: number): void => {
      for (const { pointer, stride } of moving.values()) body.increase(pointer, elements * stride);
    },
  };
}
