/** Every op against PyTorch's recorded answers: values, first and second derivatives. */
import { afterAll, describe, expect, it } from "vitest";
import type * as torch from "../../src/index.ts";
import { type Answer, answers, orderOf, version } from "./answers.ts";
import { type Case, decode, fingerprint, type Input, toTensor } from "./case.ts";
import { cases } from "./cases.ts";
import { evaluate } from "./evaluate.ts";

/** Elements whose difference is not within tolerance of their size, listed for the message. */
function compare(found: torch.Tensor, expected: Input, tolerance: number): string[] {
  const values = Array.from(found.toTypedArray(), Number);
  const isSingle = expected.dtype === "float32";
  const wanted = expected.data.map((value) => (isSingle ? Math.fround(decode(value)) : decode(value)));
  if (found.dtype.name !== expected.dtype) return [`${found.dtype} instead of ${expected.dtype}`];
  if (isSingle) tolerance = Math.max(tolerance, 2e-6);
  if (String(found.shape) !== String(expected.shape))
    return [`shape ${found.shape} instead of ${expected.shape}`];
  const scale = Math.max(...wanted.filter(Number.isFinite).map(Math.abs), 0) * 1e-2;
  return values.flatMap((value, i) => {
    const target = wanted[i]!;
    if (Object.is(value, target) || value === target) return [];
    if (Number.isNaN(value) && Number.isNaN(target)) return [];
    // Small elements among large ones may carry the large ones' rounding.
    const allowed =
      tolerance * Math.max(Math.abs(target), Math.min(scale, 1)) + (isSingle ? tolerance / 4 : 1e-15);
    return Math.abs(value - target) <= allowed ? [] : [`[${i}] ${value} instead of ${target}`];
  });
}

function check(question: Case, answer: Answer): string[] {
  const x = question.inputs.map((input) => toTensor(input, question.order > 0));
  const { y, first, second } = evaluate(question, x, orderOf(answer));
  const faults = compare(y, answer.y, question.tolerance).map((fault) => `value ${fault}`);
  const compareAll = (
    order: string,
    found: readonly (torch.Tensor | null)[],
    wanted: readonly (Input | null)[],
  ): void => {
    for (const [i, expected] of wanted.entries()) {
      const isZero = !expected || expected.data.every((value) => decode(value) === 0);
      const own = found[i];
      // PyTorch gives null for some gradients that are zero, and zeros for some that are null.
      if (!own) {
        if (!isZero) faults.push(`${order} derivative ${i} is missing`);
      } else if (expected) {
        faults.push(
          ...compare(own, expected, question.tolerance * 4).map((f) => `${order} derivative ${i} ${f}`),
        );
      } else if (own.ne(0).any().item()) faults.push(`${order} derivative ${i} should be null or zero`);
    }
  };
  if (answer.first) compareAll("first", first, answer.first);
  if (answer.second) compareAll("second", second, answer.second);
  return faults;
}

/** Questions where PyTorch's answer is not the one to give, with the reason. */
const sleef =
  "PyTorch's vectorised fmod gives NaN where the quotient is beyond 2^126; 0 is as good an answer";
const gelu = "PyTorch's vectorised gelu gives NaN at Infinity; the scalar one, and float64, Infinity";
const reduction = "angles of 1e30 are beyond the exact range of the argument reduction (docs/differences.md)";
const excused: Record<string, string> = {
  "floorDivide float32 special": sleef,
  "remainder float32 special": sleef,
  "fmod float32 special": sleef,
  "gelu float32 special": gelu,
  ...Object.fromEntries(
    ["sin", "cos", "tan"].flatMap((op) =>
      ["float32", "float64"].map((dtype) => [`${op} ${dtype} special`, reduction]),
    ),
  ),
  "square bool values": "PyTorch gives int64; Xorch refuses bool",
};

describe(`ops against PyTorch ${version}`, () => {
  let compared = 0;

  const byOp = new Map<string, Case[]>();
  for (const question of cases) {
    const op = question.id.split(" ")[0]!;
    byOp.set(op, [...(byOp.get(op) ?? []), question]);
  }

  for (const [op, questions] of byOp) {
    it(op, () => {
      const asked = questions.filter(({ id }) => answers.has(id));
      expect(asked.length, "no recorded answers: run `npm run oracle`").toBeGreaterThan(0);
      const faults = asked.flatMap((question) => {
        const { hash, answer } = answers.get(question.id)!;
        if (hash !== fingerprint(question))
          return [`${question.id}: the question has changed; run \`npm run oracle\``];
        compared++;
        if (question.id in excused) return [];
        return check(question, answer).map((fault) => `${question.id}: ${fault}`);
      });
      expect(faults).toEqual([]);
    });
  }

  afterAll(() => console.log(`oracle: ${compared} cases compared with PyTorch ${version}`));
});
