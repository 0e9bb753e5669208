/** Programs of views and in-place ops, as scripts/oracle/aliasing.py records them, and what they do here. */
import * as torch from "../../src/index.ts";

/** A tensor. */
export interface Entry {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float64" | "int64";
  readonly data: readonly number[];
}

/** A name, the number of a tensor, and arguments; operands of in-place ops are `{ tensor }`. */
export type Step = readonly [string, number, ...unknown[]];

export interface Recorded {
  readonly number: number;
  readonly tensors: readonly (Entry & { readonly requiresGrad: boolean })[];
  readonly steps: readonly Step[];
  /** The numbers of the steps that PyTorch refuses. */
  readonly refused: readonly number[];
  /** Every tensor at the end; `usable: false` where any use of it is refused. */
  readonly state: readonly (Entry & { readonly requiresGrad?: boolean; readonly usable?: false })[];
  /** Of what the loss is made. */
  readonly used: readonly number[];
  readonly leaves: readonly number[];
  /** Null where PyTorch refuses the backward pass. */
  readonly backward: {
    readonly grads: readonly (Entry | null)[];
    readonly retained: readonly (readonly [number, Entry | null])[];
    /** What each hook saw, by the number of its step. */
    readonly hooks: readonly (readonly [number, Entry])[];
    readonly second: readonly (Entry | null)[] | null;
  } | null;
}

const dtypes = { float32: torch.float32, float64: torch.float64, int64: torch.int64 };

export function tensorOf({ shape, dtype, data }: Entry): torch.Tensor {
  return torch
    .tensor([...data], { dtype: dtypes[dtype] })
    .reshape(shape)
    .clone();
}

export function entryOf(x: torch.Tensor): Entry {
  const data = Array.from(x.detach().toTypedArray() as Iterable<number | bigint>, Number);
  return { shape: [...x.shape], dtype: String(x.dtype).replace("torch.", "") as Entry["dtype"], data };
}

const index = (at: unknown): torch.Tensor => torch.tensor(at as number[], { dtype: torch.int64 });

type Method = (x: torch.Tensor, ...rest: unknown[]) => torch.Tensor;

/** Steps that are not methods of the same name and arguments. */
const special: Record<string, Method> = {
  unbind: (x, dim, i) => x.unbind(dim as number)[i as number]!,
  indexAdd_: (x, y, dim, at) => x.indexAdd_(dim as number, index(at), y as torch.Tensor),
  scatter_: (x, y, dim, at) =>
    x.scatter_(dim as number, index(at).expand((y as torch.Tensor).shape), y as torch.Tensor),
  indexPut_: (x, y, at) => x.indexPut_([index(at)], y as torch.Tensor),
};

/** Ops whose operands are numbers of tensors. */
const binary = ["mul", "add", "sub", "div", "maximum"];

export type Log = [number, torch.Tensor][];

/** Runs one step; a result is added to `tensors`, what a hook sees to `log`. */
export function runStep(step: Step, number: number, tensors: torch.Tensor[], log: Log): void {
  const name = step[0].replace("noGrad ", "");
  const x = tensors[step[1]]!;
  const act = (): void => {
    if (name === "retainGrad") x.retainGrad();
    else if (name === "requiresGrad_") x.requiresGrad_();
    else if (name === "hook") {
      x.registerHook((dy) => {
        log.push([number, dy.detach().clone()]);
        return dy.mul(2);
      });
    } else {
      const args = step.slice(2).map((arg) => {
        if (typeof arg === "object" && arg !== null && "tensor" in arg) return tensors[arg.tensor as number];
        return binary.includes(name) ? tensors[arg as number] : arg;
      });
      const method: Method = special[name] ?? ((y, ...rest) => Reflect.apply(y[name as "add"], y, rest));
      const result = method(x, ...args);
      if (!name.endsWith("_")) tensors.push(result);
    }
  };
  if (step[0] === name) act();
  else torch.noGrad(act);
}

/** The weights of the elements of tensor number k. */
function weights(x: torch.Tensor, k: number): torch.Tensor {
  const w = Float64Array.from({ length: x.numel() }, (_, i) => (((7 * i + 3 * k) % 5) + 1) / 4);
  return torch.fromTypedArray(w, x.shape).clone();
}

/** A weighted sum of some tensors. */
export function lossOf(tensors: readonly torch.Tensor[], used: readonly number[]): torch.Tensor {
  return used
    .map((k) => tensors[k]!.to(torch.float64).mul(weights(tensors[k]!, k)).sum())
    .reduce((a, b) => a.add(b));
}

/** A number that all gradients take part in, for second derivatives; null where none depends on anything. */
export function squaredSum(
  grads: readonly (torch.Tensor | null)[],
  leaves: readonly number[],
): torch.Tensor | null {
  const parts = leaves.flatMap((k, i) => {
    const dx = grads[i] ?? null;
    return dx === null ? [] : [dx.to(torch.float64).mul(weights(dx, k)).square().sum()];
  });
  return parts.length === 0 ? null : parts.reduce((a, b) => a.add(b));
}
