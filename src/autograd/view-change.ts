/**
 * In-place changes seen through views. When a view is overwritten, the tensor whose memory it shows has a new history:
 * old elements outside the view, the op's result inside.
 */
import { AutogradError, elementCount, formatShape, repeatsElements, type Shape } from "../base/index.ts";
import { type Differentiable, execute, record } from "../ops/executor.ts";
import { sum } from "../ops/reductions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { edgesOf, GraphNode, OpNode, setHistory } from "./node.ts";

/** A part of a stretch of memory. */
interface Part {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** A part of a tensor, both within the stretch of memory that the tensor spans. */
interface Region extends Part {
  readonly base: Part;
  /** The number of elements of the stretch. */
  readonly span: number;
}

/** How many elements lie between the first and the last element of a tensor, these included. */
function spanOf({ shape, strides }: Tensor): number {
  return elementCount(shape) === 0 ? 0 : shape.reduce((last, size, d) => last + (size - 1) * strides[d]!, 1);
}

function regionOf(view: Tensor, base: Tensor): Region {
  const { shape, strides } = base;
  if (repeatsElements(base)) {
    throw new AutogradError(
      `in-place: a view of a tensor of shape ${formatShape(shape)} that repeats its elements (expand) cannot be changed while gradients are recorded; clone() the tensor first`,
    );
  }
  return {
    shape: view.shape,
    strides: view.strides,
    offset: view.offset - base.offset,
    base: { shape, strides, offset: 0 },
    span: spanOf(base),
  };
}

/** A tensor shaped and laid out like the base of the region, at the start of memory of its own. */
function blank({ base, span }: Region, like: Tensor): Tensor {
  if (span === elementCount(base.shape)) {
    const memory = execute.zeros(base.shape, like.dtype, like);
    return execute.view(memory, base.shape, base.strides, 0);
  }
  return execute.view(execute.zeros([span], like.dtype, like), base.shape, base.strides, 0);
}

function isLaidOutLike({ shape, strides }: Tensor, { base }: Region): boolean {
  return shape.every((size, d) => size === 1 || strides[d] === base.strides[d]);
}

/** For y = region of x: dx is dy inside the region, 0 elsewhere. */
const readRule: Differentiable = {
  name: "view",
  saves: () => 0,
  gradient(dy, call) {
    const region = call.attributes as Region;
    const zeros = execute.zeros(call.shapeOf(0), dy.dtype, dy);
    // Elements that the view repeats get the sum of their gradients.
    const repeated = region.strides.flatMap((stride, d) =>
      stride === 0 && region.shape[d] !== 1 ? [d] : [],
    );
    if (repeated.length === 0) return [writeRegion(zeros, region, dy)];
    const once: Region = {
      ...region,
      shape: region.shape.map((size, d) => (repeated.includes(d) ? 1 : size)),
    };
    return [writeRegion(zeros, once, sum(dy, repeated, true))];
  },
};

/** What x, which has the shape of the region's base, holds in the region. */
function readRegion(x: Tensor, region: Region): Tensor {
  let whole = x;
  if (!isLaidOutLike(x, region)) {
    whole = blank(region, x);
    execute.copyInto(whole, x);
  }
  const view = execute.view(whole, region.shape, region.strides, whole.offset + region.offset);
  return record(readRule, [x], view, region);
}

/** For y = x with a region overwritten by value: dx is dy outside, dvalue is dy inside. */
const writeRule: Differentiable = {
  name: "copySlices",
  saves: () => 0,
  gradient(dy, call) {
    const region = call.attributes as Region;
    const inside = execute.zeros(region.shape, dy.dtype, dy);
    return [
      call.needs(0) ? writeRegion(dy, region, inside) : null,
      call.needs(1) ? readRegion(dy, region) : null,
    ];
  },
};

/** A copy of x with the region overwritten. */
function writeRegion(x: Tensor, region: Region, value: Tensor): Tensor {
  const output = blank(region, x);
  execute.copyInto(output, x);
  execute.copyInto(execute.view(output, region.shape, region.strides, region.offset), value);
  return record(writeRule, [x, value], output, region);
}

/** For base with op(view, others) written over the view: input 0 is the base as it was, the others are those of the op. */
class ViewChangeNode extends GraphNode {
  readonly name = "copySlices";

  constructor(
    base: Tensor,
    others: readonly Tensor[],
    readonly region: Region,
    /** The op as if it had been applied to the view alone. */
    readonly inner: OpNode,
  ) {
    super(edgesOf([base, ...others]));
  }

  apply(dy: Tensor): readonly (Tensor | null)[] {
    const { inner, region } = this;
    inner.wanted = this.wanted;
    const [dView, ...rest] = inner.apply(readRegion(dy, region));
    if ((this.wanted & 1) === 0) return [null, ...rest];
    return [writeRegion(dy, region, dView ?? execute.zeros(region.shape, dy.dtype, dy)), ...rest];
  }

  check(): void {
    this.inner.check();
  }

  release(): void {
    this.inner.release();
  }
}

/** What gives the tensor behind a view its new history, once `inner` has been written over the view. */
export function viewChange(view: Tensor, others: readonly Tensor[], inner: OpNode): () => void {
  const base = view.viewOf!;
  const node = new ViewChangeNode(base, others, regionOf(view, base), inner);
  return () => {
    setHistory(base, node);
    refreshView(view);
  };
}

/** Rebuilds the history of a view from that of the tensor whose memory it shows. */
export function refreshView(view: Tensor): void {
  const base = view.viewOf!;
  checkFollowed("a view", view, "the memory that it shows has been changed in place since");
  const region = regionOf(view, base);
  view.viewedGradFn = base.gradFn;
  setHistory(view, new OpNode(readRule, [base], view, view.storage.version, region));
}

/** Throws where gradients cannot be followed through in-place changes of what a view shows. */
export function checkFollowed(where: string, view: Tensor, change: string): void {
  if (view.unfollowed === null) return;
  throw new AutogradError(
    `${where}: a tensor of shape ${formatShape(view.shape)} is a view that ${view.unfollowed}, and ${change}: gradients cannot follow that. ` +
      "Change a clone(), or make the view and the change both inside or both outside of noGrad",
  );
}
