/** Dropout as a module. */
import { flag, optional, probability, signature } from "../base/arguments/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { dropout } from "./functional/dropout.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { pythonBool, pythonFloat } from "./python-text.ts";

/** Options of dropout. */
export interface DropoutOptions {
  /** Probability of an element to become 0; 0.5 unless said. */
  p?: number;
  /** Overwrites the input instead of making a new tensor; false unless said. */
  inplace?: boolean;
}

const dropoutParameters = signature(
  "Dropout",
  optional("p", probability, 0.5),
  optional("inplace", flag, false),
);

/**
 * While training, sets each element to 0 with probability p and divides the others by 1 - p, so that the mean stays. In
 * evaluation, gives its input back. `new Dropout(0.2)` or `new Dropout({ p: 0.2 })`.
 *
 * @throws ValueError where p is not a probability.
 * Source: Srivastava et al. 2014; https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends Module {
  /** The probability that an element becomes 0. */
  readonly p: number;
  /** Whether the input is overwritten. */
  readonly inplace: boolean;

  protected static get partKinds(): PartKinds {
    return {};
  }

  constructor(p?: number, inplace?: boolean);
  constructor(options: DropoutOptions);
  constructor(p: number, options: Omit<DropoutOptions, "p">);
  constructor(...given: unknown[]) {
    super();
    const [p, inplace] = dropoutParameters.read(given);
    this.p = p;
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training, this.inplace);
  }

  override extraRepr(): string {
    return `p=${pythonFloat(this.p)}, inplace=${pythonBool(this.inplace)}`;
  }
}
