/** Programs that run on several threads: the same results with any number of them, whatever happens to one. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ARENA_BASE, grow, programMemory } from "../../src/device/cpu/arena-memory.ts";
import { setNumThreads } from "../../src/device/cpu/threads/set-num-threads.ts";
import {
  type Emitted,
  emitSeen,
  fillRows,
  shiftedRow,
  shifting,
  teamProgram,
  testMemory,
  withThreads,
} from "./team-programs.ts";

const { seen, rows } = testMemory();

afterEach(() => vi.restoreAllMocks());

describe.each([1, 2, 3, 4])("with %i threads", (threads) => {
  it("hundreds of runs with barriers give what one thread gives", async () => {
    setNumThreads(threads);
    const program = shifting();
    await withThreads(program, threads, seen);
    fillRows(rows);
    for (let i = 0; i < 500; i++) {
      seen.fill(0);
      expect(program.run(threads)).toBe(0);
      expect(seen.reduce((sum, one) => sum + one)).toBe(threads);
    }
    expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(500));
  });

  it("a failure of any thread ends the run with its error, and the next run is right", async () => {
    setNumThreads(threads);
    const good = shifting();
    /** Divides by zero in one thread: before a barrier that the others wait at, or after the last. */
    const failing = (thread: number, before: boolean) =>
      teamProgram((emitted) => {
        const { body, barrier } = emitted;
        emitSeen(emitted);
        if (!before) barrier();
        body.get(0).i32(thread).op("i32.eq").open("if");
        body.i32(1).i32(0).op("i32.div_s").op("drop").end();
        if (before) barrier();
        body.i32(0);
      });
    const tolerated = (program: { run(threads: number): number }) => ({
      run: (most: number) => {
        try {
          return program.run(most);
        } catch {
          return 1;
        }
      },
    });
    await withThreads(good, threads, seen);
    for (let thread = 0; thread < threads; thread++) {
      for (const before of [true, false]) {
        const bad = failing(thread, before);
        await withThreads(tolerated(bad), threads, seen);
        for (let i = 0; i < 20; i++) {
          expect(() => bad.run(threads)).toThrow(new WebAssembly.RuntimeError("divide by zero"));
          fillRows(rows);
          good.run(threads);
          expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(1));
        }
      }
    }
    seen.fill(0);
    good.run(threads);
    expect(seen.reduce((sum, one) => sum + one)).toBe(threads);
  });
});

/** The body returns its thread's number times `factor`, plus `offset`. */
function returning(emitted: Emitted, factor: number, offset: number): void {
  emitSeen(emitted);
  emitted.body.get(0).i32(factor).op("i32.mul").i32(offset).op("i32.add");
}

