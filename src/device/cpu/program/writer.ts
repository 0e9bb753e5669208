/** Brings the steps of a program into stages: what thread 0 does alone, and what all threads share. */
import { FunctionBuilder } from "../../../codegen/wasm/assembler.ts";
import { barrierFunction, emitBarrier } from "../../../codegen/wasm/barrier.ts";
import { ProgramModule } from "../../../codegen/wasm/program/program-module.ts";
import type { Buffer, Place } from "../../program.ts";

/** The parameters of every stage, and of functions that do a part of one. */
export const stageParams = { thread: 0, threads: 1, scratch: 2 } as const;

/** A function `(thread, threads, scratch)`; the scratch memory is the thread's own. */
export function stageFunction(): FunctionBuilder {
  return new FunctionBuilder(["i32", "i32", "i32"]);
}

type Stage =
  /** A function for all threads, or for thread 0 alone. */
  | { readonly kind: "call"; readonly number: number; readonly shared: boolean }
  /** Ends the run with `code` where the byte at `address` is 0. */
  | { readonly kind: "check"; readonly address: number; readonly code: number };

/** So many small steps share a function: engines compile long functions slowly. */
const STEPS_TOGETHER = 32;

/** A function with so many local variables takes no further step: engines refuse more than 50,000. */
const MANY_LOCALS = 10_000;

/** How many numbers `MemoryGemm` takes. */
const GEMM_PARAMETERS = 11;

export class ProgramWriter {
  readonly program: ProgramModule;
  /** Calls back into JavaScript: thread 0 alone. */
  readonly calls: (() => void)[] = [];
  /** What is being written, for those who look at the module with a profiler. */
  label = "";
  readonly #stages: Stage[] = [];
  readonly #way = new Set<string>();
  readonly #host: number;
  /** The imported function for products by the BLAS (blas/memory-gemm.ts); null if there is none to use. */
  readonly gemm: number | null;
  /** What thread 0 is doing alone, until a step is shared or must be a function of its own. */
  #straight: FunctionBuilder | null = null;
  #steps = 0;

  constructor(
    sharedMemory: boolean,
    hasBlas: boolean,
    readonly workspace: number,
    /** Address of the params that change from run to run. */
    readonly slots: number,
    /** The address of so many bytes for the program alone. */
    readonly reserve: (bytes: number) => number,
  ) {
    this.program = new ProgramModule(sharedMemory);
    const { module } = this.program;
    this.#host = module.import("host", ["i32"]);
    this.gemm = hasBlas ? module.import("gemm", new Array<"i32">(GEMM_PARAMETERS).fill("i32")) : null;
  }

  /** Whether some stage is worth more than one thread. */
  get isShared(): boolean {
    return this.#stages.some((stage) => stage.kind === "call" && stage.shared);
  }

  addressOf({ buffer, offset }: Place): number {
    return this.addressOfBuffer(buffer) + offset * buffer.dtype.bytes;
  }

  addressOfBuffer({ storage, dtype, offset }: Buffer): number {
    return storage === null ? this.workspace + offset : storage.base * dtype.bytes;
  }

  /** How what has been written since the last call is done, for listings. */
  takeWay(): string {
    const way = [...this.#way].join(", ");
    this.#way.clear();
    return way;
  }

  /** The function in which thread 0 does small steps one after the other. */
  alone(): FunctionBuilder {
    this.#way.add("one thread");
    const isFull = this.#steps++ >= STEPS_TOGETHER || (this.#straight?.localCount ?? 0) >= MANY_LOCALS;
    if (isFull) this.#finishStraight();
    return (this.#straight ??= stageFunction());
  }

  /** A stage of its own, for all threads or for thread 0 alone: a function, or the number of one that is there. */
  stage(body: FunctionBuilder | number, shared: boolean): void {
    this.#way.add(shared ? "all threads" : "one thread");
    this.#finishStraight();
    const number = typeof body === "number" ? body : this.#add(body);
    this.#stages.push({ kind: "call", number, shared });
  }

  /** Thread 0 calls back into JavaScript. */
  host(call: () => void): void {
    this.#way.add("eager device");
    const index = this.calls.push(call) - 1;
    this.alone().i32(index).op("call", this.#host);
  }

  /** Calls the BLAS with the numbers on the stack of `body`. */
  callGemm(body: FunctionBuilder): void {
    this.#way.add("BLAS");
    body.op("call", this.gemm!);
  }

  /** Ends the run with `code`, which is not 0, where the byte at `address` is 0. */
  check(address: number, code: number): void {
    this.#finishStraight();
    this.#stages.push({ kind: "check", address, code });
  }

  #add(body: FunctionBuilder): number {
    return this.program.module.add(`${this.#stages.length} ${this.label}`, body);
  }

  #finishStraight(): void {
    if (this.#straight !== null) {
      this.#stages.push({ kind: "call", number: this.#add(this.#straight), shared: false });
    }
    this.#straight = null;
    this.#steps = 0;
  }

  /** The bytes of the module, which exports `run(thread, threads)`: 0 at the end, or the code of a check. */
  encode(mostThreads: number): Uint8Array<ArrayBuffer> {
    this.#finishStraight();
    const { program } = this;
    const barrier = program.shared("barrier", barrierFunction);
    const run = new FunctionBuilder(["i32", "i32"], ["i32"]);
    const [thread, threads] = [0, 1];
    const scratch = run.local("i32");
    run
      .get(thread)
      .i32(program.scratchBytes)
      .op("i32.mul")
      .i32(this.reserve(program.scratchBytes * mostThreads))
      .op("i32.add");
    run.set(scratch);
    // Nobody needs to wait while thread 0 goes on alone.
    let alone = true;
    for (const stage of this.#stages) {
      const isAlone = stage.kind === "call" && !stage.shared;
      if (!(alone && isAlone)) emitBarrier(run, barrier, thread, threads);
      alone = isAlone;
      if (stage.kind === "check") {
        run.i32(0).memory("i32.load8_u", stage.address).op("i32.eqz").open("if");
        run.i32(stage.code).op("return").end();
        continue;
      }
      if (isAlone) run.get(thread).op("i32.eqz").open("if");
      run.get(thread).get(threads).get(scratch).op("call", stage.number);
      if (isAlone) run.end();
    }
    run.i32(0);
    program.module.add("run", run);
    return program.module.encode();
  }
}
