/** A program as one WebAssembly module that all threads run. */
import { float64 } from "../../../base/index.ts";
import type { Note, Place, Program, Runnable, Step } from "../../program.ts";
import { takeFor } from "../arena.ts";
import { isShared, programMemory } from "../arena-memory.ts";
import { blasThreads } from "../blas/blas.ts";
import { memoryGemm } from "../blas/memory-gemm.ts";
import { bringTeam } from "../team-product.ts";
import { MOST_PROGRAM_THREADS } from "../threads/count.ts";
import { PacedProgram } from "../threads/paced-program.ts";
import { TeamProgram } from "../threads/team.ts";
import { throwTrap } from "../trap.ts";
import { mayUseBlas } from "./emit-blas-product.ts";
import { emitContractStep } from "./emit-contract-step.ts";
import { emitArgFoldStep, emitFoldStep } from "./emit-fold-step.ts";
import { emitGatherStep, emitScatterStep } from "./emit-gather-step.ts";
import { emitMapStep } from "./emit-map-step.ts";
import { emitProductStep } from "./emit-product-step.ts";
import { emitRowsStep } from "./emit-rows-step.ts";
import { hostStep } from "./host-step.ts";
import { stackMaps } from "./stack-maps.ts";
import { ProgramWriter } from "./writer.ts";

class CpuProgram implements Runnable {
  readonly notes: Note[] = [];
  readonly #slots: number;
  readonly #slotCount: number;
  #table = new Float64Array(0);
  readonly #checks = new Map<number, () => Error>();
  readonly #team: TeamProgram | PacedProgram;
  readonly #threads: number;
  readonly #usesBlas: boolean;

  constructor(program: Program) {
    bringTeam();
    this.#slotCount = program.slots;
    const reserve = (bytes: number): number => takeFor(this, bytes);
    this.#slots = reserve(program.slots * float64.bytes);
    const memory = programMemory();
    const blas = isShared() && program.steps.some(mayUseBlas) ? memoryGemm(memory) : null;
    const workspace = reserve(program.workspaceBytes);
    const writer = new ProgramWriter(isShared(), blas !== null, workspace, this.#slots, reserve);
    const steps = stackMaps(program.steps, (place) => writer.addressOf(place));
    for (const [i, step] of steps.entries()) this.#write(writer, step, i + 1);
    const module = new WebAssembly.Module(writer.encode(MOST_PROGRAM_THREADS));
    const { calls } = writer;
    const host = (index: number): void => calls[index]!();
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory, host, ...(blas && { gemm: blas.gemm }) },
    });
    const { run } = exports as { run(thread: number, threads: number): number };
    this.#usesBlas = blas !== null;
    const team = new TeamProgram({ module, run, workerImports: blas?.workerImports });
    this.#team = writer.isShared ? new PacedProgram(team) : team;
    this.#threads = writer.isShared ? MOST_PROGRAM_THREADS : 1;
  }

  get slots(): Float64Array {
    const { buffer } = programMemory();
    // An unshared memory takes its views away when it grows.
    if (this.#table.buffer !== buffer) this.#table = new Float64Array(buffer, this.#slots, this.#slotCount);
    return this.#table;
  }

  #write(writer: ProgramWriter, step: Step<Place>, code: number): void {
    writer.label = step.names.join(" + ");
    if (step.kind === "check") {
      this.#checks.set(code, step.fail);
      writer.check(writer.addressOf(step.inputs[0]!), code);
    } else if (step.kind === "rows") {
      emitRowsStep(writer, step);
    } else if (!emit(writer, step)) {
      hostStep(writer, step);
    }
    this.notes.push({ step, way: writer.takeWay() });
  }

  run(): void {
    if (this.#usesBlas) blasThreads(1);
    let code: number;
    try {
      code = this.#team.run(this.#threads);
    } catch (error) {
      throwTrap("compiled program", error);
    }
    if (code !== 0) throw this.#checks.get(code)!();
  }
}

/** Writes the code of a step; false where the eager device must do it. */
function emit(writer: ProgramWriter, step: Step<Place>): boolean {
  switch (step.kind) {
    case "map":
      return emitMapStep(writer, step);
    case "reduce":
      return emitFoldStep(writer, step);
    case "argReduce":
      return emitArgFoldStep(writer, step);
    case "matmul":
      return emitProductStep(writer, step);
    case "contract":
      return emitContractStep(writer, step);
    case "gather":
      return emitGatherStep(writer, step);
    case "scatter":
      return emitScatterStep(writer, step);
    default:
      return false;
  }
}

/** See Compiler.compile. */
export function compileProgram(program: Program): Runnable {
  return new CpuProgram(program);
}
