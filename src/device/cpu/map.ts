/** Map kernels: small and plain operands by the shortest way, all others block by block. */
import { elementCount, float32, ValueError, XorchError } from "../../base/index.ts";
import { mayTrap } from "../../codegen/wasm/emission.ts";
import { emitMap } from "../../codegen/wasm/emit-map.ts";
import type { MapKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { copyElements, copyFloat32 } from "./copy-tile.ts";
import {
  BLOCK_BYTES,
  f32,
  instantiate,
  layout,
  REGION_COUNT,
  regionAddress,
  scratch,
  writeParams,
} from "./scratch.ts";
import { Walk } from "./walk.ts";

/** What this device keeps of a kernel. */
interface Plan {
  /** The compiled kernel for each set of inputs of which one element is repeated, a bit each. */
  readonly compiled: ((n: number) => void)[];
  /** How many elements a block holds. */
  readonly block: number;
  /** Whether it may trap: it divides integers. */
  readonly traps: boolean;
}

/** The plan is a property of the kernel: finding it costs a load, where a WeakMap would hash. */
const planKey = Symbol("plan of the cpu device");
type Planned = MapKernel & { [planKey]?: Plan };

function prepare(kernel: MapKernel): Plan {
  const operands = kernel.inputs.length + kernel.outputs.length;
  if (operands > REGION_COUNT) {
    throw new XorchError(
      `${kernel.name}: ${operands} operands; a kernel on the CPU has at most ${REGION_COUNT}`,
    );
  }
  let widest = 1;
  for (const dtype of kernel.inputs) widest = Math.max(widest, dtype.bytes);
  for (const { dtype } of kernel.outputs) widest = Math.max(widest, dtype.bytes);
  return ((kernel as Planned)[planKey] = {
    compiled: [],
    block: BLOCK_BYTES / widest,
    traps: mayTrap(kernel.outputs),
  });
}

function compile(kernel: MapKernel, plan: Plan, repeated: number): (n: number) => void {
  const { kernel: run } = instantiate(emitMap(kernel, repeated, layout));
  return (plan.compiled[repeated] = run as (n: number) => void);
}

function execute(kernel: MapKernel, plan: Plan, repeated: number, n: number): void {
  const run = plan.compiled[repeated] ?? compile(kernel, plan, repeated);
  if (!plan.traps) {
    run(n);
    return;
  }
  try {
    run(n);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    throw new ValueError(`${kernel.name}: integer division by zero`, { cause: error });
  }
}

/** See Device.map. Throws a ValueError where integers are divided by zero, before anything is changed. */
export function map(
  kernel: MapKernel,
  outputs: readonly View[],
  inputs: readonly View[],
  params: readonly number[],
): void {
  const { shape } = outputs[0]!;
  const n = elementCount(shape);
  if (n === 0) return;
  if (kernel.isCopy) {
    copy(outputs[0]!, inputs[0]!, n);
    return;
  }
  const plan = (kernel as Planned)[planKey] ?? prepare(kernel);
  if (kernel.paramCount > 0) writeParams(params, kernel.paramCount);
  if (n > plan.block || !mapPlain(kernel, plan, outputs, inputs, n))
    mapInBlocks(kernel, plan, outputs, inputs, n);
}

/** Operands that fit in one block, contiguous or single elements; gives false, with nothing changed, for others. */
function mapPlain(
  kernel: MapKernel,
  plan: Plan,
  outputs: readonly View[],
  inputs: readonly View[],
  n: number,
): boolean {
  for (let i = 0; i < outputs.length; i++) if (!outputs[i]!.contiguous) return false;
  let repeated = 0;
  for (let i = 0; i < inputs.length; i++) {
    const view = inputs[i]!;
    // Contiguous and as many elements: then the shapes differ by dimensions of size 1 at most.
    const count = elementCount(view.shape);
    if (count !== n) {
      if (count !== 1) return false;
      repeated |= 1 << i;
    } else if (!view.contiguous) {
      return false;
    }
    const { storage, dtype } = view;
    const start = storage.base + view.offset;
    if (dtype === float32) copyFloat32(f32, regionAddress(i) / 4, storage.data as Float32Array, start, count);
    else
      copyElements(dtype, scratch[dtype.index]!, regionAddress(i) / dtype.bytes, storage.data, start, count);
  }
  execute(kernel, plan, repeated, n);
  for (let i = 0; i < outputs.length; i++) {
    const { storage, dtype, offset } = outputs[i]!;
    const start = storage.base + offset;
    const region = regionAddress(inputs.length + i) / dtype.bytes;
    if (dtype === float32) copyFloat32(storage.data as Float32Array, start, f32, region, n);
    else copyElements(dtype, storage.data, start, scratch[dtype.index]!, region, n);
  }
  return true;
}

const walk = new Walk();

function copy(output: View, input: View, n: number): void {
  walk.begin(output.shape);
  walk.add(output, output.shape);
  walk.add(input, output.shape);
  walk.merge(null);
  walk.copy(0, 1, n);
  walk.end();
}

function mapInBlocks(
  kernel: MapKernel,
  plan: Plan,
  outputs: readonly View[],
  inputs: readonly View[],
  n: number,
): void {
  const { shape } = outputs[0]!;
  walk.begin(shape);
  for (let i = 0; i < inputs.length; i++) walk.add(inputs[i]!, shape);
  for (let i = 0; i < outputs.length; i++) walk.add(outputs[i]!, shape);
  walk.merge(null);

  let repeated = 0;
  let { block } = plan;
  for (let i = 0; i < inputs.length; i++) {
    const period = walk.period(i);
    if (walk.operands[i]!.repeated) repeated |= 1 << i;
    else if (period > 0 && period <= plan.block && block === plan.block) block -= block % period;
  }
  // Blocks of whole periods: such an input is the same in every block, so it is copied in once.
  let constant = repeated;
  for (let i = 0; i < inputs.length; i++) {
    const period = walk.period(i);
    if (period > 0 && block % period === 0) constant |= 1 << i;
  }

  // Where a later block may divide by zero, a first round without results finds out before anything is changed.
  const rounds = plan.traps && n > block ? 2 : 1;
  for (let round = 1; round <= rounds; round++) {
    for (let from = 0; from < n; from += block) {
      const length = Math.min(block, n - from);
      for (let i = 0; i < inputs.length; i++) {
        if (from > 0 && (constant >>> i) & 1) continue;
        const { dtype } = walk.operands[i]!;
        walk.read(i, scratch[dtype.index]!, regionAddress(i) / dtype.bytes, from, length);
      }
      execute(kernel, plan, repeated, length);
      if (round < rounds) continue;
      for (let i = inputs.length; i < inputs.length + outputs.length; i++) {
        const { dtype } = walk.operands[i]!;
        walk.write(i, scratch[dtype.index]!, regionAddress(i) / dtype.bytes, from, length);
      }
    }
  }
  walk.end();
}
