/** Where large matrix products keep what, as byte addresses in the scratch memory. */
import { LEFT_BYTES, RIGHT_BYTES, TILES_BYTES } from "../../codegen/wasm/matmul-plan.ts";
import { MATMUL_BASE, MATMUL_BYTES } from "./scratch.ts";

const KIB = 1024;

/** Room after each region for kernels that read and write a little too far; it also keeps them off equal cache sets. */
const SLACK = 4 * KIB + 320;

/** Panels of the left operand, */
export const LEFT = MATMUL_BASE;
/** of the right one, */
export const RIGHT = LEFT + LEFT_BYTES + SLACK;
/** and their product, rows padded to whole tiles. */
export const TILES = RIGHT + RIGHT_BYTES + SLACK;
/** Operands before packing and, at other times, the product without padding: at most TILES_BYTES. */
export const RAW = TILES + TILES_BYTES + SLACK;

/** Parts of the left operand of a contraction, brought into order, */
export const LEFT_IN_ORDER = RAW + TILES_BYTES + SLACK;
export const LEFT_IN_ORDER_BYTES = 352 * KIB;
/** and of the right one: what is left of the scratch memory. */
export const RIGHT_IN_ORDER = LEFT_IN_ORDER + LEFT_IN_ORDER_BYTES + SLACK;
export const RIGHT_IN_ORDER_BYTES = MATMUL_BASE + MATMUL_BYTES - RIGHT_IN_ORDER - SLACK;
