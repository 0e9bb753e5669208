/** Evenly spaced numbers: arange and linspace. */
import { count, optional, required, signature } from "../base/arguments/index.ts";
import {
  bool,
  type DType,
  DTypeError,
  elementOf,
  float32,
  getDefaultDtype,
  int32,
  ValueError,
} from "../base/index.ts";
import { numberOrTensor } from "../ops/kinds.ts";
import { creation, fill, finish, newTensor, type TensorOptions } from "./creation.ts";
import type { Tensor } from "./tensor.ts";

const arangeParameters = signature(
  "arange",
  required("start", numberOrTensor),
  optional("end", numberOrTensor),
  optional("step", numberOrTensor, 1),
  creation,
);
const linspaceParameters = signature(
  "linspace",
  required("start", numberOrTensor),
  required("end", numberOrTensor),
  required("steps", count),
  creation,
);

function numberOf(value: number | Tensor): number {
  return typeof value === "number" ? value : value.item();
}

function checkDtype(where: string, dtype: DType): DType {
  if (dtype !== bool) return dtype;
  throw new DTypeError(`${where}: there are no ranges of truth values; make one of integers and convert it`);
}

/**
 * Numbers from `start` (0) up to, not including, `end` by `step` (1): arange(end), arange(start, end) or
 * arange(start, end, step). int32 if all are whole numbers, else the default float. In an integer dtype, start and step
 * lose their fractions.
 *
 * @throws ValueError for a step of 0, for one that leads away from `end`, and for numbers that do not fit into the dtype;
 * DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.arange.html
 *
 * @example
 * torch.arange(4); // tensor([0, 1, 2, 3])
 * torch.arange(0, 1, 0.25); // tensor([0.0000, 0.2500, 0.5000, 0.7500])
 */
export function arange(end: number | Tensor, options?: TensorOptions): Tensor;
export function arange(start: number | Tensor, end: number | Tensor, options?: TensorOptions): Tensor;
export function arange(
  start: number | Tensor,
  end: number | Tensor,
  step: number | Tensor,
  options?: TensorOptions,
): Tensor;
export function arange(...given: unknown[]): Tensor {
  const { start: first, end: second, step: by, ...options } = arangeParameters.named(given);
  // A single number is the end.
  const [start, end] = second === undefined ? [0, numberOf(first)] : [numberOf(first), numberOf(second)];
  const step = numberOf(by);
  if (![start, end, step].every(Number.isFinite) || step === 0 || (end - start) * step < 0) {
    throw new ValueError(`arange: there is no range from ${start} to ${end} by ${step}`);
  }
  const areWhole = [start, end, step].every(Number.isInteger);
  const dtype = checkDtype("arange", options.dtype ?? (areWhole ? int32 : getDefaultDtype()));
  const x = newTensor("arange", [Math.ceil((end - start) / step)], { ...options, dtype });
  const settled = dtype.isFloatingPoint ? Number : Math.trunc;
  const [from, stride] = [settled(start), settled(step)];
  const values = Array.from({ length: x.numel() }, (_, i) => from + i * stride);
  return finish(fill(x, values, "arange"), options);
}

/**
 * `steps` numbers from `start` to `end`, both included, evenly spaced.
 *
 * @throws ValueError for numbers that do not fit into the dtype; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.linspace.html
 *
 * @example
 * torch.linspace(0, 1, 5); // tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
 */
export function linspace(
  start: number | Tensor,
  end: number | Tensor,
  steps: number,
  options?: TensorOptions,
): Tensor;
export function linspace(...given: unknown[]): Tensor {
  const { start: first, end: last, steps, ...options } = linspaceParameters.named(given);
  const dtype = checkDtype("linspace", options.dtype ?? getDefaultDtype());
  const settled = (value: number | Tensor): number => Number(elementOf(numberOf(value), dtype, "linspace"));
  const [start, end] = [settled(first), settled(last)];
  const x = newTensor("linspace", [steps], { ...options, dtype });
  // In the arithmetic of the dtype, and from both ends towards the middle, as PyTorch does it.
  const round = dtype === float32 ? Math.fround : Number;
  const step = steps > 1 ? round((round(end) - round(start)) / (steps - 1)) : 0;
  const half = Math.floor(steps / 2);
  const values = Array.from({ length: steps }, (_, i) =>
    i < half ? round(start + round(step * i)) : round(end - round(step * (steps - i - 1))),
  );
  if (steps === 1) values[0] = start;
  return finish(fill(x, values, "linspace"), options);
}
