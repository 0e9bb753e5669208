/** Starts worker threads: Node's, or a page's. */
import { nodeModule } from "../node-module.ts";
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

/** A worker that keeps no process alive. `failed` hears why it can do nothing, which may be long after the start. */
export function startWorker(failed: (reason: string) => void): { postMessage(message: unknown): void } {
  const threads = nodeModule<WorkerThreads>("node:worker_threads");
  if (threads) {
    // The flags of this process, such as a loader of TypeScript, are not for a worker that loads no files.
    const worker = new threads.Worker(workerSource(), { eval: true, execArgv: [], name: "xorch" });
    worker.on("message", (reason) => failed(String(reason)));
    worker.on("error", (error) => failed(String(error)));
    worker.unref();
    return worker;
  }
  address ??= URL.createObjectURL(new Blob([workerSource()], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "xorch" });
  worker.onmessage = ({ data }) => failed(String(data));
  worker.onerror = ({ message }) =>
    failed(message || "the page's content security policy must allow worker-src blob:");
  return worker;
}
