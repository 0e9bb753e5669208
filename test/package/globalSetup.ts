/** Builds dist/ before the tests that use it, where it is missing or older than the sources. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "ready"], { stdio: "inherit" });
}
