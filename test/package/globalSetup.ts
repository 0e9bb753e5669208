/** Builds dist/ before the tests that use it, where it is missing or older than the sources; brings an older compiler. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export default function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "ready"], { stdio: "inherit" });

  // In a folder of its own: beside the repository's TypeScript it would take the name `tsc`.
  const folder = fileURLToPath(new URL("./older/", import.meta.url));
  if (existsSync(`${folder}node_modules`)) return;
  try {
    const shell = process.platform === "win32";
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, shell, stdio: "ignore" });
  } catch {
    console.warn("TypeScript 5.9 could not be installed: what compiles with it is not tested.");
  }
}
