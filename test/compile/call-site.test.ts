/** Errors name the user's line also where the library, or everything, has been bundled. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "xorch-call-site-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `
const f = torch.compile((x) => x.mul(2).sum().item());
try {
  f(torch.ones([1]));
} catch (error) {
  console.log(error.message);
}
`;

/** Bundles a file into `folder`, in a folder named lib. */
async function bundle(entry: string, fileName: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "silent",
    build: {
      outDir: join(folder, "lib"),
      emptyOutDir: false,
      minify: false,
      lib: { entry, formats: ["es"], fileName: () => fileName },
    },
  });
}

it("names it beside a bundled library, and the stack where it cannot be told apart", async () => {
  const library = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
  await bundle(library, "xorch.mjs");
  const apart = join(folder, "apart.mjs");
  writeFileSync(apart, `import * as torch from "./lib/xorch.mjs";${program}`);
  const printed = execFileSync(process.execPath, [apart], { encoding: "utf8" });
  expect(printed).toMatch(/a value is read while the function is traced, at \S*apart\.mjs:2:\d+\. /);

  const together = join(folder, "together.mjs");
  writeFileSync(together, `import * as torch from ${JSON.stringify(library)};${program}`);
  await bundle(together, "together.mjs");
  const whole = execFileSync(process.execPath, [join(folder, "lib", "together.mjs")], { encoding: "utf8" });
  expect(whole).toContain(
    "a value is read while the function is traced, where the stack of this error says. ",
  );
});
