/**
 * Matrix products of compiled programs: functions for one set of sizes and strides, which read the operands where they
 * lie and write the result to the element. The digits are those of the eager device.
 */
import { FunctionBuilder } from "../assembler.ts";
import { emitChain } from "./product-chain.ts";
import { emitDots } from "./product-dots.ts";
import { type Addresses, addressesAt, LEAST_SHARED_WORK, shareOf } from "./product-share.ts";
import { orientations, type ProductSpec, summation } from "./product-spec.ts";
import type { ProgramModule } from "./program-module.ts";
import type { Team } from "./share.ts";

export type { ProductSpec } from "./product-spec.ts";

/**
 * The number of the function `(a, b, bias, c, thread, threads, scratch)` that computes the share of thread `thread` of
 * `threads` in c = a x b + bias. All are i32: addresses in bytes (`bias` is not read if there is none, or with
 * `accumulate`), the two numbers, and the address of scratch memory of this thread alone. Nothing is read or written
 * outside of the operands and the scratch memory.
 */
export function emitProduct(program: ProgramModule, spec: ProductSpec): number {
  const { lanes, M, N, K, aRow, aColumn, bRow, bColumn, bias, cRow, accumulate, fused, threads } = spec;
  const sizes = [M, N, K, aRow, aColumn, bRow, bColumn, cRow].join(" ");
  const start = accumulate ? "accumulate" : bias ? `bias ${bias.row} ${bias.column}` : "alone";
  const key = `product ${lanes.scalar} ${sizes} ${start}${fused ? " fused" : ""}${threads ? " shared" : ""}`;
  return program.shared(key, () => productFunction(program, spec));
}

function productFunction(program: ProgramModule, spec: ProductSpec): FunctionBuilder {
  const { M, N, K, accumulate } = spec;
  const f = new FunctionBuilder(new Array<"i32">(7).fill("i32"));
  const [a, b, bias, c, thread, threads, scratch] = [0, 1, 2, 3, 4, 5, 6] as const;
  if (M * N === 0) return f;
  let team: Team | null = null;
  if (spec.threads) {
    if (M * N * K >= LEAST_SHARED_WORK) team = { thread, threads };
    else f.get(thread).open("if").op("return").end();
  }
  const at: Addresses = { a, b, bias: accumulate ? c : bias, c, scratch };
  const both = orientations(spec);
  const sums = summation(spec);
  if (sums.kind === "chain") emitChain(program, f, spec, sums, both, team, at);
  else {
    const [product, from] = sums.axis === "rows" ? [both[0], at] : [both[1], { ...at, a: b, b: a }];
    const rows = shareOf(f, team, product.M, 4);
    emitDots(program, f, spec, product, rows.count, addressesAt(f, product, from, rows.first, 0));
  }
  return f;
}
