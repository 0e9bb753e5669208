/** Feeds a script to a prompt line by line, each after the one before it is done, awaited values included. */
import { createInterface } from "node:readline";
import type { REPLServer } from "node:repl";
import type { Readable } from "node:stream";

/**
 * Left alone, Node's prompt reads on while an `await` is pending, and answers out of order. Resolves when the input
 * has ended or the script has left by `.exit`.
 */
export async function feedLines(server: REPLServer, input: Readable): Promise<void> {
  let isReady = () => {};
  let isOpen = true;
  // The prompt shows itself again when a line is done, well or not. A script needs to see neither it nor its dots.
  server.displayPrompt = () => isReady();
  server.once("exit", () => {
    isOpen = false;
    isReady();
  });
  for await (const line of createInterface({ input })) {
    const done = new Promise<void>((resolve) => {
      isReady = resolve;
    });
    server.write(`${line}\n`);
    await done;
    if (!isOpen) return;
  }
  server.close();
}
