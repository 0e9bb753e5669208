/** Builds dist/: the library, the command line, and the type declarations. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { build } from "vite";
import { builtStamp, root, runOrExit } from "./prepare.mjs";
import { writeMethods } from "./write-methods.mjs";

const dist = join(root, "dist");
// Made aside and moved into place whole: a build that fails leaves the last one standing.
const staging = join(root, "node_modules", ".cache", `xorch-build-${process.pid}`);

/**
 * Declarations import their neighbours as "./shape.ts", as the sources do. Older compilers and other tools look
 * for "./shape.js" only; `declare module` names must change with them, or they would augment nothing.
 */
function renameImports(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g, "$1$2.js$1"));
  }
}

/**
 * The declarations once more, for TypeScript in CommonJS: there, `require` loads the very same modules, but a declaration counts
 * as an ES module's where the package above it says so.
 */
function addCommonJs(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".d.ts"));
  for (const name of names) cpSync(join(folder, name), join(folder, "commonjs", name));
  writeFileSync(join(folder, "commonjs", "package.json"), '{ "type": "commonjs" }\n');
}

process.on("exit", () => rmSync(staging, { recursive: true, force: true }));
mkdirSync(staging, { recursive: true });
const started = new Date();
for (const mode of ["library", "cli"]) {
  await build({ root, mode, logLevel: "warn", build: { outDir: staging } });
}
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
runOrExit(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", relative(root, staging)]);
renameImports(staging);
writeMethods(root, staging);

addCommonJs(staging);

const stamp = join(staging, basename(builtStamp));
writeFileSync(stamp, "");
utimesSync(stamp, started, started);
rmSync(dist, { recursive: true, force: true });
renameSync(staging, dist);
