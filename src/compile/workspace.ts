/** Shares the memory of intermediate results: what is no longer needed makes room for what comes. */

/** Places begin at multiples of a cache line. */
const ALIGNMENT = 64;

export class Workspace {
  /** The size of the whole workspace so far. */
  bytes = 0;
  /** Free stretches, by increasing offset; neighbours are joined. */
  readonly #free: { offset: number; bytes: number }[] = [];

  /** Finds the smallest free stretch that has room, or adds room at the end. Nothing lies at the beginning, like anything. */
  take(wanted: number): number {
    if (wanted === 0) return 0;
    const bytes = rounded(wanted);
    let best = -1;
    for (const [i, stretch] of this.#free.entries()) {
      if (stretch.bytes >= bytes && (best < 0 || stretch.bytes < this.#free[best]!.bytes)) best = i;
    }
    if (best < 0) {
      const last = this.#free.at(-1);
      // A stretch at the very end only needs to grow.
      const offset =
        last !== undefined && last.offset + last.bytes === this.bytes ? this.#free.pop()!.offset : this.bytes;
      this.bytes = offset + bytes;
      return offset;
    }
    const stretch = this.#free[best]!;
    const { offset } = stretch;
    stretch.offset += bytes;
    stretch.bytes -= bytes;
    if (stretch.bytes === 0) this.#free.splice(best, 1);
    return offset;
  }

  free(offset: number, size: number): void {
    // It shares its place with a neighbour that may be in use.
    if (size === 0) return;
    const bytes = rounded(size);
    let at = this.#free.findIndex((stretch) => stretch.offset > offset);
    if (at < 0) at = this.#free.length;
    this.#free.splice(at, 0, { offset, bytes });
    this.#join(at);
    if (at > 0) this.#join(at - 1);
  }

  #join(at: number): void {
    const [left, right] = [this.#free[at]!, this.#free[at + 1]];
    if (right === undefined || left.offset + left.bytes !== right.offset) return;
    left.bytes += right.bytes;
    this.#free.splice(at + 1, 1);
  }
}

function rounded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
