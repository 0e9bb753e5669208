/** Reduce kernels: finds how the axes lie, then folds blocks of rows (reduce-blocks.ts). */
import { elementCount, type DType, XorchError } from "../../base/index.ts";
import { emitReduce } from "../../codegen/wasm/emit-reduce.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { copyElements, fillElements } from "./copy-tile.ts";
import { type Folds, type FoldTask, foldColumns, foldRows } from "./reduce-blocks.ts";
import { BLOCK_BYTES, instantiate, layout, REGION_COUNT, regionAddress, scratch, writeParams } from "./scratch.ts";
import { Walk } from "./walk.ts";

const walk = new Walk();

