/** Products whose sums go over k in order: chooses the tiles, and what each thread takes. */
import { FunctionBuilder } from "../assembler.ts";
import { fusedMultiplyAdd } from "../fused-multiply-add.ts";
import { multiplyAdd, type Variant } from "../matmul-lanes.ts";
import { hasFusedMultiplyAdd } from "../relaxed-simd.ts";
import type { Chain } from "./product-block.ts";
import { type Count, getCount } from "./product-loops.ts";
import { emitPanels } from "./product-panels.ts";
import { type Panels, planProduct } from "./product-plan.ts";
import { type Addresses, addressesAt, shareOf } from "./product-share.ts";
import type { Cut, Oriented, Summation } from "./product-spec.ts";
import { type MultiplyAdd, Tile } from "./product-tile.ts";
import type { ProgramModule } from "./program-module.ts";
import type { Team } from "./share.ts";

/** Emits a product that is summed in chains, as it is or transposed, whichever is estimated to be quicker. */
export function emitChain(
  program: ProgramModule,
  f: FunctionBuilder,
  variant: Variant,
  { exact, fromZero, axis, cuts }: Extract<Summation, { kind: "chain" }>,
  [upright, turned]: readonly [Oriented, Oriented],
  team: Team | null,
  at: Addresses,
): void {
  const step = exact ? exactStep(program, variant) : ordinaryStep(variant);
  const tile = new Tile(f, variant.lanes, step.emit);
  for (const cut of cuts) {
    const candidates = [
      { ...partOf(upright, cut, axis === "rows"), from: at },
      { ...partOf(turned, cut, axis === "columns"), from: { ...at, a: at.b, b: at.a } },
    ].map((candidate) => ({
      ...candidate,
      plan: planProduct(candidate.product, variant.lanes, cut.stretch),
    }));
    const best = candidates.reduce((x, y) => (y.plan.cost < x.plan.cost ? y : x));
    const { product, row, column, from, plan } = best;
    const start = addressesAt(f, product, from, row, column);
    const chain = { program, f, lanes: variant.lanes, step, tile, product, fromZero, ...cut };
    const emit = (panels: Panels, rows: Count, count: Count, own: Addresses): void =>
      emitPanels(chain, panels, rows, count, addressesAt(f, product, own, 0, panels.first));
    if (team === null || product.M >= product.N) {
      for (const panels of plan.panels) {
        const rows = shareOf(f, team, product.M, panels.height);
        const own = addressesAt(f, product, start, rows.first, 0);
        if (team !== null) getCount(f, rows.count).open("if");
        emit(panels, rows.count, panels.count, own);
        if (team !== null) f.end();
      }
    } else {
      // The main panels are shared; the last one goes to the last thread.
      const [main, ...others] = plan.panels;
      const share = shareOf(f, team, main.count, 1);
      const columns = f.local("i32");
      getCount(f, share.first).i32(main.columns).op("i32.mul").set(columns);
      const own = addressesAt(f, product, start, 0, { local: columns });
      emit(main, product.M, share.count, own);
      f.get(team.thread).i32(1).op("i32.add").get(team.threads).op("i32.eq").open("if");
      for (const panels of others) emit(panels, product.M, panels.count, start);
      f.end();
    }
  }
}

/** The part of a product that is cut alike: some of its rows or columns, and where it begins. */
function partOf(
  product: Oriented,
  { first, count }: Cut,
  cutsRows: boolean,
): { product: Oriented; row: number; column: number } {
  return cutsRows
    ? { product: { ...product, M: count }, row: first, column: 0 }
    : { product: { ...product, N: count }, row: 0, column: first };
}

/** One rounding in float32, two in float64, on every machine: see `isExact`. */
function exactStep(program: ProgramModule, { lanes }: Variant): Chain["step"] {
  if (lanes.bytes === 8 || hasFusedMultiplyAdd()) return ordinaryStep({ lanes, fused: lanes.bytes === 4 });
  const number = program.shared("fused multiply-add", () => {
    const body = new FunctionBuilder(["v128", "v128", "v128"], ["v128"]);
    fusedMultiplyAdd(body, 0, 1, 2);
    return body;
  });
  const emit: MultiplyAdd = (f, sum, a, b) => f.get(a).get(b).get(sum).op("call", number).set(sum);
  return { name: "emulated", emit };
}

function ordinaryStep(variant: Variant): Chain["step"] {
  const emit: MultiplyAdd = (f, sum, a, b) => multiplyAdd(f, variant, sum, a, b);
  return { name: variant.fused ? "fused" : "twice rounded", emit };
}
