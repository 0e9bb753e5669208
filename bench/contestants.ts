/** Who is measured: libraries, each with the settings that it runs under, each in a process of its own. */
import type { Group } from "./workloads.ts";

/** What a peer's process is told when it starts. */
export interface PeerSettings {
  threads: number;
  /** Of Xorch alone: whether it may call a system BLAS, and whether its programs are compiled. */
  blas?: boolean;
  compiled?: boolean;
}

export interface Contestant {
  name: string;
  /** What stands before the title that its process gives. */
  label: string;
  /** The file in peers/ that runs it. */
  peer: "xorch" | "pytorch" | "tensorflow" | "jax" | "gemm" | "ceiling";
  settings: PeerSettings;
  groups: readonly Group[];
}

const common: readonly Group[] = ["steps", "first", "products", "elements"];
const all: readonly Group[] = [...common, "growth"];

/** `threads` is what those get that may use more than one. */
export function contestantsOf(threads: number): readonly Contestant[] {
  const one = { threads: 1 };
  const many = { threads };
  const count = (n: number) => (n === 1 ? "1 thread" : `${n} threads`);
  return [
    {
      name: "eager",
      label: "eager",
      peer: "xorch",
      settings: { ...many, blas: true, compiled: false },
      groups: all,
    },
    {
      name: "compiled",
      label: "compiled, 1 thread",
      peer: "xorch",
      settings: { ...one, blas: false, compiled: true },
      groups: all,
    },
    {
      name: "compiled-threads",
      label: `compiled, ${count(threads)}`,
      peer: "xorch",
      settings: { ...many, blas: false, compiled: true },
      groups: all,
    },
    {
      name: "compiled-blas",
      label: `compiled, ${count(threads)}, BLAS`,
      peer: "xorch",
      settings: { ...many, blas: true, compiled: true },
      groups: all,
    },
    { name: "pytorch", label: "1 thread", peer: "pytorch", settings: one, groups: all },
    { name: "pytorch-threads", label: count(threads), peer: "pytorch", settings: many, groups: all },
    { name: "tensorflow", label: "", peer: "tensorflow", settings: one, groups: common },
    { name: "jax", label: "", peer: "jax", settings: one, groups: common },
    { name: "gemm", label: count(threads), peer: "gemm", settings: many, groups: ["products"] },
    { name: "ceiling", label: "1 thread", peer: "ceiling", settings: one, groups: ["products"] },
  ];
}

/** The columns of the tables: of contestants in one column, the quickest in a row stands in it. */
export interface Column {
  title: string;
  members: readonly string[];
  /** Whether the others are compared with it. */
  ours: boolean;
}

export const columns: readonly Column[] = [
  { title: "eager", members: ["eager"], ours: true },
  { title: "compiled, 1 thread", members: ["compiled"], ours: true },
  { title: "compiled, threads", members: ["compiled-threads"], ours: true },
  { title: "compiled, threads, BLAS", members: ["compiled-blas"], ours: true },
  { title: "PyTorch", members: ["pytorch", "pytorch-threads"], ours: false },
  { title: "TensorFlow.js wasm", members: ["tensorflow"], ours: false },
  { title: "jax-js wasm", members: ["jax"], ours: false },
  { title: "BLAS, called directly", members: ["gemm"], ours: false },
  { title: "128-bit ceiling", members: ["ceiling"], ours: false },
];
