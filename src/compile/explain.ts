/** `torch.compile.explain`: a compiled function, put into words. */
import type { Buffer, Place } from "../device/program.ts";
import type { Assembled } from "./assemble.ts";
import { type Compiled, compiledOf } from "./compile-function.ts";
import type { CompiledProgram } from "./compiled-program.ts";
import { type Cost, costOf } from "./cost.ts";
import { Gradient } from "./gradient.ts";

/** So many of the ops of a step are named. */
const MOST_NAMES = 6;

/** The ops of a step, equal neighbours together. */
export function opsText(names: readonly string[]): string {
  const parts: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = parts.at(-1);
    if (last?.name === name) last.count++;
    else parts.push({ name, count: 1 });
  }
  const text = parts.slice(0, MOST_NAMES).map(({ name, count }) => (count > 1 ? `${count} x ${name}` : name));
  const left = parts.slice(MOST_NAMES).reduce((sum, { count }) => sum + count, 0);
  return text.join(", ") + (left > 0 ? ` and ${left} more` : "");
}

/** "3.1 kB" */
function quantity(n: number, unit: string): string {
  const steps = ["", "k", "M", "G", "T"];
  let at = 0;
  while (n >= 1000 && at < steps.length - 1) {
    n /= 1000;
    at++;
  }
  return `${at === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${steps[at]}${unit}`;
}

function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** What is read or written, and where it lies: in the workspace, or in memory of its own. */
function placeText({ buffer, shape }: Place): string {
  return `${buffer.dtype.name}[${shape.join(", ")}]${buffer.storage === null ? `@${buffer.offset}` : ""}`;
}

/** Columns of equal width. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join("  ")
        .trimEnd()}`,
  );
}

function stepsText({ runnable }: Assembled): string[] {
  const costs = runnable.notes.map(({ step }) => costOf(step));
  const sum = (key: keyof Cost): number => costs.reduce((total, cost) => total + cost[key], 0);
  const total = { operations: sum("operations"), bytes: sum("bytes") };
  const share = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))}%`;
  const rows = runnable.notes.map(({ step, way }, i) => {
    const { operations, bytes } = costs[i]!;
    return [
      String(i + 1),
      step.kind,
      opsText(step.names),
      `${step.inputs.map(placeText).join(", ")} -> ${step.outputs.map(placeText).join(", ")}`,
      `${quantity(operations, "flop")} ${share(operations, total.operations)}`,
      `${quantity(bytes, "B")} ${share(bytes, total.bytes)}`,
      way,
    ];
  });
  const ops = runnable.notes.reduce((count, { step }) => count + step.names.length, 0);
  return [
    `${plural(ops, "op")} in ${plural(rows.length, "step")}, ${quantity(total.operations, "flop")}, ${quantity(total.bytes, "B")}:`,
    ...table([["", "kind", "ops", "operands", "arithmetic", "memory", "done by"], ...rows]),
  ];
}

function memoryText({ plan, kept }: Assembled): string {
  const { steps, workspaceBytes } = plan.program;
  const buffers = new Set(
    steps.flatMap((step) => [...step.inputs, ...step.outputs].map(({ buffer }) => buffer)),
  );
  const residents = [...buffers].filter(({ storage }) => storage !== null);
  const bytes = (some: readonly Pick<Buffer, "dtype" | "length">[]): number =>
    some.reduce((sum, { dtype, length }) => sum + length * dtype.bytes, 0);
  return (
    `memory: a workspace of ${quantity(workspaceBytes, "B")} (${quantity(plan.unsharedBytes, "B")} if nothing were shared), ` +
    `${plural(residents.length, "tensor")} of their own of ${quantity(bytes(residents), "B")}, ${kept.length} of them results and gradients`
  );
}

/** What a program is for. */
function conditions(key: string, { recordsGradients, dtype }: CompiledProgram<never, unknown>): string {
  const given = key.replaceAll(/#\d+|torch\.|number:/g, "");
  return `for ${given === "" ? "no arguments" : `arguments ${given}`}, gradients ${recordsGradients ? "" : "not "}recorded, default dtype ${dtype.name}`;
}

function timesText(times: Readonly<Record<string, number>>): string {
  const total = Object.values(times).reduce((a, b) => a + b);
  const parts = Object.entries(times).map(([name, time]) => `${name} ${time.toFixed(1)}`);
  return `compiled in ${total.toFixed(1)} ms: ${parts.join(", ")}`;
}

function programText({ key, program }: Compiled["cache"][number]): string[] {
  const { assembled, traceTime, history } = program;
  const gradients = history instanceof Gradient ? history.programs : [];
  return [
    conditions(key, program),
    timesText({ trace: traceTime, ...assembled.times }),
    memoryText(assembled),
    ...stepsText(assembled),
    ...gradients.flatMap((gradient) => [
      "its backward pass",
      timesText({ ...gradient.assembled.times }),
      memoryText(gradient.assembled),
      ...stepsText(gradient.assembled),
    ]),
  ];
}

/**
 * Says in words what a compiled function has become: for each of its programs, the one that was used last in front, the
 * arguments and settings that it is for, how long the parts of its compilation took, its memory, and its steps with the
 * ops that they do the work of, what they read and write (`@` and the place, if in the workspace), their estimated
 * arithmetic and memory traffic with their shares, and by what they are done.
 *
 * @throws CompileError for what `torch.compile` did not give, and for a function that has not been called yet.
 * Source: https://pytorch.org/docs/stable/generated/torch.compile.html
 *
 * @example
 * const double = torch.compile((x: torch.Tensor) => x.mul(2).exp().sum());
 * double(torch.ones([4]));
 * console.log(torch.compile.explain(double));
 * torch.compile.explain(double).includes("3 ops in 1 step"); // true
 */
export function explain(compiled: (...args: never) => unknown): string {
  const { name, cache } = compiledOf("compile.explain", compiled);
  const programs = cache.flatMap((cached, i) => [
    `program ${i + 1} of ${cache.length}`,
    ...programText(cached),
  ]);
  return [`compiled ${name}: ${plural(cache.length, "program")}`, ...programs].join("\n");
}
