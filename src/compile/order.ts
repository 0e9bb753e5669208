/**
 * What comes before what among nodes that are being merged: for each node all that must run before it, and all that must
 * run after it. These sets are rows of bits, so that a question costs a few machine words.
 */
import type { Node } from "./graph.ts";

type Bits = Uint32Array;

function has(bits: Bits, bit: number): boolean {
  return ((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
}

function add(bits: Bits, bit: number): void {
  bits[bit >>> 5]! |= 1 << (bit & 31);
}

function remove(bits: Bits, bit: number): void {
  bits[bit >>> 5]! &= ~(1 << (bit & 31));
}

function include(bits: Bits, more: Bits): void {
  for (let i = 0; i < bits.length; i++) bits[i]! |= more[i]!;
}

export class Order {
  /** The number of each node. One that takes the place of others keeps that of the first. */
  readonly #numbers = new Map<Node, number>();
  /** The numbers of the nodes that are there; those of others may still be in the sets. */
  readonly #present: Bits;
  /** By number, what comes before and after each node. */
  readonly #before: Bits[] = [];
  readonly #after: Bits[] = [];

  /** The `predecessors` of a node stand before it among the nodes. */
  constructor(nodes: readonly Node[], predecessors: (node: Node) => Iterable<Node>) {
    const words = Math.ceil(nodes.length / 32);
    this.#present = new Uint32Array(words);
    const edges: [early: number, late: number][] = [];
    for (const [late, node] of nodes.entries()) {
      this.#numbers.set(node, late);
      add(this.#present, late);
      const before = new Uint32Array(words);
      for (const predecessor of predecessors(node)) {
        const early = this.#numbers.get(predecessor)!;
        edges.push([early, late]);
        include(before, this.#before[early]!);
        add(before, early);
      }
      this.#before.push(before);
      this.#after.push(new Uint32Array(words));
    }
    for (const [early, late] of edges.reverse()) {
      include(this.#after[early]!, this.#after[late]!);
      add(this.#after[early]!, late);
    }
  }

  comesAfter(late: Node, early: Node): boolean {
    return has(this.#before[this.#numbers.get(late)!]!, this.#numbers.get(early)!);
  }

  /** Whether a third node must run after one of the two and before the other. */
  isBetween(a: Node, b: Node): boolean {
    const [i, k] = [this.#numbers.get(a)!, this.#numbers.get(b)!];
    return this.#meet(this.#after[i]!, this.#before[k]!) || this.#meet(this.#after[k]!, this.#before[i]!);
  }

  #meet(a: Bits, b: Bits): boolean {
    for (let i = 0; i < a.length; i++) if ((a[i]! & b[i]! & this.#present[i]!) !== 0) return true;
    return false;
  }

  /** Has `late` run after `early`. */
  put(early: Node, late: Node): void {
    const [i, k] = [this.#numbers.get(early)!, this.#numbers.get(late)!];
    if (has(this.#before[k]!, i)) return;
    const earlier = this.#before[i]!.slice();
    const later = this.#after[k]!.slice();
    add(earlier, i);
    add(later, k);
    this.#each(later, (number) => include(this.#before[number]!, earlier));
    this.#each(earlier, (number) => include(this.#after[number]!, later));
  }

  /** Puts one node in the place of others: what came after any of them comes after all of them, and alike before. */
  replace(old: readonly Node[], next: Node): void {
    const numbers = old.map((node) => this.#numbers.get(node)!);
    for (const node of old) this.drop(node);
    const own = numbers[0]!;
    this.#numbers.set(next, own);
    add(this.#present, own);
    if (numbers.length === 1) return;
    const before = united(this.#before, numbers);
    const after = united(this.#after, numbers);
    /** Tells those that did not come after, or before, all of them. */
    const tell = (sets: readonly Bits[], listeners: Bits, more: Bits): void =>
      this.#each(listeners, (number) => {
        const set = sets[number]!;
        if (numbers.every((one) => has(set, one))) return;
        include(set, more);
        add(set, own);
      });
    tell(this.#before, after, before);
    tell(this.#after, before, after);
    this.#before[own] = before;
    this.#after[own] = after;
  }

  /** Forgets a node. */
  drop(node: Node): void {
    remove(this.#present, this.#numbers.get(node)!);
    this.#numbers.delete(node);
  }

  #each(bits: Bits, use: (number: number) => void): void {
    for (let i = 0; i < bits.length; i++) {
      for (let rest = bits[i]! & this.#present[i]!; rest !== 0; rest &= rest - 1)
        use(32 * i + 31 - Math.clz32(rest & -rest));
    }
  }
}

/** All that is in one of the sets of these numbers, without themselves. */
function united(sets: readonly Bits[], numbers: readonly number[]): Bits {
  const all = new Uint32Array(sets[numbers[0]!]!.length);
  for (const number of numbers) include(all, sets[number]!);
  for (const number of numbers) remove(all, number);
  return all;
}
