/**
 * Writes docs/ops.md, the table of every op, from the registry and the doc comments, and the pages of docs/api/ from the
 * built declarations: `npm run docs`. What an op takes
 * and whether it has a gradient is asked of the op itself, by calling it.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DType, dtypes, XorchError } from "../src/base/index.ts";
import { Tensor } from "../src/index.ts";
import type { PointwiseFunction } from "../src/ops/pointwise-function.ts";
import type { PointwiseRecord } from "../src/ops/pointwise-op.ts";
import { functions, methods, pointwiseOps } from "../src/ops/registry.ts";
import { sourceFiles } from "../test/docs/doc-comments.ts";
import { type OpSource, readOps } from "../test/docs/op-sources.ts";
import { type Case, type Name, toTensor } from "../test/oracle/case.ts";
import { positionCases } from "../test/oracle/position-cases.ts";
import { structuralCases } from "../test/oracle/structural-cases.ts";
import { apiPages } from "./docs/api-pages.ts";

const PYTORCH = "https://pytorch.org/docs/stable/";

const file = fileURLToPath(new URL("../docs/ops.md", import.meta.url));

/** What is found out about one op by trying. */
interface Behaviour {
  /** The dtype of the result for each dtype that is taken. */
  readonly results: ReadonlyMap<DType, DType>;
  readonly gradient: string;
}

function isPointwise(name: string): name is keyof typeof pointwiseOps {
  return Object.hasOwn(pointwiseOps, name);
}

/** The dtypes that `attempt` does not refuse, with the dtype that it gives. */
function tryDtypes(attempt: (dtype: DType) => DType): Map<DType, DType> {
  const results = new Map<DType, DType>();
  for (const dtype of dtypes) {
    try {
      results.set(dtype, attempt(dtype));
    } catch (error) {
      if (!(error instanceof XorchError)) throw error;
    }
  }
  return results;
}

function pointwiseBehaviour(op: PointwiseRecord): Behaviour {
  const take =
    (first: (dtype: DType) => DType) =>
    (dtype: DType): PointwiseFunction =>
      op.specialize(Array.from({ length: op.arity }, (_, i) => (i === 0 ? first(dtype) : dtype)));
  let specialize = take((dtype) => dtype);
  let results = tryDtypes((dtype) => specialize(dtype).expression.dtype);
  const bool = dtypes[0]!;
  if (results.size === 1 && results.has(bool)) {
    // Only bool in the first place: a condition, and the dtypes are those of what it chooses among.
    specialize = take(() => bool);
    results = tryDtypes((dtype) => specialize(dtype).expression.dtype);
  }
  const fn = specialize(dtypes.find((dtype) => dtype.isFloatingPoint && results.has(dtype)) ?? bool);
  const has = fn.dtypes.some((_, i) => fn.gradientOf(i) !== null);
  return { results, gradient: has ? (fn.rule ? "closed form" : "derived symbolically") : "none" };
}

/** The questions that the tests ask of an op, where every number is one that any dtype can hold. */
function questionsOf(name: string): Case[] {
  return [...structuralCases, ...positionCases].filter(
    ({ id, inputs }) =>
      id.split(" ")[0] === name &&
      inputs[0]?.dtype === "float32" &&
      inputs.every(({ data }) => data.every((value) => typeof value !== "string")),
  );
}

function firstTensor(value: unknown): Tensor | null {
  if (value instanceof Tensor) return value;
  const parts = typeof value === "object" && value !== null ? Object.values(value) : [];
  return parts.find((part) => part instanceof Tensor) ?? null;
}

/** What the op itself gives when a question is asked with its float32 inputs converted. */
function ask(name: string, question: Case, dtype: Name, requiresGrad: boolean): Tensor {
  const inputs = question.inputs.map((input) =>
    toTensor(input.dtype === "float32" ? { ...input, dtype } : input, requiresGrad),
  );
  // A question may go on computing with what the method gives: listen to the method.
  const prototype = Tensor.prototype as unknown as Record<
    string,
    ((...args: unknown[]) => unknown) | undefined
  >;
  const method = prototype[name];
  if (!method) return question.call(inputs);
  let given: Tensor | null = null;
  let depth = 0;
  prototype[name] = function listening(this: Tensor, ...args: unknown[]) {
    depth++;
    const result = method.apply(this, args);
    if (--depth === 0) given ??= firstTensor(result);
    return result;
  };
  try {
    const answer = question.call(inputs);
    return given ?? answer;
  } finally {
    prototype[name] = method;
  }
}

