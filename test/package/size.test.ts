/** The weight of the library in a bundle: the program of the README with all that it needs, minified and compressed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { type BuildEnvironmentOptions, type Rolldown, build as vite } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * In bytes, gzipped. Vite's library mode leaves line breaks and indentation to whoever bundles the library: 8% after
 * compression.
 */
const limits = { esbuild: 87_000, Vite: 85_000, "Vite's library mode": 94_000 };

/** A project in which the package is installed. */
let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xorch-size-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/xorch"), "junction");
  program = join(folder, "program.ts");
  writeFileSync(program, /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))![1]!);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function byEsbuild(): Promise<string> {
  const { outputFiles } = await esbuild({
    entryPoints: [program],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

async function byVite(options: BuildEnvironmentOptions): Promise<string> {
  const built = await vite({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: true, modulePreload: false, ...options },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  // In one piece: what would be loaded beside it would have to be weighed, too.
  expect(output).toHaveLength(1);
  return output[0].code;
}

const bundlers: [keyof typeof limits, () => Promise<string>][] = [
  ["esbuild", byEsbuild],
  ["Vite", () => byVite({ rolldownOptions: { input: program } })],
  ["Vite's library mode", () => byVite({ lib: { entry: program, formats: ["es"], fileName: "program" } })],
];

it.each(bundlers)("is light enough by %s, and runs", async (name, bundle) => {
  const code = await bundle();
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(
    `The README's program by ${name}: ${(bytes / 1000).toFixed(1)} kB gzipped, ${(code.length / 1000).toFixed(1)} kB minified`,
  );
  expect(bytes).toBeLessThanOrEqual(limits[name]);

  // A bundler that dropped what looked unused would make it light, and broken.
  const file = join(folder, "bundle.mjs");
  writeFileSync(file, code);
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" }).trim().split("\n");
  expect(printed.slice(0, 11).map((line) => line.split(" ")[0])).toEqual(
    Array.from({ length: 11 }, (_, i) => String(1000 * i)),
  );
  expect(Number(printed[10]!.split(" ")[1])).toBeLessThan(0.02);
  expect(printed.slice(11)).toHaveLength(4);
});
