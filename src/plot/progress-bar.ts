/** A bar on the terminal that says how far something has come. */

/** Where a bar is drawn: a terminal, as `process.stderr` may be. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

const WIDTH = 24;

/** The least time between two drawings in ms: faster than anyone reads. */
const PAUSE = 100;

const CLEAR_LINE = "\r\u001b[2K";

/**
 * A bar on the last line of a terminal; nothing where the output is none. `update` costs little: it draws ten times a second
 * at most.
 *
 * @example
 * import { ProgressBar } from "xorch/plot";
 *
 * const bar = new ProgressBar({ write: (text) => text, isTTY: true }, "training", 100);
 * bar.update(50);
 * bar.stop();
 */
export class ProgressBar {
  #value = 0;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #isOpen: boolean;

  constructor(
    readonly output: ProgressOutput,
    readonly label: string,
    readonly total: number,
    readonly colour = false,
  ) {
    this.#isOpen = output.isTTY === true;
    this.#draw();
  }

  /** So much is done. */
  update(value: number): void {
    this.#value = value;
    if (performance.now() - this.#lastDrawn >= PAUSE) this.#draw();
  }

  /** Takes the bar away, prints, and shows it again below. */
  aside(print: () => void): void {
    if (this.#isOpen) this.output.write(CLEAR_LINE);
    print();
    this.#draw();
  }

  /** Takes the bar away for good. */
  stop(): void {
    if (this.#isOpen) this.output.write(CLEAR_LINE);
    this.#isOpen = false;
  }

  #draw(): void {
    if (!this.#isOpen) return;
    this.#lastDrawn = performance.now();
    const share = this.total > 0 ? Math.min(1, Math.max(0, this.#value / this.total)) : 1;
    const full = Math.round(share * WIDTH);
    const blocks = "█".repeat(full) + "░".repeat(WIDTH - full);
    const bar = this.colour ? `\u001b[36m${blocks}\u001b[39m` : blocks;
    this.output.write(
      `${CLEAR_LINE}${bar} ${Math.floor(100 * share)}% ${this.label} ${this.#value}/${this.total}`,
    );
  }
}
