/** What the editor and the compiler know. */

import { describe, expectTypeOf, it } from "vitest";
import * as torch from "xorch";

describe("types", () => {
  it("give every op as a function and as a method", () => {
    expectTypeOf(torch.sigmoid).returns.toEqualTypeOf<torch.Tensor>();
    const x = torch.ones([2, 2]);
    expectTypeOf(x.sigmoid()).toEqualTypeOf<torch.Tensor>();
    expectTypeOf(x.add(1)).toEqualTypeOf<torch.Tensor>();
    expectTypeOf(torch.sub(1, x)).toEqualTypeOf<torch.Tensor>();
    expectTypeOf(x.add_(x)).toEqualTypeOf<torch.Tensor>();
    expectTypeOf(x.max()).toEqualTypeOf<torch.Tensor>();
    expectTypeOf(x.max(0)).toEqualTypeOf<torch.ValuesAndIndices>();
    expectTypeOf(x.sum().item()).toBeNumber();
    expectTypeOf(x.split(1)).toEqualTypeOf<torch.Tensor[]>();
    expectTypeOf(torch.noGrad(() => 3)).toBeNumber();
  });

  it("refuse wrong arguments", () => {
    const x = torch.ones([2, 2]);
    // @ts-expect-error a string is no operand
    () => x.add("1");
    // @ts-expect-error unknown options are known to be unknown
    () => x.leakyRelu({ slope: 0.1 });
    // @ts-expect-error sizes are numbers
    () => torch.zeros(2, "3");
    // @ts-expect-error dtypes are objects, not strings
    () => torch.zeros([2], { dtype: "float32" });
  });

  it("do not fall back to any", () => {
    const x = torch.ones([1]);
    expectTypeOf(x.exp).not.toBeAny();
    expectTypeOf(x.exp()).not.toBeAny();
    expectTypeOf(x.grad).toEqualTypeOf<torch.Tensor | null>();
  });
});