describe("a run", () => {
  it("returns the least code that is not 0", async () => {
    setNumThreads(3);
    const up = teamProgram((emitted) => returning(emitted, 1, 0));
    await withThreads(up, 3, seen);
    expect(up.run(3)).toBe(1);
    const down = teamProgram((emitted) => returning(emitted, -1, 5));
    await withThreads(down, 3, seen);
    expect(down.run(3)).toBe(3);
    expect(down.run(1)).toBe(5);
  });

  it("uses no more threads than it and setNumThreads say", async () => {
    setNumThreads(3);
    const program = shifting();
    await withThreads(program, 3, seen);
    const taking = (threads: number): number => {
      seen.fill(0);
      program.run(threads);
      return seen.reduce((sum, one) => sum + one);
    };
    expect([1, 2, 3, 8].map(taking)).toEqual([1, 2, 3, 3]);
    setNumThreads(2);
    expect([1, 2, 3, 8].map(taking)).toEqual([1, 2, 2, 2]);
  });

  it("wakes workers that fell asleep", async () => {
    setNumThreads(2);
    const program = shifting();
    await withThreads(program, 2, seen);
    fillRows(rows);
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.fill(0);
      program.run(2);
      expect(seen.slice(0, 2)).toEqual(Int32Array.of(1, 1));
    }
    expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(20));
  });

  it("throws what a function of the calling thread throws", async () => {
    setNumThreads(2);
    const error = new Error("no");
    let fails = false;
    const program = teamProgram(
      (emitted) => {
        emitSeen(emitted);
        emitted.callImport();
        emitted.barrier();
        emitted.body.i32(0);
      },
      () => {
        if (fails) throw error;
      },
    );
    await withThreads(program, 2, seen);
    fails = true;
    expect(() => program.run(2)).toThrow(error);
    fails = false;
    expect(program.run(2)).toBe(0);
  });

  it("within a run is a run on one thread", async () => {
    setNumThreads(2);
    const inner = shifting();
    await withThreads(inner, 2, seen);
    let taken = 0;
    const outer = teamProgram(
      (emitted) => {
        emitted.callImport();
        emitted.barrier();
        emitSeen(emitted);
        emitted.body.i32(0);
      },
      () => {
        fillRows(rows);
        seen.fill(0);
        inner.run(2);
        taken = seen[0]! + seen[1]!;
        seen.fill(0);
      },
    );
    await withThreads(outer, 2, seen);
    expect(taken).toBe(1);
    expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(1));
  });

  it("sees memory that grew after the workers came", async () => {
    setNumThreads(2);
    await withThreads(shifting(), 2, seen);
    for (let round = 0; round < 20; round++) {
      const at = programMemory().buffer.byteLength;
      grow(3);
      const program = teamProgram((emitted) => {
        const { body } = emitted;
        emitSeen(emitted);
        body
          .get(0)
          .i32(8)
          .op("i32.mul")
          .i32(at)
          .op("i32.add")
          .i32(round + 1)
          .i32(8);
        body.op("memory.fill", 0).i32(0);
      });
      await withThreads(program, 2, seen);
      expect([...new Uint8Array(programMemory().buffer, at, 17)]).toEqual([...Array(16).fill(round + 1), 0]);
    }
  });
});

describe("programs", () => {
  it("can be many, in any order", async () => {
    setNumThreads(2);
    const programs = Array.from({ length: 60 }, (_, i) =>
      teamProgram((emitted) => returning(emitted, 0, i + 1)),
    );
    for (const program of programs) await withThreads(program, 2, seen);
    for (let i = 0; i < 600; i++) {
      seen.fill(0);
      const number = (i * 7) % programs.length;
      expect(programs[number]!.run(2)).toBe(number + 1);
      expect(seen[1]).toBe(1);
    }
  });

  it("are forgotten by workers once nobody holds them", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    setNumThreads(2);
    const kept = shifting();
    await withThreads(kept, 2, seen);
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    // In functions of their own, so that nothing here holds on to them.
    const dropped = Array.from({ length: 10 }, () => (() => withThreads(shifting(), 2, seen))());
    await Promise.all(dropped);
    const messages = () => posted.mock.calls.map(([message]) => message as { id: number; module?: object });
    const announced = new Set(messages().flatMap(({ id, module }) => (module ? [id] : [])));
    expect(announced.size).toBe(10);
    await vi.waitFor(() => {
      collect();
      const forgotten = messages().filter(({ id, module }) => !module && announced.has(id));
      expect(forgotten.length).toBeGreaterThanOrEqual(8);
    });
    fillRows(rows);
    await withThreads(kept, 2, seen);
    expect(kept.run(2)).toBe(0);
  });

  it("import functions in workers as they describe them", async () => {
    setNumThreads(2);
    const word = (ARENA_BASE + 32768) / 4;
    const program = teamProgram(
      (emitted) => {
        emitSeen(emitted);
        emitted.callImport();
        emitted.body.i32(0);
      },
      () => {},
      {
        source: `(description, memory, require) => ({
          host: () => { new Int32Array(memory.buffer)[description.word] = require("node:worker_threads").isMainThread ? 1 : 2; },
        })`,
        description: { word },
      },
    );
    await withThreads(program, 2, seen);
    expect(new Int32Array(programMemory().buffer)[word]).toBe(2);
  });
});

/** The library afresh, with a team of its own. */
async function fresh() {
  vi.resetModules();
  const programs = await import("./team-programs.ts");
  const { setNumThreads } = await import("../../src/device/cpu/threads/set-num-threads.ts");
  const { numThreads } = await import("../../src/device/cpu/threads/count.ts");
  const memory = await import("../../src/device/cpu/arena-memory.ts");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  return { ...programs, setNumThreads, numThreads, ...memory, ...programs.testMemory(), warn };
}

