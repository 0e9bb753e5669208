/** `torch.normal` with means and deviations of the elements' own: PyTorch 2.15's numbers after manual_seed(5). */
import { expect, it } from "vitest";
import * as torch from "../../src/index.ts";

function drawn(mean: torch.Tensor | number, std: torch.Tensor | number): torch.Tensor {
  torch.manualSeed(5);
  return torch.normal(mean as torch.Tensor, std);
}

const float = (values: readonly number[]): number[] => values.map(Math.fround);

it("takes tensors for mean, deviation or both", () => {
  const mean = torch.tensor([1, 2, 3]);
  const std = torch.tensor([0.5, 1, 2]);
  expect(drawn(mean, std).tolist()).toEqual(
    float([0.7566096186637878, 1.3961784839630127, 1.8838075399398804]),
  );
  expect(drawn(mean, 0.5).tolist()).toEqual(
    float([0.7566096186637878, 1.6980892419815063, 2.720951795578003]),
  );
  expect(drawn(1.5, std).tolist()).toEqual(
    float([1.2566096782684326, 0.8961784243583679, 0.38380753993988037]),
  );
});

it("broadcasts them", () => {
  expect(drawn(torch.tensor([[1], [2]]), torch.tensor([0.5, 1, 2])).tolist()).toEqual([
    float([0.7566096186637878, 0.3961784243583679, -0.11619246006011963]),
    float([2.3337621688842773, 1.8025848865509033, 5.885566711425781]),
  ]);
});

it("refuses negative deviations before anything is drawn", () => {
  torch.manualSeed(1);
  const next = torch.rand([1]).item();
  torch.manualSeed(1);
  expect(() => torch.normal(torch.zeros([2]), torch.tensor([1, -1]))).toThrow(/std must be at least 0/);
  expect(() => torch.normal(0, -1, [2])).toThrow(/std must be >= 0/);
  expect(() => torch.normal(0, 1, undefined as never)).toThrow(/needs a shape/);
  expect(torch.rand([1]).item()).toBe(next);
});
