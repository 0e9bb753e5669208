/** The example, against the same program in eager mode. */
import { expect, it } from "vitest";
import { xor } from "../../examples/xor.ts";
import { xorCompiled } from "../../examples/xor-compiled.ts";

it("examples/xor-compiled.ts prints what examples/xor.ts prints", async () => {
  const costs: Record<"eager" | "compiled", [number, number][]> = { eager: [], compiled: [] };
  const eager = await xor({ print: (...line) => costs.eager.push(line) });
  const compiled = xorCompiled({ print: (...line) => costs.compiled.push(line) });
  expect(costs.compiled).toHaveLength(101);
  expect(costs.compiled).toEqual(costs.eager);
  expect(compiled.hypothesis.tolist()).toEqual(eager.hypothesis.tolist());
  expect(compiled.accuracy).toBe(1);
  expect(compiled.model.stateDict()["0.weight"]!.tolist()).toEqual(
    eager.model.stateDict()["0.weight"]!.tolist(),
  );
});
