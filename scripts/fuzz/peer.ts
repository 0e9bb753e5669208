/** PyTorch in a process of its own, which answers programs. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pointwiseOps } from "../../src/ops/registry.ts";
import type { Written } from "../../test/fuzz/answer.ts";
import type { Program } from "../../test/fuzz/program.ts";

/** The Python to ask: XORCH_PYTHON, else python3; null where it has no torch. */
export function findPython(): string | null {
  const python = process.env.XORCH_PYTHON ?? "python3";
  return spawnSync(python, ["-c", "import torch"]).status === 0 ? python : null;
}

/** What Python names the pointwise ops. */
const counterparts = Object.fromEntries(
  Object.entries(pointwiseOps).map(([name, op]) => [name, op.samples.torch]),
);

export class Peer {
  #process!: ChildProcessWithoutNullStreams;
  #lines!: AsyncIterator<string>;
  #reader!: Interface;
  version = "";

  private constructor(readonly python: string) {}

  static async start(python: string): Promise<Peer> {
    const peer = new Peer(python);
    await peer.#start();
    return peer;
  }

  async #start(): Promise<void> {
    const script = fileURLToPath(new URL("interpreter.py", import.meta.url));
    this.#process = spawn(this.python, ["-u", script]);
    this.#process.stderr.pipe(process.stderr);
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.version = (await this.#ask<{ version: string }>({ counterparts }))!.version;
  }

  /** The answer to a request; null where the process died of it. */
  async #ask<T>(request: object): Promise<T | null> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    return done ? null : (JSON.parse(value) as T);
  }

  /** The answers to several programs; null for one that PyTorch dies of. */
  async answer(programs: readonly Program[]): Promise<(Written | null)[]> {
    const answers = await this.#ask<Written[]>({ programs });
    if (answers !== null) return answers;
    await this.#start();
    if (programs.length === 1) return [null];
    const half = Math.ceil(programs.length / 2);
    return [...(await this.answer(programs.slice(0, half))), ...(await this.answer(programs.slice(half)))];
  }

  /** Answers to the program with every result some units in the last place off: what rounding can do to it. */
  async disturbed(program: Program, times: number): Promise<Written[]> {
    return (await this.#ask<Written[]>({ disturbed: program, times }))!;
  }

  async print(program: Program): Promise<string> {
    return (await this.#ask<string>({ print: program }))!;
  }

  stop(): void {
    this.#process.stdin.end();
    this.#reader.close();
  }
}
