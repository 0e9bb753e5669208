/** Modules that change nothing, or the shape alone. */
import { dim, optional, required, shape, signature } from "../base/arguments/index.ts";
import type { Shape } from "../base/index.ts";
import { flatten, unflatten } from "../ops/reshaping.ts";
import type { Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { pythonTuple } from "./python-text.ts";

/** Gives its input back. Takes and ignores any arguments, so that it can stand in for another module. */
export class Identity extends Module {
  protected static get partKinds(): PartKinds {
    return {};
  }

  constructor(..._ignored: unknown[]) {
    super();
  }

  override forward<T>(x: T): T {
    return x;
  }
}

const flattenParameters = signature("Flatten", optional("startDim", dim, 1), optional("endDim", dim, -1));
const unflattenParameters = signature("Unflatten", required("dim", dim), required("unflattenedSize", shape));

/** Joins the dimensions from `startDim` (1: all but the batch) to `endDim` (-1) into one. */
export class Flatten extends Module {
  protected static get partKinds(): PartKinds {
    return {};
  }

  /** The first dimension that is merged. */
  readonly startDim: number;
  /** The last dimension that is merged. */
  readonly endDim: number;

  constructor(startDim?: number, endDim?: number);
  constructor(options: { startDim?: number; endDim?: number });
  constructor(...given: unknown[]) {
    super();
    [this.startDim, this.endDim] = flattenParameters.read(given);
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/** Splits the dimension `dim` into several, of the sizes `unflattenedSize`; one may be -1. */
export class Unflatten extends Module {
  protected static get partKinds(): PartKinds {
    return {};
  }

  /** The dimension that is taken apart. */
  readonly dim: number;
  /** The sizes that it is taken apart into. */
  readonly unflattenedSize: Shape;

  constructor(dim: number, unflattenedSize: Shape);
  constructor(...given: unknown[]) {
    super();
    [this.dim, this.unflattenedSize] = unflattenParameters.read(given);
  }

  override forward(x: Tensor): Tensor {
    return unflatten(x, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${pythonTuple(this.unflattenedSize)}`;
  }
}
