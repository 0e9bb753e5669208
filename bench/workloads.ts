/** What is measured. A new row of a known kind needs this table alone; a new kind needs a function in each peer. */

/** What a peer can do, and the settings of each. */
export interface Kinds {
  /** One training step of program A: 2-2-1, gradients by hand. */
  xorByHand: { rate: number };
  /** One training step of program B: sigmoid after every layer, binary cross-entropy, SGD. */
  xorModules: { sizes: readonly number[]; rate: number };
  /** One training step of fully connected layers: ReLU between them, cross-entropy. */
  mlp: { sizes: readonly number[]; batch: number; optimizer: "SGD" | "Adam"; rate: number };
  /**
   * One training step on images of 28 x 28: two convolutions of 3 x 3 with padding 1 and 16 and 32 channels, ReLU and
   * 2 x 2 max pooling after each, a linear layer; cross-entropy, Adam.
   */
  cnn: { batch: number; rate: number };
  /**
   * One training step of a stack of transformer blocks, normalised before each part: causal attention, GELU between
   * `width` and 4 `width`; embeddings of tokens and positions, a linear head; cross-entropy, AdamW.
   */
  gpt: {
    layers: number;
    width: number;
    heads: number;
    context: number;
    batch: number;
    vocabulary: number;
    rate: number;
  };
  /** Square matrices of side `n`, float32; an operand that is transposed is the transposed view of a dense one. */
  matmul: { n: number; transposeA: boolean; transposeB: boolean };
  /** On float32 vectors of length `n`. */
  elementwise: { op: "add" | "exp" | "tanh"; n: number };
  /** On rows of `columns` float32, `n` elements in all; the layer norm has weights. */
  rows: { op: "softmax" | "layerNorm"; n: number; columns: number };
  /** sqrt(abs(x * tanh((x - 0.1) * 1.7 + 0.2) + x)): eight pointwise ops. */
  chain: { n: number };
}

export type Kind = keyof Kinds;

/** A kind with its settings. */
export type Task = { [K in Kind]: { kind: K; settings: Kinds[K] } }[Kind];

/** The tables, in order. */
export const groups = ["steps", "first", "products", "elements", "rows", "growth"] as const;

/** Which table a workload stands in. */
export type Group = (typeof groups)[number];

export type Workload = Task & {
  name: string;
  group: Group;
  /** Floating-point operations in one run, where a rate is worth showing. */
  flops?: number;
};

const programA: Task = { kind: "xorByHand", settings: { rate: 1 } };
const programB: Task = { kind: "xorModules", settings: { sizes: [2, 10, 10, 10, 1], rate: 3 } };
const gpt: Task = {
  kind: "gpt",
  settings: { layers: 4, width: 128, heads: 4, context: 64, batch: 16, vocabulary: 256, rate: 3e-4 },
};

const mlp = (
  sizes: readonly number[],
  batch: number,
  optimizer: "SGD" | "Adam",
  rate: number,
  group: Group = "steps",
): Workload => ({
  name: `MLP ${sizes.join("-")}, batch ${batch}, ${optimizer}`,
  group,
  kind: "mlp",
  settings: { sizes, batch, optimizer, rate },
});

const steps: readonly Workload[] = [
  { name: "program A: XOR by hand", group: "steps", ...programA },
  { name: "program B: XOR with modules", group: "steps", ...programB },
  mlp([784, 128, 10], 64, "SGD", 0.1),
  mlp([784, 512, 512, 10], 128, "Adam", 1e-3),
  { name: "CNN 16-32, batch 64, Adam", group: "steps", kind: "cnn", settings: { batch: 64, rate: 1e-3 } },
  { name: "GPT 4 x 128, batch 16, AdamW", group: "steps", ...gpt },
];

/** The first step in a fresh process: with compilation, where a library compiles. */
const firsts: readonly Workload[] = [
  { name: "first step of program B", group: "first", ...programB },
  { name: "first step of the GPT", group: "first", ...gpt },
];

const transpositions = {
  NN: [false, false],
  NT: [false, true],
  TN: [true, false],
  TT: [true, true],
} as const;

type Letters = keyof typeof transpositions;

const allLetters = Object.keys(transpositions) as Letters[];
/** What the layers of a model multiply by: an operand as it lies, and the transposed one of a weight. */
const commonLetters: Letters[] = ["NN", "NT"];

const product = (n: number, letters: Letters): Workload => {
  const [transposeA, transposeB] = transpositions[letters];
  const settings = { n, transposeA, transposeB };
  return { name: `matmul ${n} ${letters}`, group: "products", kind: "matmul", settings, flops: 2 * n ** 3 };
};

const products: readonly Workload[] = [16, 32, 64, 128, 256, 512, 1024, 2048].flatMap((n) =>
  (n >= 256 && n <= 1024 ? allLetters : commonLetters).map((letters) => product(n, letters)),
);

const lengths = { "1k": 2 ** 10, "64k": 2 ** 16, "1M": 2 ** 20, "8M": 2 ** 23 };

const elements: readonly Workload[] = [
  ...(["add", "exp", "tanh"] as const).flatMap((op) =>
    Object.entries(lengths).map(
      ([length, n]): Workload => ({
        name: `${op} ${length}`,
        group: "elements",
        kind: "elementwise",
        settings: { op, n },
      }),
    ),
  ),
  { name: "8 pointwise ops in a chain 8M", group: "elements", kind: "chain", settings: { n: lengths["8M"] } },
];

const ROW = 1024;

const rows: readonly Workload[] = Object.entries({
  softmax: "softmax",
  "layer norm": "layerNorm",
} as const).flatMap(([title, op]) =>
  Object.values(lengths).map(
    (n): Workload => ({
      name: `${title}, ${n / ROW} x ${ROW}`,
      group: "rows",
      kind: "rows",
      settings: { op, n, columns: ROW },
    }),
  ),
);

/** Two hidden layers as wide as the input, by width and by batch; where the two series meet, one row serves both. */
export const growth = {
  width: { batch: 64, values: [16, 32, 64, 128, 256, 512, 1024] },
  batch: { width: 128, values: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
};

const growthStep = (width: number, batch: number): Workload =>
  mlp([width, width, width, 10], batch, "SGD", 0.1, "growth");

const growths: readonly Workload[] = [
  ...growth.width.values.map((width) => growthStep(width, growth.width.batch)),
  ...growth.batch.values
    .filter((batch) => batch !== growth.width.batch)
    .map((batch) => growthStep(growth.batch.width, batch)),
];

export const workloads: readonly Workload[] = [
  ...steps,
  ...firsts,
  ...products,
  ...elements,
  ...rows,
  ...growths,
];
