/** The activations of torch.nn: asked of the library, not listed here. */
import { nn, noGrad, Tensor, tensor, XorchError } from "xorch";

type ActivationClass = new () => nn.Module;

/** "leaky_relu", "Leaky-ReLU" and "LeakyReLU" are one name. */
const plainName = (name: string): string => name.toLowerCase().replace(/[-_]/g, "");

/**
 * Whether a module is made without options, has no parameters and answers a tensor by one of the same shape with
 * other values: losses want two tensors, containers have nothing to run, Identity, Flatten and Dropout (when not
 * training) change no value.
 */
function isActivation(value: unknown): value is ActivationClass {
  if (typeof value !== "function" || !(value.prototype instanceof nn.Module)) return false;
  try {
    const module = new (value as ActivationClass)().eval();
    const x = tensor([[-2, 0.5]]);
    const y = noGrad(() => module.forward(x));
    const sameShape = y instanceof Tensor && y.shape.join() === x.shape.join();
    return sameShape && String(y.tolist()) !== String(x.tolist()) && [...module.parameters()].length === 0;
  } catch (error) {
    // It wants options or other inputs. Anything else is a fault that must show.
    if (error instanceof XorchError || error instanceof TypeError) return false;
    throw error;
  }
}

let found: Map<string, ActivationClass> | null = null;

/** By plain name. Looked for once, when first wanted: it runs a kernel each. */
function activations(): ReadonlyMap<string, ActivationClass> {
  found ??= new Map(
    Object.entries(nn).flatMap(([name, value]) =>
      isActivation(value) ? [[plainName(name), value] as const] : [],
    ),
  );
  return found;
}

export const activationNames = (): string[] => [...activations().keys()].sort();

/** The plain name of the activation that is meant, or null where there is none. */
export function activationNamed(text: string): string | null {
  const name = plainName(text);
  return activations().has(name) ? name : null;
}

/** A new module of an activation, given by its plain name. */
export function makeActivation(name: string): nn.Module {
  const Activation = activations().get(name);
  if (!Activation) throw new Error(`no activation is called ${name}`);
  return new Activation();
}
