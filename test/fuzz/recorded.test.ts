/** Random programs with the answers that PyTorch gave (scripts/oracle/programs.ts), eagerly and compiled. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAnswer, type Written } from "./answer.ts";
import { COMPILED, checkCompiled, checkEager } from "./check.ts";
import { toTypeScript } from "./print.ts";
import type { Program } from "./program.ts";
import { opNames, rules } from "./rules/index.ts";

const recorded = JSON.parse(readFileSync(new URL("../fixtures/programs.json", import.meta.url), "utf8")) as {
  torch: string;
  /** `compiled` is the number of the manner in which it is compiled. */
  programs: { program: Program; answer: Written; compiled: number }[];
};

type Recorded = (typeof recorded.programs)[number];

const failing = (check: (one: Recorded) => { text: string }[]): string[] =>
  recorded.programs.flatMap((one) => check(one).map(({ text }) => `${text}\n${toTypeScript(one.program)}`));

describe(`random programs recorded from PyTorch ${recorded.torch}`, () => {
  it("give PyTorch's answers", () => {
    expect(failing(({ program, answer }) => checkEager(program, readAnswer(answer)))).toEqual([]);
  });

  it("give the digits of eager mode when compiled", () => {
    expect(failing(({ program, compiled }) => checkCompiled(program, COMPILED[compiled]!))).toEqual([]);
  });

  it("have every op that can be drawn", () => {
    const used = new Set(
      recorded.programs.flatMap(({ program, answer }) =>
        answer.stopped ? [] : program.steps.map(({ op }) => op),
      ),
    );
    expect(opNames.filter((name) => !used.has(name))).toEqual([]);
  });
});

it("every op has a drawing rule, in test/fuzz/rules/", () => {
  expect(opNames.filter((name) => !Object.hasOwn(rules, name))).toEqual([]);
});
