/** Parameters: the tensors that training changes. */

import { flag, optional, required, signature } from "../base/arguments/index.ts";
import { contiguousStrides } from "../base/index.ts";
import { execute } from "../ops/executor.ts";
import { tensor } from "../ops/kinds.ts";
import { Tensor } from "../tensor/index.ts";

const parameters = signature("Parameter", required("data", tensor), optional("requiresGrad", flag, true));

/** Options of `Parameter`. */
export interface ParameterOptions {
  /** Whether autograd records what is done with it; true unless said. */
  requiresGrad?: boolean;
}

/**
 * A tensor that a module lists among its parameters when it is one of its properties. It holds a copy of `data`, in
 * memory of its own, and wants gradients.
 *
 * @throws DTypeError where `data` is no tensor, or wants gradients and is not floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 *
 * @example
 * class Scale extends torch.nn.Module {
 *   factor = new torch.nn.Parameter(torch.ones([1]));
 *   override forward(x: torch.Tensor) {
 *     return x.mul(this.factor);
 *   }
 * }
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad?: boolean);
  constructor(data: Tensor, options: ParameterOptions);
  constructor(...given: unknown[]) {
    const [data, requiresGrad] = parameters.read(given);
    const { dtype, shape } = data;
    super(data.device.allocateRetained(dtype, data.numel()), dtype, shape, contiguousStrides(shape), 0, true);
    execute.copyInto(this, data);
    this.requiresGrad = requiresGrad;
  }

  /** As a tensor, under a line that says that it is a parameter. */
  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}
