/** Tensors over arrays of the user's own in compiled functions. */
import { expect, it } from "vitest";
import * as torch from "../../src/index.ts";

it("a compiled function sees what is written to the array between calls", () => {
  const array = new Float32Array([1, 2, 3]);
  const x = torch.fromTypedArray(array);
  const doubled = torch.compile(() => x.mul(2));
  expect(doubled().tolist()).toEqual([2, 4, 6]);
  array.set([5, 7], 1);
  expect(doubled().tolist()).toEqual([2, 10, 14]);
  expect(x.tolist()).toEqual([1, 5, 7]);
});

it("a change of it in place is refused, with nothing changed", () => {
  const array = new Float32Array([1, 2]);
  const x = torch.fromTypedArray(array);
  const change = torch.compile(() => x.add_(1));
  expect(change).toThrow(torch.CompileError);
  expect(change).toThrow(
    "fromTypedArray (shape [2]) is changed in place; a compiled function can only read your array",
  );
  expect([...array]).toEqual([1, 2]);
});

it("a parameter made of an array is trained", () => {
  const train = (compiled: boolean): number[] => {
    const w = torch.fromTypedArray(new Float32Array([1, 2])).requiresGrad_();
    const optimizer = new torch.optim.SGD([w], { lr: 0.1 });
    const step = () => {
      optimizer.zeroGrad();
      const cost = w.square().sum();
      cost.backward();
      optimizer.step();
      return cost;
    };
    const run = compiled ? torch.compile(step) : step;
    return [run().item(), run().item(), ...(w.tolist() as number[])];
  };
  expect(train(true)).toEqual(train(false));
});
