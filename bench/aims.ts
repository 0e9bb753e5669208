/** What the library is to reach: ratios between contestants of one run. */
import { pytorch } from "./contestants.ts";
import { best, formatTime, type Row, threeDigits } from "./report.ts";

/** A ratio of times: theirs to ours, so that more is better; the smallest over the workloads counts. */
interface RatioAim {
  what: string;
  workloads: readonly string[];
  ours: readonly string[];
  against: readonly string[];
  title: string;
  aim: number;
  /** Less than the aim, and enough. */
  least?: number;
  /** Whether it is a share of what is possible, written in per cent. */
  share?: true;
}

/** A time that is not to be reached. */
interface TimeAim {
  what: string;
  workloads: readonly [string];
  ours: readonly string[];
  under: number;
}

export interface Aim {
  what: string;
  against: string;
  aim: string;
  /** Null where the run did not measure it. */
  measured: string | null;
  verdict: "met" | "level" | "missed" | "not measured";
}

const PROGRAM_A = "program A: XOR by hand";
const PROGRAM_B = "program B: XOR with modules";
const CLASSIFIER = "MLP 784-128-10, batch 64, SGD";
const WIDE = "MLP 784-512-512-10, batch 128, Adam";
const CNN = "CNN 16-32, batch 64, Adam";
const GPT = "GPT 4 x 128, batch 16, AdamW";
const CHAIN = "8 pointwise ops in a chain 8M";

const itsBest = { against: pytorch, title: "PyTorch, its best" };
const transpositions = ["NN", "NT", "TN", "TT"];

const products = (n: number): RatioAim => ({
  what: `matrix product ${n}, no BLAS, 1 thread, worst transposition`,
  workloads: transpositions.map((letters) => `matmul ${n} ${letters}`),
  ours: ["compiled"],
  against: ["ceiling"],
  title: "the 128-bit ceiling",
  aim: 0.7,
  share: true,
});

const ofBlas = (ours: string): RatioAim => ({
  what: `matrix product 512 with BLAS, ${ours.startsWith("compiled") ? "compiled" : ours}`,
  workloads: ["matmul 512 NN"],
  ours: [ours],
  against: ["gemm"],
  title: "the same BLAS called directly",
  aim: 0.95,
  share: true,
});

const withBlas = (workload: string): RatioAim => ({
  what: `${workload}, with BLAS`,
  workloads: [workload],
  ours: ["compiled-blas"],
  ...itsBest,
  aim: 1.3,
  least: 1,
});

const ratioAims: readonly RatioAim[] = [
  { what: `${PROGRAM_B}, compiled`, workloads: [PROGRAM_B], ours: ["compiled"], ...itsBest, aim: 150 },
  { what: `${PROGRAM_A}, compiled`, workloads: [PROGRAM_A], ours: ["compiled"], ...itsBest, aim: 150 },
  {
    what: `${CLASSIFIER}, compiled, no BLAS, threads`,
    workloads: [CLASSIFIER],
    ours: ["compiled-threads"],
    ...itsBest,
    aim: 1.4,
  },
  {
    what: `${CLASSIFIER}, compiled, with BLAS`,
    workloads: [CLASSIFIER],
    ours: ["compiled-blas"],
    ...itsBest,
    aim: 1.7,
  },
  withBlas(WIDE),
  withBlas(CNN),
  withBlas(GPT),
  ...[256, 512, 1024].map(products),
  ofBlas("eager"),
  ofBlas("compiled-blas"),
  { what: `${CHAIN}, compiled`, workloads: [CHAIN], ours: ["compiled-threads"], ...itsBest, aim: 3 },
];

const timeAims: readonly TimeAim[] = [
  {
    what: "compile time of program B's step",
    workloads: ["first step of program B"],
    ours: ["compiled"],
    under: 50e6,
  },
  {
    what: "compile time of the GPT's step",
    workloads: ["first step of the GPT"],
    ours: ["compiled"],
    under: 2e9,
  },
];

interface Ratio {
  workload: string;
  ratio: number;
}

/** The ratios that a run has measured, one a workload. */
function ratios(rows: readonly Row[], { workloads, ours, against }: RatioAim): Ratio[] {
  return workloads.flatMap((name) => {
    const row = rows.find(({ workload }) => workload.name === name);
    const own = row && best(row, ours);
    const other = row && best(row, against);
    return own && other ? [{ workload: name, ratio: other.time / own.time }] : [];
  });
}

const smallest = (measured: readonly Ratio[]): Ratio =>
  measured.reduce((low, one) => (one.ratio < low.ratio ? one : low));

function judgeRatio(rows: readonly Row[], spec: RatioAim): Aim {
  const { what, title: against, aim, least = aim, share } = spec;
  const write = (ratio: number) => (share ? `${(100 * ratio).toFixed(0)}%` : `${threeDigits(ratio)}x`);
  const judged = { what, against, aim: `at least ${write(aim)}` };
  const measured = ratios(rows, spec);
  if (measured.length < spec.workloads.length) return { ...judged, measured: null, verdict: "not measured" };
  const { ratio } = smallest(measured);
  const verdict = ratio >= aim ? "met" : ratio >= least ? "level" : "missed";
  return { ...judged, measured: write(ratio), verdict };
}

function judgeTime(rows: readonly Row[], { what, workloads: [name], ours, under }: TimeAim): Aim {
  const row = rows.find(({ workload }) => workload.name === name);
  const own = row && best(row, ours);
  return {
    what,
    against: "",
    aim: `under ${formatTime(under)}`,
    measured: own ? formatTime(own.time) : null,
    verdict: own ? (own.time < under ? "met" : "missed") : "not measured",
  };
}

const TIMES_QUICKER_THAN_WASM = 2;

/** All that the other aims measure, against a library that runs on WebAssembly too: the worst counts. */
function judgeAll(rows: readonly Row[], name: string, title: string): Aim {
  const measured = ratioAims.flatMap(({ workloads, ours, ...spec }) =>
    workloads.flatMap((workload) => ratios(rows, { ...spec, workloads: [workload], ours, against: [name] })),
  );
  const judged = { what: "all of these", against: title, aim: `at least ${TIMES_QUICKER_THAN_WASM}x` };
  if (measured.length === 0) return { ...judged, measured: null, verdict: "not measured" };
  const { workload, ratio } = smallest(measured);
  return {
    ...judged,
    measured: `${threeDigits(ratio)}x (${workload}), over ${measured.length}`,
    verdict: ratio >= TIMES_QUICKER_THAN_WASM ? "met" : "missed",
  };
}

/** Every aim with what a run has measured of it. */
export function judge(rows: readonly Row[]): Aim[] {
  return [
    ...ratioAims.map((aim) => judgeRatio(rows, aim)),
    judgeAll(rows, "tensorflow", "TensorFlow.js wasm"),
    judgeAll(rows, "jax", "jax-js wasm"),
    ...timeAims.map((aim) => judgeTime(rows, aim)),
  ];
}

/** As a table, header first. */
export function aimsGrid(aims: readonly Aim[]): string[][] {
  return [
    ["", "against", "aim", "measured", ""],
    ...aims.map(({ what, against, aim, measured, verdict }) => [what, against, aim, measured ?? "", verdict]),
  ];
}
