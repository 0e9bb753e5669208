/** PyTorch's recorded answers, by the id of the case. */
import { readFixture } from "../fixture.ts";
import type { Input } from "./case.ts";

export interface Answer {
  readonly y: Input;
  readonly first?: readonly (Input | null)[];
  readonly second?: readonly (Input | null)[];
}

const fixture = readFixture<[string, string, Answer][]>("ops.json");

/** The version of PyTorch that answered. */
export const version = fixture.torch;

export const answers = new Map(fixture.recorded.map(([id, hash, answer]) => [id, { hash, answer }]));

/** How many times the recorded case was differentiated. */
export function orderOf(answer: Answer): number {
  return answer.second ? 2 : answer.first ? 1 : 0;
}
