/** Gives every value its place in memory. */
import { CompileError, isContiguous } from "../base/index.ts";
import type { Buffer, Compiler, Place, Program, Step } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import {
  type Graph,
  isWhole,
  type Node,
  newValue,
  type Ref,
  rootOf,
  type Value,
  valuesRead,
} from "./graph.ts";
import { copyNode } from "./settle.ts";
import { Workspace } from "./workspace.ts";

export interface Plan {
  readonly program: Program;
  /** Where values lie that are read or written from outside: kept ones, and those written before each run. */
  readonly storages: ReadonlyMap<Value, Storage>;
  /** Bytes that all intermediate results together would take without sharing memory. */
  readonly unsharedBytes: number;
}

/** The steps of a scheduled graph with the place of each operand. `written` are the values that JavaScript writes. */
export function plan(graph: Graph, device: Compiler, slots: number): Plan {
  const nodes = [...graph.nodes];
  const targets = storeDirectly(graph, nodes);
  const resident = new Map<Value, Storage>();
  const keep = (value: Value): void => {
    resident.set(rootOf(value), device.allocateResident(value.dtype, value.length));
  };
  for (const [value, storage] of targets) {
    device.makeResident(storage);
    resident.set(value, storage);
  }
  const isKept = new Set(graph.kept.map(rootOf));
  // Operands of the same update of many tensors are placed behind each other, so that one loop can do all (stack-maps.ts).
  for (const value of operandsInColumns(nodes)) {
    const { origin } = value;
    if (isKept.has(value) && !resident.has(value)) keep(value);
    else if (origin.kind === "external") device.makeResident(origin.storage);
  }
  for (const value of graph.kept) if (!resident.has(rootOf(value))) keep(value);

  const lives = livesOf(nodes);
  const workspace = new Workspace();
  const buffers = new Map<Value, Buffer>();
  let unsharedBytes = 0;

  const bufferOf = (value: Value): Buffer => {
    const root = rootOf(value);
    let buffer = buffers.get(root);
    if (buffer !== undefined) return buffer;
    const { dtype, length, origin } = root;
    let storage = resident.get(root) ?? null;
    if (storage === null && origin.kind === "external") {
      storage = origin.storage;
      device.makeResident(storage);
    } else if (storage === null && (origin.kind === "constant" || origin.kind === "written")) {
      storage = device.allocateResident(dtype, length);
      if (origin.kind === "constant") copyElements(storage, origin.data);
      resident.set(root, storage);
    }
    // What has no elements needs no memory.
    if (storage !== null || length === 0) buffer = { dtype, length, storage, offset: 0 };
    else throw new CompileError("compile: a value is read before it is computed");
    buffers.set(root, buffer);
    return buffer;
  };

  const steps = nodes.map((node, at): Step<Place> => {
    const inputs = node.inputs.map((ref) => placeOf(ref, bufferOf(ref.value)));
    const ending = (value: Value): boolean => lives.get(value) === at;
    const outputs = node.outputs.map((ref) => {
      const root = rootOf(ref.value);
      const isNew = !buffers.has(root) && !resident.has(root) && root.origin.kind === "node";
      if (isNew) {
        const { dtype, length } = root;
        unsharedBytes += length * dtype.bytes;
        const heir = reusableInput(node, ref, ending, buffers);
        const offset = heir === null ? workspace.take(length * dtype.bytes) : heir.buffer.offset;
        if (heir !== null) lives.delete(heir.root);
        buffers.set(root, { dtype, length, storage: null, offset });
      }
      return placeOf(ref, bufferOf(ref.value));
    });
    for (const value of new Set([...valuesRead(node), ...node.outputs.map((ref) => ref.value)].map(rootOf))) {
      const buffer = buffers.get(value)!;
      if (ending(value) && buffer.storage === null)
        workspace.free(buffer.offset, value.length * value.dtype.bytes);
    }
    return { ...node, inputs, outputs } as Step<Place>;
  });
  const program: Program = { steps, workspaceBytes: workspace.bytes, slots };
  const storages = new Map(Array.from(resident, ([value, storage]) => [value, storage]));
  return { program, storages, unsharedBytes };
}

/** What equal kernels work on: the first operand of each, then the second, ... */
function operandsInColumns(nodes: readonly Node[]): Value[] {
  const groups = new Map<string, Ref[][]>();
  for (const node of nodes) {
    if (node.kind !== "map") continue;
    const key = JSON.stringify([node.kernel.outputs.map(({ id }) => id), node.params]);
    const group = groups.get(key) ?? [];
    group.push([...node.inputs, ...node.outputs]);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.length === 1) return [];
    return group[0]!.flatMap((_, i) => group.flatMap((refs) => (refs[i] ? [rootOf(refs[i].value)] : [])));
  });
}

function placeOf({ shape, strides, offset }: Ref, buffer: Buffer): Place {
  return { buffer, shape, strides, offset };
}

