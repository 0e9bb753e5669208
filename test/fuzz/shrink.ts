/** Smaller programs with the same fault: delta debugging over steps, inputs, shapes, dtypes and values. */
import { elementCount } from "../../src/base/index.ts";
import { decode, dtypeNamed, encode } from "./elements.ts";
import { apply, inputsOf } from "./interpret.ts";
import {
  type Argument,
  isSame,
  mapReferences,
  type Program,
  type Reference,
  referencesOf,
  type Source,
  type Step,
} from "./program.ts";

/** Which of these programs still have the fault. */
export type StillFails = (programs: readonly Program[]) => Promise<readonly boolean[]>;

/** The program with references renamed; null where one that is needed has no successor. */
function renamed(program: Program, replace: (reference: Reference) => Reference | null): Program | null {
  let isWhole = true;
  const find = (reference: Reference): Reference => {
    const found = replace(reference);
    if (found === null) isWhole = false;
    return found ?? reference;
  };
  const steps = program.steps.map((step) => mapReferences(step, find));
  const loss = program.loss.flatMap((reference) => replace(reference) ?? []);
  return isWhole ? { ...program, steps, loss } : null;
}

/** Without step i; what it gave becomes `instead`. */
function withoutStep(program: Program, i: number, instead: Reference | null): Program | null {
  const rest = { ...program, steps: program.steps.filter((_, k) => k !== i) };
  return renamed(rest, (reference) => {
    if ("x" in reference || reference.y < i) return reference;
    return reference.y === i ? instead : { y: reference.y - 1 };
  });
}

/** What steps give, where they run; undefined where they do not. */
function resultsOf(program: Program): (Source & { requiresGrad: boolean })[] {
  const environment = { x: inputsOf(program), y: [] as ReturnType<typeof apply>[] };
  const results: (Source & { requiresGrad: boolean })[] = [];
  try {
    for (const step of program.steps) {
      const y = apply(environment, step);
      environment.y.push(y);
      const elements = Array.from(y.toTypedArray() as Iterable<number | bigint>);
      const data = elements.map((value) => (typeof value === "bigint" ? String(value) : encode(value)));
      results.push({ dtype: y.dtype.name, shape: [...y.shape], data, requiresGrad: y.requiresGrad });
    }
  } catch {
    // The rest has no results.
  }
  return results;
}

function* fewerSteps(program: Program): Generator<Program | null> {
  const count = program.steps.length;
  for (const keep of [Math.ceil(count / 2), count - 1]) {
    const cut = { ...program, steps: program.steps.slice(0, keep) };
    if (keep < count && keep >= 0) yield { ...cut, loss: program.loss.filter((r) => "x" in r || r.y < keep) };
  }
  const results = resultsOf(program);
  for (let i = count - 1; i >= 0; i--) {
    yield withoutStep(program, i, null);
    for (const reference of referencesOf(program.steps[i]!)) yield withoutStep(program, i, reference);
    const result = results[i];
    if (!result) continue;
    // The result as an input.
    const { requiresGrad, ...source } = result;
    const isLeaf = requiresGrad && dtypeNamed(source.dtype).isFloatingPoint;
    const input = { source: program.sources.length, views: [], ...(isLeaf ? { requiresGrad } : {}) };
    const more = { ...program, sources: [...program.sources, source], inputs: [...program.inputs, input] };
    yield withoutStep(more, i, { x: program.inputs.length });
  }
}

function* fewerInputs(program: Program): Generator<Program | null> {
  const used = [...program.steps.flatMap(referencesOf), ...program.loss];
  for (let i = program.inputs.length - 1; i >= 0; i--) {
    if (used.some((reference) => isSame(reference, { x: i }))) continue;
    const rest = { ...program, inputs: program.inputs.filter((_, k) => k !== i) };
    yield renamed(rest, (reference) =>
      "x" in reference && reference.x > i ? { x: reference.x - 1 } : reference,
    );
  }
  for (let i = program.sources.length - 1; i >= 0; i--) {
    if (program.inputs.some(({ source }) => source === i)) continue;
    const inputs = program.inputs.map((input) =>
      input.source > i ? { ...input, source: input.source - 1 } : input,
    );
    yield { ...program, sources: program.sources.filter((_, k) => k !== i), inputs };
  }
}

function* simplerInputs(program: Program): Generator<Program> {
  const withInput = (i: number, input: Program["inputs"][number], sources = program.sources): Program => ({
    ...program,
    sources,
    inputs: program.inputs.map((own, k) => (k === i ? input : own)),
  });
  const tensors = inputsOf(program);
  for (const [i, input] of program.inputs.entries()) {
    if (input.views.length > 0) {
      const x = tensors[i]!;
      const elements = Array.from(x.toTypedArray() as Iterable<number | bigint>);
      const data = elements.map((value) => (typeof value === "bigint" ? String(value) : encode(value)));
      const source = { dtype: x.dtype.name, shape: [...x.shape], data };
      yield withInput(i, { ...input, source: program.sources.length, views: [] }, [
        ...program.sources,
        source,
      ]);
    }
    if (input.requiresGrad) yield withInput(i, { source: input.source, views: input.views });
  }
}

function* simplerGradients(program: Program): Generator<Program> {
  if (program.order > 0) {
    yield { ...program, order: 0, loss: [] };
    yield { ...program, order: (program.order - 1) as 0 | 1 };
  }
  for (const term of program.loss) yield { ...program, loss: program.loss.filter((other) => other !== term) };
}

