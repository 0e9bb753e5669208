/** Runs in the page: a program on several threads. What happened goes into the page's output element, as JSON. */
import { setNumThreads } from "../../src/device/cpu/threads/set-num-threads.ts";
import { fillRows, shifting, testMemory } from "../device/team-programs.ts";

const RUNS = 500;
const asked = Number(new URLSearchParams(location.search).get("threads"));
const { seen, rows } = testMemory();
setNumThreads(asked);
const program = shifting();

/** How many threads take part; after a while without more, as many as there are. */
async function settle(): Promise<number> {
  let threads = 0;
  for (let tries = 0; tries < 100 && threads < asked; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.fill(0);
    program.run(asked);
    threads = seen.reduce((sum, one) => sum + one);
  }
  return threads;
}

const threads = await settle();
fillRows(rows);
for (let i = 0; i < RUNS; i++) program.run(asked);
const found = { threads, runs: RUNS, row: [...rows.slice(0, rows.length / 2)] };
document.querySelector("output")!.textContent = JSON.stringify(found);
