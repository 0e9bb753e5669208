/**
 * The process in which one JavaScript library is measured, alone: `host.ts <peer> <settings>`. It answers one JSON
 * object a line: first its title, then to each request of peer-process.ts.
 */
import { createInterface } from "node:readline";
import { measure } from "mitata";
import type { PeerSettings } from "../contestants.ts";
import type { Answer, PrepareRequest, Request } from "../peer-process.ts";
import { type Open, type Preparations, type Prepared, Unable } from "./peer.ts";

const answer = (message: Answer) => process.stdout.write(`${JSON.stringify(message)}\n`);
// Libraries greet on the console; stdout is for answers.
console.log = console.info = console.warn = console.error;

const NANOSECONDS = 1e6;

/** Nanoseconds of one run. */
async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * NANOSECONDS;
}

/**
 * Median time of one run, after a warm-up in which sleeping threads wake and, a longer one the first time, the engine's
 * compiler sees the code often.
 */
async function medianTime(run: () => unknown, seconds: number, isFirst: boolean): Promise<number> {
  const budget = seconds * 1e9;
  const end = performance.now() + (isFirst ? 1000 : 250) * seconds;
  let least = Number.POSITIVE_INFINITY;
  do least = Math.min(least, await timed(run));
  while (performance.now() < end);
  // What fills the budget alone has been seen often enough in the check and over the rounds.
  if (least > budget) return least;
  // Runs of up to 100 us are timed 128 at once, so that reading the clock does not count.
  const options = { min_cpu_time: budget, min_samples: 3, batch_threshold: 100_000, batch_samples: 128 };
  return (await measure(run, options)).p50;
}

function prepare(preparations: Preparations, { kind, settings, parameters }: PrepareRequest): Prepared {
  const preparation = preparations[kind] as
    | ((given: typeof settings, from: typeof parameters) => Prepared)
    | undefined;
  if (!preparation) throw new Unable(`has no ${kind}`);
  return preparation(settings, parameters);
}

let prepared: Prepared | undefined;
let isMeasured = false;

async function respond(preparations: Preparations, request: Request): Promise<Answer> {
  if (request.do === "prepare") {
    prepared = prepare(preparations, request);
    isMeasured = false;
    return request.check ? { check: await prepared.check() } : {};
  }
  if (request.do === "measure") {
    const nanoseconds = await medianTime(prepared!.run, request.seconds, !isMeasured);
    isMeasured = true;
    return { nanoseconds };
  }
  if (request.do === "first") return { nanoseconds: await timed(prepared!.run) };
  prepared?.dispose?.();
  prepared = undefined;
  return {};
}

const failure = (error: unknown): Answer =>
  error instanceof Unable ? { unable: error.message } : { error: String(error) };

const [name, settings] = process.argv.slice(2) as [string, string];
try {
  const { open } = (await import(`./${name}.ts`)) as { open: Open };
  const peer = await open(JSON.parse(settings) as PeerSettings);
  answer({ title: peer.title });
  for await (const line of createInterface({ input: process.stdin })) {
    answer(await respond(peer.prepare, JSON.parse(line) as Request).catch(failure));
  }
} catch (error) {
  answer(failure(error));
}
// Workers of a library may hold the process.
process.exit();
