/** Runs programs in Xorch, eagerly or compiled. */
import { XorchError } from "../../src/base/index.ts";
import * as torch from "../../src/index.ts";
import { type Answer, type Stop, toSeen } from "./answer.ts";
import { decode, dtypeNamed } from "./elements.ts";
import {
  type Argument,
  isReference,
  type Program,
  type Reference,
  type Source,
  type Step,
  weightsOf,
} from "./program.ts";

type Callable = (...args: unknown[]) => unknown;

/** The tensors of a program while it runs. */
export interface Environment {
  readonly x: torch.Tensor[];
  readonly y: torch.Tensor[];
}

export const lookUp = (environment: Environment, reference: Reference): torch.Tensor =>
  "x" in reference ? environment.x[reference.x]! : environment.y[reference.y]!;

function toMemory({ dtype, shape, data }: Source): torch.Tensor {
  const values = data.map(decode);
  const flat =
    dtype === "int64"
      ? torch.tensor(BigInt64Array.from(values, BigInt))
      : torch.tensor(values as number[], { dtype: dtypeNamed(dtype) });
  return flat.reshape(shape);
}

/** The inputs of a program, over new memory. */
export function inputsOf(program: Pick<Program, "sources" | "inputs">): torch.Tensor[] {
  const memory = program.sources.map(toMemory);
  return program.inputs.map(({ source, views, requiresGrad }) => {
    let x = memory[source]!;
    for (const { op, args } of views)
      x = call(
        x,
        op,
        args.map((arg) => toValue({ x: [], y: [] }, arg)),
      );
    return requiresGrad ? x.requiresGrad_() : x;
  });
}

function call(x: torch.Tensor, op: string, args: readonly unknown[]): torch.Tensor {
  return (x[op as keyof torch.Tensor] as Callable).apply(x, [...args]) as torch.Tensor;
}

function toValue(environment: Environment, argument: Argument): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((item) => toValue(environment, item));
  if (isReference(argument)) return lookUp(environment, argument);
  if ("number" in argument) return Number(decode(argument.number));
  if ("dtype" in argument) return dtypeNamed(argument.dtype);
  const [start, stop, step] = (argument as { slice: readonly (number | null)[] }).slice;
  return new torch.Slice(start ?? null, stop ?? null, step ?? 1);
}

const everything: Readonly<Record<string, unknown>> = { ...torch.nn.functional, ...torch };

/** The function of this name, of torch or torch.nn.functional; null for a method. */
export function functionNamed(op: string): Callable | null {
  const found = everything[op];
  return typeof found === "function" ? (found as Callable) : null;
}

/** What a step gives. */
export function apply(environment: Environment, step: Step): torch.Tensor {
  const args = step.args.map((argument) => toValue(environment, argument));
  if (step.options) {
    const options = Object.entries(step.options).map(([name, value]) => [name, toValue(environment, value)]);
    args.push(Object.fromEntries(options));
  }
  const run = (): unknown => {
    const fn = functionNamed(step.op);
    if (fn && !step.method) return fn(...args);
    if (args[0] instanceof torch.Tensor) return call(args[0], step.op, args.slice(1));
    throw new torch.ValueError(`${step.op} is a method of tensors`);
  };
  const result = step.noGrad ? torch.noGrad(run) : run();
  if (step.pick === undefined) return result as torch.Tensor;
  const picked = (result as Record<string | number, torch.Tensor | undefined>)[step.pick];
  if (!picked) throw new torch.IndexError(`${step.op} has no result ${step.pick}`);
  return picked;
}

function weightedSum(x: torch.Tensor, k: number): torch.Tensor {
  const weights = torch.tensor(weightsOf(x.numel(), k), { dtype: x.dtype }).reshape(x.shape);
  return x.mul(weights).sum();
}

/** The weighted sums of those that can be differentiated. */
const smoothOnes = (all: readonly (torch.Tensor | null)[]): torch.Tensor[] =>
  all.flatMap((x, k) => (x?.requiresGrad ? [weightedSum(x, k)] : []));

const total = (parts: readonly torch.Tensor[]): torch.Tensor => parts.reduce((a, b) => a.add(b));

type Gradients = (torch.Tensor | null)[];

/** The derivatives that the program asks for, so far as they are there. */
function differentiate(program: Program, environment: Environment): Gradients[] {
  const leaves = environment.x.filter((_, i) => program.inputs[i]!.requiresGrad);
  const terms = smoothOnes(program.loss.map((reference) => lookUp(environment, reference)));
  if (program.order === 0 || leaves.length === 0 || terms.length === 0) return [];
  const first = torch.autograd.grad(total(terms), leaves, {
    createGraph: program.order > 1,
    allowUnused: true,
  }) as Gradients;
  const parts = program.order > 1 ? smoothOnes(first) : [];
  if (parts.length === 0) return [first];
  return [first, torch.autograd.grad(total(parts), leaves, { allowUnused: true }) as Gradients];
}

/** How a program is run. */
export interface Manner {
  readonly compiled: boolean;
  /** Whether gradients are taken in the compiled function, or of what it returned. */
  readonly backward: "inside" | "outside";
  /** Whether the inputs are arguments of the function, or variables that it reads. */
  readonly inputs: "arguments" | "captured";
}

export const EAGER: Manner = { compiled: false, backward: "outside", inputs: "arguments" };

/** Runs a program twice, since a compiled function does the first time as it was traced; gives both answers. */
export function runTwice(program: Program, manner: Manner): Answer[] {
  let at: Stop["at"] = 0;
  const body = (...x: torch.Tensor[]): { y: torch.Tensor[]; gradients: Gradients[] | null } => {
    const environment: Environment = { x, y: [] };
    for (const [i, step] of program.steps.entries()) {
      at = i;
      environment.y.push(apply(environment, step));
    }
    at = "gradient";
    return {
      y: environment.y,
      gradients: manner.backward === "inside" ? differentiate(program, environment) : null,
    };
  };
  const captured = inputsOf(program);
  const fromOutside = manner.inputs === "captured";
  const fn = fromOutside ? () => body(...captured) : body;
  const wrapped = manner.compiled ? torch.compile(fn) : fn;
  return [0, 1].map((): Answer => {
    at = "call";
    const x = fromOutside ? captured : inputsOf(program);
    let y: torch.Tensor[] = [];
    let gradients: Gradients[] = [];
    let stopped: Stop | null = null;
    try {
      const result = wrapped(...x);
      y = result.y;
      at = "gradient";
      gradients = result.gradients ?? differentiate(program, { x, y });
    } catch (error) {
      stopped = { at, error: describeError(error), own: error instanceof XorchError };
    }
    return {
      x: x.map(toSeen),
      y: y.map(toSeen),
      stopped,
      gradients: gradients.map((order) => order.map((dx) => dx && toSeen(dx))),
    };
  });
}

/** Runs a program once, eagerly, keeping what came before an error. */
export function run(program: Program): Answer {
  const environment: Environment = { x: inputsOf(program), y: [] };
  let stopped: Stop | null = null;
  let gradients: Gradients[] = [];
  let at: Stop["at"] = 0;
  try {
    for (const [i, step] of program.steps.entries()) {
      at = i;
      environment.y.push(apply(environment, step));
    }
    at = "gradient";
    gradients = differentiate(program, environment);
  } catch (error) {
    stopped = { at, error: describeError(error), own: error instanceof XorchError };
  }
  return {
    x: environment.x.map(toSeen),
    y: environment.y.map(toSeen),
    stopped,
    gradients: gradients.map((order) => order.map((dx) => dx && toSeen(dx))),
  };
}

function describeError(error: unknown): string {
  return String(error);
}
