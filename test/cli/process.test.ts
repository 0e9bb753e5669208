/** What only a process of its own shows: exit codes, signals, closed pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import program_a from "../fixtures/reference/xor_manual_2-2-1.json" with { type: "json" };
import program_b from "../fixtures/reference/xor_nn_2-10-10-10-1_lr3.json" with { type: "json" };
import { listing, temporaryFolder } from "./capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a source file of the repository. */
function startFile(file: string, argv: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
  const loader = pathToFileURL(`${root}node_modules/tsx/dist/loader.mjs`).href;
  const child = spawn(process.execPath, ["--import", loader, root + file, ...argv], {
    cwd,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.json`, LC_ALL: "C" },
  });
  child.stdin.on("error", () => {});
  return child;
}

const start = (argv: readonly string[], cwd: string) => startFile("src/cli/main.ts", argv, cwd);

async function finish(child: ChildProcessWithoutNullStreams, input = "") {
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  }
  child.stdin.end(input);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...text };
}

describe("the process", { timeout: 180_000 }, () => {
  it("ends with 0 when all went well and 2 for wrong use", async () => {
    const cwd = temporaryFolder();
    const good = await finish(start(["learn", "gates", "--out", "here", "--quiet"], cwd));
    expect(good).toMatchObject({ code: 0, stderr: "" });
    const bad = await finish(start(["learn", "gates", "--out", "here"], cwd));
    expect(bad.code).toBe(2);
    expect(bad.stdout).toBe("");
    expect(bad.stderr).toMatch(/^xorch: --out: .* is not empty; a run is never overwritten\n$/);
  });

  it("ends with 1 and one line where the report cannot be written", async () => {
    // Nobody may make folders in /proc.
    const child = start(["learn", "gates", "--out", "/proc/xorch-test"], temporaryFolder());
    const { code, stderr } = await finish(child);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^xorch: [^\n]+\n$/);
  });

  it("finishes its work when the reader of its output goes away", async () => {
    const cwd = temporaryFolder();
    const child = start(["learn", "xor", "--steps", "2001", "--out", "here"], cwd);
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await finish(child);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(listing(cwd)).toContain("here/report.html");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("keeps what there is when %s interrupts it", async (signal) => {
    const cwd = temporaryFolder();
    const child = start(["learn", "xor-by-hand", "--steps", "900000000", "--out", "here"], cwd);
    child.stdout.on("data", (chunk: Buffer) => {
      if (/^100 /m.test(chunk.toString())) child.kill(signal);
    });
    const { code, stdout, stderr } = await finish(child);
    expect([code, stderr]).toEqual([signal === "SIGINT" ? 130 : 143, ""]);
    expect(stdout).toMatch(/Interrupted after \d+ of 900000000 steps/);
    expect(stdout).toMatch(/hypothesis +predicted/);
    expect(listing(cwd)).toEqual([
      "here",
      "here/cost-xor-by-hand.svg",
      "here/region-xor-by-hand.svg",
      "here/report.html",
    ]);
  });

  it("leaves out the lessons that were still to come", async () => {
    const cwd = temporaryFolder();
    const child = start(["learn", "--steps", "900000000", "--out", "here", "--quiet"], cwd);
    child.stdout.on("data", (chunk: Buffer) => {
      if (/^perceptron/m.test(chunk.toString())) setTimeout(() => child.kill("SIGINT"), 300);
    });
    const { code, stdout } = await finish(child);
    expect(code).toBe(130);
    expect(stdout.split("\n").map((line) => line.split(":")[0])).toEqual([
      "gates",
      "perceptron",
      "xor-line",
      "Report",
      "Pictures",
      "",
    ]);
  });
});

describe("xorch repl", { timeout: 180_000 }, () => {
  it("runs piped input: torch loaded, await at the top, several lines, tensors printed, nothing else", async () => {
    const input = [
      "const x = torch.tensor([[1, 2]])",
      "await Promise.resolve(x.add(1))",
      "for (const i of [1, 2]) {",
      "  console.log(i)",
      "}",
      "typeof nn.Linear + typeof optim.SGD + typeof F.relu",
      "",
    ].join("\n");
    const { code, stdout, stderr } = await finish(start(["repl"], temporaryFolder()), input);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("tensor([[2., 3.]])\n1\n2\n'functionfunctionfunction'\n");
  });

  it("goes on after an error and ends at .exit", async () => {
    const { code, stdout } = await finish(
      start(["repl"], temporaryFolder()),
      "nothing.here\n1 + 1\n.exit\n3\n",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/ReferenceError: nothing is not defined/);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("2");
  });
});

describe("xorch repl on a terminal", { timeout: 180_000 }, () => {
  /** What is typed, key for key, and what then must be on the screen before the next is typed. */
  async function converse(turns: readonly { readonly keys?: string; readonly shows: RegExp }[]) {
    const child = startFile("test/cli/repl-terminal.ts", [], temporaryFolder());
    let screen = "";
    child.stdout.on("data", (chunk: Buffer) => {
      screen += stripVTControlCharacters(chunk.toString());
    });
    const closed = once(child, "close");
    for (const { keys, shows } of turns) {
      if (keys === undefined) child.kill("SIGINT");
      else child.stdin.write(keys);
      const from = screen.length;
      for (const end = Date.now() + 30_000; !shows.test(screen.slice(from)); ) {
        if (Date.now() > end) {
          child.kill("SIGKILL");
          throw new Error(`${shows} is not on the screen: ${screen}`);
        }
        await sleep(20);
      }
      // What was typed shows before it runs.
      await sleep(300);
    }
    child.stdin.end();
    await closed;
    return screen;
  }

  it("comes back at Ctrl-C from an endless loop and from a promise that never comes", async () => {
    const screen = await converse([
      { keys: "const kept = 42\r", shows: /> $/ },
      { keys: "while (true) {}\r", shows: /while/ },
      { shows: /interrupted by `SIGINT`[\s\S]*> $/ },
      { keys: "kept\r", shows: /42[\s\S]*> $/ },
      { keys: "await new Promise(() => {})\r", shows: /await/ },
      // The terminal is in raw mode now: Ctrl-C is a key and no signal.
      { keys: "\u0003", shows: /interrupted by `SIGINT`[\s\S]*> $/ },
      { keys: "kept + 1\r", shows: /43[\s\S]*> $/ },
      { keys: "nn\r", shows: /Linear, LogSigmoid,[\s\S]*> $/ },
      { keys: ".exit\r", shows: /exit/ },
    ]);
    expect(screen).toContain("Xorch");
  });
});

describe("the examples", { timeout: 180_000 }, () => {
  it.each<[string, number]>([
    ["examples/xor-by-hand.ts", program_a.costs[0]![1]!],
    ["examples/xor.ts", program_b.costs[0]![1]!],
  ])("%s runs by itself and prints what the original prints", async (file, cost) => {
    const { code, stdout, stderr } = await finish(startFile(file, [], temporaryFolder()));
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(`0 ${cost}`);
    expect(lines[100]).toMatch(/^10000 0\.000\d+$/);
    expect(stdout).toMatch(
      /\nHypothesis: tensor\(\[\[[\s\S]*\nCorrect: tensor\(\[\[0\.\],[\s\S]*\nAccuracy: 1\n$/,
    );
  });

  it.each(["gates", "perceptron"])("examples/%s.ts runs by itself", async (name) => {
    const { code, stdout, stderr } = await finish(startFile(`examples/${name}.ts`, [], temporaryFolder()));
    expect([code, stderr]).toEqual([0, ""]);
    for (const gate of ["AND", "NAND", "OR"]) expect(stdout).toMatch(new RegExp(`^${gate} tensor`, "m"));
  });
});
