/** Where the gradient of a tensor goes. */
import type { Tensor } from "../tensor/tensor.ts";
import { AccumulateNode, type GraphNode } from "./node.ts";
import { refreshView } from "./view-change.ts";

/** The node that takes the gradient of a tensor that wants one. */
export function gradientEdge(x: Tensor): GraphNode {
  if (x.isOutdated) refreshView(x);
  if (x.gradFn !== null) return x.gradFn as GraphNode;
  return (x.accumulator ??= new AccumulateNode(x)) as GraphNode;
}
