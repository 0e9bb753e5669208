/** Finds out that every element of a value is overwritten before it is read, so that its start need not be written. */
import { elementCount } from "../base/index.ts";
import type { Node, Ref, Value } from "./graph.ts";

/** Beyond so many elements it would take too long to find out. */
const MOST_ELEMENTS = 2 ** 24;

/** The values among the bases of changes that are overwritten as a whole before anybody reads them. */
export function overwrittenWhole(nodes: readonly Node[], kept: ReadonlySet<Value>): Set<Value> {
  const changes = new Map<Value, { ref: Ref; node: Node }>();
  const read = new Set<Value>(kept);
  for (const node of nodes) {
    for (const { value } of node.inputs) read.add(value);
    for (const ref of node.outputs) if (ref.value.basis !== null) changes.set(ref.value.basis, { ref, node });
  }
  const found = new Set<Value>();
  for (const start of changes.keys()) if (start.basis === null && isCovered(start)) found.add(start);
  return found;

  function isCovered(start: Value): boolean {
    const written: Ref[] = [];
    let count = 0;
    for (let value = start; ; ) {
      const change = changes.get(value);
      // A map only writes; what adds to the elements must have them.
      if (change === undefined || change.node.kind !== "map" || read.has(value)) return false;
      written.push(change.ref);
      count += elementCount(change.ref.shape);
      if (count >= start.length && coversAll(start.length, written)) return true;
      value = change.ref.value;
    }
  }
}

function coversAll(length: number, refs: readonly Ref[]): boolean {
  if (length > MOST_ELEMENTS) return false;
  const isWritten = new Uint8Array(length);
  for (const { shape, strides, offset } of refs) {
    const visit = (d: number, at: number): void => {
      if (d === shape.length) isWritten[at] = 1;
      else for (let i = 0; i < shape[d]!; i++) visit(d + 1, at + i * strides[d]!);
    };
    visit(0, offset);
  }
  return isWritten.every((one) => one === 1);
}
