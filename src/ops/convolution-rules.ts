/**
 * A convolution and its two gradients. Each is linear in both of its operands, and its gradients are the other two: so
 * derivatives of every order are made of these three.
 */
import { type Differentiable, execute, type Recorded, record, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { add } from "./pointwise/index.ts";
import { sum } from "./reductions.ts";
import { reshape } from "./reshaping.ts";
import { products, productsWithReversed, productsWithWindows, type Sliding } from "./sliding-products.ts";

/** The gradients of something linear in inputs 0 and 1, of which each reads the other. */
function bilinear(
  name: string,
  first: (dy: Tensor, other: Tensor, sliding: Sliding) => Tensor,
  second: (dy: Tensor, other: Tensor, sliding: Sliding) => Tensor,
): Differentiable {
  return {
    name,
    saves: (needs) => (needs & 1 ? 2 : 0) | (needs & 2 ? 1 : 0),
    gradient(dy: Tensor, call: Recorded) {
      const sliding = call.attributes as Sliding;
      return [
        call.needs(0) ? first(dy, call.input(1), sliding) : null,
        call.needs(1) ? second(dy, call.input(0), sliding) : null,
        // Only a convolution itself has an input 2: the bias, which is added to every element of its channel.
        call.needs(2) ? sum(dy, dy.shape.map((_, d) => d).toSpliced(1, 1)) : null,
      ];
    },
  };
}

/** The convolution that users call by `name`, with its gradients. */
export class Convolution {
  readonly #forward: Differentiable;
  readonly #inputGradient: Differentiable;
  readonly #weightGradient: Differentiable;

  constructor(readonly name: string) {
    // For y = x * w: dx = dy * reversed w, dw = dy * x.
    this.#forward = bilinear(
      name,
      (dy, weight, sliding) => this.inputGradient(dy, weight, sliding),
      (dy, x, sliding) => this.weightGradient(dy, x, sliding),
    );
    // For dx = dy * reversed w, given the gradient g of dx: ddy = g * w, dw = dy * g.
    this.#inputGradient = bilinear(
      `${name} backward`,
      (g, weight, sliding) => this.apply(g, weight, null, sliding),
      (g, dy, sliding) => this.weightGradient(dy, g, sliding),
    );
    // For dw = dy * x, given the gradient g of dw: ddy = x * g, dx = dy * reversed g.
    this.#weightGradient = bilinear(
      `${name} backward`,
      (g, x, sliding) => this.apply(x, g, null, sliding),
      (g, dy, sliding) => this.inputGradient(dy, g, sliding),
    );
  }

  /** The convolution of x [B, C, sizes...] with a weight [O, C / groups, kernel...], and a bias [O] added. */
  apply(x: Tensor, weight: Tensor, bias: Tensor | null, sliding: Sliding): Tensor {
    const y = withoutTape(() => {
      const sums = products(x, weight, sliding);
      if (bias === null) return sums;
      const column = reshape(bias, [weight.shape[0]!, ...sliding.kernel.map(() => 1)]);
      execute.mapInto(add.specialize([x.dtype, x.dtype]).kernel, [sums], [sums, column], []);
      return sums;
    });
    return record(this.#forward, bias === null ? [x, weight] : [x, weight, bias], y, sliding);
  }

  inputGradient(dy: Tensor, weight: Tensor, sliding: Sliding): Tensor {
    const dx = withoutTape(() => productsWithReversed(dy, weight, sliding));
    return record(this.#inputGradient, [dy, weight], dx, sliding);
  }

  weightGradient(dy: Tensor, x: Tensor, sliding: Sliding): Tensor {
    const dw = withoutTape(() => productsWithWindows(dy, x, sliding));
    return record(this.#weightGradient, [dy, x], dw, sliding);
  }
}
