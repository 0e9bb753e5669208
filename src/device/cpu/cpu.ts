/** The CPU device: kernels compiled to WebAssembly, over ordinary JavaScript memory. */
import { inspectCustom } from "../../base/index.ts";
import type { Device } from "../device.ts";
import { argReduce } from "./arg-reduce.ts";
import { contract } from "./contract.ts";
import { gather, scatter } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul.ts";
import { reduce } from "./reduce.ts";
import { allocate, allocateCopy, allocateRetained } from "./slab.ts";

export const cpu: Device = {
  type: "cpu",
  toString: () => "cpu",
  [inspectCustom]: () => 'device(type="cpu")',
  allocate: (dtype, count) => allocate(cpu, dtype, count),
  allocateRetained: (dtype, count) => allocateRetained(cpu, dtype, count),
  allocateCopy: (dtype, storage) => allocateCopy(cpu, dtype, storage),
  map,
  reduce,
  argReduce,
  matmul,
  contract,
  gather,
  scatter,
};
