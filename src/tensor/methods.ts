/** Puts every op of the registry on Tensor's prototype: `x.sigmoid()` beside `torch.sigmoid(x)`, and `x.sigmoid_()`. */
import { methods, pointwiseOps } from "../ops/registry.ts";
import * as randomMethods from "./random-methods.ts";
import { Tensor } from "./tensor.ts";

type AnyOp = (x: Tensor, ...rest: unknown[]) => unknown;

function addMethod(name: string, op: AnyOp): void {
  Object.defineProperty(Tensor.prototype, name, {
    value: function method(this: Tensor, ...rest: unknown[]) {
      return op(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

for (const [name, op] of Object.entries({ ...methods, ...randomMethods })) {
  addMethod(name, op as unknown as AnyOp);
}
for (const [name, op] of Object.entries(pointwiseOps)) {
  addMethod(`${name}_`, (x, ...rest) => op.inPlace(x, ...rest));
}
