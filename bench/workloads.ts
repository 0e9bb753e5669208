/** What is measured. A new row of a known kind needs this table alone; a new kind needs a function in each peer. */

/** What every peer can do; `size` means what stands beside it. */
export interface Kinds {
  /** One training step of program A: 2-2-1, gradients by hand, learning rate 1. `size` is unused. */
  xorByHand: number;
  /** One training step of program B: 2-10-10-10-1, modules, autograd, SGD with learning rate 3. `size` is unused. */
  xorModules: number;
  /** One training step of the 784-128-10 classifier: ReLU, cross-entropy, SGD. `size` is the batch. */
  classifier: number;
  /** Square matrices, float32. `size` is the length of a side. */
  matmul: number;
  /** Sum of two float32 vectors. `size` is their length. */
  add: number;
  /** Exponential of a float32 vector. `size` is its length. */
  exp: number;
}

export type Kind = keyof Kinds;

export interface Workload {
  name: string;
  kind: Kind;
  size: number;
  /** Floating-point operations in one run, where a rate is worth showing. */
  flops?: number;
}

const lengths = { "1k": 1024, "64k": 65536, "1M": 1048576 };

const matmul = (size: number): Workload => ({
  name: `matmul ${size}`,
  kind: "matmul",
  size,
  flops: 2 * size ** 3,
});

export const workloads: readonly Workload[] = [
  { name: "step A: XOR by hand", kind: "xorByHand", size: 4 },
  { name: "step B: XOR with modules", kind: "xorModules", size: 4 },
  { name: "step MLP 784-128-10, batch 64", kind: "classifier", size: 64 },
  ...[64, 128, 256, 512, 1024].map(matmul),
  ...(["add", "exp"] as const).flatMap((kind) =>
    Object.entries(lengths).map(([length, size]) => ({ name: `${kind} ${length}`, kind, size })),
  ),
];
