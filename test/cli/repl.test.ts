import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { temporaryFolder } from "./capture.ts";

/** A terminal that types lines and waits for the prompt before each. */
async function type(lines: readonly string[], argv: readonly string[] = ["repl"]) {
  const cwd = temporaryFolder();
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const [stdin, stdout, stderr] = [terminal(), terminal(), terminal()];
  let text = "";
  stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const history = join(cwd, "history");
  const env = { XORCH_HISTORY: history, NO_COLOR: "1" };
  const ended = run(argv, { stdin, stdout, stderr, env, cwd });
  for (const line of lines) {
    // Lines are keys of a keyboard to a terminal: a short while apart.
    await sleep(60);
    stdin.write(line);
  }
  const code = await ended;
  return { code, text: stripVTControlCharacters(text), history: readFileSync(history, "utf8") };
}

describe("xorch repl on a terminal", () => {
  it("greets, evaluates with await at the top, keeps the history, and ends at Ctrl-D", async () => {
    const { code, text, history } = await type([
      "await Promise.resolve(6 * 7)\r",
      "torch.ones([2]).add(1)\r",
      "\u0004",
    ]);
    expect(code).toBe(0);
    expect(text).toMatch(/^Xorch \d.*Loaded: torch, nn, optim, F/);
    expect(text).toMatch(/\n42\r?\n/);
    expect(text).toContain("tensor([2., 2.])");
    expect(history.split("\n").slice(0, 2)).toEqual([
      "torch.ones([2]).add(1)",
      "await Promise.resolve(6 * 7)",
    ]);
  });

  it("takes a statement over several lines, and ends at .exit", async () => {
    const { code, text } = await type([
      "function twice(a) {\r",
      "return 2 * a }\r",
      "twice(21)\r",
      ".exit\r",
    ]);
    expect(code).toBe(0);
    expect(text).toMatch(/\n42\r?\n/);
  });

  it("greets in Korean", async () => {
    const { text } = await type([".exit\r"], ["--lang", "ko", "repl"]);
    expect(text).toContain("불러온 것: torch");
  });
});
