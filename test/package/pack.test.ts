/** The package as users get it: packed, installed offline in an empty project, compiled against, and run. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

function run(command: string, args: readonly string[], cwd: string): string {
  try {
    const shell = command === "npm" && process.platform === "win32";
    return execFileSync(command, args, { cwd, shell, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}

const node = (args: readonly string[], cwd: string) => run(process.execPath, args, cwd);

describe("the packed package", () => {
  let project: string;
  let packed: string[];

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "xorch-package-"));
    // dist/ is fresh already: no need for the script that builds it before packing.
    const packing = ["pack", "--ignore-scripts", "--json", "--pack-destination", project];
    const [{ files }] = JSON.parse(run("npm", packing, root)) as [{ files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
    const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"))!;
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], project);
    copyFileSync(join(root, "test/package/consumer/consumer.ts"), join(project, "consumer.ts"));
  }, 60_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("holds what was built and its papers, nothing else", () => {
    const papers = ["LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "package.json"];
    expect(
      packed.filter((path) => !/^(dist|bin|docs|examples)\//.test(path) && !papers.includes(path)),
    ).toEqual([]);
    expect(packed).toEqual(expect.arrayContaining([...papers, "dist/index.js", "dist/index.d.ts"]));
  });

  it("links to nothing that it does not hold, and carries a form of its repository", () => {
    const { exports, browser, bin, repository } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ) as Record<string, object>;
    const paths = [...JSON.stringify([exports, browser, bin]).matchAll(/"(?:\.\/)?((?:dist|bin)\/[^"]+)"/g)];
    expect(paths.length).toBeGreaterThan(15);
    for (const [, path] of paths) expect(packed).toContain(path);
    expect(repository).toMatchObject({ type: "git", url: expect.stringMatching(/^git\+https:/) });
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const local = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map((match) => match[1]!);
    for (const path of local) expect(packed).toContain(path);
  });

  it("brings no other package along", () => {
    const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["xorch"]);
  });

  const [modules, commonJs] = ["module", "commonjs"] as const;
  const [newest, older] = ["TypeScript 7", "TypeScript 5.9"] as const;
  const compilers = {
    [newest]: dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
    [older]: join(root, "test/package/older/node_modules/typescript"),
  };
  const combinations = [
    { compiler: newest, type: modules, module: "nodenext", moduleResolution: "nodenext" },
    { compiler: newest, type: modules, module: "esnext", moduleResolution: "bundler" },
    { compiler: newest, type: commonJs, module: "nodenext", moduleResolution: "nodenext" },
    { compiler: newest, type: commonJs, module: "node16", moduleResolution: "node16" },
    { compiler: older, type: modules, module: "node16", moduleResolution: "node16" },
    { compiler: older, type: commonJs, module: "node16", moduleResolution: "node16" },
    { compiler: older, type: commonJs, module: "commonjs", moduleResolution: "node10" },
  ].filter(({ compiler }) => existsSync(compilers[compiler]));
  it.each(combinations)(
    "compiles strictly and runs in plain Node: $compiler, $type, $moduleResolution",
    ({ compiler, type, ...resolution }) => {
      // The declarations are checked too (skipLibCheck is off), with no types of Node's or the browser's around.
      const compilerOptions = {
        ...resolution,
        target: "es2022",
        lib: ["es2022"],
        types: [],
        strict: true,
        noImplicitOverride: true,
        skipLibCheck: false,
        esModuleInterop: true,
        outDir: "out",
      };
      rmSync(join(project, "out"), { recursive: true, force: true });
      writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", type }));
      writeFileSync(join(project, "console.d.ts"), "declare const console: { log(text: string): void };\n");
      const config = { compilerOptions, files: ["consumer.ts", "console.d.ts"] };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
      node([join(compilers[compiler], "bin/tsc"), "-p", "."], project);
      const output = node(["out/consumer.js"], project);
      expect(JSON.parse(output)).toEqual({ shape: [2, 1], finite: true, shared: true, picture: "<svg" });
    },
  );

  it("brings the command", () => {
    const main = join(project, "node_modules/xorch/bin/xorch.js");
    expect(node([main, "--help"], project)).toMatch(/^Usage: xorch/);
  });

  it("is imported by Node, in a time that is printed", () => {
    // The processor's time beside the clock's: a busy machine stretches only the latter.
    const script = `
      const start = performance.now();
      const used = process.cpuUsage();
      await import("xorch");
      const { user, system } = process.cpuUsage(used);
      console.log(JSON.stringify([performance.now() - start, (user + system) / 1000]));`;
    const times = Array.from(
      { length: 7 },
      () => JSON.parse(node(["--input-type=module", "-e", script], project)) as [number, number],
    );
    const [clock, processor] = [0, 1].map((i) => Math.min(...times.map((time) => time[i]!)).toFixed(1));
    expect(Number(clock)).toBeGreaterThan(0);
    console.log(
      `Import of xorch in Node: ${clock} ms, ${processor} ms of the processor (least of ${times.length} processes)`,
    );
  });
});
