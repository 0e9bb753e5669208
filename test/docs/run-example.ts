/** Runs the code of a doc comment, and compares what it says that a statement gives with what it gives. */
import { parseSync, transformWithOxc } from "vite";
import * as torch from "../../src/index.ts";
import * as plot from "../../src/plot/index.ts";
import type { Example } from "./doc-comments.ts";

const root = new URL("../../", import.meta.url);

/** What an example may use without declaring it: a small model, the XOR table, and a loss to walk back from. */
function prelude(): Record<string, unknown> {
  torch.manualSeed(0);
  const x = torch.tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = torch.tensor([[0], [1], [1], [0]]);
  const model = new torch.nn.Sequential(new torch.nn.Linear(2, 1), new torch.nn.Sigmoid());
  const loss = new torch.nn.BCELoss().forward(model.forward(x), y);
  const { nn, optim } = torch;
  // What an example logs counts as the value of the call.
  const console = { log: (value: unknown) => value };
  return { torch, nn, optim, F: nn.functional, console, x, y, model, loss };
}

/** The public names, and for the layers that have no public door of their own those of the file and its folder. */
async function scopeOf(file: string): Promise<Record<string, unknown>> {
  if (file.startsWith("src/plot/")) return { ...plot, ...prelude() };
  if (!file.startsWith("src/random/")) return prelude();
  const folder = (await import(new URL("src/random/index.ts", root).href)) as Record<string, unknown>;
  const own = (await import(new URL(file, root).href)) as Record<string, unknown>;
  return { ...folder, ...own, ...prelude() };
}

/** A value on one line, as `console.log` shows it. */
export function printed(value: unknown): string {
  if (value instanceof torch.Tensor) return tidy(String(value));
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (ArrayBuffer.isView(value)) return numberList(Array.from(value as Float32Array, Number));
  if (Object.getPrototypeOf(value ?? 0) === Object.prototype) {
    const parts = Object.entries(value as object).map(([name, part]) => `${name}: ${printed(part)}`);
    return `{ ${parts.join(", ")} }`;
  }
  return String(value);
}

/** Numbers as a tensor of them prints: whole, or with four digits. */
function numberList(numbers: readonly number[]): string {
  const areWhole = numbers.every((number) => Math.trunc(number) === number);
  return numbers.map((number) => (areWhole ? String(number) : number.toFixed(4))).join(", ");
}

/** Line breaks and the spaces that align columns do not count. */
function tidy(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\[ /g, "[").trim();
}

/** Whether the comment says the value: exactly, up to "...", or followed by ": " and what there is to add. */
export function agrees(comment: string, value: string): boolean {
  const said = tidy(comment);
  if (said.endsWith("...")) return value.startsWith(said.slice(0, -3).trimEnd());
  return said === value || said.startsWith(`${value}: `);
}

interface Statement {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly source?: { readonly value: string };
  readonly expression?: {
    readonly type: string;
    readonly start: number;
    readonly end: number;
    readonly arguments?: readonly { readonly start: number; readonly end: number }[];
  };
}

/** The code with each statement announced by its line, and each value that a comment follows handed over. */
function instrument({ code, line, file }: Example): string {
  const { program, errors } = parseSync("example.ts", code);
  if (errors.length > 0) throw new Error(`${file}:${line}: ${errors[0]!.message}`);
  let result = "";
  let done = 0;
  for (const statement of program.body as readonly Statement[]) {
    const { type, start, end, source, expression } = statement;
    result += code.slice(done, start);
    done = end;
    if (type === "ImportDeclaration" && /^xorch(\/\w+)?$/.test(source!.value)) continue;
    const at = line + code.slice(0, start).split("\n").length - 1;
    const comment = /^[ \t]*\/\/ (.*)/.exec(code.slice(end))?.[1];
    result += `at(${at});`;
    if (!expression || comment === undefined) result += code.slice(start, end);
    else {
      // A call without a value has filled its first argument.
      const [first] = expression.arguments ?? [];
      const filled = first ? code.slice(first.start, first.end) : "undefined";
      const value = code.slice(expression.start, expression.end);
      result += `check(${JSON.stringify(comment)}, (${value}), () => (${filled}));`;
    }
  }
  return result + code.slice(done);
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs an example; gives the number of values compared. Throws an error that begins with the file and line. */
export async function runExample(example: Example): Promise<number> {
  let { line } = example;
  let compared = 0;
  const at = (next: number): void => {
    line = next;
  };
  const check = (comment: string, value: unknown, filled: () => unknown): void => {
    const isFill = value === undefined;
    if (isFill && !/^-?\d/.test(comment)) return;
    const found = printed(isFill ? filled() : value);
    compared++;
    if (!agrees(comment, found)) throw new Error(`the comment says ${comment}, the value is ${found}`);
  };
  const scope = { ...(await scopeOf(example.file)), at, check };
  const { code } = await transformWithOxc(instrument(example), "example.ts");
  try {
    // In a block of its own, where an example may declare a name of the scope anew.
    await new AsyncFunction(...Object.keys(scope), `{${code}\n}`)(...Object.values(scope));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${example.file}:${line}: ${message}`, { cause: error });
  }
  return compared;
}
