/**
 * Large matrix products on several threads, which share the memory of compiled programs: operands are copied into it
 * part by part, multiplied there (codegen/wasm/matmul-team.ts), and the result is copied out.
 */
import { float32, float64, int32 } from "../../base/index.ts";
import { blocks, isTransposed, LEFT_BYTES, partSize, RIGHT_BYTES } from "../../codegen/wasm/matmul-plan.ts";
import { teamProductModule, teamWords } from "../../codegen/wasm/matmul-team.ts";
import { TILE_ROWS } from "../../codegen/wasm/matmul-tiled.ts";
import { memoryViews, takeFor } from "./arena.ts";
import { programMemory } from "./arena-memory.ts";
import { loadBlock, storeRows } from "./matmul-copy.ts";
import type { FloatArray, MatmulKernels } from "./matmul-kernels.ts";
import { copyOperand, liesAcross, type Operand, type Target } from "./matmul-operand.ts";
import { settings } from "./settings.ts";
import { numThreads } from "./threads/count.ts";
import { type Run, TeamProgram } from "./threads/team.ts";

/** The least rows and columns: so many tiles that threads have equal shares and few elements are wasted. */
const LEAST_SIDE = 64;

/** The most threads there are panels for. */
const MOST_THREADS = 8;

/** The most rows that a thread packs at a time. */
const BLOCK_ROWS = 128;

/** The most bytes of a part of the left operand, and of the result. */
const LEFT_RAW_BYTES = 4 * 2 ** 20;
const RESULT_BYTES = 8 * 2 ** 20;

/** Room after each region for kernels that read and write a little too far; it also keeps them off equal cache sets. */
const SLACK = 4096 + 320;

/** The memory of the products: one at a time is computed. */
class Regions {
  readonly words: number;
  readonly left: number;
  readonly right: number;
  readonly rightPacked: number;
  readonly leftPacked: number;
  readonly result: number;
  readonly leftPackedBytes = LEFT_BYTES + SLACK;

  constructor() {
    const sizes = [256, LEFT_RAW_BYTES, RIGHT_BYTES, RIGHT_BYTES, RESULT_BYTES];
    const total = sizes.reduce((sum, size) => sum + size + SLACK, MOST_THREADS * this.leftPackedBytes);
    let next = takeFor(this, total);
    const take = (bytes: number): number => {
      const at = next;
      next += bytes + SLACK;
      return at;
    };
    [this.words, this.left, this.right, this.rightPacked, this.result] = sizes.map(take);
    this.leftPacked = next;
  }
}

let regions: Regions | undefined;

/** By bytes of an element and whether multiply-add rounds once. */
const programs = new Map<string, TeamProgram>();

function programFor({ lanes }: MatmulKernels, { words }: Regions): TeamProgram {
  const fused = !settings.deterministic && settings.relaxedFma;
  const key = `${lanes.scalar} ${fused}`;
  let program = programs.get(key);
  if (program === undefined) {
    const module = new WebAssembly.Module(teamProductModule({ lanes, fused }, words));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: programMemory() } });
    program = new TeamProgram({ module, run: exports.run as Run });
    programs.set(key, program);
  }
  return program;
}

/**
 * target = left x right + bias, if threads can do it: false, with nothing done, if not. The bias may be the target
 * itself. The digits are those of one thread.
 */
export function teamProduct(
  kernels: MatmulKernels,
  left: Operand,
  right: Operand,
  K: number,
  target: Target,
  bias: Target | null,
): boolean {
  const threads = Math.min(numThreads(), MOST_THREADS);
  if (threads === 1 || Math.min(left.count, right.count) < LEAST_SIDE) return false;
  regions ??= new Regions();
  const program = programFor(kernels, regions);
  if (!program.isReady(threads)) return false;
  const { bytes, tileColumns } = kernels;
  // Sums are cut as in blockedProduct, which may see the product transposed.
  const turned = isTransposed({ M: left.count, N: right.count, K }, tileColumns);
  const [inner, outer] = turned ? [right.count, left.count] : [left.count, right.count];
  const { depth, kBlock } = blocks(inner, outer, K, tileColumns, bytes);
  const columns = partSize(right.count, Math.floor(RIGHT_BYTES / bytes / depth), tileColumns);
  const mostRows = Math.min(LEFT_RAW_BYTES / bytes / depth, RESULT_BYTES / bytes / columns);
  const rows = partSize(left.count, Math.floor(mostRows), TILE_ROWS);
  const blockRows = Math.min(BLOCK_ROWS, LEFT_BYTES / bytes / depth);
  const memory = memoryViews()[(bytes === 4 ? float32 : float64).index] as FloatArray;
  const words = memoryViews()[int32.index] as Int32Array;
  const result = regions.result / bytes;

  for (let j = 0; j < right.count; j += columns) {
    const jCount = Math.min(columns, right.count - j);
    const rightPanels = Math.ceil(jCount / tileColumns);
    const resultRow = rightPanels * tileColumns;
    for (let i = 0; i < left.count; i += rows) {
      const iCount = Math.min(rows, left.count - i);
      if (bias) loadBlock(memory, result, resultRow, bias, i, j, iCount, jCount);
      for (let k = 0; k < K; k += depth) {
        const kCount = Math.min(depth, K - k);
        copyOperand(memory, regions.left / bytes, left, i, iCount, k, kCount);
        copyOperand(memory, regions.right / bytes, right, j, jCount, k, kCount);
        const values: Record<(typeof teamWords)[number], number> = {
          left: regions.left,
          leftAcross: Number(liesAcross(left)),
          leftStride: (liesAcross(left) ? iCount : kCount) * bytes,
          leftPanels: Math.ceil(iCount / TILE_ROWS),
          leftBlock: Math.max(1, Math.floor(blockRows / TILE_ROWS)),
          right: regions.right,
          rightAcross: Number(liesAcross(right)),
          rightStride: (liesAcross(right) ? jCount : kCount) * bytes,
          rightPanels,
          K: kCount,
          kBlock,
          rightPacked: regions.rightPacked,
          leftPacked: regions.leftPacked,
          leftPackedBytes: regions.leftPackedBytes,
          result: regions.result,
          resultRow: resultRow * bytes,
          accumulate: Number(bias !== null || k > 0),
        };
        for (const [w, name] of teamWords.entries()) words[regions.words / 4 + w] = values[name];
        program.run(threads);
      }
      const to = target.at + i * target.row + j;
      storeRows(target.data, to, target.row, memory, result, iCount, jCount, resultRow);
    }
  }
  return true;
}
