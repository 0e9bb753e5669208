/** Who is measured: libraries, each with the settings that it runs under, each in a process of its own. */
import type { Group } from "./workloads.ts";

/** What a peer's process is told when it starts. */
export interface PeerSettings {
  threads: number;
  /** Of Xorch alone: whether it may call a system BLAS. */
  blas?: boolean;
  /** Of Xorch and PyTorch: whether its programs are compiled. */
  compiled?: boolean;
}

export interface Contestant {
  name: string;
  /** Its settings, for the tables. */
  label: string;
  /** The file in peers/ that runs it. */
  peer: "xorch" | "pytorch" | "tensorflow" | "jax" | "gemm" | "ceiling";
  settings: PeerSettings;
  groups: readonly Group[];
}

const common: readonly Group[] = ["steps", "first", "products", "elements", "rows"];
const all: readonly Group[] = [...common, "growth"];
/** A single product is the same call of the same BLAS, compiled or not. */
const allButProducts = all.filter((group) => group !== "products");

/** `threads` is what those get that may use more than one. */
export function contestantsOf(threads: number): readonly Contestant[] {
  const one = { threads: 1 };
  const many = { threads };
  const count = (n: number) => (n === 1 ? "1 thread" : `${n} threads`);
  return [
    {
      name: "eager",
      label: `${count(threads)}, BLAS`,
      peer: "xorch",
      settings: { ...many, blas: true, compiled: false },
      groups: all,
    },
    {
      name: "compiled",
      label: count(1),
      peer: "xorch",
      settings: { ...one, blas: false, compiled: true },
      groups: all,
    },
    {
      name: "compiled-threads",
      label: count(threads),
      peer: "xorch",
      settings: { ...many, blas: false, compiled: true },
      groups: all,
    },
    {
      name: "compiled-blas",
      label: `${count(threads)}, BLAS`,
      peer: "xorch",
      settings: { ...many, blas: true, compiled: true },
      groups: all,
    },
    { name: "pytorch", label: count(1), peer: "pytorch", settings: one, groups: all },
    { name: "pytorch-threads", label: count(threads), peer: "pytorch", settings: many, groups: all },
    {
      name: "pytorch-compiled",
      label: count(1),
      peer: "pytorch",
      settings: { ...one, compiled: true },
      groups: allButProducts,
    },
    {
      name: "pytorch-compiled-threads",
      label: count(threads),
      peer: "pytorch",
      settings: { ...many, compiled: true },
      groups: allButProducts,
    },
    { name: "tensorflow", label: count(1), peer: "tensorflow", settings: one, groups: common },
    { name: "jax", label: count(1), peer: "jax", settings: one, groups: common },
    { name: "gemm", label: count(threads), peer: "gemm", settings: many, groups: ["products"] },
    { name: "ceiling", label: count(1), peer: "ceiling", settings: one, groups: ["products"] },
  ];
}

/** PyTorch in all of its settings: what Xorch is compared with is the quickest of these. */
export const pytorch = [
  "pytorch",
  "pytorch-threads",
  "pytorch-compiled",
  "pytorch-compiled-threads",
] as const;

/** The columns of the tables: of contestants in one column, the quickest in a row stands in it. */
export interface Column {
  title: string;
  members: readonly string[];
  /** Xorch, which the others are compared with; another library; or what the machine itself can do. */
  side: "ours" | "theirs" | "limit";
}

export const columns: readonly Column[] = [
  { title: "Xorch eager", members: ["eager"], side: "ours" },
  { title: "Xorch compiled", members: ["compiled"], side: "ours" },
  { title: "Xorch compiled", members: ["compiled-threads"], side: "ours" },
  { title: "Xorch compiled", members: ["compiled-blas"], side: "ours" },
  { title: "PyTorch eager", members: ["pytorch", "pytorch-threads"], side: "theirs" },
  { title: "PyTorch compiled", members: ["pytorch-compiled", "pytorch-compiled-threads"], side: "theirs" },
  { title: "TensorFlow.js wasm", members: ["tensorflow"], side: "theirs" },
  { title: "jax-js wasm", members: ["jax"], side: "theirs" },
  { title: "BLAS, called directly", members: ["gemm"], side: "limit" },
  { title: "128-bit ceiling", members: ["ceiling"], side: "limit" },
];

export const membersOf = (side: Column["side"]): string[] =>
  columns.filter((column) => column.side === side).flatMap(({ members }) => members);
