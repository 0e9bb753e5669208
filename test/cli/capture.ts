/** Runs the command line in this process, with streams that are kept and a folder of its own. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { run } from "../../src/cli/run.ts";

class Kept extends Writable {
  text = "";

  constructor(
    readonly isTTY: boolean,
    readonly columns: number,
  ) {
    super();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Situation {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cwd: string;
  /** Every path under the folder, folders included. */
  readonly files: readonly string[];
}

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "xorch-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .sort();

export async function xorch(argv: readonly string[], situation: Situation = {}): Promise<Outcome> {
  const { env = {}, cwd = temporaryFolder(), isTTY = false, columns = 100 } = situation;
  const [stdout, stderr] = [new Kept(isTTY, columns), new Kept(isTTY, columns)];
  const code = await run(argv, { stdin: Readable.from([]), stdout, stderr, env, cwd });
  return { code, stdout: stdout.text, stderr: stderr.text, cwd, files: listing(cwd) };
}