/** What the op gives when the first question is asked that it does not refuse. */
function answerOfAny(name: string, questions: readonly Case[], dtype: Name): Tensor {
  let refusal: unknown;
  for (const question of questions) {
    try {
      return ask(name, question, dtype, false);
    } catch (error) {
      if (!(error instanceof XorchError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function structuralBehaviour(name: string, questions: readonly Case[]): Behaviour {
  const results = tryDtypes((dtype) => answerOfAny(name, questions, dtype.name).dtype);
  const steps = questions.map((question) => ask(name, question, "float32", true).gradFn?.name);
  if (steps.every((step) => step === undefined)) return { results, gradient: "none" };
  return { results, gradient: steps.includes(name) ? "closed form" : "of the ops it is made of" };
}

function named(some: readonly DType[]): string {
  const ofKind = (kind: DType["kind"]) => dtypes.filter((dtype) => dtype.kind === kind);
  const covers = (all: readonly DType[]) => all.every((dtype) => some.includes(dtype));
  const isWhole = some.every((dtype) => !dtype.isFloatingPoint);
  if (isWhole && covers([...ofKind("int"), ...ofKind("bool")])) return "integers and bool";
  if (isWhole && covers(ofKind("int"))) return "integers";
  return some.map((dtype) => dtype.name).join(", ");
}

function dtypesText(results: ReadonlyMap<DType, DType>): string {
  const taken = [...results.keys()];
  const missing = dtypes.filter((dtype) => !results.has(dtype));
  let text = named(taken);
  if (missing.length === 0) text = "all";
  else if (taken.every((dtype) => dtype.isFloatingPoint)) text = "floating point";
  else if (missing.length <= 2 && !missing.some((dtype) => dtype.isFloatingPoint)) {
    text = `all but ${named(missing)}`;
  }
  const changed = taken.filter((dtype) => results.get(dtype) !== dtype);
  const target = changed[0] && results.get(changed[0])!;
  if (!target) return text;
  const giving = taken.filter((dtype) => results.get(dtype) === target);
  if (giving.length === taken.length) return `${text}; gives ${target.name}`;
  // int64 that stays int64 is one of the "integers and bool" that give int64.
  const together = giving.filter((dtype) => dtype.isFloatingPoint === changed[0]!.isFloatingPoint);
  const some = named(together.length > 2 ? together : changed);
  return `${text}; ${some} ${changed.length > 1 ? "give" : "gives"} ${target.name}`;
}

/** The counterpart with a link to its page, from the source that the doc comment names. */
function counterpart(source: OpSource): string {
  const url = source.urls.find((found) => found.startsWith(PYTORCH));
  if (!url) return "none";
  const page = url
    .slice(PYTORCH.length)
    .replace(/^generated\//, "")
    .replace(/\.html.*$/, "");
  return `[${page}](${url})`;
}

function optionsText(name: string, source: OpSource): string {
  if (!isPointwise(name)) return source.options.map((option) => `\`${option}\``).join(", ") || "none";
  const attributes = Object.entries(pointwiseOps[name].attributes);
  return (
    attributes.map(([option, initial]) => `\`${option} = ${JSON.stringify(initial)}\``).join(", ") || "none"
  );
}

function inPlaceText(name: string): string {
  if (name.endsWith("_")) return "is one";
  return `${name}_` in Tensor.prototype ? `\`${name}_\`` : "none";
}

function row(name: string, sources: ReadonlyMap<string, OpSource>): string {
  const source = sources.get(name);
  if (!source) throw new Error(`docs: the op ${name} has no doc comment`);
  const questions = questionsOf(name);
  const behaviour = isPointwise(name)
    ? pointwiseBehaviour(pointwiseOps[name])
    : questions.length > 0
      ? structuralBehaviour(name, questions)
      : null;
  const cells = [
    `\`${name}\``,
    counterpart(source),
    behaviour ? dtypesText(behaviour.results) : "all",
    optionsText(name, source),
    behaviour?.gradient ?? "of the ops it is made of",
    inPlaceText(name),
    behaviour?.gradient === "none" ? "cpu: forward" : "cpu: forward, backward",
    source.summary,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function table(names: readonly string[], options: string, sources: ReadonlyMap<string, OpSource>): string {
  const head = ["op", "PyTorch", "dtypes", options, "gradient", "in place", "devices", "what it computes"];
  return [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...[...names].sort((a, b) => a.localeCompare(b, "en")).map((name) => row(name, sources)),
  ].join("\n");
}

/** The whole page. */
export function opsPage(): string {
  const sources = readOps(sourceFiles("src/ops"));
  const others = Object.keys(methods).filter((name) => !isPointwise(name));
  return `# Ops

Made by \`npm run docs\` from the op records and their doc comments; a test fails when this page is out of date.

Every op is a function, \`torch.relu(x)\`. Most are methods, too: \`x.relu()\`. Gradients are of every order: a
"closed form" stands in the op's record, "derived symbolically" is worked out from its expression, and some ops are made
of others, whose gradients they have. Options are PyTorch's, in camelCase.

## Pointwise ops

They broadcast, take a plain number in place of one operand, and have an in-place form.

${table(Object.keys(pointwiseOps), "options", sources)}

## Reductions, products, movement, indexing

${table(others, "further arguments", sources)}

## Functions only

Of a list of tensors, and layers of networks: no methods, so that a bundle carries only those that are called.

${table(Object.keys(functions), "further arguments", sources)}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, opsPage());
  const folder = fileURLToPath(new URL("../docs/api/", import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of apiPages()) writeFileSync(folder + name, text);
  console.log(`${Object.keys({ ...methods, ...functions }).length} ops in docs/ops.md`);
}
