/** Everything public that can be called, found by walking through the exports. */
import * as torch from "../../src/index.ts";

/** Something that users call: a function, a constructor, or a method of an object. */
export interface PublicCall {
  /** As users write it: torch.nn.functional.conv2d, new torch.nn.Linear, Tensor.sum. */
  readonly name: string;
  readonly call: (...given: unknown[]) => unknown;
}

type Callable = (...given: unknown[]) => unknown;
type Class = (new (...given: unknown[]) => object) & { readonly prototype: object };

function isClass(value: unknown): value is Class {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function isNamespace(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return (
    Object.prototype.toString.call(value) === "[object Module]" ||
    Object.getPrototypeOf(value) === Object.prototype
  );
}

/** The methods that a class and those above it define, by name. */
function methodsOf(type: Class): Map<string, Callable> {
  const methods = new Map<string, Callable>();
  for (let at = type.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (name === "constructor" || methods.has(name) || typeof value !== "function") continue;
      methods.set(name, value as Callable);
    }
  }
  return methods;
}

/** An object of each public class whose methods are called. */
const objects: Record<string, () => object> = {
  Tensor: () =>
    torch.tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  Generator: () => new torch.Generator(),
  "nn.Module": () => new torch.nn.Linear(3, 2),
  "nn.Sequential": () => new torch.nn.Sequential(new torch.nn.Linear(3, 2)),
  "nn.ModuleList": () => new torch.nn.ModuleList([new torch.nn.Linear(3, 2)]),
  "nn.ModuleDict": () => new torch.nn.ModuleDict({ a: new torch.nn.Linear(3, 2) }),
  "nn.ParameterList": () => new torch.nn.ParameterList([torch.ones([2])]),
  "nn.Perceptron": () => new torch.nn.Perceptron(2),
  "optim.SGD": () => new torch.optim.SGD([torch.ones([2], { requiresGrad: true })], { lr: 1 }),
  "optim.Adam": () => new torch.optim.Adam([torch.ones([2], { requiresGrad: true })], { lr: 1 }),
};

function* walk(path: string, namespace: object): Iterable<PublicCall> {
  for (const [key, value] of Object.entries(namespace)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (isNamespace(value)) yield* walk(name, value);
    else if (isClass(value)) {
      yield { name: `new ${name}`, call: (...given) => new value(...given) };
    } else if (typeof value === "function") yield { name, call: value as Callable };
  }
}

/** What TypeScript keeps from users: methods that subclasses provide for the library, and what ops make tensors with. */
const protectedMethods = new Set([
  "check",
  "begin",
  "update",
  "listParts",
  "addItem",
  "newTensor",
  "newArange",
]);

function* methodsOfObjects(): Iterable<PublicCall> {
  for (const [name, make] of Object.entries(objects)) {
    for (const [method, body] of methodsOf(make().constructor as Class)) {
      if (protectedMethods.has(method) || method === "toString" || method === "toJSON") continue;
      yield { name: `${name}#${method}`, call: (...given) => body.apply(make(), given) };
    }
  }
}

export const publicCalls: readonly PublicCall[] = [...walk("", torch), ...methodsOfObjects()];
