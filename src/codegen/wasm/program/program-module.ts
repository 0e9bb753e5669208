/**
 * The WebAssembly module of a compiled program while it is being written. All operands lie in one memory at addresses
 * that are known beforehand. Every thread runs every stage, on its own share of the work.
 */
import { type FunctionBuilder, ModuleBuilder } from "../assembler.ts";

export class ProgramModule {
  readonly module: ModuleBuilder;
  readonly #shared = new Map<string, { readonly number: number; readonly scratchBytes: number }>();
  /** The most scratch memory that any stage needs, in bytes, for each thread. */
  scratchBytes = 0;

  constructor(sharedMemory = false) {
    this.module = new ModuleBuilder(sharedMemory);
  }

  /** The number of the function of this key, written when first asked for. */
  shared(key: string, build: () => FunctionBuilder): number {
    let found = this.#shared.get(key);
    if (found === undefined) {
      const { result: number, scratchBytes } = this.#scratchOf(() => this.module.add(key, build()));
      this.#shared.set(key, (found = { number, scratchBytes }));
    }
    this.needScratch(found.scratchBytes);
    return found.number;
  }

  /** Runs `use`, to whose functions scratch memory is given from byte `bytes` on. */
  behindScratch<T>(bytes: number, use: () => T): T {
    const { result, scratchBytes } = this.#scratchOf(use);
    this.needScratch(bytes + scratchBytes);
    return result;
  }

  #scratchOf<T>(use: () => T): { result: T; scratchBytes: number } {
    const before = this.scratchBytes;
    this.scratchBytes = 0;
    const result = use();
    const { scratchBytes } = this;
    this.scratchBytes = before;
    return { result, scratchBytes };
  }

  /** Notes that a stage works in the first `bytes` bytes of its thread's scratch memory. */
  needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }
}
