/** The activations of torch.nn by their names in lower case: asked of the library, not listed here. */
import { nn } from "xorch";

export const activationNames: readonly string[] = ["sigmoid", "tanh", "relu"];

export const activationNamed = (text: string): string | null =>
  activationNames.includes(text.toLowerCase()) ? text.toLowerCase() : null;

export const makeActivation = (name: string): nn.Module =>
  ({ sigmoid: new nn.Sigmoid(), tanh: new nn.Tanh(), relu: new nn.ReLU() })[name]!;
