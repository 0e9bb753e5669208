/** Vectors whose elements lie any distance apart, or are fewer than lanes: read and written to the element. */
import type { FunctionBuilder } from "../assembler.ts";
import type { Lanes } from "../matmul-lanes.ts";

/**
 * Pushes `count` elements, `stride` bytes apart, from the address in local `pointer` plus `offset`. Lanes behind them
 * hold anything.
 */
export function loadLanes(
  f: FunctionBuilder,
  lanes: Lanes,
  pointer: number,
  offset: number,
  stride: number,
  count: number,
): void {
  const { bytes } = lanes;
  const first = stride === bytes ? pairs(lanes, count) : 1;
  if (stride === 0) f.get(pointer).memory(lanes.loadSplat, offset);
  else if (first === lanes.count) f.get(pointer).memory("v128.load", offset);
  else {
    // The addresses of all loads, below the vector that they fill.
    for (let lane = first; lane < count; lane++) f.get(pointer);
    f.get(pointer).memory(first * bytes === 8 ? "v128.load64_zero" : "v128.load32_zero", offset);
    for (let lane = first; lane < count; lane++)
      f.memory(bytes === 8 ? "v128.load64_lane" : "v128.load32_lane", offset + lane * stride, lane);
  }
}

/** Writes the first `count` lanes of local `vector`, `stride` bytes apart. */
export function storeLanes(
  f: FunctionBuilder,
  lanes: Lanes,
  pointer: number,
  offset: number,
  stride: number,
  vector: number,
  count: number,
): void {
  const { bytes } = lanes;
  const first = stride === bytes ? pairs(lanes, count) : 0;
  const begin = (): FunctionBuilder => f.get(pointer).get(vector);
  if (first === lanes.count) {
    begin().memory("v128.store", offset);
    return;
  }
  if (first * bytes === 8) begin().memory("v128.store64_lane", offset, 0);
  for (let lane = first * bytes === 8 ? first : 0; lane < count; lane++)
    begin().memory(lanes.storeLane, offset + lane * stride, lane);
}

/** How many of `count` neighbouring elements go in one access. */
function pairs(lanes: Lanes, count: number): number {
  if (count === lanes.count) return count;
  return count >= 2 ? 2 : 1;
}
