/** Installs and builds what is missing or out of date, so that every npm script works from a fresh clone. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command with this terminal's input and output; ends this process where the command fails. */
export function runOrExit(command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { stdio: "inherit", cwd: root, ...options });
  if (error) console.error(`Could not run ${command}: ${error.message}`);
  if (signal) process.exit(128 + constants.signals[signal]);
  if (status !== 0) process.exit(status ?? 1);
}

function npm(args, options) {
  const cli = process.env.npm_execpath;
  // Under `npm run`, npm names its own script; starting that with Node needs no shell, on Windows either.
  if (cli && basename(cli) === "npm-cli.js") runOrExit(process.execPath, [cli, ...args], options);
  else runOrExit("npm", args, { ...options, shell: process.platform === "win32" });
}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Whether node_modules holds what package-lock.json asks for. Optional packages (other platforms') may lack. */
function installed(folder) {
  const record = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const present = readJson(record).packages;
  const wanted = Object.entries(readJson(join(folder, "package-lock.json")).packages);
  return wanted.every(
    ([name, entry]) =>
      name === "" ||
      (name in present ? present[name].version === entry.version : entry.optional || entry.peer),
  );
}

export function ensureInstalled(folder = root) {
  if (installed(folder)) return;
  console.log(`Installing packages${folder === root ? "" : ` of ${basename(folder)}`} (npm ci)...`);
  npm(["ci", "--no-audit", "--no-fund"], { cwd: folder });
}

/** Everything that goes into dist/. */
const sources = [
  "src",
  "examples",
  "package.json",
  "package-lock.json",
  "vite.config.ts",
  "scripts/build.mjs",
  "scripts/page-worker.js",
  "scripts/write-methods.mjs",
];
const configs = ["tsconfig.json", "tsconfig.build.json"];

/** The latest change under a path; a folder's own time counts, since it moves when a file goes away. */
function lastChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

/** A file that the build writes last. */
export const builtStamp = join(root, "dist", ".built");

export function ensureBuilt() {
  const built = lastChange(builtStamp);
  if (built > 0 && [...sources, ...configs].every((source) => lastChange(join(root, source)) < built)) return;
  console.log("Building dist/ ...");
  runOrExit(process.execPath, [join(root, "scripts", "build.mjs")]);
}
