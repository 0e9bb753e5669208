/** Every oracle case compiled: the digits of eager mode, values and derivatives. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { answers, orderOf } from "../oracle/answers.ts";
import { type Case, toTensor } from "../oracle/case.ts";
import { cases } from "../oracle/cases.ts";
import { evaluate } from "../oracle/evaluate.ts";

function differences(name: string, compiled: torch.Tensor | null, eager: torch.Tensor | null): string[] {
  if (compiled === null || eager === null) return compiled === eager ? [] : [`${name}: one is null`];
  if (compiled.dtype !== eager.dtype || String(compiled.shape) !== String(eager.shape)) {
    return [`${name}: ${compiled.dtype}[${compiled.shape}] instead of ${eager.dtype}[${eager.shape}]`];
  }
  const elements = (x: torch.Tensor): (number | bigint)[] =>
    Array.from(x.toTypedArray() as Iterable<number | bigint>);
  const [found, wanted] = [elements(compiled), elements(eager)];
  const at = found.findIndex((value, i) => !Object.is(value, wanted[i]));
  return at < 0 ? [] : [`${name}: [${at}] ${found[at]} instead of ${wanted[at]}`];
}

function messageOf(body: () => unknown): string | null {
  try {
    body();
    return null;
  } catch (error) {
    return String(error);
  }
}

function check(question: Case, order: number): string[] {
  const inputs = () => question.inputs.map((input) => toTensor(input, order > 0));
  const compiled = torch.compile((x: torch.Tensor[]) => evaluate(question, x, order));
  const x = inputs();
  const refused = messageOf(() => evaluate(question, x, order));
  if (refused !== null) {
    const message = messageOf(() => compiled(x));
    return message === refused ? [] : [`compiled ${message} instead of ${refused}`];
  }
  const eager = evaluate(question, inputs(), order);
  const faults: string[] = [];
  for (const run of ["first run", "second run"]) {
    const found = compiled(x);
    faults.push(...differences(`${run}, value`, found.y, eager.y));
    for (const order of ["first", "second"] as const) {
      for (const [i, own] of found[order].entries()) {
        faults.push(...differences(`${run}, ${order} derivative ${i}`, own, eager[order][i]!));
      }
    }
  }
  return faults;
}

describe("compiled ops against eager ones", () => {
  beforeAll(() => torch.useDeterministicAlgorithms(true));
  afterAll(() => torch.useDeterministicAlgorithms(false));

  const byOp = new Map<string, Case[]>();
  for (const question of cases) {
    const op = question.id.split(" ")[0]!;
    byOp.set(op, [...(byOp.get(op) ?? []), question]);
  }

  for (const [op, questions] of byOp) {
    it(op, () => {
      const faults = questions.flatMap((question) => {
        const recorded = answers.get(question.id);
        if (recorded === undefined) return [];
        let faults: string[];
        try {
          faults = check(question, orderOf(recorded.answer));
        } catch (error) {
          // What cannot be traced must say so.
          const isExpected = question.dependsOnValues && error instanceof torch.CompileError;
          return isExpected ? [] : [`${question.id}: ${String(error)}`];
        }
        if (question.dependsOnValues) faults.push("compiled, although the shape depends on values");
        return faults.map((fault) => `${question.id}: ${fault}`);
      });
      expect(faults).toEqual([]);
    });
  }
});
