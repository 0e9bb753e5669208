/** The place of the extreme along one axis. */
import { int64 } from "../../base/index.ts";
import { emitArgReduce } from "../../codegen/wasm/emit-arg-reduce.ts";
import type { ArgReduceKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { copyElements } from "./copy-tile.ts";
import { BLOCK_BYTES, i64, instantiate, layout, regionAddress, scratch } from "./scratch.ts";
import { Walk } from "./walk.ts";

type Rows = (count: number, length: number, position: number) => void;

const planKey = Symbol("plan of the cpu device");
type Planned = ArgReduceKernel & { [planKey]?: Rows };

function prepare(kernel: ArgReduceKernel): Rows {
  const { rows } = instantiate(emitArgReduce(kernel, layout));
  return ((kernel as Planned)[planKey] = rows as Rows);
}

const walk = new Walk();

/** Elements in a block: the places are the widest of the operands. */
const BLOCK = BLOCK_BYTES / int64.bytes;

/** See Device.argReduce. The axis is not empty unless the output is. */
export function argReduce(kernel: ArgReduceKernel, output: View, input: View, dim: number): void {
  const { shape, dtype } = input;
  const rows = (kernel as Planned)[planKey] ?? prepare(kernel);
  const length = shape.length > 0 ? shape[dim]! : 1;
  let count = 1;
  for (let d = 0; d < shape.length; d++) if (d !== dim) count *= shape[d]!;
  if (count === 0) return;

  walk.begin(shape);
  walk.add(input, shape);
  if (shape.length > 0) walk.permute([...shape.keys()].filter((d) => d !== dim).concat(dim));
  walk.merge();
  const region = regionAddress(0) / dtype.bytes;
  const target = output.storage.base + output.offset;
  const together = Math.max(1, Math.floor(BLOCK / length));
  for (let row = 0; row < count; row += together) {
    const n = Math.min(together, count - row);
    // A row longer than a block comes in pieces, which the compiled function knows by their position.
    for (let from = 0; from < length; from += BLOCK) {
      const piece = Math.min(BLOCK, length - from);
      walk.read(0, scratch[dtype.index]!, region, row * length + from, n * piece);
      rows(n, piece, from);
    }
    copyElements(int64, output.storage.data, target + row, i64, regionAddress(1) / int64.bytes, n);
  }
  walk.end();
}
