/** The backward walk: from results to leaves, every node after all that depend on it. */
import {
  either,
  flag,
  keyword,
  listOf,
  nullable,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import { AutogradError, formatShape, sameShape, ValueError } from "../base/index.ts";
import { toDtype } from "../ops/conversion.ts";
import { setTape, trace } from "../ops/executor.ts";
import { tensor, tensors } from "../ops/kinds.ts";
import { heard, tell } from "../ops/plain-state.ts";
import { add } from "../ops/pointwise/index.ts";
import { type BackwardOptions, setAutograd, type TensorHook } from "../tensor/autograd-slot.ts";
import { allocate } from "../tensor/eager.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFinite, isDetectingAnomalies } from "./anomaly.ts";
import { gradientEdge } from "./edge.ts";
import { AccumulateNode, type GraphNode } from "./node.ts";
import { graphTape } from "./tape.ts";

let passes = 0;

/**
 * All nodes that the roots depend on, latest first; what lies behind those of `ends` is left out. Throws before anything is
 * computed if one cannot be walked.
 */
function collect(roots: readonly GraphNode[], ends: ReadonlySet<GraphNode>): GraphNode[] {
  const pass = ++passes;
  const nodes: GraphNode[] = [];
  const waiting = [...roots];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.visit === pass) continue;
    node.visit = pass;
    node.wanted = 0;
    nodes.push(node);
    if (ends.has(node)) continue;
    node.check();
    const { next } = node;
    for (let i = 0; i < next.length; i++) {
      const edge = next[i];
      if (!edge) continue;
      node.wanted |= 1 << i;
      if (edge.visit !== pass) waiting.push(edge);
    }
  }
  // Accumulators go last, so that an error on the way leaves every `grad` as it was.
  return nodes.sort((a, b) => rank(b) - rank(a));
}

function rank(node: GraphNode): number {
  return node instanceof AccumulateNode ? 0 : node.id;
}

/** Leaves only the work that leads to the targets. */
function restrict(nodes: readonly GraphNode[], targets: ReadonlySet<GraphNode>): GraphNode[] {
  const useful = new Set<GraphNode>(targets);
  for (let n = nodes.length - 1; n >= 0; n--) {
    const node = nodes[n]!;
    node.wanted = 0;
    for (const [i, edge] of node.next.entries()) if (edge && useful.has(edge)) node.wanted |= 1 << i;
    if (node.wanted !== 0) useful.add(node);
  }
  return nodes.filter((node) => useful.has(node));
}

/** The first gradient: as given, or 1 for a single element. */
function seed(root: Tensor, grad: Tensor | null | undefined, name: string): Tensor {
  if (!root.requiresGrad) {
    throw new AutogradError(
      `${name}: this tensor (shape ${formatShape(root.shape)}) does not depend on anything that requires gradients; set requiresGrad on the inputs, and check that the computation is not inside noGrad or detached`,
    );
  }
  if (!grad) {
    if (root.numel() !== 1) {
      throw new AutogradError(
        `${name}: without a gradient argument the result must have one element, but it has shape ${formatShape(root.shape)}; reduce it with mean() or sum(), or pass the gradient of the loss with respect to it`,
      );
    }
    const one = allocate(root.device, root.dtype, root.shape);
    const { data, base } = one.storage;
    data[base] = 1;
    return one;
  }
  if (!sameShape(grad.shape, root.shape)) {
    throw new AutogradError(
      `${name}: the gradient has shape ${formatShape(grad.shape)}, the tensor ${formatShape(root.shape)}; they must be equal`,
    );
  }
  grad.storage.shared = true;
  // A gradient of another dtype would be read as raw bytes; PyTorch converts it.
  return toDtype(grad, root.dtype);
}

function send(node: GraphNode, grad: Tensor): void {
  node.pending = node.pending === null ? grad : add(node.pending, grad);
}

/** The hooks of a node during a trace: of leaves, which outlive it, there may be others afterwards. */
function hooksOf(node: GraphNode): readonly TensorHook[] | null {
  return node instanceof AccumulateNode ? heard(node, "hooks", () => node.hooks) : node.hooks;
}