function copyElements(storage: Storage, data: ArrayLike<number | bigint>): void {
  (storage.data as { set(data: ArrayLike<number | bigint>, at: number): void }).set(data, storage.base);
}

/** The number of the last node that uses the memory of each value, by root. */
function livesOf(nodes: readonly Node[]): Map<Value, number> {
  const lives = new Map<Value, number>();
  for (const [at, node] of nodes.entries()) {
    for (const value of valuesRead(node)) lives.set(rootOf(value), at);
    for (const { value } of node.outputs) lives.set(rootOf(value), at);
  }
  return lives;
}

/** An input whose memory the output can take over: not needed afterwards, and read element by element as it is written. */
function reusableInput(
  node: Node,
  output: Ref,
  ending: (root: Value) => boolean,
  buffers: ReadonlyMap<Value, Buffer>,
): { root: Value; buffer: Buffer } | null {
  if ((node.kind !== "map" && node.kind !== "rows") || !isWhole(output)) return null;
  for (const { value } of node.inputs) {
    const root = rootOf(value);
    const buffer = buffers.get(root);
    const fits = root.length === output.value.length && root.dtype.bytes === output.value.dtype.bytes;
    if (!fits || buffer === undefined || buffer.storage !== null || !ending(root)) continue;
    const isUsedUp = (ref: Ref, i: number): boolean =>
      rootOf(ref.value) !== root || (isAligned(ref, node.shape) && isReadBefore(node, i, output));
    if (node.inputs.every(isUsedUp)) return { root, buffer };
  }
  return null;
}

/** Whether input number i is read for the last time before the output is written, or element by element with it. */
function isReadBefore(node: Node, i: number, output: Ref): boolean {
  if (node.kind !== "rows") return true;
  const number = node.outputs.indexOf(output);
  const lastRead = node.parts.findLastIndex(({ inputs }) => inputs.includes(i));
  return lastRead <= node.parts.findIndex(({ outputs }) => outputs.includes(number));
}

/** Whether element i of the loop reads element i of the memory. */
function isAligned(ref: Ref, shape: readonly number[]): boolean {
  return isWhole(ref) && ref.shape.length === shape.length && isContiguous(shape, ref.strides);
}

/**
 * Finds out which values can be computed in the very memory of the outside tensor that is to hold them, and adds copies
 * for the others to the end of `nodes`. Gives the storage of each root that has one now.
 */
function storeDirectly({ stores, kept }: Graph, nodes: Node[]): Map<Value, Storage> {
  const targets = new Map<Value, Storage>();
  const makers = new Map<Value, number>();
  for (const [at, node] of nodes.entries()) for (const { value } of node.outputs) makers.set(value, at);
  const keptRoots = new Set(kept.map(rootOf));
  const initialReads = new Map<Storage, { at: number; ref: Ref | null; node: Node | null }[]>();
  const noteRead = (value: Value, at: number, ref: Ref | null, node: Node | null): void => {
    const { origin } = rootOf(value);
    if (origin.kind !== "external") return;
    const list = initialReads.get(origin.storage) ?? [];
    list.push({ at, ref, node });
    initialReads.set(origin.storage, list);
  };
  for (const [at, node] of nodes.entries()) {
    for (const ref of node.inputs) noteRead(ref.value, at, ref, node);
    for (const { value } of node.outputs) if (value.basis !== null) noteRead(value, at, null, node);
  }
  for (const value of stores.values()) noteRead(value, Number.POSITIVE_INFINITY, null, null);

  const copies: [Storage, Value][] = [];
  for (const [storage, value] of stores) {
    const root = rootOf(value);
    if (root.origin.kind === "external" && root.origin.storage === storage) continue;
    const made = makers.get(root);
    const isFree =
      made !== undefined &&
      !keptRoots.has(root) &&
      !targets.has(root) &&
      (initialReads.get(storage) ?? []).every(
        ({ at, ref, node }) =>
          at < made || (at === made && ref !== null && node!.kind === "map" && isAligned(ref, node!.shape)),
      );
    if (isFree) targets.set(root, storage);
    else copies.push([storage, value]);
  }
  // Values that lie in memory which another copy overwrites are brought to safety first.
  const overwritten = new Set(stores.keys());
  const safe = copies.map(([storage, value]): [Storage, Value] => {
    const { origin } = rootOf(value);
    if (origin.kind !== "external" || !overwritten.has(origin.storage)) return [storage, value];
    const copy = newValue(value.dtype, value.length, { kind: "node" });
    nodes.push(copyNode(value, copy));
    return [storage, copy];
  });
  for (const [storage, value] of safe) {
    const target = newValue(value.dtype, value.length, { kind: "node" });
    nodes.push(copyNode(value, target));
    targets.set(target, storage);
  }
  return targets;
}
