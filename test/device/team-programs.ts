/** Small programs for several threads, written with the assembler. */
import { FunctionBuilder, ModuleBuilder } from "../../src/codegen/wasm/assembler.ts";
import { barrierFunction, emitBarrier } from "../../src/codegen/wasm/barrier.ts";
import { ARENA_BASE, grow, isShared, programMemory } from "../../src/device/cpu/arena-memory.ts";
import { type Run, TeamProgram, type WorkerImports } from "../../src/device/cpu/threads/team.ts";

/** Elements of the two rows that `shifting` copies between, and by how many it shifts. */
const COUNT = 1024;
const SHIFT = 300;
export const ROUNDS = 8;

const ROW_BYTES = COUNT * 4;
const SEEN = ARENA_BASE;
const ROWS = ARENA_BASE + 1024;

export interface Emitted {
  readonly body: FunctionBuilder;
  /** Emits a barrier. */
  barrier(): void;
  /** Calls an imported function without params. */
  callImport(): void;
}

/** A program whose `run(thread, threads)` is what `emit` writes; it imports `env.host`. */
export function teamProgram(
  emit: (emitted: Emitted) => void,
  host: () => void = () => {},
  workerImports?: WorkerImports,
): TeamProgram {
  const builder = new ModuleBuilder(isShared());
  const imported = builder.import("host", []);
  const barrier = builder.add("barrier", barrierFunction());
  const body = new FunctionBuilder(["i32", "i32"], ["i32"]);
  emit({
    body,
    barrier: () => emitBarrier(body, barrier, 0, 1),
    callImport: () => body.op("call", imported),
  });
  builder.add("run", body);
  const module = new WebAssembly.Module(builder.encode());
  const instance = new WebAssembly.Instance(module, { env: { memory: programMemory(), host } });
  return new TeamProgram({ module, run: instance.exports.run as Run, workerImports });
}

/** Makes room for the rows below and for a word a thread in which it says that it took part; gives both as views. */
export function testMemory(): { seen: Int32Array; rows: Int32Array } {
  grow(1);
  const { buffer } = programMemory();
  return { seen: new Int32Array(buffer, SEEN, 256), rows: new Int32Array(buffer, ROWS, 2 * COUNT) };
}

/** Sets the thread's word. */
export function emitSeen({ body }: Emitted): void {
  body.get(0).i32(4).op("i32.mul").i32(1).atomic("i32.atomic.store", SEEN);
}

/**
 * Copies from one row to the other and back, ROUNDS times, each time shifted and 1 more, the elements shared out among
 * the threads: without a barrier between, a thread reads what another has not yet written. Returns 0.
 */
export function shifting(): TeamProgram {
  return teamProgram((emitted) => {
    const { body, barrier } = emitted;
    const i = body.local("i32");
    const end = body.local("i32");
    /** The first element of the share of the thread whose number is on the stack. */
    const first = (): FunctionBuilder => body.i32(COUNT).op("i32.mul").get(1).op("i32.div_u");
    emitSeen(emitted);
    for (let round = 0; round < ROUNDS; round++) {
      const from = ROWS + (round % 2) * ROW_BYTES;
      const to = ROWS + ((round + 1) % 2) * ROW_BYTES;
      body.get(0);
      first().set(i).get(0).i32(1).op("i32.add");
      first().set(end);
      body.whileLess(i, end, () => {
        body.get(i).i32(4).op("i32.mul");
        body.get(i).i32(SHIFT).op("i32.add").i32(COUNT).op("i32.rem_u").i32(4).op("i32.mul");
        body.memory("i32.load", from).i32(1).op("i32.add").memory("i32.store", to);
        body.increase(i, 1);
      });
      barrier();
    }
    body.i32(0);
  });
}

/** Starts `shifting` from 0, 1, 2, ... */
export function fillRows(rows: Int32Array): void {
  for (let i = 0; i < COUNT; i++) rows[i] = i;
}

/** What the first row holds after so many runs of `shifting`. */
export function shiftedRow(runs: number): number[] {
  return Array.from({ length: COUNT }, (_, i) => ((i + ROUNDS * runs * SHIFT) % COUNT) + ROUNDS * runs);
}

/** Runs the program until exactly `threads` threads take part: workers need time to start. */
export async function withThreads(
  program: Pick<TeamProgram, "run">,
  threads: number,
  seen: Int32Array,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    seen.fill(0);
    program.run(threads);
    if (seen.reduce((sum, one) => sum + one) === threads) return tries;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
