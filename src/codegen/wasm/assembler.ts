/**
 * Writes WebAssembly modules in the binary format: functions, one imported memory, exports.
 * Source: WebAssembly specification 2.0, chapter 5.
 */
import { type Opcode, opcodes } from "./opcodes.ts";

/** The instructions that must state the exact alignment, 4 bytes. */
export type AtomicAccess = Extract<Opcode, `memory.atomic.${string}` | `i32.atomic.${string}`>;

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const valueTypeBytes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Appends unsigned LEB128. Addresses go beyond what bit operations take. */
function writeUnsigned(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  writeUnsigned(bytes, value);
  return bytes;
}

/** Appends signed LEB128 of a 32-bit number. */
function writeSigned(bytes: number[], value: number): void {
  for (let rest = value; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = rest === (low & 0x40 ? -1 : 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return;
  }
}

/** Signed LEB128 of a 64-bit number. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    const done = (value === 0n && (low & 0x40) === 0) || (value === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

function floatBytes(value: number, size: 4 | 8): number[] {
  if (size === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  return Array.from({ length: size }, (_, i) => scratch.getUint8(i));
}

/** The body of one function. Methods append instructions and return `this`, so that they can be chained. */
export class FunctionBuilder {
  readonly #bytes: number[] = [];
  readonly #locals: ValueType[] = [];

  constructor(
    readonly params: readonly ValueType[],
    readonly results: readonly ValueType[] = [],
  ) {}

  /** Declares a local variable and gives its number; params come first. */
  local(type: ValueType): number {
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  /** Appends an instruction; the immediates (labels, lanes, function and local numbers) are unsigned. */
  op(name: Opcode, ...immediates: number[]): this {
    const [first, second] = opcodes[name] as readonly number[];
    this.#bytes.push(first!);
    if (second !== undefined) writeUnsigned(this.#bytes, second);
    for (let i = 0; i < immediates.length; i++) writeUnsigned(this.#bytes, immediates[i]!);
    return this;
  }

  get(local: number): this {
    return this.op("local.get", local);
  }

  set(local: number): this {
    return this.op("local.set", local);
  }

  tee(local: number): this {
    return this.op("local.tee", local);
  }

  i32(value: number): this {
    this.#bytes.push(...opcodes["i32.const"]);
    writeSigned(this.#bytes, value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.#bytes.push(...opcodes["i64.const"], ...signed(BigInt.asIntN(64, value)));
    return this;
  }

  f32(value: number): this {
    this.#bytes.push(...opcodes["f32.const"], ...floatBytes(value, 4));
    return this;
  }

  f64(value: number): this {
    this.#bytes.push(...opcodes["f64.const"], ...floatBytes(value, 8));
    return this;
  }

  /** `v128.const` from its 16 bytes. */
  v128(bytes: readonly number[]): this {
    this.op("v128.const");
    this.#bytes.push(...bytes);
    return this;
  }

  /** `i8x16.shuffle`: lane i of the result is byte lanes[i] of the two operands laid side by side. */
  shuffle(lanes: readonly number[]): this {
    this.op("i8x16.shuffle");
    this.#bytes.push(...lanes);
    return this;
  }

  /** A load or store at the address on the stack plus `offset`; `lane` only for the lane forms. */
  memory(name: Opcode, offset = 0, lane?: number): this {
    // Alignment is a hint that engines ignore; 0 (one byte) is always valid.
    this.op(name, 0, offset);
    if (lane !== undefined) this.#bytes.push(lane);
    return this;
  }

  /** An atomic access of the i32 at the address on the stack plus `offset`, both multiples of 4. */
  atomic(name: AtomicAccess, offset = 0): this {
    return this.op(name, 2, offset);
  }

  /** `block`, `loop` or `if` without results, closed by `end`. */
  open(name: "block" | "loop" | "if"): this {
    this.op(name);
    this.#bytes.push(0x40);
    return this;
  }

  end(): this {
    return this.op("end");
  }

  /** Adds a number to an i32 local. */
  increase(local: number, by: number): this {
    return this.get(local).i32(by).op("i32.add").set(local);
  }

  /** Repeats `turn` while local `a` is less than local `b`, both unsigned. */
  whileLess(a: number, b: number, turn: () => void): this {
    this.open("block").open("loop").get(a).get(b).op("i32.ge_u").op("br_if", 1);
    turn();
    return this.op("br", 0).end().end();
  }

  /** Size-prefixed code entry, in parts: the locals, the body, the final `end`. */
  encode(): (readonly number[])[] {
    const locals = this.#locals.flatMap((type) => [1, valueTypeBytes[type]]);
    const parts = [unsigned(this.#locals.length), locals, this.#bytes, opcodes.end];
    return [unsigned(lengthOf(parts)), ...parts];
  }
}

function lengthOf(parts: readonly (readonly number[])[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** A section, in parts. */
function section(id: number, parts: readonly (readonly number[])[]): (readonly number[])[] {
  return [[id, ...unsigned(lengthOf(parts))], ...parts];
}

function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** The most pages of 64 KiB that a memory can have: 4 GiB. */
export const MAXIMUM_PAGES = 65536;

/** A module that imports its memory as `env.memory`, and functions of `env`, and exports functions by name. */
export class ModuleBuilder {
  readonly #imports: { name: string; params: readonly ValueType[]; results: readonly ValueType[] }[] = [];
  readonly #functions: { name: string; body: FunctionBuilder }[] = [];

  /** Of a module whose memory is shared between threads, only a shared memory can be imported, and the reverse. */
  constructor(readonly sharedMemory = false) {}

  /** Imports the function `env.name` and gives its number, for `call`. All imports come before the first `add`. */
  import(name: string, params: readonly ValueType[], results: readonly ValueType[] = []): number {
    this.#imports.push({ name, params, results });
    return this.#imports.length - 1;
  }

  /** Adds an exported function and gives its number, for `call`. */
  add(name: string, body: FunctionBuilder): number {
    this.#functions.push({ name, body });
    return this.#imports.length + this.#functions.length - 1;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const firstAdded = this.#imports.length;
    const signatures = [...this.#imports, ...this.#functions.map(({ body }) => body)];
    const types = signatures.map(({ params, results }) => [
      0x60,
      ...vector(params.map((type) => [valueTypeBytes[type]])),
      ...vector(results.map((type) => [valueTypeBytes[type]])),
    ]);
    const limits = this.sharedMemory ? [0x03, 0x01, ...unsigned(MAXIMUM_PAGES)] : [0x00, 0x01];
    const imports = [
      [...text("env"), ...text("memory"), 0x02, ...limits],
      ...this.#imports.map(({ name }, i) => [...text("env"), ...text(name), 0x00, ...unsigned(i)]),
    ];
    const exports = this.#functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(firstAdded + i)]);
    const bodies = this.#functions.flatMap(({ body }) => body.encode());
    const parts = [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, [vector(types)]),
      ...section(2, [vector(imports)]),
      ...section(3, [vector(this.#functions.map((_, i) => unsigned(firstAdded + i)))]),
      ...section(7, [vector(exports)]),
      ...section(10, [unsigned(this.#functions.length), ...bodies]),
    ];
    const bytes = new Uint8Array(lengthOf(parts));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
