/**
 * Programs: what a device compiles. A list of steps over buffers, in the order in which they are to be run. Steps are
 * the kernel kinds of the device, said of operands `O`: values in the compiler, places in memory here.
 */
import type { DType, Shape } from "../base/index.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel, Scattering } from "../ir/kernel.ts";
import type { Storage } from "./storage.ts";

/** A number that a kernel takes: fixed, or a slot that plain JavaScript fills before each run. */
export type Param = number | { readonly slot: number };

interface StepOf<Kind extends string, O> {
  readonly kind: Kind;
  /** The ops that it does the work of, for listings. */
  readonly names: readonly string[];
  readonly inputs: readonly O[];
  readonly outputs: readonly O[];
}

/** Device.map */
export interface MapStep<O> extends StepOf<"map", O> {
  readonly kernel: MapKernel;
  readonly shape: Shape;
  readonly params: readonly Param[];
}

/** Device.reduce */
export interface ReduceStep<O> extends StepOf<"reduce", O> {
  readonly kernel: ReduceKernel;
  /**
   * The kernel as the op made it, before others became part of its element, and the strides of its inputs along `shape`:
   * the order of that fold is kept, and with it the digits.
   */
  readonly order: { readonly kernel: ReduceKernel; readonly strides: readonly Shape[] };
  readonly shape: Shape;
  readonly dims: readonly number[];
  readonly params: readonly Param[];
}

/** Device.argReduce */
export interface ArgReduceStep<O> extends StepOf<"argReduce", O> {
  readonly kernel: ArgReduceKernel;
  readonly dim: number;
}

/** Device.matmul of inputs a, b and, if there is one, the bias. */
export interface MatmulStep<O> extends StepOf<"matmul", O> {}

/** Device.contract of inputs a and b. */
export interface ContractStep<O> extends StepOf<"contract", O> {
  readonly groups: ContractGroups;
}

/** Device.gather of inputs x and the index. */
export interface GatherStep<O> extends StepOf<"gather", O> {
  readonly dim: number;
}

/** Device.scatter of inputs the index and the source, into the output. */
export interface ScatterStep<O> extends StepOf<"scatter", O> {
  readonly dim: number;
  readonly how: Scattering;
}

/** Ends the run where the one element of input 0 is false; `fail` makes the error. */
export interface CheckStep<O> extends StepOf<"check", O> {
  readonly fail: () => Error;
}

/** A part of a RowsStep: a map of the elements of a row, a fold of them, or a map of values of which each row has one. */
export interface RowsPart {
  readonly kernel: MapKernel | ReduceKernel;
  /** Of a reduction: see ReduceStep. */
  readonly order: ReduceKernel | null;
  readonly params: readonly Param[];
  /** Whether there is a result for each element of the row; if not, there is one for the row. */
  readonly isWide: boolean;
  /** What it reads: inputs of the step by their number, and counted on behind them the results of all parts before. */
  readonly inputs: readonly number[];
  /** For each result the number of the output that it is, or null if only other parts read it. */
  readonly outputs: readonly (number | null)[];
}

/**
 * Maps and reductions that go through the same rows. All parts are done for a few rows before the next ones are begun, so
 * that what they hand on is in the cache; what only parts read has no place in memory.
 */
export interface RowsStep<O> extends StepOf<"rows", O> {
  /** The rows, and last the elements of a row, which inputs are walked over: along a row in even steps. */
  readonly shape: Shape;
  readonly parts: readonly RowsPart[];
}

export type Step<O> =
  | MapStep<O>
  | ReduceStep<O>
  | ArgReduceStep<O>
  | MatmulStep<O>
  | ContractStep<O>
  | GatherStep<O>
  | ScatterStep<O>
  | CheckStep<O>
  | RowsStep<O>;

/** A stretch of memory: that of a resident storage, or a part of the workspace of the program. */
export interface Buffer {
  readonly dtype: DType;
  /** In elements. There is room for whole blocks of 16 bytes. */
  readonly length: number;
  readonly storage: Storage | null;
  /** Byte offset in the workspace, a multiple of 64. */
  readonly offset: number;
}

/** A buffer seen through a shape, as `View`. */
export interface Place {
  readonly buffer: Buffer;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

export interface Program {
  readonly steps: readonly Step<Place>[];
  readonly workspaceBytes: number;
  /** How many slots the params use. */
  readonly slots: number;
}

/** How a step is done, for listings. A device may have made one of several. */
export interface Note {
  readonly step: Step<Place>;
  /** Such as "BLAS, all threads". */
  readonly way: string;
}

/** A program ready to run. */
export interface Runnable {
  /** The params that change from run to run. */
  readonly slots: Float64Array;
  /** Runs all steps; throws the error of a check that fails, and what devices throw. */
  run(): void;
  readonly notes: readonly Note[];
}

/** A device that runs whole programs. */
export interface Compiler {
  /** Memory that programs can use without copying, for `count` elements, all zero. */
  allocateResident(dtype: DType, count: number): Storage;
  /** Moves a storage, with all tensors that show it, to where programs can use it. */
  makeResident(storage: Storage): void;
  compile(program: Program): Runnable;
  /** Stands for the settings on which compiled code depends: with another number it must be compiled anew. */
  settings(): number;
  /** How many elements are computed at a time by a map with these outputs, or a reduction with these parts. */
  lanes(kernel: MapKernel | ReduceKernel): number;
  /** Whether a reduction folds rows, the last axes of its shape, each in one piece that depends on no other. */
  foldsRows(step: Pick<ReduceStep<unknown>, "order" | "shape" | "dims">): boolean;
}