function applyHooks(hooks: readonly TensorHook[], grad: Tensor): Tensor {
  for (const hook of hooks) {
    const replaced = hook(grad);
    if (replaced === undefined || replaced === null) continue;
    if (!sameShape(replaced.shape, grad.shape)) {
      throw new AutogradError(
        `hook: returned a gradient of shape ${formatShape(replaced.shape)} for a tensor of shape ${formatShape(grad.shape)}`,
      );
    }
    if (replaced.dtype !== grad.dtype) {
      throw new AutogradError(
        `hook: returned a gradient of ${replaced.dtype} for one of ${grad.dtype}; convert it with .to(${grad.dtype})`,
      );
    }
    replaced.storage.shared = true;
    grad = replaced;
  }
  return grad;
}

/** Computes the gradients of a node's inputs and sends them on. */
function step(node: GraphNode, dy: Tensor): void {
  const grads = node.apply(dy);
  const { next } = node;
  for (let i = 0; i < next.length; i++) {
    const edge = next[i];
    const dx = grads[i];
    if (!edge || !dx || (node.wanted & (1 << i)) === 0) continue;
    if (dx.storage === dy.storage) dx.storage.shared = true;
    if (isDetectingAnomalies()) checkFinite(`${node.name} backward`, dx, [dy]);
    send(edge, dx);
  }
}

/** Adds a gradient to the `grad` of a leaf, or of a tensor that retains it. */
function keep(x: Tensor, dy: Tensor, createGraph: boolean): void {
  if (x.grad === null) {
    const own = !dy.storage.shared && dy.dense && (dy.viewOf === null || !createGraph);
    x.grad = own ? dy : dy.clone();
  } else if (createGraph) x.grad = add(x.grad, dy);
  else x.grad.add_(dy);
}

interface Pass extends BackwardOptions {
  /** Where to read, for `grad`; without it leaves accumulate. */
  readonly captures?: Map<GraphNode, Tensor | null>;
  /** Where to stop. */
  readonly ends?: ReadonlySet<GraphNode>;
}

const none: ReadonlySet<GraphNode> = new Set();

function run(name: string, roots: readonly Tensor[], grads: readonly (Tensor | null)[], options: Pass): void {
  const { createGraph = false, captures, ends = none } = options;
  const retainGraph = options.retainGraph ?? createGraph;
  const seeds = roots.map((root, i) => seed(root, grads[i], name));
  const edges = roots.map(gradientEdge);
  const all = collect(edges, ends);
  const nodes = captures ? restrict(all, new Set(captures.keys())) : all;
  const before = setTape(createGraph ? graphTape : null);
  const arrived: [AccumulateNode, Tensor][] = [];
  try {
    for (let i = 0; i < edges.length; i++) send(edges[i]!, seeds[i]!);
    for (const node of nodes) {
      let dy = node.pending;
      node.pending = null;
      if (dy === null) continue;
      if (ends.has(node)) {
        captures?.set(node, dy);
        continue;
      }
      const hooks = trace === null ? node.hooks : hooksOf(node);
      if (hooks !== null) dy = applyHooks(hooks, dy);
      if (captures?.has(node)) captures.set(node, dy);
      else if (node instanceof AccumulateNode) arrived.push([node, dy]);
      if (node.retainedBy !== null && !captures) keep(node.retainedBy, dy, createGraph);
      if (node.wanted !== 0) step(node, dy);
    }
    for (const [node, dy] of arrived) keep(node.leaf, dy, createGraph);
    if (!retainGraph) for (const node of nodes) node.release();
  } finally {
    for (const node of all) node.pending = null;
    setTape(before);
  }
}

