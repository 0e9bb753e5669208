/** The eager executor: every kernel runs at once, on the device that holds its operands. */
import {
  checkShape,
  contiguousStrides,
  DeviceError,
  type DType,
  dtypes,
  elementCount,
  int64,
  isContiguous,
  MAX_ELEMENTS,
  type Shape,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel, Scattering } from "../ir/kernel.ts";
import { conversion } from "../ops/cast.ts";
import { type Executor, setExecutor, tape } from "../ops/executor.ts";
import { Tensor } from "./tensor.ts";

const noParams: readonly number[] = [];

const madeInNoGrad = "was made inside noGrad";

/** A tensor of zeros, or with memory that is about to be filled. */
export function allocate(device: Device, dtype: DType, shape: Shape, where = "a result"): Tensor {
  const count = elementCount(shape);
  if (count > MAX_ELEMENTS) checkShape(where, shape);
  const storage = device.allocate(dtype, count);
  return new Tensor(storage, dtype, shape, contiguousStrides(shape), 0, true);
}

/** As `allocate`, sharing the strides of a tensor that has them already. */
function allocateLike({ name, outputs }: MapKernel, shape: Shape, like: Tensor): Tensor {
  const { dtype: kernelDtype } = outputs[0]!;
  if (like.shape !== shape || !like.dense) return allocate(like.storage.device, kernelDtype, shape, name);
  const storage = like.storage.device.allocate(kernelDtype, elementCount(shape));
  return new Tensor(storage, kernelDtype, shape, like.strides, 0, true);
}

/** The device of all operands. */
function commonDevice(name: string, inputs: readonly Tensor[]): Device {
  const device = inputs[0]!.storage.device;
  for (let i = 1; i < inputs.length; i++) {
    const other = inputs[i]!.storage.device;
    if (other !== device) {
      throw new DeviceError(
        `${name}: operands are on different devices, ${device.type} and ${other.type}; move one with .to(device)`,
      );
    }
  }
  return device;
}

/** How many plain numbers of a dtype stay wrapped for the next time: programs use few (1, 0.5, a learning rate). */
const KEPT_SCALARS = 64;

class EagerExecutor implements Executor {
  /** Wrapped numbers by dtype and value. Nobody else holds one, so nobody can change one. */
  readonly #scalars = dtypes.map(() => new Map<number | bigint, Tensor>());
  #scalarDevice: Device | null = null;

  map(kernel: MapKernel, inputs: readonly Tensor[], shape: Shape, params: readonly number[]): Tensor {
    const device = commonDevice(kernel.name, inputs);
    const output = allocateLike(kernel, shape, inputs[0]!);
    device.map(kernel, [output], inputs, params);
    return output;
  }

  mapInto(
    kernel: MapKernel,
    outputs: readonly Tensor[],
    inputs: readonly Tensor[],
    params: readonly number[],
  ): void {
    commonDevice(kernel.name, inputs).map(kernel, outputs, inputs, params);
  }

  copyInto(output: Tensor, x: Tensor): void {
    const { kernel } = conversion(x.dtype, output.dtype);
    commonDevice("copy", [output, x]).map(kernel, [output], [x], noParams);
  }

  reduce(
    kernel: ReduceKernel,
    inputs: readonly Tensor[],
    shape: Shape,
    dims: readonly number[],
    outputShape: Shape,
    params: readonly number[],
  ): Tensor {
    const device = commonDevice(kernel.name, inputs);
    const output = allocate(device, (kernel.finish ?? kernel.element).dtype, outputShape, kernel.name);
    device.reduce(kernel, output, inputs, shape, dims, params);
    return output;
  }

  argReduce(kernel: ArgReduceKernel, x: Tensor, dim: number, outputShape: Shape): Tensor {
    const output = allocate(x.storage.device, int64, outputShape);
    x.storage.device.argReduce(kernel, output, x, dim);
    return output;
  }

  matmul(a: Tensor, b: Tensor, bias: Tensor | null, outputShape: Shape): Tensor {
    const device = commonDevice("matmul", bias ? [a, b, bias] : [a, b]);
    const output = allocate(device, a.dtype, outputShape, "matmul");
    device.matmul(output, a, b, bias);
    return output;
  }

  contract(a: Tensor, b: Tensor, groups: ContractGroups): Tensor {
    const device = commonDevice("contract", [a, b]);
    const { batch, m, k } = groups;
    const shape = [...a.shape.slice(0, batch + m), ...b.shape.slice(batch + k)];
    const output = allocate(device, a.dtype, shape, "contract");
    device.contract(output, a, b, groups);
    return output;
  }

  gather(x: Tensor, index: Tensor, dim: number): Tensor {
    const device = commonDevice("gather", [x, index]);
    const output = allocate(device, x.dtype, index.shape, "gather");
    device.gather(output, x, index, dim);
    return output;
  }

  scatter(into: Tensor, index: Tensor, source: Tensor, dim: number, how: Scattering): void {
    commonDevice("scatter", [into, index, source]).scatter(into, index, source, dim, how);
  }

  view(x: Tensor, shape: Shape, strides: Shape, offset: number): Tensor {
    const view = new Tensor(x.storage, x.dtype, shape, strides, offset, isContiguous(shape, strides));
    // An in-place change of a view must reach the gradient of what it shows.
    view.viewOf = x.viewOf ?? x;
    view.viewedGradFn = view.viewOf.gradFn;
    view.unfollowed = tape === null ? madeInNoGrad : x.unfollowed;
    return view;
  }

  zeros(shape: Shape, dtype: DType, like: Tensor): Tensor {
    return allocate(like.storage.device, dtype, shape);
  }

  scalar(value: number | bigint, dtype: DType, like: Tensor): Tensor {
    const { device } = like.storage;
    if (device !== this.#scalarDevice || this.#scalars[dtype.index]!.size >= KEPT_SCALARS) {
      this.#scalarDevice = device;
      for (const kept of this.#scalars) kept.clear();
    }
    const kept = this.#scalars[dtype.index]!;
    // A Map takes 0 and -0 for the same key.
    if (Object.is(value, -0)) return scalarTensor(value, dtype, device);
    let found = kept.get(value);
    if (found === undefined) kept.set(value, (found = scalarTensor(value, dtype, device)));
    return found;
  }
}

/** A 0-d tensor. */
function scalarTensor(value: number | bigint, dtype: DType, device: Device): Tensor {
  const output = allocate(device, dtype, []);
  const { data, base } = output.storage;
  // int64 arrays hold bigints, the others numbers.
  if (data instanceof BigInt64Array) data[base] = BigInt(value);
  else data[base] = Number(value);
  return output;
}

setExecutor(new EagerExecutor());
