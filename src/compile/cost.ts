/** What the steps of programs cost, from shapes and the sizes of expressions. */
import { elementCount } from "../base/index.ts";
import type { Place, RowsPart, Step } from "../device/program.ts";
import { type Expr, topologicalOrder } from "../ir/expr.ts";
import type { MapKernel, ReduceKernel } from "../ir/kernel.ts";
import { lower } from "../ir/lower.ts";

export interface Cost {
  /** Arithmetic operations; a function such as exp counts as those that it is made of. */
  readonly operations: number;
  /** Bytes read and written; operands that repeat count once. */
  readonly bytes: number;
}

const leaves: readonly string[] = ["const", "input", "param"];

/** Operations to compute all of these for one element. */
function sizeOf(roots: readonly Expr[]): number {
  return topologicalOrder(roots.map(lower)).filter(({ op }) => !leaves.includes(op)).length;
}

/** Operations of a kernel that gives `results` results from `elements` elements. */
function kernelOperations(kernel: MapKernel | ReduceKernel, elements: number, results: number): number {
  if (kernel.kind === "map") return elements * sizeOf(kernel.outputs);
  const { element, combine, finish } = kernel;
  return elements * (sizeOf([element]) + sizeOf([combine])) + results * sizeOf(finish ? [finish] : []);
}

function product(sizes: readonly number[]): number {
  return elementCount(sizes);
}

function operations(step: Step<Place>): number {
  const [output] = step.outputs;
  const results = output === undefined ? 0 : product(output.shape);
  switch (step.kind) {
    case "map":
      return kernelOperations(step.kernel, product(step.shape), results);
    case "reduce":
      return kernelOperations(step.kernel, product(step.shape), results);
    case "argReduce":
      return product(step.inputs[0]!.shape) * sizeOf([step.kernel.better]);
    case "matmul":
      return results * (2 * step.inputs[0]!.shape.at(-1)! + step.inputs.length - 2);
    case "contract": {
      const { batch, m, k } = step.groups;
      return 2 * results * product(step.inputs[0]!.shape.slice(batch + m, batch + m + k));
    }
    case "scatter":
      return step.how === "write" ? 0 : product(step.inputs[1]!.shape);
    case "rows": {
      const elements = product(step.shape);
      const rows = elements / (step.shape.at(-1) || 1);
      const ofPart = ({ kernel, isWide }: RowsPart): number =>
        kernelOperations(kernel, isWide || kernel.kind === "reduce" ? elements : rows, rows);
      return step.parts.reduce((sum, part) => sum + ofPart(part), 0);
    }
    default:
      return 0;
  }
}

function bytesOf({ shape, strides, buffer }: Place): number {
  const distinct = product(shape.filter((_, d) => strides[d] !== 0));
  return Math.min(distinct, buffer.length) * buffer.dtype.bytes;
}

export function costOf(step: Step<Place>): Cost {
  const places = [...step.inputs, ...step.outputs];
  return { operations: operations(step), bytes: places.reduce((sum, place) => sum + bytesOf(place), 0) };
}
