/** The code in docs/compile.md runs, and gives what it says. */
import { expect, it } from "vitest";
import { readSource } from "./doc-comments.ts";
import { runExample } from "./run-example.ts";

it("every block of docs/compile.md", async () => {
  const text = readSource("docs/compile.md");
  let compared = 0;
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)];
  for (const { 1: code, index } of blocks) {
    const line = text.slice(0, index).split("\n").length + 1;
    compared += await runExample({ file: "docs/compile.md", line, code: code! });
  }
  expect(blocks).toHaveLength(text.split("```ts").length - 1);
  expect(compared).toBe(4);
});
