/** A library under measurement, in a process of its own that lives for the whole run and answers JSON lines. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Kind } from "./workloads.ts";

export type Request =
  | { do: "prepare"; kind: Kind; size: number }
  | { do: "measure"; seconds: number }
  | { do: "drop" };

export interface Answer {
  title?: string;
  check?: number[];
  nanoseconds?: number;
  error?: string;
}

export class PeerProcess {
  title = "";
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private complaints = "";

  private constructor(command: string, args: readonly string[]) {
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    this.child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.child.on("error", (error) => {
      this.complaints += error.message;
    });
    // A process that died says so when it is next asked.
    this.child.stdin!.on("error", () => {});
    this.child.stderr!.on("data", (text) => {
      this.complaints = `${this.complaints}${text}`.slice(-4000);
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a library. Throws an Error that says why where it cannot be had. */
  static async start(name: string): Promise<PeerProcess> {
    const peer = name === "pytorch" ? startPython() : startNode(name);
    peer.title = (await peer.answer()).title!;
    return peer;
  }

  static create(command: string, ...args: string[]): PeerProcess {
    return new PeerProcess(command, args);
  }

  async ask(request: Request): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answer();
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  stop(): void {
    this.child.stdin!.end();
  }

  private async answer(): Promise<Answer> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(lastError(this.complaints));
    return JSON.parse(value) as Answer;
  }
}

/** The line of a stack trace or of Python's traceback that says what went wrong. */
function lastError(complaints: string): string {
  const lines = complaints.split("\n").filter((line) => /^\w*(Error|Exception)\b|Error:/.test(line));
  return lines.at(-1)?.trim() ?? (complaints.trim() || "its process ended without a word");
}

function startNode(name: string): PeerProcess {
  const host = fileURLToPath(new URL("peers/host.ts", import.meta.url));
  return PeerProcess.create(process.execPath, "--expose-gc", "--import", "tsx", host, name);
}

/** The first Python that can import torch. */
function startPython(): PeerProcess {
  const pythons = [process.env.XORCH_PYTHON, "python3", "/usr/bin/python3"].filter(
    (path) => path !== undefined,
  );
  const reasons: string[] = [];
  for (const python of pythons) {
    const { status, error, stderr } = spawnSync(python, ["-c", "import torch"], { encoding: "utf8" });
    if (status === 0) {
      return PeerProcess.create(python, fileURLToPath(new URL("peers/pytorch.py", import.meta.url)));
    }
    reasons.push(`${python}: ${error?.message ?? lastError(stderr)}`);
  }
  throw new Error(`no Python with torch (${reasons.join("; ")})`);
}
