/** PyTorch's recorded answers, by the id of the case. */
import { readFileSync } from "node:fs";
import type { Input } from "./case.ts";

export interface Answer {
  readonly y: Input;
  readonly first?: readonly (Input | null)[];
  readonly second?: readonly (Input | null)[];
}

export const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/ops.json", import.meta.url), "utf8"),
) as {
  torch: string;
  answers: [string, string, Answer][];
};

export const answers = new Map(recorded.answers.map(([id, hash, answer]) => [id, { hash, answer }]));

/** How many times the recorded case was differentiated. */
export function orderOf(answer: Answer): number {
  return answer.second ? 2 : answer.first ? 1 : 0;
}
