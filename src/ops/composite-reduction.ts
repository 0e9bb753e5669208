/** Reductions that are made of other ops, with a gradient in closed form. */
import { type Differentiable, record, SAVES_OUTPUT, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { type Dims, type Reduced, ReductionCall, reducedBy, withoutDims } from "./reduction.ts";

interface CompositeSpec<P> {
  /** Name in errors. */
  readonly name: string;
  /** Whether the gradient reads the result, too; it may read the input. */
  readonly savesOutput: boolean;
  /** The result, in memory of its own; not differentiated. */
  readonly compute: (x: Tensor, reduced: Reduced, outputShape: readonly number[], parameters: P) => Tensor;
  /** dL/dx; dy and y come with the reduced dimensions kept as size 1, so that they broadcast against x. */
  readonly gradient: (call: ReductionCall, parameters: P) => Tensor | null;
}

interface Attributes<P> {
  readonly reduced: Reduced;
  readonly parameters: P;
}

/** Declares such a reduction. */
/* @__NO_SIDE_EFFECTS__ */
export function compositeReduction<P>(spec: CompositeSpec<P>) {
  const rule: Differentiable = {
    name: spec.name,
    saves: () => (spec.savesOutput ? 1 | SAVES_OUTPUT : 1),
    gradient(dy, call) {
      const { reduced, parameters } = call.attributes as Attributes<P>;
      return [spec.gradient(new ReductionCall(dy, call, reduced), parameters)];
    },
  };
  return (x: Tensor, dim: Dims, keepdim: boolean, parameters: P): Tensor => {
    const reduced = reducedBy(spec.name, x.shape, dim);
    const outputShape = keepdim ? reduced.keptShape : withoutDims(x.shape, reduced.dims);
    const y = withoutTape(() => spec.compute(x, reduced, outputShape, parameters));
    return record(rule, [x], y, { reduced, parameters } satisfies Attributes<P>);
  };
}
