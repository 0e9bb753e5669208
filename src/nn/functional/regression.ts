/** Losses of numbers against numbers. */
import { describe, ValueError } from "../../base/index.ts";
import { abs, absoluteError, lt, mul, square, squaredError, sub, where } from "../../ops/pointwise/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkTargetShape, type LossOptions, reduceLoss } from "./reduction.ts";

/**
 * Mean squared error: mean of (x - t)^2. Input and target have one shape (PyTorch broadcasts with a warning; here that is an
 * error).
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTargetShape("mseLoss", input, target);
  return reduceLoss("mseLoss", squaredError(input, target), options.reduction);
}

/** Mean absolute error: mean of |x - t|. Shapes as in `mseLoss`. */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkTargetShape("l1Loss", input, target);
  return reduceLoss("l1Loss", absoluteError(input, target), options.reduction);
}

export interface SmoothL1Options extends LossOptions {
  /** Where the parabola ends; 1 unless said. 0 gives the absolute error. */
  beta?: number;
}

/**
 * Mean of (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2. Shapes as in `mseLoss`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1Options = {}): Tensor {
  const { beta = 1, reduction } = options;
  if (!(beta >= 0)) throw new ValueError(`smoothL1Loss: beta must be at least 0, got ${describe(beta)}`);
  if (beta === 0) return l1Loss(input, target, { reduction });
  checkTargetShape("smoothL1Loss", input, target);
  const difference = sub(input, target);
  const size = abs(difference);
  const loss = where(lt(size, beta), mul(square(difference), 0.5 / beta), sub(size, 0.5 * beta));
  return reduceLoss("smoothL1Loss", loss, reduction);
}

export interface HuberOptions extends LossOptions {
  /** Where the parabola ends; 1 unless said. */
  delta?: number;
}

/**
 * Mean of (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2). Shapes as in `mseLoss`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberOptions = {}): Tensor {
  const { delta = 1, reduction } = options;
  if (!(delta > 0)) throw new ValueError(`huberLoss: delta must be above 0, got ${describe(delta)}`);
  checkTargetShape("huberLoss", input, target);
  const difference = sub(input, target);
  const size = abs(difference);
  const loss = where(lt(size, delta), mul(square(difference), 0.5), mul(sub(size, 0.5 * delta), delta));
  return reduceLoss("huberLoss", loss, reduction);
}
