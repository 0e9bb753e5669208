/** The folder of a run: chosen before the work, written after it, whole or not at all. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { UsageError, WorkError } from "./errors.ts";
import { exitCodeOf } from "./interruption.ts";
import type { Translate } from "./texts/index.ts";

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** Local date and time as a file name: 2025-01-31-235959. */
function stamp(now: Date): string {
  const date = [now.getFullYear(), twoDigits(now.getMonth() + 1), twoDigits(now.getDate())].join("-");
  return `${date}-${[now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join("")}`;
}

const isFree = (path: string): boolean =>
  !existsSync(path) || (statSync(path).isDirectory() && readdirSync(path).length === 0);

/** runs/<lesson>-<date>-<time>, with a number where that is taken. */
function defaultFolder(cwd: string, lesson: string, now: Date): string {
  const base = join(cwd, "runs", `${lesson}-${stamp(now)}`);
  let path = base;
  for (let count = 2; !isFree(path); count++) path = `${base}-${count}`;
  return path;
}

/** The folder itself where it stands, else the nearest one above it that does. */
function nearestFolder(path: string): string {
  let place = path;
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place);
  return place;
}

/** Throws a UsageError unless the folder is empty or can be made. Changes nothing. */
function checkFolder(path: string, t: Translate): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new UsageError(t("error.outFile", { path }));
    if (!isFree(path)) throw new UsageError(t("error.outTaken", { path }));
  }
  const parent = nearestFolder(path);
  if (!statSync(parent).isDirectory()) throw new UsageError(t("error.outParent", { path, parent }));
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    throw new UsageError(t("error.outWrite", { path, parent }));
  }
}

/** Where the run goes: the folder asked for, checked, or a fresh one under runs/. */
export function chooseFolder(out: string | undefined, cwd: string, lesson: string, t: Translate): string {
  if (out === "") throw new UsageError(t("error.outEmpty"));
  const path = out === undefined ? defaultFolder(cwd, lesson, new Date()) : resolve(cwd, out);
  checkFolder(path, t);
  return path;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Writes the files into `staging`, then moves them to where they belong; on any fault takes all of it back. */
function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const stands = existsSync(folder);
  if (!isFree(folder)) throw new Error(`EEXIST: ${folder} is not empty`);
  // A folder that stands may be a mount, or where the user's shell is: it is filled and not replaced.
  const staging = stands
    ? join(folder, `.${process.pid}.part`)
    : join(dirname(folder), `.${basename(folder)}.${process.pid}.part`);
  const moved: string[] = [];
  try {
    // Not in one call: where a parent refuses with ENOENT, as /proc does, Node's recursive mkdir never returns.
    mkdirSync(dirname(staging), { recursive: true });
    mkdirSync(staging);
    for (const [name, text] of files) writeFileSync(join(staging, name), text, { flag: "wx" });
    if (!stands) {
      renameSync(staging, folder);
      return;
    }
    for (const name of files.keys()) {
      renameSync(join(staging, name), join(folder, name));
      moved.push(join(folder, name));
    }
  } catch (error) {
    for (const path of moved) rmSync(path, { force: true });
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Writes a run: under a temporary name first, then renamed, so that it is there whole or not at all. A signal that
 * arrives meanwhile ends the program afterwards, as it would have.
 */
export async function writeRun(
  folder: string,
  files: ReadonlyMap<string, string>,
  t: Translate,
): Promise<void> {
  const leave = (signal: NodeJS.Signals) => process.exit(exitCodeOf(signal));
  for (const signal of signals) process.on(signal, leave);
  try {
    writeFiles(folder, files);
  } catch (error) {
    throw new WorkError(t("error.write", { reason: (error as Error).message }));
  } finally {
    // Signals are delivered between turns of the event loop: let one that waits come before letting go.
    await nextTurn();
    for (const signal of signals) process.off(signal, leave);
  }
}
