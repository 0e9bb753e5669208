/** The command line of `npm run bench`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Contestant, contestantsOf } from "./contestants.ts";
import type { Pace } from "./measure.ts";
import type { RunRecord } from "./record.ts";
import { type Workload, workloads } from "./workloads.ts";

const usage = `Usage: npm run bench -- [options]
  --only <text,...>    only workloads whose name or table holds one of the texts: "matmul 512", "steps", "GPT"
  --peers <name,...>   only contestants whose name begins with one of these: compiled, pytorch, jax
  --threads <count>    for those that may use more than one (default 2)
  --resume <file>      go on from the JSON of an earlier run, or from the "last": measure what it lacks, and what
                       --only names
  --quick              short rounds, for a look
  --docs               write the tables and plots into docs/ and the README
  --json               print the record instead of the tables
  --quiet              print nothing but the name of the file
  --list               print the names of the workloads
  --help               this text`;

/** Where the records of runs are kept. */
export const results = fileURLToPath(new URL("results", import.meta.url));

export interface Options {
  /** By --only; all without. */
  chosen: readonly Workload[];
  /** Whether --only was given: it measures again what an earlier run has. */
  again: boolean;
  contestants: readonly Contestant[];
  threads: number;
  /** The run to go on from. */
  earlier: RunRecord | null;
  pace: Pace;
  docs: boolean;
  json: boolean;
  quiet: boolean;
}

function usageError(message: string): never {
  console.error(`bench: ${message} (--help lists the options)`);
  process.exit(2);
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      peers: { type: "string" },
      threads: { type: "string" },
      resume: { type: "string" },
      quick: { type: "boolean", default: false },
      docs: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  }).values;

/** The name of the latest run, "last" where there is none. */
function lastRun(): string {
  const names = existsSync(results) ? readdirSync(results).filter((name) => name.endsWith(".json")) : [];
  return names.length > 0 ? join(results, names.sort().at(-1)!) : "last";
}

function readRecord(name: string): RunRecord {
  try {
    const file = name === "last" ? lastRun() : name;
    return JSON.parse(readFileSync(file, "utf8")) as RunRecord;
  } catch (error) {
    return usageError(`--resume: ${(error as Error).message}`);
  }
}

const words = (list: string | undefined): string[] | undefined => list?.split(",").map((word) => word.trim());

/** What was asked for. Ends the process for --help, --list and mistakes. */
export function readOptions(args: readonly string[]): Options {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return usageError((error as Error).message.split(". ")[0]!);
  }
  if (given.help || given.list) {
    console.log(given.help ? usage : workloads.map(({ group, name }) => `${group}: ${name}`).join("\n"));
    process.exit(0);
  }
  const only = words(given.only);
  const chosen = workloads.filter(
    ({ name, group }) => !only || only.some((text) => name.includes(text) || group === text),
  );
  if (chosen.length === 0) usageError(`no workload's name holds "${given.only}"`);
  const earlier = given.resume === undefined ? null : readRecord(given.resume);
  const threads = Number(given.threads ?? earlier?.threads ?? 2);
  if (!(Number.isInteger(threads) && threads >= 1))
    usageError(`--threads takes a count, not "${given.threads}"`);
  if (earlier && earlier.threads !== threads) usageError(`the earlier run had --threads ${earlier.threads}`);
  const peers = words(given.peers);
  const all = contestantsOf(threads);
  const unknown = peers?.find((text) => !all.some(({ name }) => name.startsWith(text)));
  if (unknown !== undefined) {
    usageError(`unknown peer "${unknown}"; there are ${all.map(({ name }) => name).join(", ")}`);
  }
  return {
    chosen,
    again: only !== undefined,
    contestants: all.filter(({ name }) => !peers || peers.some((text) => name.startsWith(text))),
    threads,
    earlier,
    pace: given.quick ? { rounds: 3, seconds: 0.05 } : { rounds: 5, seconds: 0.1 },
    docs: given.docs,
    json: given.json,
    quiet: given.quiet,
  };
}
