/** One progress bar on stderr, on a terminal only; other printing steps in front of it. */
import cliProgress from "cli-progress";
import { hasColour, type Io } from "./io.ts";

export class ProgressBar {
  private bar: cliProgress.SingleBar | null = null;
  private total = 0;
  private value = 0;
  private label = "";

  constructor(private readonly io: Io) {}

  start(label: string, total: number): void {
    if (!this.io.stderr.isTTY || this.io.env.TERM === "dumb") return;
    this.label = label;
    this.total = total;
    this.value = 0;
    this.bar = new cliProgress.SingleBar({
      stream: this.io.stderr,
      format: `${hasColour(this.io.stderr, this.io.env) ? "\u001b[36m{bar}\u001b[39m" : "{bar}"} {percentage}% {label} {value}/{total}`,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 24,
      clearOnComplete: true,
      // A signal must end the program at once and find the terminal as it was.
      gracefulExit: false,
      hideCursor: false,
      linewrap: true,
    });
    this.show();
  }

  private show(): void {
    this.bar?.start(this.total, this.value, { label: this.label });
  }

  update(value: number): void {
    this.value = value;
    this.bar?.update(value);
  }

  /** Takes the bar away, prints, and shows it again below. */
  aside(print: () => void): void {
    this.bar?.stop();
    print();
    this.show();
  }

  stop(): void {
    this.bar?.stop();
    this.bar = null;
  }
}
