/**
 * The process in which one JavaScript library is measured, alone: `host.ts <peer>`. It answers one JSON object a
 * line: first its title, then to each request {do: "prepare", kind, size}, {do: "measure", seconds}, {do: "drop"}.
 */
import { createInterface } from "node:readline";
import { measure } from "mitata";
import type { Answer, Request } from "../peerProcess.ts";
import type { Peer, Prepared } from "./peer.ts";

const answer = (message: Answer) => process.stdout.write(`${JSON.stringify(message)}\n`);
// Libraries greet on the console; stdout is for answers.
console.log = console.info = console.warn = console.error;

/** Median time of one run, after a warm-up in which the compiler sees it often. */
async function medianTime(run: () => unknown, seconds: number): Promise<number> {
  const end = performance.now() + 250 * seconds;
  do await run();
  while (performance.now() < end);
  // Runs of up to 100 us are timed 128 at once, so that reading the clock does not count.
  const options = {
    min_cpu_time: seconds * 1e9,
    min_samples: 3,
    batch_threshold: 100_000,
    batch_samples: 128,
  };
  return (await measure(run, options)).p50;
}

const { peer } = (await import(`./${process.argv[2]}.ts`)) as { peer: Peer };
answer({ title: peer.title });
let prepared: Prepared | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  try {
    if (request.do === "prepare") {
      prepared = peer.prepare[request.kind](request.size);
      answer({ check: await prepared.check() });
    } else if (request.do === "measure") {
      answer({ nanoseconds: await medianTime(prepared!.run, request.seconds) });
    } else {
      prepared?.dispose?.();
      prepared = undefined;
      answer({});
    }
  } catch (error) {
    answer({ error: String(error) });
  }
}
