/** Programs as TypeScript, for a reader. */
import { decode } from "./elements.ts";
import { functionNamed } from "./interpret.ts";
import {
  type Argument,
  isReference,
  nameOf,
  type Program,
  type Reference,
  type Source,
  type Step,
} from "./program.ts";

function literal(argument: Argument): string {
  if (Array.isArray(argument)) return `[${argument.map(literal).join(", ")}]`;
  if (typeof argument !== "object" || argument === null) return JSON.stringify(argument);
  if (isReference(argument)) return nameOf(argument);
  if ("number" in argument) return element(argument.number, "float64");
  if ("dtype" in argument) return `torch.${argument.dtype}`;
  return `new torch.Slice(${(argument as { slice: readonly (number | null)[] }).slice.join(", ")})`;
}

function element(value: Source["data"][number], dtype: Source["dtype"]): string {
  const decoded = decode(value);
  if (dtype === "bool") return String(Boolean(decoded));
  if (Number.isNaN(decoded)) return "NaN";
  return Object.is(decoded, -0) ? "-0" : typeof decoded === "bigint" ? `${decoded}n` : String(decoded);
}

function call(op: string, args: readonly string[], isMethod: boolean): string {
  if (isMethod || !functionNamed(op)) return `${args[0]}.${op}(${args.slice(1).join(", ")})`;
  return `${op in nn ? "F" : "torch"}.${op}(${args.join(", ")})`;
}

import * as torch from "../../src/index.ts";

/** Functions that stand in torch.nn.functional alone. */
const nn: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(torch.nn.functional).filter(([name]) => !(name in { ...torch })),
);

function stepText(step: Step): string {
  const args = step.args.map(literal);
  if (step.options) {
    args.push(
      `{ ${Object.entries(step.options)
        .map(([name, value]) => `${name}: ${literal(value)}`)
        .join(", ")} }`,
    );
  }
  const result = call(step.op, args, step.method === true);
  const text = step.noGrad ? `torch.noGrad(() => ${result})` : result;
  return step.pick === undefined
    ? text
    : typeof step.pick === "number"
      ? `${text}[${step.pick}]`
      : `${text}.${step.pick}`;
}

export function toTypeScript(program: Program): string {
  const lines = program.sources.map(({ dtype, shape, data }, i) => {
    const values = data.map((value) => element(value, dtype)).join(", ");
    return `const m${i} = torch.tensor([${values}], { dtype: torch.${dtype} }).reshape([${shape.join(", ")}]);`;
  });
  for (const [i, { source, views, requiresGrad }] of program.inputs.entries()) {
    const seen = views.map(({ op, args }) => `.${op}(${args.map(literal).join(", ")})`).join("");
    lines.push(`const x${i} = m${source}${seen}${requiresGrad ? ".requiresGrad_()" : ""};`);
  }
  for (const [i, step] of program.steps.entries()) lines.push(`const y${i} = ${stepText(step)};`);
  if (program.order > 0) {
    const sum = program.loss.map((reference: Reference) => nameOf(reference)).join(", ");
    lines.push(`// ${program.order === 1 ? "first" : "second"} derivatives of the weighted sum of ${sum}`);
  }
  return lines.join("\n");
}
