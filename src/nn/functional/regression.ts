/** Losses of numbers against numbers. */
import { nonNegative, optional, positive, signature } from "../../base/arguments/index.ts";
import { absoluteError, huberError, smoothAbsoluteError, squaredError } from "../../ops/pointwise/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import {
  checkTargetShape,
  inputAndTarget,
  type LossOptions,
  type LossReduction,
  reduceLoss,
  reduction,
} from "./reduction.ts";

const mseLossParameters = signature("mseLoss", inputAndTarget, reduction);
const l1LossParameters = signature("l1Loss", inputAndTarget, reduction);
const smoothL1LossParameters = signature(
  "smoothL1Loss",
  inputAndTarget,
  reduction,
  optional("beta", nonNegative, 1),
);
const huberLossParameters = signature("huberLoss", inputAndTarget, reduction, optional("delta", positive, 1));

/**
 * Mean squared error: mean of (x - t)^2. Input and target have one shape (PyTorch broadcasts with a warning; here that is an
 * error).
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export function mseLoss(input: Tensor, target: Tensor, reduction?: LossReduction): Tensor;
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions): Tensor;
export function mseLoss(...given: unknown[]): Tensor {
  const [input, target, how] = mseLossParameters.read(given);
  checkTargetShape("mseLoss", input, target);
  return reduceLoss(squaredError(input, target), how);
}

/** Mean absolute error: mean of |x - t|. Shapes as in `mseLoss`. */
export function l1Loss(input: Tensor, target: Tensor, reduction?: LossReduction): Tensor;
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions): Tensor;
export function l1Loss(...given: unknown[]): Tensor {
  const [input, target, how] = l1LossParameters.read(given);
  checkTargetShape("l1Loss", input, target);
  return reduceLoss(absoluteError(input, target), how);
}

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Where the parabola ends; 1 unless said. 0 gives the absolute error. */
  beta?: number;
}

/**
 * Mean of (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2. Shapes as in `mseLoss`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 */
export function smoothL1Loss(input: Tensor, target: Tensor, reduction?: LossReduction, beta?: number): Tensor;
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1Options): Tensor;
export function smoothL1Loss(...given: unknown[]): Tensor {
  const [input, target, how, beta] = smoothL1LossParameters.read(given);
  if (beta === 0) return l1Loss(input, target, how);
  checkTargetShape("smoothL1Loss", input, target);
  return reduceLoss(smoothAbsoluteError(input, target, { beta }), how);
}

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Where the parabola ends; 1 unless said. */
  delta?: number;
}

/**
 * Mean of (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2). Shapes as in `mseLoss`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 */
export function huberLoss(input: Tensor, target: Tensor, reduction?: LossReduction, delta?: number): Tensor;
export function huberLoss(input: Tensor, target: Tensor, options: HuberOptions): Tensor;
export function huberLoss(...given: unknown[]): Tensor {
  const [input, target, how, delta] = huberLossParameters.read(given);
  checkTargetShape("huberLoss", input, target);
  return reduceLoss(huberError(input, target, { delta }), how);
}