const callingHost = (emitted: Emitted): void => {
  emitSeen(emitted);
  emitted.callImport();
  emitted.barrier();
  emitted.body.i32(0);
};

describe("where threads do not work", () => {
  it("a function that cannot be made in workers leaves one thread, and says so once", async () => {
    const { setNumThreads, teamProgram, shifting, warn, fillRows, rows } = await fresh();
    setNumThreads(3);
    const source = "() => { throw new Error('no such library'); }";
    const program = teamProgram(callingHost, () => {}, { source, description: null });
    expect(program.run(3)).toBe(0);
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
    fillRows(rows);
    shifting().run(3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/one thread only: Error: no such library/)]]);
    expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(1));
  });

  it("a function that fails in a worker is an error of the run, and leaves one thread", async () => {
    const { setNumThreads, teamProgram, warn, seen } = await fresh();
    setNumThreads(2);
    const source = "() => ({ host: () => { throw new Error('it is broken'); } })";
    const program = teamProgram(callingHost, () => {}, { source, description: null });
    await expect(withThreads(program, 2, seen)).rejects.toThrow("A worker thread failed: it is broken");
    expect(warn).toHaveBeenCalledOnce();
    seen.fill(0);
    expect(program.run(2)).toBe(0);
    expect(seen[1]).toBe(0);
  });

  it("a page that is not isolated names the headers, once, and computes on one thread", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    try {
      const { setNumThreads, numThreads, shifting, isShared, programMemory, fillRows, rows, seen, warn } =
        await fresh();
      expect(isShared()).toBe(false);
      expect(numThreads()).toBe(1);
      expect(programMemory().buffer).toBeInstanceOf(ArrayBuffer);
      setNumThreads(1);
      const program = shifting();
      fillRows(rows);
      program.run(4);
      expect(warn).not.toHaveBeenCalled();
      setNumThreads(2);
      setNumThreads(3);
      expect(numThreads()).toBe(1);
      program.run(3);
      expect(warn.mock.calls).toEqual([
        [expect.stringMatching(/Opener-Policy: same-origin .*Embedder-Policy: require-corp/)],
      ]);
      expect([...seen.subarray(0, 3)]).toEqual([1, 0, 0]);
      expect([...rows.subarray(0, rows.length / 2)]).toEqual(shiftedRow(2));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("a process", { timeout: 60_000 }, () => {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

  /** Its output. Throws if it does not end by itself, or ends badly. */
  const output = (way: string): string =>
    execFileSync(process.execPath, ["--import", "tsx", path("team-process.ts"), way], {
      cwd: path("../../"),
      encoding: "utf8",
      timeout: 30_000,
    });

  it.each(["while workers start", "while workers sleep", "while workers are awake"])("ends %s", (way) => {
    expect(output(way)).toBe(`ends ${way}\n`);
  });

  it("ends by process.exit", () => expect(output("by process.exit")).toBe(""));
});

describe("the number of threads", () => {
  it("is a positive whole number, at most 256", async () => {
    const { numThreads, setNumThreads } = await fresh();
    for (const wrong of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(() => setNumThreads(wrong)).toThrow(
        `setNumThreads: the number of threads must be a positive whole number, got ${wrong}`,
      );
    }
    setNumThreads(3);
    expect(numThreads()).toBe(3);
    setNumThreads(1000);
    expect(numThreads()).toBe(256);
  });

  it("is at first what the environment says", async () => {
    vi.stubEnv("XORCH_NUM_THREADS", "5");
    expect((await fresh()).numThreads()).toBe(5);
    vi.stubEnv("XORCH_NUM_THREADS", "many");
    const { numThreads } = await fresh();
    expect(numThreads).toThrow(
      'XORCH_NUM_THREADS: the number of threads must be a positive whole number, got "many"',
    );
    vi.unstubAllEnvs();
  });

  it("is otherwise the number of processors, at most 8", async () => {
    const { numThreads } = await fresh();
    expect(numThreads()).toBe(Math.min(8, (await import("node:os")).availableParallelism()));
  });
});
