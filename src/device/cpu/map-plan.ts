/** What the CPU device keeps of a map kernel. */
import { XorchError } from "../../base/index.ts";
import { mayTrap } from "../../codegen/wasm/emission.ts";
import { emitMap } from "../../codegen/wasm/emit-map.ts";
import type { MapKernel } from "../../ir/kernel.ts";
import { BLOCK_BYTES, instantiate, layout, REGION_COUNT } from "./scratch.ts";
import { throwTrap } from "./trap.ts";

export interface MapPlan {
  /** The compiled kernel for each set of inputs of which one element is repeated, a bit each. */
  readonly compiled: ((n: number) => void)[];
  /** How many elements a block holds. */
  readonly block: number;
  /** Whether it may trap: it divides integers. */
  readonly traps: boolean;
}

/** The plan is a property of the kernel: finding it costs a load, where a WeakMap would hash. */
const planKey = Symbol("plan of the cpu device");
type Planned = MapKernel & { [planKey]?: MapPlan };

export function mapPlanOf(kernel: MapKernel): MapPlan {
  return (kernel as Planned)[planKey] ?? prepare(kernel);
}

function prepare(kernel: MapKernel): MapPlan {
  const operands = kernel.inputs.length + kernel.outputs.length;
  if (operands > REGION_COUNT) {
    throw new XorchError(
      `${kernel.name}: ${operands} operands; a kernel on the CPU has at most ${REGION_COUNT}`,
    );
  }
  const dtypes = [...kernel.inputs, ...kernel.outputs.map((x) => x.dtype)];
  return ((kernel as Planned)[planKey] = {
    compiled: [],
    block: BLOCK_BYTES / Math.max(...dtypes.map((dtype) => dtype.bytes)),
    traps: mayTrap(kernel.outputs),
  });
}

function compile(kernel: MapKernel, plan: MapPlan, repeated: number): (n: number) => void {
  const { kernel: run } = instantiate(emitMap(kernel, repeated, layout));
  return (plan.compiled[repeated] = run as (n: number) => void);
}

/**
 * Runs the kernel over n elements in the scratch memory. Throws a ValueError where integers are divided by zero:
 * the one thing that makes a kernel trap.
 */
export function execute(kernel: MapKernel, plan: MapPlan, repeated: number, n: number): void {
  const run = plan.compiled[repeated] ?? compile(kernel, plan, repeated);
  if (!plan.traps) {
    run(n);
    return;
  }
  try {
    run(n);
  } catch (error) {
    throwTrap(kernel.name, error);
  }
}
