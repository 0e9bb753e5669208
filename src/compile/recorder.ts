/** Notes kernel calls in place of making them: each becomes a node, and its result is a tensor without elements. */
import {
  broadcastStrides,
  contiguousStrides,
  type DType,
  elementCount,
  int64,
  type Shape,
} from "../base/index.ts";
import type { Step } from "../device/program.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel, Scattering } from "../ir/kernel.ts";
import { conversion } from "../ops/cast.ts";
import type { Executor } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Actions } from "./actions.ts";
import { fillValue, isWhole, type Node, newValue, nextId, type Ref } from "./graph.ts";
import type { OutsideTensors } from "./outside-tensors.ts";
import type { StorageValues } from "./storage-values.ts";
import { writeOnce } from "./write-once.ts";

export class Recorder implements Executor {
  readonly #nodes: Node[];
  readonly #actions: Actions;
  readonly #values: StorageValues;
  readonly #outside: OutsideTensors;
  readonly #eager: Executor;

  /** Nodes are added to `nodes`; views, which are no nodes, are made by `eager`. */
  constructor(
    nodes: Node[],
    actions: Actions,
    values: StorageValues,
    outside: OutsideTensors,
    eager: Executor,
  ) {
    this.#nodes = nodes;
    this.#actions = actions;
    this.#values = values;
    this.#outside = outside;
    this.#eager = eager;
  }

  map(kernel: MapKernel, inputs: readonly Tensor[], shape: Shape, params: readonly number[]): Tensor {
    const output = this.#fresh(kernel.outputs[0]!.dtype, shape);
    this.#addMap(kernel, this.#refs(inputs), [output], shape, params);
    return this.#values.tensorOf(output.value, shape);
  }

  mapInto(
    kernel: MapKernel,
    outputs: readonly Tensor[],
    inputs: readonly Tensor[],
    params: readonly number[],
  ): void {
    const refs = this.#refs(inputs);
    const places = outputs.map((x) => this.#overwritten(x, false));
    this.#addMap(kernel, refs, places, outputs[0]!.shape, params);
  }

  #addMap(kernel: MapKernel, inputs: Ref[], outputs: Ref[], shape: Shape, params: readonly number[]): void {
    const loop = writeOnce({ shape, inputs, outputs });
    this.#add({ kind: "map", names: [kernel.name], ...loop, kernel, params: this.#actions.params(params) });
  }

  copyInto(output: Tensor, x: Tensor): void {
    const input = this.#refOf(x);
    const place = this.#overwritten(output, false);
    const sameElements = isWhole(input) && input.value.length === place.value.length;
    if (x.dtype === output.dtype && place.value.basis === null && sameElements) {
      this.#values.alias(output.storage, input.value);
    } else {
      this.#addMap(conversion(x.dtype, output.dtype).kernel, [input], [place], output.shape, []);
    }
  }

  reduce(
    kernel: ReduceKernel,
    inputs: readonly Tensor[],
    shape: Shape,
    dims: readonly number[],
    outputShape: Shape,
    params: readonly number[],
  ): Tensor {
    const { dtype } = kernel.finish ?? kernel.element;
    return this.#compute(kernel.name, inputs, dtype, outputShape, (operands) => ({
      kind: "reduce",
      ...operands,
      kernel,
      order: { kernel, strides: inputs.map((x) => broadcastStrides(x.shape, x.strides, shape)) },
      shape,
      dims,
      params: this.#actions.params(params),
    }));
  }

  argReduce(kernel: ArgReduceKernel, x: Tensor, dim: number, outputShape: Shape): Tensor {
    return this.#compute(kernel.name, [x], int64, outputShape, (operands) => ({
      kind: "argReduce",
      ...operands,
      kernel,
      dim,
    }));
  }

  matmul(a: Tensor, b: Tensor, bias: Tensor | null, outputShape: Shape): Tensor {
    const inputs = bias ? [a, b, bias] : [a, b];
    return this.#compute("matmul", inputs, a.dtype, outputShape, (operands) => ({
      kind: "matmul",
      ...operands,
    }));
  }

  contract(a: Tensor, b: Tensor, groups: ContractGroups): Tensor {
    const shape = [...a.shape.slice(0, groups.batch + groups.m), ...b.shape.slice(groups.batch + groups.k)];
    return this.#compute("contract", [a, b], a.dtype, shape, (operands) => ({
      kind: "contract",
      ...operands,
      groups,
    }));
  }

  gather(x: Tensor, index: Tensor, dim: number): Tensor {
    return this.#compute("gather", [x, index], x.dtype, index.shape, (operands) => ({
      kind: "gather",
      ...operands,
      dim,
    }));
  }

  #compute(
    name: string,
    inputs: readonly Tensor[],
    dtype: DType,
    shape: Shape,
    make: (operands: { names: string[]; inputs: Ref[]; outputs: Ref[] }) => Step<Ref>,
  ): Tensor {
    const output = this.#fresh(dtype, shape);
    this.#add(make({ names: [name], inputs: this.#refs(inputs), outputs: [output] }));
    return this.#values.tensorOf(output.value, shape);
  }

  scatter(into: Tensor, index: Tensor, source: Tensor, dim: number, how: Scattering): void {
    const inputs = this.#refs([index, source]);
    const names = [`scatter (${how})`];
    this.#add({ kind: "scatter", names, inputs, outputs: [this.#overwritten(into, true)], dim, how });
  }

  view(x: Tensor, shape: Shape, strides: Shape, offset: number): Tensor {
    // Views of outside tensors are outside tensors, too: only their memory is known by a value.
    this.#outside.readsMemory(x);
    const view = this.#eager.view(x, shape, strides, offset);
    this.#outside.addView(view);
    return view;
  }

  zeros(shape: Shape, dtype: DType): Tensor {
    return this.#values.tensorOf(fillValue(dtype, elementCount(shape), 0), shape);
  }

  scalar(value: number | bigint, dtype: DType): Tensor {
    return this.#values.tensorOf(fillValue(dtype, 1, value), []);
  }

  /** Has the run stop with the error that `fail` makes unless `holds` is true. */
  check(holds: Tensor, fail: () => Error): void {
    this.#add({ kind: "check", names: ["check"], inputs: [this.#refOf(holds)], outputs: [], fail });
  }

  #add(step: Step<Ref>): void {
    // What has no elements need not be computed.
    if (step.outputs.length > 0 && step.outputs.every(({ shape }) => elementCount(shape) === 0)) return;
    this.#nodes.push({ ...step, id: nextId() });
  }

  /** The value that a tensor shows, and how. */
  #refOf(x: Tensor): Ref {
    this.#outside.readsMemory(x);
    const { shape, strides, offset } = x;
    return { value: this.#values.valueOf(x), shape, strides, offset };
  }

  #refs(inputs: readonly Tensor[]): Ref[] {
    return inputs.map((x) => this.#refOf(x));
  }

  /** A place for a result of `dtype` and `shape`, whole. */
  #fresh(dtype: DType, shape: Shape): Ref {
    const value = newValue(dtype, elementCount(shape), { kind: "node" });
    return { value, shape, strides: contiguousStrides(shape), offset: 0 };
  }

  /** The place that an in-place op writes. */
  #overwritten(x: Tensor, reads: boolean): Ref {
    this.#outside.changesMemory(x.viewOf ?? x);
    return this.#values.overwritten(x, reads);
  }
}
