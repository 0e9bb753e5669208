/** Compiled functions on a number of threads: how long runs take does not decide here. */
import { setTimeout } from "node:timers/promises";
import { vi } from "vitest";
import { PacedProgram } from "../../src/device/cpu/threads/paced-program.ts";
import { TeamProgram } from "../../src/device/cpu/threads/team.ts";
import * as torch from "../../src/index.ts";

/** The result of the first run in which so many threads took part: workers come in when they are ready. */
export async function onThreads<T>(threads: number, run: () => T): Promise<T> {
  const before = torch.getNumThreads();
  const taken: number[] = [];
  const { run: runTeam } = TeamProgram.prototype;
  const spies = [
    vi.spyOn(PacedProgram.prototype, "run").mockImplementation(function (this: PacedProgram, most) {
      return this.program.run(most);
    }),
    vi.spyOn(TeamProgram.prototype, "run").mockImplementation(function (this: TeamProgram, most) {
      const result = runTeam.call(this, most);
      taken.push(this.threadsTaken);
      return result;
    }),
  ];
  try {
    torch.setNumThreads(threads);
    for (let i = 0; i < 2000; i++) {
      const result = run();
      if (taken.at(-1) === threads) return result;
      await setTimeout(5);
    }
    throw new Error(`no run with ${threads} threads, but ${new Set(taken)}`);
  } finally {
    torch.setNumThreads(before);
    for (const spy of spies) spy.mockRestore();
  }
}
