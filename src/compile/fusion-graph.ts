/** The graph while nodes are being merged: who makes and who reads each value, and what depends on what. */
import { type Graph, type Node, type Value, valuesRead } from "./graph.ts";
import { fixedRelations, nodesBefore, type Relations } from "./schedule.ts";

export class FusionGraph {
  readonly #nodes = new Set<Node>();
  readonly #maker = new Map<Value, Node>();
  readonly #readers = new Map<Value, Set<Node>>();
  /** Values that are read from outside after a run. */
  readonly #outside: ReadonlySet<Value>;
  /** A bit for each node. One that takes the place of others keeps the bit of the first. */
  readonly #bits = new Map<Node, number>();
  /** For each bit, those of all nodes that must have run before, and maybe of some that are gone. */
  readonly #ancestors: Uint32Array[] = [];
  readonly #relations: Relations;

  constructor(graph: Graph) {
    this.#relations = {
      ...fixedRelations(graph),
      maker: (value) => this.#maker.get(value),
      readers: (value) => this.#readers.get(value) ?? [],
    };
    this.#outside = new Set([...graph.kept, ...graph.stores.values()]);
    const words = Math.ceil(graph.nodes.length / 32);
    for (const [bit, node] of graph.nodes.entries()) {
      this.#bits.set(node, bit);
      this.#ancestors.push(new Uint32Array(words));
      this.#add(node);
    }
    // A graph as traced is in order: what must come before a node stands before it.
    for (const node of graph.nodes) for (const before of this.#before(node)) this.#follow(node, before);
  }

  get nodes(): Node[] {
    return [...this.#nodes];
  }

  maker(value: Value): Node | undefined {
    return this.#maker.get(value);
  }

  readers(value: Value): readonly Node[] {
    return [...(this.#readers.get(value) ?? [])];
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  /** Whether a value must be in memory for others than these nodes. */
  isReadElsewhere(value: Value, nodes: readonly Node[]): boolean {
    return this.#outside.has(value) || this.readers(value).some((reader) => !nodes.includes(reader));
  }

  #add(node: Node): void {
    this.#nodes.add(node);
    for (const { value } of node.outputs) this.#maker.set(value, node);
    for (const value of valuesRead(node)) {
      const readers = this.#readers.get(value);
      if (readers === undefined) this.#readers.set(value, new Set([node]));
      else readers.add(node);
    }
  }

  #remove(node: Node): void {
    this.#nodes.delete(node);
    for (const { value } of node.outputs) if (this.#maker.get(value) === node) this.#maker.delete(value);
    for (const value of valuesRead(node)) this.#readers.get(value)?.delete(node);
  }

  /** Puts one node in the place of others. */
  replace(old: readonly Node[], next: Node): void {
    const [first, ...rest] = old as [Node, ...Node[]];
    const bit = this.#bits.get(first)!;
    this.#bits.set(next, bit);
    for (const node of old) this.#remove(node);
    this.#add(next);
    for (const node of rest) {
      this.#include(bit, this.#ancestors[this.#bits.get(node)!]!);
      // What came after any of them comes after all of them.
      for (const other of this.#nodes) if (this.#comesAfter(other, node)) this.#follow(other, next);
    }
    for (const other of this.#nodes)
      if (other !== next && this.#comesAfter(other, next)) this.#follow(other, next);
    for (const value of valuesRead(next)) {
      for (const changer of this.#changers(value)) {
        if (changer === next) continue;
        this.#follow(changer, next);
        for (const other of this.#nodes) if (this.#comesAfter(other, changer)) this.#follow(other, next);
      }
    }
  }

  #include(bit: number, more: Uint32Array): void {
    const own = this.#ancestors[bit]!;
    for (let i = 0; i < own.length; i++) own[i]! |= more[i]!;
  }

  /** Notes that `late` runs after `early` and all that comes before that. */
  #follow(late: Node, early: Node): void {
    const bit = this.#bits.get(early)!;
    const own = this.#ancestors[this.#bits.get(late)!]!;
    this.#include(this.#bits.get(late)!, this.#ancestors[bit]!);
    own[bit >>> 5]! |= 1 << (bit & 31);
  }

  #comesAfter(late: Node, early: Node): boolean {
    const bit = this.#bits.get(early)!;
    return ((this.#ancestors[this.#bits.get(late)!]![bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** The nodes that overwrite a part of a value. */
  #changers(value: Value): Node[] {
    return this.readers(value).filter((node) => node.outputs.some((ref) => ref.value.basis === value));
  }

  /** Drops a node whose results nobody reads any more. */
  dropUnread(node: Node): void {
    if (node.kind === "check" || !this.has(node)) return;
    if (node.outputs.every(({ value }) => !this.isReadElsewhere(value, [node]))) this.#remove(node);
  }

  /** The nodes that must have run before a node. */
  #before(node: Node): Set<Node> {
    return nodesBefore(node, this.#relations);
  }

  /** Whether two nodes can become one: no third one must run between them. */
  canMerge(a: Node, b: Node): boolean {
    const between = (early: Node, late: Node): boolean => {
      for (const node of this.#before(late)) if (node !== early && this.#comesAfter(node, early)) return true;
      return false;
    };
    return !between(a, b) && !between(b, a);
  }

  /** Whether one of the values has been partly overwritten by the time that a node runs. */
  comesAfterChange(reader: Node, values: readonly Value[]): boolean {
    return values.some((value) =>
      this.#changers(value).some((changer) => changer !== reader && this.#comesAfter(reader, changer)),
    );
  }
}
