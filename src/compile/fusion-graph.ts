/** The graph while nodes are being merged: who makes and who reads each value, and what depends on what. */
import { type Graph, type Node, type Value, valuesRead } from "./graph.ts";
import { Order } from "./order.ts";
import { fixedRelations, nodesBefore, type Relations } from "./schedule.ts";

export class FusionGraph {
  readonly #nodes = new Set<Node>();
  readonly #maker = new Map<Value, Node>();
  readonly #readers = new Map<Value, Set<Node>>();
  /** The node that overwrites a part of a value. */
  readonly #changer = new Map<Value, Node>();
  /** Values that are read by others than these nodes. */
  readonly #outside: ReadonlySet<Value>;
  readonly #order: Order;

  /** `outside` are the values that are read by others than the nodes of the graph. */
  constructor(graph: Graph, outside: ReadonlySet<Value>) {
    this.#outside = outside;
    const relations: Relations = {
      ...fixedRelations(graph),
      maker: (value) => this.#maker.get(value),
      readers: (value) => this.#readers.get(value) ?? [],
    };
    for (const node of graph.nodes) this.#add(node);
    // A graph as traced is in order: what must come before a node stands before it.
    this.#order = new Order(graph.nodes, (node) => nodesBefore(node, relations));
  }

  get nodes(): Node[] {
    return [...this.#nodes];
  }

  maker(value: Value): Node | undefined {
    return this.#maker.get(value);
  }

  readers(value: Value): Iterable<Node> {
    return this.#readers.get(value) ?? [];
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  /** Whether a value must be in memory for others than these nodes. */
  isReadElsewhere(value: Value, nodes: readonly Node[]): boolean {
    if (this.#outside.has(value)) return true;
    for (const reader of this.readers(value)) if (!nodes.includes(reader)) return true;
    return false;
  }

  /** Whether a value is read by others than the nodes of the graph. */
  isReadOutside(value: Value): boolean {
    return this.#outside.has(value);
  }

  #add(node: Node): void {
    this.#nodes.add(node);
    for (const { value } of node.outputs) {
      this.#maker.set(value, node);
      if (value.basis !== null) this.#changer.set(value.basis, node);
    }
    for (const value of valuesRead(node)) {
      const readers = this.#readers.get(value);
      if (readers === undefined) this.#readers.set(value, new Set([node]));
      else readers.add(node);
    }
  }

  #remove(node: Node): void {
    this.#nodes.delete(node);
    for (const { value } of node.outputs) {
      this.#maker.delete(value);
      if (value.basis !== null) this.#changer.delete(value.basis);
    }
    for (const value of valuesRead(node)) this.#readers.get(value)?.delete(node);
  }

  /** Puts one node in the place of others. */
  replace(old: readonly Node[], next: Node): void {
    for (const node of old) this.#remove(node);
    this.#add(next);
    this.#order.replace(old, next);
    // What it has come to read must not be changed before.
    for (const value of valuesRead(next)) {
      const changer = this.#changer.get(value);
      if (changer !== undefined && changer !== next) this.#order.put(next, changer);
    }
  }

  /** Drops a node whose results nobody reads any more. */
  dropUnread(node: Node): void {
    if (node.kind === "check" || !this.has(node)) return;
    if (node.outputs.some(({ value }) => this.isReadElsewhere(value, [node]))) return;
    this.#remove(node);
    this.#order.drop(node);
  }

  /** Whether two nodes can become one: no third one must run between them. */
  canMerge(a: Node, b: Node): boolean {
    return !this.#order.isBetween(a, b);
  }

  /** Whether one of the values has been partly overwritten by the time that a node runs. */
  comesAfterChange(reader: Node, values: readonly Value[]): boolean {
    return values.some((value) => {
      const changer = this.#changer.get(value);
      return changer !== undefined && changer !== reader && this.#order.comesAfter(reader, changer);
    });
  }
}