setAutograd({
  backward(roots, grads, options) {
    run("backward", roots, grads, options);
  },
  retainGrad(x) {
    if (!x.requiresGrad) {
      throw new AutogradError("retainGrad: this tensor does not require gradients");
    }
    if (!x.isLeaf) gradientEdge(x).retainedBy = x;
  },
  registerHook(x, hook) {
    if (!x.requiresGrad) {
      throw new AutogradError(
        "registerHook: this tensor does not require gradients, so that no hook would be called",
      );
    }
    const node = gradientEdge(x);
    const set = (hooks: readonly TensorHook[]): void => {
      // Another array: a pass that is going through the old one goes on with that.
      node.hooks = hooks;
      tell(node, "hooks", () => node.hooks);
    };
    set([...(node.hooks ?? []), hook]);
    return {
      remove() {
        const at = node.hooks!.indexOf(hook);
        if (at >= 0) set(node.hooks!.toSpliced(at, 1));
      },
    };
  },
});

const several = either(tensor, tensors);
const gradParameters = signature(
  "grad",
  required("outputs", several),
  required("inputs", several),
  optional("gradOutputs", nullable(either(tensor, listOf(nullable(tensor), "tensors"))), null),
  optional("retainGraph", flag),
  optional("createGraph", flag, false),
  keyword("allowUnused", flag, false),
);

/** Options of `torch.autograd.grad`. */
export interface GradOptions extends BackwardOptions {
  /** dL/d(each output); 1 for outputs of one element. */
  gradOutputs?: Tensor | readonly (Tensor | null)[] | null;
  /** Gives null for inputs that the outputs do not depend on, instead of an error. */
  allowUnused?: boolean;
}

/**
 * The gradients of the outputs' sum with respect to the inputs, without touching any `grad`. `createGraph`
 * records them, for higher derivatives.
 *
 * @throws AutogradError for an input that requires no gradients or that the outputs do not depend on.
 * Source: https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 *
 * @example
 * const x = torch.tensor(3, { requiresGrad: true });
 * const [dx] = torch.autograd.grad(x.pow(3), x, { createGraph: true });
 * dx.item(); // 27
 * torch.autograd.grad(dx, x); // [tensor(18.)]
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  gradOutputs?: Tensor | readonly (Tensor | null)[] | null,
  retainGraph?: boolean,
  createGraph?: boolean,
  options?: Pick<GradOptions, "allowUnused">,
): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions,
): Tensor[];
export function grad(...given: unknown[]): Tensor[] {
  const { outputs, inputs, gradOutputs, ...options } = gradParameters.named(given);
  const roots = [outputs].flat() as Tensor[];
  const targets = [inputs].flat() as Tensor[];
  const grads = gradOutputs === null ? roots.map(() => null) : ([gradOutputs].flat() as (Tensor | null)[]);
  if (grads.length !== roots.length) {
    throw new ValueError(`grad: ${roots.length} outputs, but ${grads.length} gradOutputs; one for each`);
  }
  const edges = targets.map((x, i) => {
    if (!x.requiresGrad) {
      throw new AutogradError(`grad: input ${i} (shape ${formatShape(x.shape)}) does not require gradients`);
    }
    return gradientEdge(x);
  });
  const captures = new Map<GraphNode, Tensor | null>(edges.map((edge) => [edge, null]));
  run("grad", roots, grads, { ...options, captures });
  return edges.map((edge, i) => {
    const found = captures.get(edge);
    if (!found && !options.allowUnused) {
      throw new AutogradError(
        `grad: the outputs do not depend on input ${i} (shape ${formatShape(targets[i]!.shape)}); pass { allowUnused: true } to get null for it`,
      );
    }
    return found as Tensor;
  });
}

/**
 * The gradients that arrive at `ends`, from those of the outputs; null where none does. What lies behind the ends is not
 * looked at, and the graph is kept. Another pass may be on its way through the ends.
 */
export function gradientsAt(
  outputs: readonly Tensor[],
  grads: readonly Tensor[],
  ends: readonly GraphNode[],
  createGraph: boolean,
): (Tensor | null)[] {
  const captures = new Map<GraphNode, Tensor | null>(ends.map((end) => [end, null]));
  const before = ends.map(({ pending, wanted }) => ({ pending, wanted }));
  for (const end of ends) end.pending = null;
  try {
    run("backward", outputs, grads, { createGraph, retainGraph: true, captures, ends: new Set(ends) });
  } finally {
    for (const [i, end] of ends.entries()) Object.assign(end, before[i]);
  }
  return ends.map((end) => captures.get(end)!);
}
