/**
 * In-place changes seen through views. When a view is overwritten, the tensor whose memory it shows has a new history:
 * old elements outside the view, the op's result inside.
 */
import { AutogradError, formatShape, type Shape } from "../base/index.ts";
import { type Differentiable, execute, record } from "../ops/executor.ts";
import { sum } from "../ops/reductions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { OpNode } from "./node.ts";

/** A part of a tensor, as strides and offset within its row-major elements. */
interface Region {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

function regionOf(view: Tensor, base: Tensor): Region {
  if (!base.dense) {
    throw new AutogradError(
      `in-place: a view of a tensor of shape ${formatShape(base.shape)} that is not contiguous cannot be changed while gradients are recorded; clone() the tensor first`,
    );
  }
  return { shape: view.shape, strides: view.strides, offset: view.offset - base.offset };
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
      shape: region.shape.map((size, d) => (repeated.includes(d) ? 1 : size)),
      strides: region.strides,
      offset: region.offset,
    };
    return [writeRegion(zeros, once, sum(dy, repeated, { keepdim: true }))];
  },
};

function readRegion(x: Tensor, region: Region): Tensor {
  const whole = x.dense ? x : x.clone();
  const view = execute.view(whole, region.shape, region.strides, whole.offset + region.offset);
  return record(readRule, [whole], view, region);
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
  const output = execute.zeros(x.shape, x.dtype, x);
  execute.copyInto(output, x);
  execute.copyInto(execute.view(output, region.shape, region.strides, region.offset), value);
  return record(writeRule, [x, value], output, region);
}

interface ViewChange {
  readonly region: Region;
  /** The op as if it had been applied to the view alone. */
  readonly inner: OpNode;
}

/** For base with op(view, others) written over the view: input 0 is the base as it was. */
const viewChangeRule: Differentiable = {
  name: "copySlices",
  saves: () => 0,
  gradient(dy, call) {
    const { region, inner } = call.attributes as ViewChange;
    inner.wanted = inner.next.reduce((bits, edge, i) => (edge ? bits | (1 << i) : bits), 0);
    inner.check();
    const [dView, ...rest] = inner.apply(readRegion(dy, region));
    const inside = dView ?? execute.zeros(region.shape, dy.dtype, dy);
    return [call.needs(0) ? writeRegion(dy, region, inside) : null, ...rest];
  },
};

/** Gives the tensor behind a view its new history after `inner` was written over the view. */
export function recordViewChange(view: Tensor, others: readonly Tensor[], inner: OpNode): void {
  const base = view.viewOf!;
  const region = regionOf(view, base);
  const version = base.storage.version + 1;
  const change: ViewChange = { region, inner };
  base.gradFn = new OpNode(viewChangeRule, [base, ...others], base, version, change);
  refreshView(view);
}

/** Rebuilds the history of a view from that of the tensor whose memory it shows. */
export function refreshView(view: Tensor): void {
  const base = view.viewOf!;
  const region = regionOf(view, base);
  view.viewedGradFn = base.gradFn;
  view.gradFn = new OpNode(readRule, [base], view, view.storage.version, region);
}
