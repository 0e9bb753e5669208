/** Bytes that are written one after the other, in the encodings of the binary format of WebAssembly. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  length = 0;

  /** What has been written so far. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  byte(value: number): this {
    if (this.length === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    this.#makeRoom(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
    return this;
  }

  /** Unsigned LEB128. Addresses go beyond what bit operations take. */
  unsigned(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80);
    return this.byte(rest);
  }

  /** Signed LEB128 of a 32-bit number. */
  signed(value: number): this {
    for (let rest = value; ; ) {
      const low = rest & 0x7f;
      rest >>= 7;
      const done = rest === (low & 0x40 ? -1 : 0);
      this.byte(done ? low : low | 0x80);
      if (done) return this;
    }
  }

  /** Signed LEB128 of a 64-bit number. */
  signed64(value: bigint): this {
    for (;;) {
      const low = Number(value & 0x7fn);
      value >>= 7n;
      const done = (value === 0n && (low & 0x40) === 0) || (value === -1n && (low & 0x40) !== 0);
      this.byte(done ? low : low | 0x80);
      if (done) return this;
    }
  }

  float32(value: number): this {
    floats.setFloat32(0, value, true);
    return this.bytes(new Uint8Array(floats.buffer, 0, 4));
  }

  float64(value: number): this {
    floats.setFloat64(0, value, true);
    return this.bytes(new Uint8Array(floats.buffer, 0, 8));
  }

  /** UTF-8, with its length before it. */
  text(value: string): this {
    return this.sized(encoder.encode(value));
  }

  /** Bytes, with their number before them. */
  sized(values: ArrayLike<number>): this {
    return this.unsigned(values.length).bytes(values);
  }

  #makeRoom(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

const floats = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();
