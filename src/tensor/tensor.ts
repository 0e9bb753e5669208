/** The tensor: a view of a storage, with a place in autograd's graph. Its ops come from the registry. */
import {
  callback,
  dim,
  flag,
  nullable,
  optional,
  refuseArguments,
  required,
  signature,
} from "../base/arguments/index.ts";
import {
  ArgumentError,
  contiguousStrides,
  DeviceError,
  type DType,
  DTypeError,
  dtypeOfArray,
  elementCount,
  formatShape,
  normalizeDim,
  type PrimitiveHint,
  type Shape,
  ShapeError,
  type TypedArray,
  toPrimitive,
  ValueError,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { Storage, type View } from "../device/storage.ts";
import { clone, toContiguous, toDtype } from "../ops/conversion.ts";
import { trace } from "../ops/executor.ts";
import { Handle } from "../ops/handle.ts";
import { tensor } from "../ops/kinds.ts";
import { noteChange } from "../ops/plain-state.ts";
import { unbind } from "../ops/slicing.ts";
import { autograd, type BackwardOptions, type TensorHook, type TensorNode } from "./autograd-slot.ts";
import { readTarget } from "./conversion-target.ts";
import { toDevice } from "./devices.ts";
import { type TensorJSON, toJSON } from "./json.ts";
import type { OpMethods } from "./op-methods.ts";
import { formatTensor } from "./printing.ts";
import { locate, type Nested, readNested, readScalar, readTyped } from "./reading.ts";

/** The ops, as methods. */
export interface Tensor extends OpMethods {}

const requiresGradParameters = signature("requiresGrad_", optional("requiresGrad", flag, true));
const sizeParameters = signature("size", optional("dim", dim));
const registerHookParameters = signature("registerHook", required("hook", callback));
const backwardParameters = signature(
  "backward",
  optional("gradient", nullable(tensor), null),
  optional("retainGraph", flag),
  optional("createGraph", flag, false),
);

declare module "../ops/handle.ts" {
  interface Tensor extends TensorClass {}
}
type TensorClass = Tensor;

/**
 * A multi-dimensional array of one dtype. Made by `torch.tensor`, `torch.zeros`, `torch.randn`, ...; memory is
 * ordinary JavaScript memory, freed by the garbage collector.
 *
 * @example
 * const x = torch.tensor([[1, 2], [3, 4]], { requiresGrad: true });
 * x.mul(x).sum().backward();
 * x.grad; // tensor([[2., 4.], [6., 8.]])
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the registry's ops are added to the prototype in methods.ts
export class Tensor extends Handle implements View {
  /** The step of the graph that made this tensor; null for leaves. */
  gradFn: TensorNode | null = null;
  /** For a view: the tensor whose memory it shows. */
  viewOf: Tensor | null = null;
  /** The `gradFn` of `viewOf` that this view was made from; another one means that the memory was changed in place. */
  viewedGradFn: TensorNode | null = null;
  /** For a view with which gradients cannot follow an in-place change: why, as "was made inside noGrad"; else null. */
  unfollowed: string | null = null;
  /** Where autograd gathers the gradient of a leaf. */
  accumulator: TensorNode | null = null;
  #requiresGrad = false;
  #grad: Tensor | null = null;

  constructor(
    /** The memory that the elements lie in; views share it. */
    readonly storage: Storage,
    /** What the elements are. */
    readonly dtype: DType,
    /** The size of every dimension. */
    readonly shape: Shape,
    /** How many elements of the memory lie between neighbours of each dimension. */
    readonly strides: Shape,
    /** The place of the first element in the memory. */
    readonly offset: number,
    /** Whether the elements lie in row-major order without gaps. */
    readonly dense: boolean,
  ) {
    super();
    // Only the library knows storages; users come here from PyTorch's torch.Tensor([1, 2]).
    if (dense === undefined) {
      throw new ArgumentError(
        "Tensor: tensors are made by functions such as torch.tensor([1, 2]), torch.zeros(2, 3)",
      );
    }
  }

  /** The gradient that `backward` gathered; null before. Only of leaves, and of tensors that asked with `retainGrad`. */
  get grad(): Tensor | null {
    if (trace !== null) trace.readsGrad(this);
    return this.#grad;
  }

  set grad(value: Tensor | null) {
    if (trace !== null) trace.writesGrad(this);
    this.#grad = value;
  }

  /** Whether autograd records what is done with this tensor. */
  get requiresGrad(): boolean {
    return this.gradFn !== null || this.#requiresGrad || this.isOutdated;
  }

  /** Only leaves can be switched; `detach` an intermediate result instead. */
  set requiresGrad(value: boolean) {
    if (value && !this.dtype.isFloatingPoint) {
      throw new DTypeError(
        `requiresGrad: only floating-point tensors can have gradients, this one is ${this.dtype}; convert it with .to(torch.float32)`,
      );
    }
    if (!value && this.gradFn !== null) {
      throw new ValueError(
        "requiresGrad: this tensor is the result of an op and follows its inputs; use detach() to leave the graph",
      );
    }
    const set = (): void => {
      if (value !== this.#requiresGrad) noteChange();
      this.#requiresGrad = value;
    };
    if (trace === null) set();
    else trace.setsRequiresGrad(this, set);
  }

  /**
   * Sets `requiresGrad` and returns the tensor.
   *
   * @throws DTypeError unless floating point; ValueError when switched off for a result of an op.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   *
   * @example
   * torch.zeros([2]).requiresGrad_().requiresGrad; // true
   */
  requiresGrad_(requiresGrad?: boolean): this;
  requiresGrad_(...given: unknown[]): this {
    [this.requiresGrad] = requiresGradParameters.read(given);
    return this;
  }

  /** Whether the user made this tensor, rather than an op that autograd recorded. */
  get isLeaf(): boolean {
    return this.gradFn === null && !this.isOutdated;
  }

  /** Whether this is a view of which the memory has got another history by an in-place change, which `gradFn` does not say yet. */
  get isOutdated(): boolean {
    const { viewOf } = this;
    return viewOf !== null && viewOf.gradFn !== null && viewOf.gradFn !== this.viewedGradFn;
  }

  /** Where the elements live. */
  get device(): Device {
    return this.storage.device;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of dimensions. */
  dim(...given: []): number {
    refuseArguments("dim", given);
    return this.shape.length;
  }

  /**
   * The shape, or the size of one dimension (from the end if negative).
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.size.html
   *
   * @example
   * torch.zeros([2, 3]).size(); // [2, 3]
   * torch.zeros([2, 3]).size(-1); // 3
   */
  size(): Shape;
  size(dim: number): number;
  size(...given: unknown[]): Shape | number {
    const [dim] = sizeParameters.read(given);
    return dim === undefined ? this.shape : this.shape[normalizeDim("size", dim, this.ndim)]!;
  }

  /**
   * Number of elements: the product of the sizes, 1 for a 0-d tensor.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.numel.html
   *
   * @example
   * torch.zeros([2, 3]).numel(); // 6
   */
  numel(...given: []): number {
    refuseArguments("numel", given);
    return elementCount(this.shape);
  }

  /**
   * Whether the elements lie in row-major order without gaps. The property `contiguous` says the same.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.is_contiguous.html
   *
   * @example
   * torch.zeros([2, 3]).t().isContiguous(); // false
   */
  isContiguous(...given: []): boolean {
    refuseArguments("isContiguous", given);
    return this.dense;
  }

  /** The tensor itself if its elements lie in row-major order without gaps, else a copy that does. */
  contiguous(...given: []): Tensor {
    refuseArguments("contiguous", given);
    return toContiguous(this);
  }

  /**
   * The value of a tensor with one element; bool gives 0 or 1.
   *
   * @throws ShapeError for another number of elements; ValueError for an int64 beyond 2^53.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.item.html
   *
   * @example
   * torch.tensor([[2.5]]).item(); // 2.5
   */
  item(...given: []): number {
    refuseArguments("item", given);
    if (trace !== null) trace.readsValues(this);
    return readScalar(this);
  }

  /**
   * The elements as nested arrays; numbers (booleans for bool, bigints beyond 2^53). The type cannot know how deep they are:
   * `x.tolist<number[][]>()` says it of a matrix of numbers.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.tolist.html
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).tolist(); // [[1, 2], [3, 4]]
   * torch.tensor([[1, 2], [3, 4]]).tolist<number[][]>()[1]![0]; // 3
   */
  tolist<T extends Nested = Nested>(...given: []): T {
    refuseArguments("tolist", given);
    if (trace !== null) trace.readsValues(this);
    return readNested(this) as T;
  }

  /**
   * A copy of the elements in row-major order, in a typed array of the dtype.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.numpy.html
   *
   * @example
   * torch.arange(3).toTypedArray(); // 0, 1, 2
   */
  toTypedArray(...given: []): TypedArray {
    refuseArguments("toTypedArray", given);
    if (trace !== null) trace.readsValues(this);
    return readTyped(this);
  }

  /**
   * A copy with memory of its own. Gradients flow through it.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.clone.html
   *
   * @example
   * const x = torch.zeros([2]);
   * x.clone().add_(1); // tensor([1., 1.])
   * x; // tensor([0., 0.])
   */
  clone(...given: []): Tensor {
    refuseArguments("clone", given);
    return clone(this);
  }

  /**
   * The same values in another dtype, on another device, or in the dtype and on the device of another tensor; the tensor
   * itself where nothing changes, unless `copy` asks for one. Floats lose their fraction on the way to integers.
   *
   * @throws DTypeError for what is no dtype.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
   *
   * @example
   * torch.tensor([1.7, -1.7]).to(torch.int32); // tensor([1, -1])
   */
  to(target: DType | Device | string | Tensor, dtype?: DType, options?: { copy?: boolean }): Tensor;
  to(options: { device?: Device | string; dtype?: DType; copy?: boolean }): Tensor;
  to(...given: unknown[]): Tensor {
    const { device, dtype, copy } = readTarget(given);
    const on = device === undefined ? this.device : toDevice("to", device);
    if (on !== this.device) {
      throw new DeviceError(`to: tensors cannot be moved from ${this.device.type} to ${on.type} yet`);
    }
    const moved = dtype === undefined ? this : toDtype(this, dtype);
    return copy && moved === this ? clone(this) : moved;
  }

  /** The tensor on the CPU, where its values can be read: the one asynchronous step of a program that uses a GPU. */
  async cpu(...given: []): Promise<Tensor> {
    refuseArguments("cpu", given);
    return this.to("cpu");
  }

  /**
   * The same memory without a history. Assigning makes this very tensor show other memory, maybe of another dtype or
   * device: so modules move their parameters without optimizers losing sight of them.
   */
  get data(): Tensor {
    return this.detach();
  }

  set data(x: Tensor) {
    const { storage, dtype, shape, strides, offset, dense } = x;
    // A graph that saved this tensor must notice.
    storage.version = Math.max(storage.version, this.storage.version) + 1;
    storage.lastWriter = "an assignment to data";
    Object.assign(this, { storage, dtype, shape, strides, offset, dense });
    noteChange();
  }

  /**
   * The same memory without a history: no gradient flows through it.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html
   *
   * @example
   * const w = torch.ones([2], { requiresGrad: true });
   * w.mul(2).detach(); // tensor([2., 2.])
   */
  detach(...given: []): Tensor {
    refuseArguments("detach", given);
    if (trace !== null) trace.readsMemory(this);
    return new Tensor(this.storage, this.dtype, this.shape, this.strides, this.offset, this.dense);
  }

  /**
   * Leaves the graph in place: the tensor becomes a leaf that needs no gradient.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.detach_.html
   *
   * @example
   * const y = torch.ones([2], { requiresGrad: true }).mul(2);
   * y.detach_().isLeaf; // true
   */
  detach_(...given: []): this {
    refuseArguments("detach_", given);
    this.gradFn = null;
    this.viewOf = null;
    this.requiresGrad = false;
    return this;
  }

  /**
   * Computes the gradients of this tensor for all leaves that it depends on, and adds them to their `grad`.
   * `gradient` is dL/d(this), needed unless this has one element (then 1). The graph is released unless
   * `retainGraph` keeps it.
   *
   * @throws AutogradError where nothing requires gradients, where the graph has been released, and where a
   * saved value has been changed in place; no gradient has been computed then.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
   *
   * @example
   * const w = torch.tensor([1, 2], { requiresGrad: true });
   * w.square().sum().backward();
   * w.grad; // tensor([2., 4.])
   */
  backward(gradient?: Tensor | null, retainGraph?: boolean, createGraph?: boolean): void;
  backward(options: BackwardOptions & { gradient?: Tensor | null }): void;
  backward(gradient: Tensor | null | undefined, options: BackwardOptions): void;
  backward(...given: unknown[]): void {
    const [gradient, retainGraph, createGraph] = backwardParameters.read(given);
    autograd.backward([this], [gradient], { retainGraph: retainGraph ?? createGraph, createGraph });
  }

  /**
   * Keeps the gradient of this intermediate result in `grad` at the next backward.
   *
   * @throws AutogradError where the tensor does not require gradients.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.retain_grad.html
   *
   * @example
   * const h = torch.ones([2], { requiresGrad: true }).mul(3);
   * h.retainGrad();
   * h.square().sum().backward();
   * h.grad; // tensor([6., 6.])
   */
  retainGrad(...given: []): void {
    refuseArguments("retainGrad", given);
    autograd.retainGrad(this);
  }

  /**
   * Calls `hook` with the gradient each time it is computed; a tensor it returns replaces the gradient.
   *
   * @throws AutogradError where the tensor does not require gradients, and for a replacement of another
   * shape.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html
   *
   * @example
   * const w = torch.ones([2], { requiresGrad: true });
   * w.registerHook((grad) => grad.mul(10));
   * w.sum().backward();
   * w.grad; // tensor([10., 10.])
   */
  registerHook(hook: TensorHook): { remove(): void };
  registerHook(...given: unknown[]): { remove(): void } {
    const [hook] = registerHookParameters.read(given);
    return autograd.registerHook(this, hook as TensorHook);
  }

  /**
   * As PyTorch prints it; `setPrintOptions` sets the details.
   *
   * Source: https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
   *
   * @example
   * String(torch.tensor([1, 2], { requiresGrad: true })); // "tensor([1., 2.], requiresGrad=true)"
   */
  override toString(): string {
    return formatTensor({
      shape: this.shape,
      dtype: this.dtype,
      at: (position) => this.storage.data[locate(this, position)]!,
      requiresGrad: this.requiresGrad,
      gradFnName: this.gradFn?.name ?? null,
    });
  }

  /** Text for templates and `String(x)`; JavaScript's operators cannot compute with tensors, and throw. */
  [Symbol.toPrimitive](hint: PrimitiveHint): string {
    const ops =
      hint === "number" ? "x.mul(y), x.sub(y), x.div(y), x.neg(), x.lt(y), x.gt(y)" : "x.add(y), x.eq(y)";
    const number = this.numel() === 1 ? ", or x.item() for its number" : "";
    return toPrimitive(this, hint, `a tensor of shape ${formatShape(this.shape)}`, ops + number);
  }

  /** What `JSON.stringify` writes: `{ dtype, shape, data }`, of which `torch.fromJSON` makes the tensor again. */
  toJSON(): TensorJSON {
    if (trace !== null) trace.readsValues(this);
    return toJSON(this);
  }

  /**
   * The entries of dimension 0, one after the other: `for (const row of x)`. Views, as `unbind` gives them.
   *
   * @throws ShapeError for a 0-d tensor.
   * Source: https://pytorch.org/docs/stable/generated/torch.unbind.html
   *
   * @example
   * const sums = Array.from(torch.tensor([[1, 2], [3, 4]]), (row) => row.sum().item());
   * sums; // [3, 7]
   */
  [Symbol.iterator](): IterableIterator<Tensor> {
    if (this.shape.length === 0) {
      throw new ShapeError(
        "a 0-d tensor cannot be iterated over; read it with item(), and compare tensors in tests by tolist()",
      );
    }
    return unbind(this)[Symbol.iterator]();
  }

  /** A leaf on this device from numbers, for ops that make indices. The dtype is the array's unless said. */
  newTensor(data: TypedArray, shape?: Shape, dtype = dtypeOfArray(data)): Tensor {
    const length = data.length;
    const storage = new Storage(this.device, data, 0, length);
    const sizes = shape ?? [length];
    return new Tensor(storage, dtype, sizes, contiguousStrides(sizes), 0, true);
  }

  /** 0, 1, ... n - 1 as int32, on this device. */
  newArange(n: number): Tensor {
    return this.newTensor(Int32Array.from({ length: n }, (_, i) => i));
  }
}
