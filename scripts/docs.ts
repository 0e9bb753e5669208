/**
 * Writes docs/ops.md, the table of every op, from the registry and the doc comments: `npm run docs`. What an op takes
 * and whether it has a gradient is asked of the op itself, by calling it.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DType, DTypeError, dtypes } from "../src/base/index.ts";
import { type DTypeName, Tensor } from "../src/index.ts";
import type { PointwiseFunction } from "../src/ops/pointwise-function.ts";
import type { PointwiseRecord } from "../src/ops/pointwise-op.ts";
import { functions, methods, pointwiseOps } from "../src/ops/registry.ts";
import { sourceFiles } from "../test/docs/doc-comments.ts";
import { type OpSource, readOps } from "../test/docs/op-sources.ts";
import { type Case, toTensor } from "../test/oracle/case.ts";
import { structuralCases } from "../test/oracle/structural-cases.ts";

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

/** The dtypes for which `attempt` throws no DTypeError, with the dtype that it gives. */
function tryDtypes(attempt: (dtype: DType) => DType): Map<DType, DType> {
  const results = new Map<DType, DType>();
  for (const dtype of dtypes) {
    try {
      results.set(dtype, attempt(dtype));
    } catch (error) {
      if (!(error instanceof DTypeError)) throw error;
    }
  }
  return results;
}

function pointwiseBehaviour(op: PointwiseRecord): Behaviour {
  const take = (first: (dtype: DType) => DType) => (dtype: DType): PointwiseFunction =>
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

/** The first question that the tests ask of an op, in float32. */
function questionOf(name: string): Case | undefined {
  return structuralCases.find(({ id, inputs }) => id.split(" ")[0] === name && inputs[0]?.dtype === "float32");
}

/** The result of asking with the float32 inputs converted. */
function ask(question: Case, dtype: DTypeName, requiresGrad: boolean): Tensor {
  const inputs = question.inputs.map((input) =>
    toTensor(input.dtype === "float32" ? { ...input, dtype } : input, requiresGrad),
  );
  return question.call(inputs);
}

function structuralBehaviour(name: string, question: Case): Behaviour {
  const results = tryDtypes((dtype) => ask(question, dtype.name, false).dtype);
  const { gradFn } = ask(question, "float32", true);
  if (!gradFn) return { results, gradient: "none" };
  return { results, gradient: gradFn.name === name ? "closed form" : "of the ops it is made of" };
}

function dtypesText(results: ReadonlyMap<DType, DType>): string {
  const taken = [...results.keys()];
  const missing = dtypes.filter((dtype) => !results.has(dtype));
  const names = (some: readonly DType[]) => some.map((dtype) => dtype.name).join(", ");
  const kinds = new Set(taken.map((dtype) => dtype.kind));
  let text = names(taken);
  if (missing.length === 0) text = "all";
  else if (kinds.size === 1 && kinds.has("float")) text = "floating point";
  else if (missing.every((dtype) => dtype.isFloatingPoint)) text = "integers, bool";
  else if (missing.length <= 2) text = `all but ${names(missing)}`;
  const targets = new Set(taken.map((dtype) => results.get(dtype)!));
  const changed = taken.filter((dtype) => results.get(dtype) !== dtype);
  if (changed.length === 0) return text;
  if (targets.size === 1) return `${text}; gives ${names([...targets])}`;
  const changedTargets = new Set(changed.map((dtype) => results.get(dtype)!));
  return `${text}; ${names(changed)} give ${names([...changedTargets])}`;
}

/** The counterpart with a link to its page, from the source that the doc comment names. */
function counterpart(source: OpSource): string {
  const url = source.urls.find((found) => found.startsWith(PYTORCH));
  if (!url) return "none";
  const page = url.slice(PYTORCH.length).replace(/^generated\//, "").replace(/\.html.*$/, "");
  return `[${page}](${url})`;
}

function optionsText(name: string, source: OpSource): string {
  if (!isPointwise(name)) return source.options.map((option) => `\`${option}\``).join(", ") || "none";
  const attributes = Object.entries(pointwiseOps[name].attributes);
  return attributes.map(([option, initial]) => `\`${option} = ${JSON.stringify(initial)}\``).join(", ") || "none";
}

function inPlaceText(name: string): string {
  if (name.endsWith("_")) return "is one";
  return `${name}_` in Tensor.prototype ? `\`${name}_\`` : "none";
}

function row(name: string, sources: ReadonlyMap<string, OpSource>): string {
  const source = sources.get(name);
  if (!source) throw new Error(`docs: the op ${name} has no doc comment`);
  const question = questionOf(name);
  const behaviour = isPointwise(name)
    ? pointwiseBehaviour(pointwiseOps[name])
    : question
      ? structuralBehaviour(name, question)
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

function table(names: readonly string[], sources: ReadonlyMap<string, OpSource>): string {
  const head = ["op", "PyTorch", "dtypes", "options", "gradient", "in place", "devices", "what it computes"];
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

Every op is a function, \`torch.relu(x)\`. Those of a tensor are methods, too: \`x.relu()\`. Gradients are of every order: a
"closed form" stands in the op's record, "derived symbolically" is worked out from its expression, and some ops are made
of others, whose gradients they have. Options are PyTorch's, in camelCase.

## Pointwise ops

They broadcast, take a plain number in place of one operand, and have an in-place form.

${table(Object.keys(pointwiseOps), sources)}

## Reductions, products, movement, indexing

${table(others, sources)}

## Of a list of tensors

${table(Object.keys(functions), sources)}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, opsPage());
  console.log(`${Object.keys({ ...methods, ...functions }).length} ops in docs/ops.md`);
}
