import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listing, temporaryFolder, xorch } from "./capture.ts";

const wrong: [string[], RegExp][] = [
  [
    ["learn", "chess"],
    /unknown lesson chess; the lessons are gates, perceptron, xor-line, xor-by-hand, xor$/,
  ],
  [["learn", "xor", "gates"], /too many arguments/],
  [["teach"], /unknown command teach/],
  [["lern"], /unknown command lern; did you mean learn\?/],
  [["learn", "--stesp", "3"], /unknown option --stesp; did you mean --steps\?/],
  [["--frobnicate"], /unknown option --frobnicate/],
  [["learn", "-q"], /unknown option -q/],
  [["learn", "--steps"], /option --steps needs a value/],
  [["learn", "--steps", "-5"], /--steps: .* from 1 to 1000000000, got -5/],
  [["learn", "--steps", "0"], /--steps: .*got 0/],
  [["learn", "--steps", "1.5"], /--steps: .*got 1\.5/],
  [["learn", "--steps", "many"], /--steps: .*got many/],
  [["learn", "--steps="], /--steps: /],
  [["learn", "--steps", "99999999999"], /--steps: /],
  [["learn", "--lr", "NaN"], /--lr: expected a number above 0, got NaN/],
  [["learn", "--lr", "0"], /--lr: /],
  [["learn", "--lr", "-1"], /--lr: .*got -1/],
  [["learn", "--lr", "Infinity"], /--lr: /],
  [["learn", "--lr", "1e999"], /--lr: /],
  [["learn", "--lr", "0x10"], /--lr: /],
  [["learn", "--lr", ""], /--lr: /],
  [["learn", "--seed", "-1"], /--seed: .*got -1/],
  [["learn", "--seed", "9007199254740993"], /--seed: /],
  [["learn", "--layers", "10,x"], /--layers: .*got 10,x/],
  [["learn", "--layers", ""], /--layers: /],
  [["learn", "--layers", "10,,10"], /--layers: /],
  [["learn", "--layers", "0"], /--layers: /],
  [["learn", "--layers", "1000000"], /--layers: /],
  [["learn", "--layers", Array(33).fill("2").join()], /at most 32/],
  [["learn", "--activation", "step"], /--activation: unknown activation step; the activations are .*sigmoid/],
  [["learn", "--activation", "constructor"], /--activation: /],
  [["learn", "gates", "--seed", "1"], /lesson gates does not take --seed; it takes none/],
  [["learn", "perceptron", "--steps", "1"], /lesson perceptron does not take --steps; it takes --lr/],
  [["learn", "xor-by-hand", "--layers", "3"], /does not take --layers; it takes --seed, --steps, --lr/],
  [["learn", "xor-line", "--activation", "relu"], /does not take --activation/],
  [["learn", "--lang", "fr"], /--lang: unknown language fr; the languages are en, ko/],
  [["--lang", "EN", "--help"], /--lang: unknown language EN/],
  [["--lang=tlh", "repl"], /--lang: unknown language tlh/],
  [["learn", "--out", ""], /--out: needs the name/],
  [["repl", "now"], /too many arguments/],
  [["repl", "--seed", "1"], /unknown option --seed/],
];

describe("wrong use", () => {
  it.each(wrong)("%j: one clear line, exit code 2, nothing written", async (argv, message) => {
    const { code, stdout, stderr, files } = await xorch(argv);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^xorch: [^\n]+\n$/);
    expect(stderr.trimEnd().replace(/ \(see xorch --help\)$/, "")).toMatch(message);
    expect(files).toEqual([]);
  });

  it.each(wrong.filter(([argv]) => !argv.some((a) => a.startsWith("--lang"))))(
    "%j is told in Korean, too",
    async (argv) => {
      const { code, stdout, stderr, files } = await xorch([
        ...argv.slice(0, 1),
        "--lang",
        "ko",
        ...argv.slice(1),
      ]);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^xorch: [^\n]*[가-힣][^\n]*\n$/);
      expect(files).toEqual([]);
    },
  );

  it("tells an unknown language in the language of the locale", async () => {
    const { stderr } = await xorch(["learn", "--lang", "fr"], { env: { LANG: "ko_KR.UTF-8" } });
    expect(stderr).toContain("알 수 없는 언어입니다: fr");
  });
});

describe("--out", () => {
  it("refuses a file, a folder with something in it, and a path through a file", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "file"), "kept");
    mkdirSync(join(cwd, "full"));
    writeFileSync(join(cwd, "full", "kept"), "");
    const before = listing(cwd);
    for (const [out, message] of [
      ["file", /file is not a folder/],
      ["full", /full is not empty; a run is never overwritten/],
      ["file/inside", /cannot be made: .*file is not a folder/],
    ] as const) {
      const { code, stdout, stderr, files } = await xorch(["learn", "gates", "--out", out], { cwd });
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^xorch: [^\n]+\n$/);
      expect(stderr).toMatch(message);
      expect(files).toEqual(before);
    }
  });

  it("takes a new folder, also a deep one, and an empty one", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "empty"));
    for (const out of ["empty", "a/b/c"]) {
      const { code, files } = await xorch(["learn", "gates", "--quiet", "--out", out], { cwd });
      expect(code).toBe(0);
      expect(files.filter((file) => file.startsWith(`${out}/`))).toEqual(
        ["gate-and.svg", "gate-nand.svg", "gate-or.svg", "report.html"].map((file) => `${out}/${file}`),
      );
    }
  });
});

describe("help and version", () => {
  it.each([[["--help"]], [[]], [["help"]], [["-h"]]])("%j prints the help on stdout", async (argv) => {
    const { code, stdout, stderr, files } = await xorch(argv);
    expect([code, stderr, files]).toEqual([0, "", []]);
    expect(stdout).toMatch(/^Usage: xorch/);
    expect(stdout).toContain("Examples:");
  });

  it("explains every option of learn, and which lesson takes which", async () => {
    const { code, stdout } = await xorch(["learn", "--help"]);
    expect(code).toBe(0);
    for (const option of [
      "seed",
      "steps",
      "lr",
      "layers",
      "activation",
      "quiet",
      "json",
      "out",
      "lang",
      "help",
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toContain("(default 777)");
    expect(stdout).toContain("(default 1; xor 3)");
    expect(stdout).toMatch(/xor-by-hand +--seed --steps --lr\n/);
    expect(stdout).toMatch(/gates +no options/);
    expect(stdout).not.toContain("undefined");
  });

  it("is Korean by option and by locale, headings too", async () => {
    const byOption = await xorch(["learn", "--help", "--lang", "ko"]);
    const byLocale = await xorch(["learn", "--help"], { env: { LC_ALL: "ko_KR.UTF-8" } });
    expect(byLocale.stdout).toBe(byOption.stdout);
    expect(byOption.stdout).toMatch(/^사용법: xorch learn/);
    expect(byOption.stdout).not.toMatch(/Usage|Options|Arguments|Global|display|output the/);
  });

  it("prints the version of the package", async () => {
    const { code, stdout } = await xorch(["--version"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
