/**
 * Maps and folds that go through the same rows: all of one row before the next. Values between them lie in a row of scratch
 * memory, those of which a row has one in locals.
 */
import type { DType } from "../../../base/index.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { ReduceKernel } from "../../../ir/kernel.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { Emission, type Place, pushPointer } from "../emission.ts";
import { scalarSet } from "../emit-scalar.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { mergeAxes } from "./axes.ts";
import type { NestOperand } from "./emit-nest.ts";
import { pushOffset } from "./fold-operand.ts";
import { emitRowFold } from "./fold-row.ts";
import type { ProgramModule } from "./program-module.ts";
import { rowMap } from "./row-map.ts";
import { beginStage, type Stage } from "./share.ts";

interface Part {
  /** Operands by number: the inputs, and behind them the results of all parts before. */
  readonly inputs: readonly number[];
  /** The output that each result is; null for those that only other parts read. */
  readonly outputs: readonly (number | null)[];
}

export interface RowsMap extends Part {
  readonly kind: "map";
  readonly name: string;
  /** In primitives. */
  readonly roots: readonly Expr[];
  /** Whether it has a result for each element of the row; if not, for the row. */
  readonly isWide: boolean;
}

export interface RowsFold extends Part {
  readonly kind: "fold";
  readonly kernel: ReduceKernel;
  readonly set: InstructionSet;
}

export interface RowsSpec {
  /** The axes of the rows, and the elements of a row. */
  readonly outer: readonly number[];
  readonly length: number;
  /** Strides along these. Up to 15 bytes past the last element are read. Folds read dense rows, or one element for all. */
  readonly inputs: readonly NestOperand[];
  /** In the order of the rows; the last stride is 0 where there is one element a row. Nothing else is written. */
  readonly outputs: readonly NestOperand[];
  readonly parts: readonly (RowsMap | RowsFold)[];
  /** Address of the params, as float64. */
  readonly params: number;
  /** Whether the rows are shared between threads. */
  readonly parallel: boolean;
}

/** An operand in the current row. */
interface Operand extends Place {
  readonly dtype: DType;
  readonly step: number;
}

/** Rows of scratch memory begin at multiples of a cache line, with room for a vector behind the last element. */
const GRAIN = 64;
const ROOM = 16;

/** A function `(thread, threads, scratch)`. */
export function emitRowParts(program: ProgramModule, spec: RowsSpec): FunctionBuilder {
  const rows = spec.outer.reduce((n, size) => n * size, 1);
  const stage = beginStage(rows, spec.parallel);
  new Rows(stage, program, spec).emit();
  return stage.body;
}

class Rows {
  readonly #body: FunctionBuilder;
  readonly #operands: Operand[] = [];
  readonly #outputs: readonly Operand[];
  /** How far the current row of an operand is from its first one, in bytes; operands with equal steps share a pointer. */
  readonly #pointers = new Map<string, { readonly pointer: number; readonly set: () => void }>();
  /** A local that is never set: 0. */
  readonly #zero: number;
  #scratchBytes = 0;

