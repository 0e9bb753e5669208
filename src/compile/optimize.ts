/** From what was traced to what is to be run. */
import type { Compiler } from "../device/program.ts";
import { fuse } from "./fuse.ts";
import type { Graph } from "./graph.ts";
import { prune } from "./prune.ts";
import { schedule } from "./schedule.ts";
import { settle } from "./settle.ts";
import { share } from "./share.ts";

/** Leaves out, merges and fuses nodes, and brings them into the order of the run. */
export function optimize(traced: Graph, compiler: Compiler): Graph {
  return schedule(settle(fuse(share(prune(traced)), compiler)));
}
