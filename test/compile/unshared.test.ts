/** Compiled functions where threads cannot share memory, as in most pages: the memory takes its views away when it grows. */
import { expect, it, vi } from "vitest";
import type { Tensor } from "../../src/index.ts";

vi.stubGlobal("crossOriginIsolated", false);
const torch = await import("../../src/index.ts");
const { programMemory } = await import("../../src/device/cpu/arena-memory.ts");
const { agrees } = await import("./against-eager.ts");

it("programs, parameters, gradients and results from before go on as before", () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const sizes = new Set<number>();
  // One program of the step, one that is differentiated outside, and four that make the memory grow.
  agrees(6, (wrap, see) => {
    const w = torch.tensor([1, 2], { requiresGrad: true });
    const v = torch.tensor([3, 4], { requiresGrad: true });
    const optimizer = new torch.optim.Adam([w], { lr: 0.1 });
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad();
      const y = torch.nn.functional.dropout(w.mul(x), 0.5);
      y.sum().backward();
      optimizer.step();
      return y.detach();
    });
    const forward = wrap((x: Tensor) => v.square().mul(x));
    const large = wrap((x: Tensor) => [x.mul(2), x.sub(1)]);
    let y = forward(torch.tensor([1, 1]));
    for (let i = 1; i <= 4; i++) {
      see([step(torch.tensor([i, -i])), w, w.grad]);
      see(large(torch.ones([2 ** 20 * i])).map((big) => big.max()));
      sizes.add(programMemory().buffer.byteLength);
      y.sum().backward();
      see([y, v, v.grad]);
      y = forward(torch.tensor([i, 1]));
    }
  });
  expect(programMemory().buffer).toBeInstanceOf(ArrayBuffer);
  expect(sizes.size).toBeGreaterThan(3);
});