  constructor(
    readonly stage: Stage,
    program: ProgramModule,
    readonly spec: RowsSpec,
  ) {
    this.#body = stage.body;
    this.#zero = stage.body.local("i32");
    for (const input of spec.inputs) this.#operands.push(this.#inMemory(input));
    this.#outputs = spec.outputs.map((output) => this.#inMemory(output));
    for (const part of spec.parts) {
      const dtypes = part.kind === "map" ? part.roots.map(({ dtype }) => dtype) : [resultOf(part.kernel)];
      const isWide = part.kind === "map" && part.isWide;
      for (const [k, dtype] of dtypes.entries())
        this.#operands.push(this.#made(dtype, part.outputs[k]!, isWide));
    }
    program.needScratch(this.#scratchBytes);
  }

  #inMemory({ dtype, address, strides }: NestOperand): Operand {
    const { outer } = this.spec;
    const axes = mergeAxes(outer, [strides.slice(0, outer.length)]);
    const steps = axes.strides[0]!.map((step) => step * dtype.bytes);
    const operand = { dtype, offset: address, step: strides[outer.length]! };
    if (steps.every((step) => step === 0))
      return { ...operand, pointer: operand.step === 0 ? null : this.#zero };
    const key = `${axes.sizes} ${steps}`;
    let found = this.#pointers.get(key);
    if (found === undefined) {
      const pointer = this.#body.local("i32");
      const set = () => {
        pushOffset(this.#body, axes, this.stage.unit, dtype.bytes);
        this.#body.set(pointer);
      };
      this.#pointers.set(key, (found = { pointer, set }));
    }
    return { ...operand, pointer: found.pointer };
  }

  /** Where the result of a part is for the parts that follow. */
  #made(dtype: DType, output: number | null, isWide: boolean): Operand {
    if (!isWide)
      return { dtype, pointer: null, offset: 0, step: 0, value: this.#body.local(scalarSet.type(dtype)) };
    if (output !== null) return this.#outputs[output]!;
    const offset = this.#scratchBytes;
    this.#scratchBytes += Math.ceil((this.spec.length * dtype.bytes + ROOM) / GRAIN) * GRAIN;
    return { dtype, pointer: this.stage.scratch, offset, step: 1 };
  }

  emit(): void {
    let made = this.spec.inputs.length;
    const turns = this.spec.parts.map((part) => {
      const results = this.#operands.slice(made, (made += part.outputs.length));
      if (part.kind === "fold") return this.#fold(part, results[0]!);
      return part.isWide ? this.#wideMap(part, results) : this.#narrowMap(part, results);
    });
    this.stage.each(() => {
      for (const { set } of this.#pointers.values()) set();
      for (const turn of turns) turn();
    });
  }

  #inputsOf(part: Part): Operand[] {
    return part.inputs.map((number) => this.#operands[number]!);
  }

  #wideMap(part: RowsMap, results: readonly Operand[]): () => void {
    const inputs = this.#inputsOf(part);
    const located = (operand: Operand) => ({ ...operand, pointer: operand.pointer ?? this.#zero });
    const turn = rowMap(this.#body, {
      ...part,
      inputs: inputs.map(located),
      outputs: results.map(located),
      always: always(inputs),
      size: this.spec.length,
      roomBehind: part.outputs.every((output) => output === null),
      params: this.spec.params,
    });
    return () => turn();
  }

  #narrowMap({ roots, ...part }: RowsMap, results: readonly Operand[]): () => void {
    const body = this.#body;
    const inputs = this.#inputsOf(part);
    const layout = { region: (i: number) => inputs[i]!.offset, params: this.spec.params };
    const emission = new Emission(body, scalarSet, layout);
    emission.hoist(roots, always(inputs));
    return () => {
      const local = emission.turn((x) => {
        const at = inputs[Number(x.value)]!;
        if (at.value !== undefined) body.get(at.value);
        else scalarSet.load(pushPointer(body, at), x.dtype, at.offset);
      });
      const values = roots.map(local);
      for (const [k, result] of results.entries()) this.#setNarrow(result, values[k]!, part.outputs[k]!);
    };
  }

  #fold({ kernel, set, ...part }: RowsFold, result: Operand): () => void {
    const fold = emitRowFold(this.#body, {
      kernel,
      set,
      length: this.spec.length,
      inputs: this.#inputsOf(part).map(({ pointer, offset, step, value }) => ({
        pointer,
        address: offset,
        repeats: step === 0,
        value,
      })),
      paramsAddress: this.spec.params,
    });
    return () => this.#setNarrow(result, fold(), part.outputs[0]!);
  }

  #setNarrow({ dtype, value }: Operand, local: number, output: number | null): void {
    this.#body.get(local).set(value!);
    if (output === null) return;
    const { pointer, offset } = this.#outputs[output]!;
    scalarSet.store(this.#body, dtype, pointer ?? this.#zero, local, offset);
  }
}

/** A bit for each input of which one element in memory serves for all rows. */
function always(inputs: readonly Operand[]): number {
  let bits = 0;
  for (const [i, { pointer, value }] of inputs.entries())
    if (pointer === null && value === undefined) bits |= 1 << i;
  return bits;
}

function resultOf({ finish, element }: ReduceKernel): DType {
  return (finish ?? element).dtype;
}
