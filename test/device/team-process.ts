/** A process that uses worker threads and then ends, in the way that its argument names. */
import { setNumThreads } from "../../src/device/cpu/threads/set-num-threads.ts";
import { shifting, testMemory, withThreads } from "./team-programs.ts";

const { seen } = testMemory();
setNumThreads(3);
const program = shifting();
const [, , way] = process.argv;

if (way === "while workers start") {
  program.run(3);
} else {
  await withThreads(program, 3, seen);
  if (way === "while workers sleep") await new Promise((resolve) => setTimeout(resolve, 100));
  program.run(way === "while workers sleep" ? 1 : 3);
  if (way === "by process.exit") process.exit();
}
console.log(`ends ${way}`);
