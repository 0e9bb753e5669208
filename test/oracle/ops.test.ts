/** Every op against PyTorch's recorded answers: values, first and second derivatives. */
import { afterAll, describe, expect, it } from "vitest";
import { answers, version } from "./answers.ts";
import { type Case, fingerprint } from "./case.ts";
import { cases } from "./cases.ts";
import { check } from "./check.ts";

/** Faults where PyTorch's answer is not the one to give, with the reason. */
const excuses: readonly (readonly [RegExp, string])[] = [
  [
    /^(fmod|remainder|floorDivide) float32 special: value .* instead of NaN/,
    "PyTorch's vectorised fmod gives NaN where the quotient is beyond 2^126",
  ],
  [
    /^gelu float32 special.* instead of NaN/,
    "PyTorch's vectorised gelu overflows; the scalar one, and float64, do not",
  ],
  [
    /^(sin|cos|tan) float(32|64) special( points)?: .* at \(-?1(\.0000000150474662)?e\+30\)/,
    "angles of 1e30 are beyond the exact range of the argument reduction (docs/differences.md)",
  ],
  [
    /^binaryCrossEntropyTerm float(32|64) special points: second derivative/,
    "PyTorch adds 1e-12 to the divisors of the second derivative; Xorch differentiates the first",
  ],
  [
    /^mish float(32|64) special points: second derivative 0 .* 0 instead of NaN/,
    "PyTorch's second derivative of mish overflows where the slope does not change",
  ],
  [
    /^(maximum|minimum|clamp\w+|amax) .* value .* (0 instead of -0|-0 instead of 0) /,
    "of two zeros PyTorch gives the second; Xorch the larger or smaller, as IEEE 754-2019 has it",
  ],
  [
    /^prod of special rows .*: second derivative .* instead of NaN/,
    "PyTorch divides the product by each factor; Xorch multiplies the others (src/ops/reductions.ts)",
  ],
  [
    /^norm (0\.5|-1|-2\.5) of special rows .*: second derivative .* 0 instead of NaN at \(-?0(\.0)?\)/,
    "where an element is 0 PyTorch sets the slope to 0, and multiplies that with infinity in the second derivative",
  ],
  [
    /^groupNorm of special rows .*: value .* 0 instead of -0 /,
    "a bias of 0 is added where PyTorch adds none",
  ],
  [/^square bool values: DTypeError/, "PyTorch gives int64; Xorch refuses bool"],
];

describe(`ops against PyTorch ${version}`, () => {
  let compared = 0;
  const used = new Set<(typeof excuses)[number]>();

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
        return check(question, answer)
          .map((fault) => `${question.id}: ${fault}`)
          .filter((fault) => {
            const excuse = excuses.find(([pattern]) => pattern.test(fault));
            if (excuse) used.add(excuse);
            return excuse === undefined;
          });
      });
      expect(faults).toEqual([]);
    });
  }

  it("differs wherever an excuse says so", () => {
    expect(excuses.filter((excuse) => !used.has(excuse))).toEqual([]);
  });

  afterAll(() => console.log(`oracle: ${compared} cases compared with PyTorch ${version}`));
});
