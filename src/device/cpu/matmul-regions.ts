/** Where large matrix products keep what, as byte addresses in the scratch memory. */
import { MATMUL_BASE } from "./scratch.ts";

const KIB = 1024;

/** Room after each region for kernels that read and write a little too far; it also keeps them off equal cache sets. */
const SLACK = 4 * KIB + 320;

export const LEFT_BYTES = 512 * KIB;
export const RIGHT_BYTES = 2048 * KIB;
export const TILES_BYTES = 1024 * KIB;

/** Panels of the left operand, */
export const LEFT = MATMUL_BASE;
/** of the right one, */
export const RIGHT = LEFT + LEFT_BYTES + SLACK;
/** and their product, rows padded to whole tiles. */
export const TILES = RIGHT + RIGHT_BYTES + SLACK;
/** Operands before packing and, at other times, the product without padding: at most TILES_BYTES. */
export const RAW = TILES + TILES_BYTES + SLACK;

/** How much of an operand is copied before it is packed: little enough to be still in the second-level cache. */
export const RAW_PIECE_BYTES = 256 * KIB;
