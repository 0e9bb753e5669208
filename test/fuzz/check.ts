/** What is asked of a program: PyTorch's answer in eager mode, and the digits of eager mode in compiled functions. */
import * as torch from "../../src/index.ts";
import type { Answer } from "./answer.ts";
import { compare, compareExactly, type Fault } from "./compare.ts";
import { EAGER, type Manner, run, runTwice } from "./interpret.ts";
import type { Program } from "./program.ts";

export const COMPILED: readonly Manner[] = [
  { compiled: true, backward: "outside", inputs: "arguments" },
  { compiled: true, backward: "inside", inputs: "arguments" },
  { compiled: true, backward: "outside", inputs: "captured" },
];

/** Eager mode against PyTorch. */
export function checkEager(program: Program, wanted: Answer, disturbed: readonly Answer[] = []): Fault[] {
  return compare(program, run(program), wanted, disturbed);
}

/** A compiled function as it usually runs, without deterministic algorithms, against PyTorch. */
export function checkUsual(program: Program, wanted: Answer, disturbed: readonly Answer[] = []): Fault[] {
  const [answer] = runTwice(program, COMPILED[0]!);
  // Before it is traced to the end nothing is computed.
  if (answer!.stopped || wanted.stopped) return [];
  return compare(program, answer!, wanted, disturbed);
}

/** What a compiled function may refuse that eager mode computes: what depends on values, and captured tensors that change. */
const REFUSALS = /^CompileError/;

/** The class of an error and the op that it names. */
const kindOf = (error: string): string => error.split(":", 2).join();

/** Whether both found the same wrong with values: a compiled function does when it runs, and cannot say with which. */
function refuseAlike(compiled: Answer, eager: Answer): boolean {
  if (!compiled.stopped || !eager.stopped) return false;
  return kindOf(compiled.stopped.error) === kindOf(eager.stopped.error);
}

/** A compiled function against eager mode, with deterministic algorithms. */
export function checkCompiled(program: Program, manner: Manner): Fault[] {
  const before = torch.areDeterministicAlgorithmsEnabled();
  torch.useDeterministicAlgorithms(true);
  try {
    // A gradient of a leaf outside the function is added before or after all those from inside: other digits.
    const inside = { ...program, loss: program.loss.filter((reference) => "y" in reference) };
    const eager = runTwice(inside, { ...manner, compiled: false });
    const compiled = runTwice(inside, manner);
    if (compiled.some(({ stopped }) => stopped && REFUSALS.test(stopped.error))) return [];
    return compiled.flatMap((answer, i) => {
      if (refuseAlike(answer, eager[i]!)) return [];
      const faults = compareExactly(program, answer, eager[i]!);
      return faults.map((fault) => ({
        ...fault,
        text: `run ${i + 1} (${manner.inputs}, backward ${manner.backward}): ${fault.text}`,
      }));
    });
  } finally {
    torch.useDeterministicAlgorithms(before);
  }
}

export { EAGER };
