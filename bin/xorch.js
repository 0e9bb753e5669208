#!/usr/bin/env node
/** The command `xorch`. In a clone of the repository, it first builds what is missing or out of date. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Not in the package that npm carries.
const tasks = fileURLToPath(new URL("../scripts/run.mjs", import.meta.url));
if (existsSync(tasks)) {
  // What it says goes to stderr: stdout may be read by a program.
  const { status } = spawnSync(process.execPath, [tasks, "ready"], { stdio: ["inherit", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
await import("../dist/cli/main.js");
