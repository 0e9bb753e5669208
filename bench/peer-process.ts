/** A library under measurement, in a process of its own that lives for the whole run and answers JSON lines. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contestant, PeerSettings } from "./contestants.ts";
import { lastError } from "./last-error.ts";
import type { Parameter } from "./parameters.ts";
import { pythonWithTorch, surroundings } from "./python-environment.ts";
import { type PyTorchReport, pytorchTitle } from "./pytorch-title.ts";
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
  /** Of PyTorch, in place of a title. */
  torch?: PyTorchReport;
  /** Which of several ways to write the workload was quickest, and is measured. */
  way?: string;
  check?: number[];
  nanoseconds?: number;
  /** Why the library cannot do it. */
  unable?: string;
  /** What went wrong. */
  error?: string;
}

/**
 * Seconds after which a library is taken to be unable: the whole run shall not wait for it. Compilers of C++ are given
 * longer: they work when a library starts or prepares, and in the first run of a process.
 */
const PATIENCE = { measure: 30, drop: 30, prepare: 60, first: 60, compile: 300 };

/** What torch.compile has compiled before is kept here, so that a run that goes on need not wait again. */
const kept = fileURLToPath(new URL(".cache/torch-compile", import.meta.url));

export class PeerProcess {
  title = "";
  /** Whether it can be asked again. */
  alive = true;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private complaints = "";

  private constructor(
    command: string,
    args: readonly string[],
    private readonly settings: PeerSettings,
    isFresh: boolean,
  ) {
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const count = String(settings.threads);
    const cache = isFresh ? mkdtempSync(join(tmpdir(), "xorch-bench-")) : kept;
    const env = {
      ...process.env,
      OMP_NUM_THREADS: count,
      OPENBLAS_NUM_THREADS: count,
      MKL_NUM_THREADS: count,
      BLIS_NUM_THREADS: count,
      PYTHONDONTWRITEBYTECODE: "1",
      TORCHINDUCTOR_CACHE_DIR: cache,
    };
    this.child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.child.on("error", (error) => {
      this.complaints += error.message;
    });
    if (isFresh) this.child.once("close", () => rmSync(cache, { recursive: true, force: true }));
    // A process that died says so when it is next asked.
    this.child.stdin!.on("error", () => {});
    this.child.stderr!.on("data", (text) => {
      this.complaints = `${this.complaints}${text}`.slice(-4000);
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /**
   * Starts a library, on demand without anything that it has compiled before. Throws an Error that says why where it
   * cannot be had.
   */
  static async start({ peer, settings }: Contestant, isFresh = false): Promise<PeerProcess> {
    const [command, ...args] = peer === "pytorch" ? await pythonPeer() : nodePeer(peer);
    const started = new PeerProcess(command, [...args, JSON.stringify(settings)], settings, isFresh);
    const { title, torch, unable, error } = await started.answer("prepare");
    const name = torch ? pytorchTitle(torch) : title;
    if (name === undefined) {
      started.stop();
      throw new Error(unable ?? error);
    }
    started.title = name;
    return started;
  }

  /** The answer may say that the library is unable, or failed; a process that is gone makes it fail. */
  async ask(request: Request): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.answer(request.do);
  }

  stop(): void {
    this.child.stdin!.end();
  }

  private async answer(to: Request["do"]): Promise<Answer> {
    const compiles = this.settings.compiled && (to === "prepare" || to === "first");
    const seconds = compiles ? PATIENCE.compile : PATIENCE[to];
    let patience: NodeJS.Timeout | undefined;
    const tooLong = new Promise<null>((resolve) => {
      patience = setTimeout(resolve, seconds * 1000, null);
    });
    const next = await Promise.race([this.answers.next(), tooLong]);
    clearTimeout(patience);
    if (next?.done === false) return JSON.parse(next.value) as Answer;
    this.alive = false;
    if (next) return { error: lastError(this.complaints) };
    this.child.kill("SIGKILL");
    return { unable: `no answer within ${seconds} s` };
  }
}

function nodePeer(name: string): [string, ...string[]] {
  const host = fileURLToPath(new URL("peers/host.ts", import.meta.url));
  return [process.execPath, "--expose-gc", "--import", "tsx", host, name];
}

let python: Promise<string> | undefined;

async function pythonPeer(): Promise<[string, ...string[]]> {
  python ??= pythonWithTorch(surroundings((text) => console.error(`\n${text}`)));
  return [await python, fileURLToPath(new URL("peers/pytorch/main.py", import.meta.url))];
}
