/** Starts worker threads: Node's, or a page's. */
import { nodeModule } from "../node-module.ts";
import { pageWorker } from "./page-worker.ts";
import { workerSource } from "./worker-source.ts";

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: "message" | "error", listener: (value: unknown) => void): void;
  unref(): void;
}

interface WorkerThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

/** The source as something that a page can load. */
let address: string | undefined;

function textWorker(): Worker {
  address ??= URL.createObjectURL(new Blob([workerSource()], { type: "text/javascript" }));
  return new Worker(address, { name: "xorch" });
}

/**
 * A worker of a page, from its file if that can be had: it cannot where a bundler left it behind, where it comes from elsewhere,
 * or without the headers of an isolated page. Then from its text, which needs a policy that allows `worker-src blob:`.
 */
class PageWorker {
  #worker: Worker;
  /** What was posted before the worker was known to run; null once it is. */
  #posted: unknown[] | null = [];
  readonly #failed: (reason: string) => void;

  constructor(failed: (reason: string) => void) {
    this.#failed = failed;
    let fromFile: Worker | null = null;
    try {
      fromFile = pageWorker();
    } catch {
      // From elsewhere.
    }
    this.#worker = fromFile ?? textWorker();
    this.#listen(fromFile === null);
  }

  postMessage(message: unknown): void {
    this.#posted?.push(message);
    this.#worker.postMessage(message);
  }

  #listen(isLast: boolean): void {
    this.#worker.onmessage = ({ data }) => {
      if (data === null) this.#posted = null;
      else this.#failed(String(data));
    };
    this.#worker.onerror = ({ message }) => {
      if (isLast || this.#posted === null) {
        this.#failed(
          message ||
            "the page's content security policy must allow worker-src 'self', with the library's worker.js beside it, or worker-src blob:",
        );
      } else this.#startFromText(this.#posted);
    };
  }

  #startFromText(posted: readonly unknown[]): void {
    this.#worker = textWorker();
    this.#listen(true);
    for (const message of posted) this.#worker.postMessage(message);
  }
}

/** A worker that keeps no process alive. `failed` hears why it can do nothing, which may be long after the start. */
export function startWorker(failed: (reason: string) => void): { postMessage(message: unknown): void } {
  const threads = nodeModule<WorkerThreads>("node:worker_threads");
  if (!threads) return new PageWorker(failed);
  // The flags of this process, such as a loader of TypeScript, are not for a worker that loads no files.
  const worker = new threads.Worker(workerSource(), { eval: true, execArgv: [], name: "xorch" });
  worker.on("message", (reason) => {
    if (reason !== null) failed(String(reason));
  });
  worker.on("error", (error) => failed(String(error)));
  worker.unref();
  return worker;
}
