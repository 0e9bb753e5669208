/** Xorch's answer to a question beside PyTorch's. */
import type * as torch from "../../src/index.ts";
import { type Answer, orderOf } from "./answers.ts";
import { type Case, decode, type Input, toTensor } from "./case.ts";
import { type Evaluated, evaluate } from "./evaluate.ts";

/** Elements whose difference is not within tolerance of their size, each with its position. */
function compare(found: torch.Tensor, expected: Input, tolerance: number, signsOfZero: boolean): string[] {
  if (found.dtype.name !== expected.dtype) return [`${found.dtype} instead of ${expected.dtype}`];
  if (String(found.shape) !== String(expected.shape)) {
    return [`shape ${found.shape} instead of ${expected.shape}`];
  }
  const values = Array.from(found.toTypedArray(), Number);
  const isSingle = expected.dtype === "float32";
  const wanted = expected.data.map((value) => (isSingle ? Math.fround(decode(value)) : decode(value)));
  const relative = isSingle ? Math.max(tolerance, 2e-6) : tolerance;
  const scale = Math.max(...wanted.filter(Number.isFinite).map(Math.abs), 0) * 1e-2;
  return values.flatMap((value, i) => {
    const target = wanted[i]!;
    if (Object.is(value, target)) return [];
    if (value === target && !signsOfZero) return [];
    // Small elements among large ones may carry the large ones' rounding.
    const allowed =
      relative * Math.max(Math.abs(target), Math.min(scale, 1)) + (isSingle ? relative / 4 : 1e-15);
    const isNear = Number.isFinite(target) && Math.abs(value - target) <= allowed;
    if (isNear && !(value === 0 && target === 0)) return [];
    return [`[${i}] ${show(value)} instead of ${show(target)}`];
  });
}

function show(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The elements that a position of the result comes from, where each comes from one of every input. */
function describePoint({ inputs }: Case, fault: string): string {
  const position = /^.*?\[(\d+)\]/.exec(fault);
  const count = inputs[0]?.data.length ?? 0;
  if (!position || count === 0 || inputs.some(({ data }) => data.length !== count)) return fault;
  const at = Number(position[1]) % count;
  return `${fault} at (${inputs.map(({ data }) => data[at]).join(", ")})`;
}

function compareDerivatives(
  order: "first" | "second",
  found: readonly (torch.Tensor | null)[],
  wanted: readonly (Input | null)[],
  tolerance: number,
): string[] {
  return wanted.flatMap((expected, i) => {
    const own = found[i] ?? null;
    const name = `${order} derivative ${i}`;
    if (own !== null && expected !== null) {
      return compare(own, expected, tolerance, false).map((fault) => `${name} ${fault}`);
    }
    if (own === null && expected === null) return [];
    // No gradient and one of zeros differ, but for those of the second order: there PyTorch itself mixes them.
    const isZero = own ? !own.ne(0).any().item() : expected!.data.every((value) => decode(value) === 0);
    if (order === "second" && isZero) return [];
    return [`${name} is ${own ? "not null" : "null"}`];
  });
}

/** The differences, in words; none where all of it is PyTorch's. */
export function check(question: Case, answer: Answer): string[] {
  const x = question.inputs.map((input) => toTensor(input, question.order > 0));
  const { tolerance } = question;
  let found: Evaluated;
  try {
    found = evaluate(question, x, orderOf(answer));
  } catch (error) {
    return [String(error)];
  }
  const faults = compare(found.y, answer.y, tolerance, true).map((fault) => `value ${fault}`);
  for (const order of ["first", "second"] as const) {
    faults.push(...compareDerivatives(order, found[order], answer[order] ?? [], tolerance * 4));
  }
  return faults.map((fault) => describePoint(question, fault));
}
