/** Every example in a doc comment is TypeScript that the compiler takes, under the repository's own strict rules. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Example, examplesOf, sourceFiles } from "./doc-comments.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}node_modules/.cache/doc-examples`;

/** The names that `run-example.ts` puts at hand. */
const prelude = [
  'import * as torch from "xorch";',
  'import type { Tensor } from "xorch";',
  'import * as plot from "xorch/plot";',
  "type FunctionContext = torch.autograd.FunctionContext;",
  "const { nn, optim } = torch;",
  "const F = nn.functional;",
  "declare const x: Tensor, y: Tensor, loss: Tensor, model: torch.nn.Sequential;",
];

/** One function an example, and for each line the place that it comes from. */
function program(examples: readonly Example[]): { lines: string[]; places: string[] } {
  const lines = [...prelude];
  const places = prelude.map(() => "the prelude");
  const write = (line: string, place: string): void => {
    lines.push(line);
    places.push(place);
  };
  for (const [i, { file, line, code }] of examples.entries()) {
    write(`export function example${i}() {`, `${file}:${line}`);
    for (const [k, text] of code.split("\n").entries()) {
      const names = /^import (\{.*\}) from "xorch\/plot";$/.exec(text)?.[1];
      const code = names ? `const ${names} = plot;` : text.replace(/^import .* from "xorch(\/\w+)?";$/, "");
      write(code, `${file}:${line + k}`);
    }
    write("}", `${file}:${line}`);
  }
  return { lines, places };
}

/** What the compiler has against the examples, with the places in the source files. */
function complaints(examples: readonly Example[]): string[] {
  const { lines, places } = program(examples);
  const config = {
    extends: "../../../tsconfig.json",
    compilerOptions: {
      // Examples end where they have shown what they show.
      noUnusedLocals: false,
      rootDir: "../../..",
      paths: { xorch: ["../../../src/index.ts"], "xorch/*": ["../../../src/*/index.ts"] },
    },
    include: ["examples.ts"],
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  writeFileSync(`${folder}/examples.ts`, lines.join("\n"));
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  const { stdout } = spawnSync(process.execPath, [compiler, "--noEmit", "--pretty", "false", "-p", folder], {
    encoding: "utf8",
  });
  return stdout.split("\n").flatMap((line) => {
    const [, number, message] = /examples\.ts\((\d+),\d+\): (.*)/.exec(line) ?? [];
    if (number) return [`${places[Number(number) - 1]}: ${message}`];
    return line.includes("doc-examples") ? [line] : [];
  });
}

// The files of src/random/ have no public door: their examples use the layer's own names.
const examples = sourceFiles("src")
  .filter((file) => !file.startsWith("src/random/"))
  .flatMap(examplesOf);

it("the compiler takes every example, and would not take a wrong one", () => {
  const wrong: Example = { file: "made-up.ts", line: 7, code: 'torch.zeros([2]);\ntorch.zeros("two");' };
  const found = complaints([...examples, wrong]);
  expect(found.filter((complaint) => !complaint.startsWith("made-up.ts"))).toEqual([]);
  expect(found.filter((complaint) => complaint.startsWith("made-up.ts:8: "))).toHaveLength(1);
});
