/**
 * Measures Xorch against its peers: each workload in rounds, every peer in turn in each, so that a noisy machine is
 * noisy for all. Before a workload is timed, all peers must agree on its numbers.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PeerProcess } from "./peerProcess.ts";
import { type PeerInfo, type Result, type Row, record, table } from "./report.ts";
import { type Workload, workloads } from "./workloads.ts";

const usage = `Usage: npm run bench -- [options]
  --only <text,...>   only workloads whose name holds one of the texts, such as "matmul" or "step A"
  --peers <name,...>  only these of xorch, pytorch, tensorflow, jax
  --quick             short rounds, for a look
  --json              print the record instead of the table
  --help              this text`;

const reference = "xorch";
const peerNames = [reference, "pytorch", "tensorflow", "jax"];

function usageError(message: string): never {
  console.error(`bench: ${message} (--help lists the options)`);
  process.exit(2);
}

function options() {
  const parse = () =>
    parseArgs({
      options: {
        only: { type: "string" },
        peers: { type: "string" },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  let given: ReturnType<typeof parse>;
  try {
    given = parse();
  } catch (error) {
    return usageError((error as Error).message.split(". ")[0]!);
  }
  if (given.help) {
    console.log(usage);
    process.exit(0);
  }
  const only = given.only?.split(",");
  const chosen = workloads.filter(({ name }) => !only || only.some((text) => name.includes(text.trim())));
  if (chosen.length === 0) usageError(`no workload's name holds "${given.only}"`);
  const peers = given.peers?.split(",").map((name) => name.trim()) ?? peerNames;
  const unknown = peers.find((name) => !peerNames.includes(name));
  if (unknown !== undefined) usageError(`unknown peer "${unknown}"; there are ${peerNames.join(", ")}`);
  return { chosen, peers, json: given.json, rounds: given.quick ? 3 : 7, seconds: given.quick ? 0.05 : 0.3 };
}

const { chosen, peers, json, rounds, seconds } = options();
/** What goes on, on a terminal only. */
const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** Largest relative difference allowed between two peers' numbers: float32 sums in different orders. */
const TOLERANCE = 1e-3;

/** Why this peer's numbers are not those of the first that gave any; null where they are. */
function disagreement(
  check: readonly number[],
  first: { name: string; check: readonly number[] },
): string | null {
  const wrong = first.check.findIndex(
    (value, i) => !(Math.abs(check[i]! - value) <= TOLERANCE * Math.max(Math.abs(value), 1e-3)),
  );
  return wrong === -1 ? null : `computes ${check[wrong]} where ${first.name} has ${first.check[wrong]}`;
}

async function measureWorkload(workload: Workload, running: Map<string, PeerProcess>): Promise<Row> {
  const row: Row = { workload, results: {} };
  const fail = (name: string, error: unknown) => {
    row.results[name] = { error: error instanceof Error ? error.message : String(error) };
  };
  let first: { name: string; check: number[] } | undefined;
  for (const [name, peer] of running) {
    progress(`${workload.name}: ${name} prepares`);
    try {
      const check = (await peer.ask({ do: "prepare", kind: workload.kind, size: workload.size })).check!;
      first ??= { name, check };
      const wrong = disagreement(check, first);
      if (wrong) fail(name, wrong);
      else row.results[name] = { rounds: [] };
    } catch (error) {
      fail(name, error);
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const [name, peer] of running) {
      const result = row.results[name] as Result;
      if ("error" in result) continue;
      progress(`${workload.name}: round ${round} of ${rounds}, ${name}`);
      try {
        result.rounds.push((await peer.ask({ do: "measure", seconds })).nanoseconds!);
      } catch (error) {
        fail(name, error);
      }
    }
  }
  for (const peer of running.values()) await peer.ask({ do: "drop" }).catch(() => {});
  return row;
}

const running = new Map<string, PeerProcess>();
const infos: PeerInfo[] = [];
for (const name of peers) {
  progress(`${name} starts`);
  try {
    const peer = await PeerProcess.start(name);
    running.set(name, peer);
    infos.push({ name, title: peer.title, absent: null });
  } catch (error) {
    infos.push({ name, title: null, absent: (error as Error).message });
  }
}

const rows: Row[] = [];
for (const workload of chosen) rows.push(await measureWorkload(workload, running));
for (const peer of running.values()) peer.stop();
progress("");

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
const results = `${JSON.stringify(record(rows, infos, { rounds, seconds }, machine), null, 2)}\n`;
const folder = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}.json`);
writeFileSync(file, results);
if (json) {
  process.stdout.write(results);
} else {
  console.log(table(rows, infos, reference));
  console.log(
    `\nMedian of ${rounds} rounds, ± half their range; 3.00x takes three times as long as ${reference}.`,
  );
  console.log(`Written to ${relative(process.cwd(), file)}`);
}
const failed = rows.some(({ results }) => Object.values(results).some((result) => "error" in result));
if (failed) process.exitCode = 1;
