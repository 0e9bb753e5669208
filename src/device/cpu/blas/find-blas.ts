/**
 * Finds a BLAS of the system that is worth calling. It and the package koffi are optional, and nothing here throws when
 * one is missing.
 */
import { nodeModule } from "../node-module.ts";
import { processorFlags } from "./cores.ts";
import { judge } from "./judge.ts";
import { type FoundKoffi, loadKoffi } from "./koffi.ts";
import { type Blas, CORE, openBlas } from "./library.ts";
import { nativeEnvironment } from "./native-environment.ts";
import { type FileSystem, librariesIn, usualPlaces } from "./places.ts";
import type { Speeds } from "./speed.ts";

/** A BLAS or none, and why. */
export interface Choice {
  readonly blas: Blas | null;
  readonly reason: string;
  /** Null where there was no doubt. */
  readonly speeds: Speeds | null;
  /** Others that are there, and why they are not used. */
  readonly leftOut: readonly string[];
}

function none(reason: string, leftOut: readonly string[] = []): Choice {
  return { blas: null, reason, speeds: null, leftOut };
}

interface Process {
  readonly env: Record<string, string | undefined>;
  readonly platform: string;
  cwd(): string;
}

type Files = FileSystem &
  Parameters<typeof processorFlags>[0] & { statSync(path: string): { isDirectory(): boolean } };

function message(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}

/** The paths to try, in order. */
function candidates(process: Process, files: Files): Iterable<string> {
  const wanted = process.env.XORCH_BLAS;
  if (!wanted) return usualPlaces(process, files);
  let isFolder = false;
  try {
    isFolder = files.statSync(wanted).isDirectory();
  } catch {
    // A name that the system's loader knows, or one that is wrong, which it will say.
  }
  return isFolder ? librariesIn(wanted, files) : [wanted];
}

/**
 * The first BLAS that is clearly quicker than the own kernels. XORCH_BLAS names a library, or a folder with some, or is
 * "off". `ready` is called for each before it is measured.
 */
export function findBlas(ready: (blas: Blas) => void = () => {}): Choice {
  const process = nodeModule<Process>("node:process");
  const files = nodeModule<Files>("node:fs");
  if (process === undefined || files === undefined) return none("a BLAS can only be called from Node");
  const wanted = process.env.XORCH_BLAS;
  if (wanted === "off") return none("XORCH_BLAS is off");
  let found: FoundKoffi;
  try {
    found = loadKoffi(process.cwd());
  } catch (error) {
    return none(`the package koffi cannot be loaded, \`npm install koffi\` installs it: ${message(error)}`);
  }
  const environment = nativeEnvironment(found.koffi, process.env);
  const flags = processorFlags(files);
  const tried: string[] = [];
  const leftOut: string[] = [];
  let failure: string | undefined;
  for (const path of candidates(process, files)) {
    tried.push(path);
    try {
      const blas = openBlas(found, path, environment, flags);
      ready(blas);
      const { isGood, reason, speeds } = judge(blas, environment.get(CORE) !== undefined);
      if (isGood) return { blas, reason, speeds, leftOut };
      leftOut.push(`${blas.name} (${path}) is not quick enough: ${reason}`);
    } catch (error) {
      failure ??= message(error);
    }
  }
  if (leftOut.length > 0) return none(leftOut.join("; "), leftOut);
  if (!wanted) return none(`none of ${tried.join(", ")} is there`);
  return none(`XORCH_BLAS is ${wanted}: ${failure ?? "no BLAS lies there"}`);
}
