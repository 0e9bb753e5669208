/** The tape: remembers calls by giving their results a node in the graph. */
import { AutogradError } from "../base/index.ts";
import { type Differentiable, setTape, type Tape, withoutTape } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientEdge } from "./edge.ts";
import { OpNode, setHistory } from "./node.ts";
import { checkFollowed, viewChange } from "./view-change.ts";

class GraphTape implements Tape {
  inspect: Tape["inspect"] = null;

  record(op: Differentiable, inputs: readonly Tensor[], output: Tensor, attributes: unknown): void {
    // A result that shows memory which none of the inputs does is nobody's view: what it was made in has no history.
    const base = output.viewOf;
    if (base !== null && !inputs.some((x) => x === base || x.viewOf === base)) {
      output.viewOf = null;
      output.unfollowed = null;
    }
    output.gradFn = new OpNode(op, inputs, output, output.storage.version, attributes);
  }

  checkInPlace(name: string, x: Tensor): void {
    const base = x.viewOf ?? x;
    if (!x.requiresGrad && !base.requiresGrad) return;
    // A leaf may itself be a view, of a tensor that requires no gradients.
    if (base.isLeaf) {
      const what = x.isLeaf ? "a leaf" : "a view of a leaf";
      throw new AutogradError(
        `${name}: ${what} tensor that requires gradients (shape [${x.shape.join(", ")}]) must not be changed in place while they are recorded; ` +
          "do it inside torch.noGrad(() => ...), or change a clone(). Nothing has been changed",
      );
    }
    checkFollowed(name, x, "it would be changed in place");
  }

  prepareInPlace(
    name: string,
    op: Differentiable,
    inputs: readonly Tensor[],
    attributes: unknown,
  ): (() => void) | null {
    const x = inputs[0]!;
    this.checkInPlace(name, x);
    let needs = 0;
    for (let i = 0; i < inputs.length; i++) if (inputs[i]!.requiresGrad) needs |= 1 << i;
    if (needs === 0 || !x.dtype.isFloatingPoint) return null;
    checkFollowed(name, x, "it would be changed in place to something that requires gradients");
    let recorded = inputs;
    if ((op.saves(needs) & 1) !== 0) {
      // The gradient will need what x was.
      const before = withoutTape(() => x.detach().clone());
      if (x.requiresGrad) before.gradFn = gradientEdge(x);
      recorded = [before, ...inputs.slice(1)];
    }
    const node = new OpNode(op, recorded, x, x.storage.version + 1, attributes);
    return x.viewOf === null ? () => setHistory(x, node) : viewChange(x, inputs.slice(1), node);
  }
}

/** The one tape; grad modes put it in its slot and take it out. */
export const graphTape = new GraphTape();

setTape(graphTape);
