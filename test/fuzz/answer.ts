/** What a program gave: values, gradients, or where it was refused. */
import type { DTypeName } from "../../src/base/index.ts";
import type * as torch from "../../src/index.ts";
import { dtypeNamed } from "./elements.ts";

/** A tensor as it was seen. */
export interface Seen {
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  readonly requiresGrad: boolean;
  readonly elements: ArrayLike<number | bigint>;
}

/** Where a program ended early: in a step, in the call of the whole as a compiled function, or in its gradients. */
export interface Stop {
  readonly at: number | "call" | "gradient";
  readonly error: string;
  /** Whether it is an error that the library means to throw. */
  readonly own: boolean;
}

/** All tensors at the end of the run, so that changes in place show wherever they reach. */
export interface Answer {
  readonly x: readonly Seen[];
  readonly y: readonly Seen[];
  readonly stopped: Stop | null;
  /** First and second derivatives by the inputs that require gradients; null where there is none. */
  readonly gradients: readonly (readonly (Seen | null)[])[];
}

export function toSeen(x: torch.Tensor): Seen {
  return {
    dtype: x.dtype.name,
    shape: [...x.shape],
    requiresGrad: x.requiresGrad,
    elements: x.toTypedArray(),
  };
}

/** [dtype, shape, requires gradients, elements as base64 of little-endian memory], as interpreter.py writes it. */
export type WrittenTensor = readonly [DTypeName, readonly number[], 0 | 1, string];

export interface Written {
  readonly x: readonly WrittenTensor[];
  readonly y: readonly WrittenTensor[];
  readonly stopped?: { readonly at: number | "gradient"; readonly error: string };
  readonly gradients?: readonly (readonly (WrittenTensor | null)[])[];
}

function read([dtype, shape, requiresGrad, base64]: WrittenTensor): Seen {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  const elements = new (dtypeNamed(dtype).Array)(bytes.buffer) as ArrayLike<number | bigint>;
  return { dtype, shape, requiresGrad: requiresGrad === 1, elements };
}

export function readAnswer({ x, y, stopped, gradients = [] }: Written): Answer {
  return {
    x: x.map(read),
    y: y.map(read),
    stopped: stopped ? { ...stopped, own: true } : null,
    gradients: gradients.map((order) => order.map((dx) => dx && read(dx))),
  };
}
