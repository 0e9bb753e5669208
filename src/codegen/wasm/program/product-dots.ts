/** A matrix that lies along k times one or two vectors: dot products of its rows with them. */
import type { FunctionBuilder } from "../assembler.ts";
import { dotKernel } from "../matmul-dot.ts";
import { advance, type Variant } from "../matmul-lanes.ts";
import { dotRows, thinDepth } from "../matmul-plan.ts";
import { addressAt, advanceTimes, type Count, getCount, inParts, times } from "./product-loops.ts";
import type { Addresses } from "./product-share.ts";
import type { Oriented } from "./product-spec.ts";
import type { ProgramModule } from "./program-module.ts";

/** Computes `rows` rows of the result, a multiple of 4 but at its end; the addresses are those of the first. */
export function emitDots(
  program: ProgramModule,
  f: FunctionBuilder,
  variant: Variant,
  { N, K, a, b, bias, c }: Oriented,
  rows: Count,
  at: Addresses,
): void {
  const { scalar, bytes } = variant.lanes;
  const dot = program.shared(`dot ${scalar} ${variant.fused}`, () => dotKernel(variant));
  const depth = thinDepth(K, N, bytes);
  const gathered = b.along !== bytes;
  if (gathered) program.needScratch(depth * bytes);

  for (let n = 0; n < N; n++) {
    const [from, to] = [addressAt(f, at.bias, n * (bias?.column ?? 0)), addressAt(f, at.c, n * c.column)];
    times(f, rows, () => {
      f.get(to);
      if (bias === null) f[scalar](0);
      else f.get(from).memory(`${scalar}.load`);
      f.memory(`${scalar}.store`);
      advance(f, to, c.row);
      if (bias !== null) advance(f, from, bias.row);
    });
  }

  const [matrix, vector] = [addressAt(f, at.a, 0), addressAt(f, at.b, 0)];
  inParts(f, K, depth, (length) => {
    for (let n = 0; n < N; n++) {
      let x = addressAt(f, vector, n * b.across);
      if (gathered) {
        const to = addressAt(f, at.scratch, 0);
        times(f, length, () => {
          f.get(to).get(x).memory(`${scalar}.load`).memory(`${scalar}.store`);
          advance(f, x, b.along);
          advance(f, to, bytes);
        });
        x = at.scratch;
      }
      const call = (row: number, y: number, count: Count): void => {
        f.get(row).get(x).get(y);
        getCount(f, count);
        getCount(f, length).i32(a.across).i32(c.row).op("call", dot);
      };
      const y = addressAt(f, at.c, n * c.column);
      if (dotRows(depth, bytes) >= 4) call(matrix, y, rows);
      else {
        // Very long rows are taken one by one, which gives other digits than four by four.
        getCount(f, length)
          .i32(Math.floor(depth / 4))
          .op("i32.gt_u")
          .open("if");
        const row = addressAt(f, matrix, 0);
        times(f, rows, () => {
          call(row, y, 1);
          advance(f, row, a.across);
          advance(f, y, c.row);
        });
        f.op("else");
        call(matrix, y, rows);
        f.end();
      }
    }
    if (length !== K) {
      advanceTimes(f, matrix, length, a.along);
      advanceTimes(f, vector, length, b.along);
    }
  });
}
