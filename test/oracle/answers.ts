/** PyTorch's recorded answers, by the id of the case. */
import { readFixture } from "../fixture.ts";
import type { Input } from "./case.ts";
import { sections } from "./cases.ts";

export interface Answer {
  readonly y: Input;
  readonly first?: readonly (Input | null)[];
  readonly second?: readonly (Input | null)[];
}

const fixtures = Object.keys(sections).map((name) => readFixture<[string, string, Answer][]>(`${name}.json`));

/** The version of PyTorch that answered. */
export const version = fixtures[0]!.torch;

export const answers = new Map(
  fixtures.flatMap(({ recorded }) => recorded.map(([id, hash, answer]) => [id, { hash, answer }] as const)),
);

/** How many times the recorded case was differentiated. */
export function orderOf(answer: Answer): number {
  return answer.second ? 2 : answer.first ? 1 : 0;
}
