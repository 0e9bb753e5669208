/** A library under measurement, in a process of its own that lives for the whole run and answers JSON lines. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contestant } from "./contestants.ts";
import type { Parameter } from "./parameters.ts";
import type { Task } from "./workloads.ts";

export type PrepareRequest = Task & { do: "prepare"; parameters: readonly Parameter[]; check: boolean };

export type Request =
  | PrepareRequest
  | { do: "measure"; seconds: number }
  /** One run, without warm-up. */
  | { do: "first" }
  | { do: "drop" };

export interface Answer {
  title?: string;
  check?: number[];
  nanoseconds?: number;
  /** Why the library cannot do it. */
  unable?: string;
  /** What went wrong. */
  error?: string;
}

/** Seconds after which a library is taken to be unable: the whole run shall not wait for it. */
const PATIENCE = 60;

export class PeerProcess {
  title = "";
  /** Whether it can be asked again. */
  alive = true;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private complaints = "";

  private constructor(command: string, args: readonly string[], threads: number) {
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const count = String(threads);
    const env = {
      ...process.env,
      OMP_NUM_THREADS: count,
      OPENBLAS_NUM_THREADS: count,
      MKL_NUM_THREADS: count,
      BLIS_NUM_THREADS: count,
      PYTHONDONTWRITEBYTECODE: "1",
    };
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
  static async start({ peer, settings }: Contestant): Promise<PeerProcess> {
    const [command, ...args] = peer === "pytorch" ? pythonPeer() : nodePeer(peer);
    const started = new PeerProcess(command, [...args, JSON.stringify(settings)], settings.threads);
    const { title, unable, error } = await started.answer();
    if (title === undefined) throw new Error(unable ?? error);
    started.title = title;
    return started;
  }

  /** The answer may say that the library is unable, or failed; a process that is gone makes it fail. */
  async ask(request: Request): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  stop(): void {
    this.child.stdin!.end();
  }

  private async answer(): Promise<Answer> {
    let patience: NodeJS.Timeout | undefined;
    const tooLong = new Promise<null>((resolve) => {
      patience = setTimeout(resolve, PATIENCE * 1000, null);
    });
    const next = await Promise.race([this.answers.next(), tooLong]);
    clearTimeout(patience);
    if (next?.done === false) return JSON.parse(next.value) as Answer;
    this.alive = false;
    if (next) return { error: lastError(this.complaints) };
    this.child.kill("SIGKILL");
    return { unable: `no answer within ${PATIENCE} s` };
  }
}

/** The line of a stack trace or of Python's traceback that says what went wrong. */
function lastError(complaints: string): string {
  const lines = complaints.split("\n").filter((line) => /^\w*(Error|Exception)\b|Error:/.test(line));
  return lines.at(-1)?.trim() ?? (complaints.trim() || "its process ended without a word");
}

function nodePeer(name: string): [string, ...string[]] {
  const host = fileURLToPath(new URL("peers/host.ts", import.meta.url));
  return [process.execPath, "--expose-gc", "--import", "tsx", host, name];
}

let python: string | undefined;

/** The first Python that can import torch. */
function pythonPeer(): [string, ...string[]] {
  python ??= findPython();
  return [python, fileURLToPath(new URL("peers/pytorch/main.py", import.meta.url))];
}

function findPython(): string {
  const pythons = [process.env.XORCH_PYTHON, "python3", "/usr/bin/python3"].filter(
    (path) => path !== undefined,
  );
  const reasons: string[] = [];
  for (const path of pythons) {
    const { status, error, stderr } = spawnSync(path, ["-c", "import torch"], { encoding: "utf8" });
    if (status === 0) return path;
    reasons.push(`${path}: ${error?.message ?? lastError(stderr)}`);
  }
  throw new Error(`no Python with torch (${reasons.join("; ")})`);
}
