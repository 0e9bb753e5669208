/**
 * The npm scripts that must work from a fresh clone: `node scripts/run.mjs start|test|ready|bench [arguments]`.
 * Imports nothing but Node's own modules until the packages are there.
 */
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, root, runOrExit } from "./prepare.mjs";

const node = (file, ...args) => runOrExit(process.execPath, [join(root, file), ...args]);

const tasks = {
  /** The main job: the course, from one neuron to XOR. */
  start: (args) => {
    ensureBuilt();
    node("dist/cli/main.js", "learn", ...args);
  },
  test: (args) => node("node_modules/vitest/vitest.mjs", "run", ...args),
  /** Builds what is missing or out of date. */
  ready: () => ensureBuilt(),
  bench: (args) => {
    const bench = join(root, "bench");
    ensureBuilt();
    ensureInstalled(bench);
    node("node_modules/tsx/dist/cli.mjs", join(bench, "main.ts"), ...args);
  },
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name ?? "")) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(tasks).join("|")} [arguments]`);
  process.exit(2);
}
// Ctrl-C goes to the running command too; it decides how to end, and this process ends with its exit code.
process.on("SIGINT", () => {});
ensureInstalled();
tasks[name](args);