function* simplerSteps(program: Program): Generator<Program> {
  const withStep = (i: number, step: Step): Program => ({
    ...program,
    steps: program.steps.map((own, k) => (k === i ? step : own)),
  });
  for (const [i, step] of program.steps.entries()) {
    const { noGrad, options, ...rest } = step;
    if (noGrad) yield withStep(i, options ? { ...rest, options } : rest);
    for (const name of Object.keys(options ?? {})) {
      const { [name]: _, ...others } = options!;
      yield withStep(
        i,
        Object.keys(others).length > 0
          ? { ...step, options: others }
          : { ...rest, ...(noGrad ? { noGrad } : {}) },
      );
    }
  }
}

/** A source with dimension d cut to `size`. */
function cut(source: Source, d: number, size: number): Source {
  const { shape, data } = source;
  const inner = elementCount(shape.slice(d + 1));
  const kept = data.filter((_, i) => Math.floor(i / inner) % shape[d]! < size);
  return { ...source, shape: shape.map((own, k) => (k === d ? size : own)), data: kept };
}

const resized = (argument: Argument, from: number, to: number): Argument =>
  Array.isArray(argument) ? argument.map((item) => (item === from ? to : resized(item, from, to))) : argument;

/** Every dimension of one size becomes smaller, in shapes among the arguments, too; or one dimension alone. */
function* smallerShapes(program: Program): Generator<Program> {
  const sizes = [...new Set(program.sources.flatMap(({ shape }) => shape))].filter((size) => size > 1);
  for (const size of sizes.sort((a, b) => b - a)) {
    for (const to of new Set([1, 2, Math.floor(size / 2), size - 1])) {
      if (to >= size) continue;
      const sources = program.sources.map((source) =>
        source.shape.reduce((smaller, own, d) => (own === size ? cut(smaller, d, to) : smaller), source),
      );
      const steps = program.steps.map((step) => ({
        ...step,
        args: step.args.map((arg) => resized(arg, size, to)),
      }));
      const inputs = program.inputs.map((input) => ({
        ...input,
        views: input.views.map((view) => ({ ...view, args: view.args.map((arg) => resized(arg, size, to)) })),
      }));
      yield { ...program, sources, inputs, steps };
    }
  }
  for (const [i, source] of program.sources.entries()) {
    for (const [d, size] of source.shape.entries()) {
      if (size < 2) continue;
      for (const to of new Set([1, size - 1]))
        yield { ...program, sources: program.sources.map((own, k) => (k === i ? cut(own, d, to) : own)) };
    }
  }
}

function* simplerValues(program: Program): Generator<Program> {
  const withSource = (i: number, source: Source): Program => ({
    ...program,
    sources: program.sources.map((own, k) => (k === i ? source : own)),
  });
  for (const [i, source] of program.sources.entries()) {
    const { dtype, data } = source;
    if (dtype === "float64") yield withSource(i, { ...source, dtype: "float32" });
    if (dtype !== "float32" && dtype !== "float64" && dtype !== "int64" && dtype !== "bool") {
      yield withSource(i, { ...source, dtype: "int64" });
    }
    if (dtype === "bool") continue;
    const candidates = [
      data.map(() => 0),
      data.map(() => 1),
      data.map((_, k) => k + 1),
      data.map((value) => (typeof value === "string" ? value : Math.round(Number(value)))),
    ];
    // In this order, so that no simplification undoes another.
    const from = candidates.findIndex((values) => String(values) === String(data));
    for (const values of from < 0 ? candidates : candidates.slice(0, from))
      yield withSource(i, { ...source, data: values });
    if (data.length > 16) continue;
    for (const [k, value] of data.entries()) {
      for (const simple of [0, 1, Math.round(Number(decode(value)))]) {
        if (!Number.isSafeInteger(simple) || simple === value) continue;
        if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= Math.abs(simple))
          continue;
        yield withSource(i, { ...source, data: data.map((own, n) => (n === k ? simple : own)) });
      }
    }
  }
}

const PHASES = [
  fewerSteps,
  simplerGradients,
  fewerInputs,
  simplerSteps,
  simplerInputs,
  smallerShapes,
  simplerValues,
  fewerInputs,
];

/** How often one phase makes a program smaller at a time: simpler values alone could take long. */
const MOST_ROUNDS = 40;
const MOST_PASSES = 4;

/** Candidates that are tried together. */
const TOGETHER = 24;

function* groups(candidates: Iterable<Program | null>): Generator<Program[]> {
  let group: Program[] = [];
  for (const candidate of candidates) {
    if (candidate) group.push(candidate);
    if (group.length === TOGETHER) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Whether the inputs can be made: a view may not fit what it shows any more. */
function hasInputs(program: Program): boolean {
  try {
    return inputsOf(program).length > 0 || program.inputs.length === 0;
  } catch {
    return false;
  }
}

async function improve(
  program: Program,
  phase: (program: Program) => Iterable<Program | null>,
  stillFails: StillFails,
): Promise<Program | null> {
  for (const group of groups(phase(program))) {
    const possible = group.filter(hasInputs);
    const fails = await stillFails(possible);
    const at = fails.indexOf(true);
    if (at >= 0) return possible[at]!;
  }
  return null;
}

/** The smallest program that is found, with the same fault as this one. */
export async function shrink(program: Program, stillFails: StillFails): Promise<Program> {
  for (let pass = 0, before: Program | null = null; before !== program && pass < MOST_PASSES; pass++) {
    before = program;
    for (const phase of PHASES) {
      for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
        const next = await improve(program, phase, stillFails);
        if (next === null) break;
        program = next;
      }
    }
  }
  return program;
}
