/**
 * Writes WebAssembly modules in the binary format: functions, one imported memory, exports.
 * Source: WebAssembly specification 2.0, chapter 5.
 */
import { ByteWriter } from "./byte-writer.ts";
import { type Opcode, opcodes } from "./opcodes.ts";

/** The instructions that must state the exact alignment, 4 bytes. */
export type AtomicAccess = Extract<Opcode, `memory.atomic.${string}` | `i32.atomic.${string}`>;

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const valueTypeBytes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** The body of one function. Methods append instructions and return `this`, so that they can be chained. */
export class FunctionBuilder {
  readonly #code = new ByteWriter();
  readonly #locals: ValueType[] = [];

  constructor(
    readonly params: readonly ValueType[],
    readonly results: readonly ValueType[] = [],
  ) {}

  /** How many local variables have been declared. */
  get localCount(): number {
    return this.#locals.length;
  }

  /** Declares a local variable and gives its number; params come first. */
  local(type: ValueType): number {
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  /** Appends an instruction; the immediates (labels, lanes, function and local numbers) are unsigned. */
  op(name: Opcode, ...immediates: number[]): this {
    const code = opcodes[name];
    if (code <= 0xff) this.#code.byte(code);
    else this.#code.byte(code >> 12).unsigned(code & 0xfff);
    for (let i = 0; i < immediates.length; i++) this.#code.unsigned(immediates[i]!);
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
    this.op("i32.const");
    this.#code.signed(value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.op("i64.const");
    this.#code.signed64(BigInt.asIntN(64, value));
    return this;
  }

  f32(value: number): this {
    this.op("f32.const");
    this.#code.float32(value);
    return this;
  }

  f64(value: number): this {
    this.op("f64.const");
    this.#code.float64(value);
    return this;
  }

  /** `v128.const` from its 16 bytes. */
  v128(bytes: readonly number[]): this {
    this.op("v128.const");
    this.#code.bytes(bytes);
    return this;
  }

  /** `i8x16.shuffle`: lane i of the result is byte lanes[i] of the two operands laid side by side. */
  shuffle(lanes: readonly number[]): this {
    this.op("i8x16.shuffle");
    this.#code.bytes(lanes);
    return this;
  }

  /** A load or store at the address on the stack plus `offset`; `lane` only for the lane forms. */
  memory(name: Opcode, offset = 0, lane?: number): this {
    // Alignment is a hint that engines ignore; 0 (one byte) is always valid.
    this.op(name, 0, offset);
    if (lane !== undefined) this.#code.byte(lane);
    return this;
  }

  /** An atomic access of the i32 at the address on the stack plus `offset`, both multiples of 4. */
  atomic(name: AtomicAccess, offset = 0): this {
    return this.op(name, 2, offset);
  }

  /** `block`, `loop` or `if` without results, closed by `end`. */
  open(name: "block" | "loop" | "if"): this {
    this.op(name);
    this.#code.byte(0x40);
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

  /** Appends the entry of the function to the code section. */
  encode(into: ByteWriter): void {
    const locals = new ByteWriter().unsigned(this.#locals.length);
    for (const type of this.#locals) locals.byte(1).byte(valueTypeBytes[type]);
    const { written } = this.#code;
    into
      .unsigned(locals.length + written.length + 1)
      .bytes(locals.written)
      .bytes(written)
      .byte(opcodes.end);
  }
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
    const module = new ByteWriter().bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    const section = (id: number, count: number, write: (content: ByteWriter) => void): void => {
      const content = new ByteWriter().unsigned(count);
      write(content);
      module.byte(id).sized(content.written);
    };
    const signatures = [...this.#imports, ...this.#functions.map(({ body }) => body)];
    section(1, signatures.length, (types) => {
      for (const { params, results } of signatures) {
        types.byte(0x60);
        for (const list of [params, results]) types.sized(list.map((type) => valueTypeBytes[type]));
      }
    });
    section(2, 1 + firstAdded, (imports) => {
      imports.text("env").text("memory").byte(0x02);
      if (this.sharedMemory) imports.byte(0x03).unsigned(1).unsigned(MAXIMUM_PAGES);
      else imports.byte(0x00).unsigned(1);
      for (const [i, { name }] of this.#imports.entries())
        imports.text("env").text(name).byte(0x00).unsigned(i);
    });
    section(3, this.#functions.length, (functions) => {
      for (let i = 0; i < this.#functions.length; i++) functions.unsigned(firstAdded + i);
    });
    section(7, this.#functions.length, (exports) => {
      for (const [i, { name }] of this.#functions.entries())
        exports
          .text(name)
          .byte(0x00)
          .unsigned(firstAdded + i);
    });
    section(10, this.#functions.length, (code) => {
      for (const { body } of this.#functions) body.encode(code);
    });
    return module.written;
  }
}
