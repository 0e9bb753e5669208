/** The tape: remembers calls by giving their results a node in the graph. */
import { AutogradError } from "../base/index.ts";
import { type Differentiable, setTape, type Tape, withoutTape } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientEdge } from "./edge.ts";
import { OpNode } from "./node.ts";
import { recordViewChange } from "./view-change.ts";

class GraphTape implements Tape {
  inspect: Tape["inspect"] = null;

  record(op: Differentiable, inputs: readonly Tensor[], output: Tensor, attributes: unknown): void {
    output.gradFn = new OpNode(op, inputs, output, output.storage.version, attributes);
  }

  checkInPlace(name: string, x: Tensor): void {
    const base = x.viewOf ?? x;
    if (!base.isLeaf || !base.requiresGrad) return;
    const what = base === x ? "a leaf" : "a view of a leaf";
    throw new AutogradError(
      `${name}: ${what} tensor that requires gradients (shape [${x.shape.join(", ")}]) must not be changed in place while they are recorded; ` +
        "do it inside torch.noGrad(() => ...), or change a clone(). Nothing has been changed",
    );
  }

  prepareInPlace(op: Differentiable, inputs: readonly Tensor[]): readonly Tensor[] | null {
    const needs = inputs.reduce((bits, input, i) => (input.requiresGrad ? bits | (1 << i) : bits), 0);
    if (needs === 0) return null;
    if ((op.saves(needs) & 1) === 0) return inputs;
    const x = inputs[0]!;
    const before = withoutTape(() => x.detach().clone());
    if (x.requiresGrad) before.gradFn = gradientEdge(x);
    return [before, ...inputs.slice(1)];
  }

  recordInPlace(op: Differentiable, inputs: readonly Tensor[], x: Tensor, attributes: unknown): void {
    const node = new OpNode(op, inputs, x, x.storage.version + 1, attributes);
    if (x.viewOf === null) x.gradFn = node;
    else recordViewChange(x, inputs.slice(1), node);
  }
}

/** The one tape; grad modes put it in its slot and take it out. */
export const graphTape = new GraphTape();

setTape(graphTape);
