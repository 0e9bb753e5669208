/** Goes through the steps of a plan byte by byte: what they read must be there, and nobody else's may be overwritten. */
import type { Assembled } from "../../src/compile/assemble.ts";
import { compiledOf } from "../../src/compile/compile-function.ts";
import { Gradient } from "../../src/compile/gradient.ts";
import { rootOf } from "../../src/compile/graph.ts";
import type { Buffer, Place, Step } from "../../src/device/program.ts";
import type { Storage } from "../../src/device/storage.ts";

/** Vectors are written whole: up to a block of so many bytes behind the elements. */
const BLOCK = 16;

/** In the place of the number of a buffer: bytes of nobody, and bytes as they were before the run. */
const NOBODY = 0;
const BEFORE = -1;

/** The byte at which each element of a place begins, in the order of its shape. */
function positionsOf({ buffer, shape, strides, offset }: Place): number[] {
  const { dtype, storage } = buffer;
  const found: number[] = [];
  const visit = (d: number, at: number): void => {
    if (d === shape.length) found.push(at * dtype.bytes);
    else for (let i = 0; i < shape[d]!; i++) visit(d + 1, at + i * strides[d]!);
  };
  visit(0, offset + (storage === null ? buffer.offset / dtype.bytes : 0));
  return found;
}

/** The first byte of a buffer, and the one behind its last. */
function rangeOf({ dtype, length, storage, offset }: Buffer): [number, number] {
  const start = storage === null ? offset : 0;
  return [start, start + length * dtype.bytes];
}

/** Whose each byte is. */
class Memory {
  readonly #workspace: Int32Array;
  readonly #storages = new Map<Storage, Int32Array>();
  readonly #numbers = new Map<Buffer, number>();

  constructor(bytes: number) {
    this.#workspace = new Int32Array(bytes).fill(NOBODY);
  }

  #ownersOf({ storage }: Buffer): Int32Array {
    if (storage === null) return this.#workspace;
    let owners = this.#storages.get(storage);
    if (owners === undefined) {
      const bytes = storage.length * storage.data.BYTES_PER_ELEMENT;
      this.#storages.set(storage, (owners = new Int32Array(bytes).fill(BEFORE)));
    }
    return owners;
  }

  #numberOf(buffer: Buffer): number {
    const number = this.#numbers.get(buffer) ?? this.#numbers.size + 1;
    this.#numbers.set(buffer, number);
    return number;
  }

  /** `isGiven` says that the buffer is to hold what was there before the run. */
  read(place: Place, isGiven: boolean, what: string): void {
    const owners = this.#ownersOf(place.buffer);
    const number = this.#numberOf(place.buffer);
    for (const at of positionsOf(place)) {
      for (let i = at; i < at + place.buffer.dtype.bytes; i++) {
        if (owners[i] === number || (owners[i] === BEFORE && isGiven)) continue;
        throw new Error(`${what}: reads byte ${i}, which is not that of the operand`);
      }
    }
  }

  write(place: Place, what: string): void {
    const { buffer } = place;
    const owners = this.#ownersOf(buffer);
    const [start, end] = rangeOf(buffer);
    const positions = positionsOf(place);
    for (const at of positions) {
      if (at < start || at + buffer.dtype.bytes > end)
        throw new Error(`${what}: writes outside of its memory`);
      owners.fill(this.#numberOf(buffer), at, at + buffer.dtype.bytes);
    }
    if (buffer.storage !== null || positions.length === 0) return;
    const behind = Math.ceil(end / BLOCK) * BLOCK;
    if (behind > owners.length) throw new Error(`${what}: there is no room behind its memory`);
    owners.fill(NOBODY, end, behind);
  }

  /** Whether all of a storage has been written for one and the same buffer. */
  isWritten(storage: Storage): boolean {
    const owners = this.#storages.get(storage) ?? [];
    return owners.every((owner) => owner > 0 && owner === owners[0]);
  }
}

function overlap(a: Place, b: Place): boolean {
  if (a.buffer.storage !== b.buffer.storage) return false;
  const [[start, end], [otherStart, otherEnd]] = [rangeOf(a.buffer), rangeOf(b.buffer)];
  if (start >= otherEnd || otherStart >= end) return false;
  const bytesOf = (place: Place): number[] =>
    positionsOf(place).flatMap((at) => Array.from({ length: place.buffer.dtype.bytes }, (_, i) => at + i));
  const bytes = new Set(bytesOf(a));
  return bytesOf(b).some((at) => bytes.has(at));
}

/** Whether a loop reads in each turn what it writes in that turn, and no more. */
function inStep(input: Place, output: Place): boolean {
  const [read, written] = [positionsOf(input), positionsOf(output)];
  return input.buffer.dtype.bytes === output.buffer.dtype.bytes && read.join() === written.join();
}

/** What a step writes must not be what it still has to read. */
function checkWithin(step: Step<Place>, what: string): void {
  for (const [k, output] of step.outputs.entries()) {
    if (step.outputs.slice(0, k).some((other) => overlap(other, output)))
      throw new Error(`${what}: two of its results overlap`);
    for (const [i, input] of step.inputs.entries()) {
      if (!overlap(input, output)) continue;
      // Of the parts of rows the one that writes must not be followed by one that reads.
      const isRead =
        step.kind === "rows" &&
        step.parts.findLastIndex(({ inputs }) => inputs.includes(i)) >
          step.parts.findIndex(({ outputs }) => outputs.includes(k));
      if ((step.kind !== "map" && step.kind !== "rows") || isRead || !inStep(input, output))
        throw new Error(`${what}: a result is written over what is still to be read`);
    }
  }
}

/**
 * Throws where a step reads what has not been written or has been overwritten, or writes beyond its own memory, and where
 * a result is not there in the end.
 */
export function checkPlan({ graph, plan, kept }: Assembled): void {
  const { steps, workspaceBytes } = plan.program;
  const memory = new Memory(workspaceBytes);
  // Copies to outside memory come behind the nodes of the graph; what they write is new.
  const computed = new Set<Buffer>(
    steps.slice(graph.nodes.length).flatMap((step) => step.outputs.map(({ buffer }) => buffer)),
  );
  for (const [n, node] of graph.nodes.entries()) {
    const places = [...steps[n]!.inputs, ...steps[n]!.outputs];
    for (const [i, { value }] of [...node.inputs, ...node.outputs].entries())
      if (rootOf(value).origin.kind === "node") computed.add(places[i]!.buffer);
  }
  for (const [n, step] of steps.entries()) {
    const what = `step ${n + 1}, ${step.names.join(" + ")}`;
    const changed = step.kind === "scatter" && step.how !== "write" ? step.outputs : [];
    for (const place of [...step.inputs, ...changed]) memory.read(place, !computed.has(place.buffer), what);
    checkWithin(step, what);
    for (const place of step.outputs) memory.write(place, what);
  }
  for (const [i, value] of graph.kept.entries()) {
    if (rootOf(value).origin.kind === "node" && !memory.isWritten(kept[i]!))
      throw new Error(`result ${i + 1} has not been written as a whole`);
  }
}

/** Checks the plans of all programs of a compiled function, those of its gradients too. */
export function checkPlans(compiled: (...args: never) => unknown): void {
  for (const { program } of compiledOf("checkPlans", compiled).cache) {
    checkPlan(program.assembled);
    const gradients = program.history instanceof Gradient ? program.history.programs : [];
    for (const { assembled } of gradients) checkPlan(assembled);
  }
}
