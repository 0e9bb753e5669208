import { describe, expect, it } from "vitest";
import { Generator } from "../../src/random/index.ts";
import { readRecorded } from "../fixture.ts";
import { bytesOf, digest, type Program, replay } from "./replay.ts";

/** Every byte of every result, in sequences in which each call depends on all before it. */
function replayRecording(file: string): void {
  const programs = readRecorded<Program[]>(file);
  for (const [index, program] of programs.entries()) {
    it(`program ${index}, seed ${program.seed}: ${program.steps.length} calls`, () => {
      const g = new Generator(BigInt(program.seed));
      let saved = g.getState();
      for (const [i, step] of program.steps.entries()) {
        const where = `step ${i}: ${JSON.stringify(step)}`;
        if (step.call === "seed") {
          g.manualSeed(BigInt(step.args![0]));
        } else if (step.call === "restore") {
          g.setState(saved);
        } else if (step.call === "save") {
          saved = g.getState();
          expect(digest(saved), where).toBe(step.digest);
        } else {
          const result = replay(step, g);
          expect(digest(bytesOf(result)), `${where} gave ${result.slice(0, 3)}`).toBe(step.digest);
        }
      }
    });
  }
}

describe("mixed sequences of calls give PyTorch's bytes", () => replayRecording("random/mixed.json"));

describe("randint about the widths where it changes from 32 to 64 bits", () =>
  replayRecording("random/widths.json"));
