/** One progress bar on stderr, on a terminal only; other printing steps in front of it. */
import { ProgressBar as Bar } from "xorch/plot";
import { hasColour, type Io } from "./io.ts";

export class ProgressBar {
  #bar: Bar | null = null;

  constructor(private readonly io: Io) {}

  start(label: string, total: number): void {
    if (this.io.env.TERM === "dumb") return;
    this.#bar = new Bar(this.io.stderr, label, total, hasColour(this.io.stderr, this.io.env));
  }

  update(value: number): void {
    this.#bar?.update(value);
  }

  /** Takes the bar away, prints, and shows it again below. */
  aside(print: () => void): void {
    if (this.#bar) this.#bar.aside(print);
    else print();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}
