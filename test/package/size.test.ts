/** The weight of the library in a browser: the XOR example with what it needs, bundled, minified and compressed. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { afterAll, expect, it } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** In bytes: what jax-js states for itself is 80 kB (https://github.com/ekzhang/jax-js, its README). */
const LIMIT = 80_000;

const folder = mkdtempSync(join(tmpdir(), "xorch-size-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(`is at most ${LIMIT / 1000} kB with the XOR example, which runs`, async () => {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    resolve: { alias: [{ find: /^xorch$/, replacement: path("../../dist/index.js") }] },
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: path("./consumer/page.ts"), output: { entryFileNames: "page.js" } },
    },
  })) as Rolldown.RolldownOutput;
  expect(built.output.map(({ fileName }) => fileName)).toEqual(["page.js"]);
  const { code } = built.output[0];

  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(
    `Library and XOR example in a browser bundle: ${(bytes / 1000).toFixed(1)} kB gzipped, ` +
      `${(code.length / 1000).toFixed(1)} kB minified (at most ${LIMIT / 1000} kB gzipped)`,
  );
  expect(bytes).toBeLessThanOrEqual(LIMIT);

  // A bundler that dropped what looked unused would make it light, and broken.
  const file = join(folder, "page.mjs");
  writeFileSync(file, code);
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" }).trim().split("\n");
  expect(printed).toHaveLength(2);
  expect(printed[0]).toMatch(/^0 0\.6948983669281006$/);
});
