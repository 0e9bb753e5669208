/** What only a process of its own shows: exit codes, signals, closed pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import program_a from "../fixtures/reference/xor_manual_2-2-1.json" with { type: "json" };
import program_b from "../fixtures/reference/xor_nn_2-10-10-10-1_lr3.json" with { type: "json" };
import { listing, temporaryFolder } from "./capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a source file of the repository. */
function startFile(file: string, argv: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
  const tsx = `${root}node_modules/tsx/dist/cli.mjs`;
  const child = spawn(process.execPath, [tsx, "--tsconfig", `${root}tsconfig.json`, root + file, ...argv], {
    cwd,
    env: { ...process.env, LC_ALL: "C" },
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

  it("leaves nothing behind when it is interrupted", async () => {
    const cwd = temporaryFolder();
    const child = start(["learn", "xor-by-hand", "--steps", "900000000"], cwd);
    child.stdout.once("data", () => child.kill("SIGINT"));
    const { code, signal } = await finish(child);
    // A shell shows either as 130.
    expect(signal === "SIGINT" || code === 130).toBe(true);
    expect(listing(cwd)).toEqual([]);
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
