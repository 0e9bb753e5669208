/**
 * Plain JavaScript state that traced functions read: properties of modules, buffers of optimizers. Whoever owns it tells of
 * changes, so that a compiled program need not look at all of it before each run, but only after something has changed.
 */
import { trace } from "./executor.ts";

let changes = 0;

/** How often state has changed so far. */
export function stateChanges(): number {
  return changes;
}

/** Tells that state has changed which a program may depend on. */
export function noteChange(): void {
  changes++;
}

/** Reads what `owner` calls `name`. Each change of it must be told. */
export function heard<T>(owner: object, name: unknown, read: () => T): T {
  return trace === null ? read() : trace.heard(owner, name, read);
}

/** Tells of a change of what `heard` reads. */
export function tell(owner: object, name: unknown, read: () => unknown): void {
  changes++;
  if (trace !== null) trace.told(owner, name, read);
}

/** In the place of a property that an object does not have itself. */
const NONE = Symbol("none");

/** Has a plain property, maybe one that is inherited so far, tell of its changes from now on: it becomes an accessor. */
export function hear(owner: object, name: string): void {
  const plain = Object.getOwnPropertyDescriptor(owner, name) ?? { value: NONE, writable: true };
  // What cannot be written does not change, and an accessor may be ours.
  if (!("value" in plain && plain.writable)) return;
  let value: unknown = plain.value;
  const read = (): unknown =>
    value === NONE ? Reflect.get(Object.getPrototypeOf(owner) as object, name, owner) : value;
  Object.defineProperty(owner, name, {
    get: () => (trace === null ? read() : trace.heard(owner, name, read, true)),
    set(next: unknown) {
      value = next;
      tell(owner, name, read);
    },
    enumerable: plain.enumerable === true,
    configurable: true,
  });
}

/** Stands for all keys of a map. */
const ALL = Symbol("all");

/** A Map that tells of its changes. */
export class HeardMap<K, V> extends Map<K, V> {
  #version = 0;

  override get(key: K): V | undefined {
    return trace === null ? super.get(key) : trace.heard(this, key, () => super.get(key));
  }

  override has(key: K): boolean {
    this.hearAll();
    return super.has(key);
  }

  override get size(): number {
    this.hearAll();
    return super.size;
  }

  override entries(): MapIterator<[K, V]> {
    this.hearAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  override keys(): MapIterator<K> {
    this.hearAll();
    return super.keys();
  }

  override values(): MapIterator<V> {
    this.hearAll();
    return super.values();
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    this.#tell(key);
    return this;
  }

  override delete(key: K): boolean {
    const was = super.delete(key);
    this.#tell(key);
    return was;
  }

  override clear(): void {
    for (const key of [...super.keys()]) this.delete(key);
  }

  /** Reads all that is in it. */
  hearAll(): void {
    if (trace !== null) trace.heard(this, ALL, () => this.#version);
  }

  #tell(key: K): void {
    this.#version++;
    tell(this, key, () => super.get(key));
    tell(this, ALL, () => this.#version);
  }
}
