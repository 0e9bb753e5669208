/** Prints to the terminal: headings, paragraphs, tables and step lines, in colour where that is wanted. */
import pico from "picocolors";
import { isWide, wrapText } from "../plot/text.ts";
import { hasColour, type Io, widthOf } from "./io.ts";
import type { ProgressBar } from "./progress-bar.ts";
import type { Table } from "./table.ts";

/** full: everything. results: one line a lesson and where the report is. none: nothing. */
export type Detail = "full" | "results" | "none";

const LINE_LENGTH = 96;

/** Columns that a text takes in a terminal. */
function columns(text: string): number {
  let count = 0;
  for (const character of text) count += isWide(character) ? 2 : 1;
  return count;
}

const padStart = (text: string, width: number): string => " ".repeat(width - columns(text)) + text;

export class Screen {
  private readonly colours: ReturnType<typeof pico.createColors>;

  constructor(
    private readonly io: Io,
    private readonly detail: Detail,
    private readonly progress: ProgressBar,
  ) {
    this.colours = pico.createColors(hasColour(io.stdout, io.env));
  }

  private print(text: string): void {
    this.progress.aside(() => this.io.stdout.write(`${text}\n`));
  }

  private get isFull(): boolean {
    return this.detail === "full";
  }

  title(text: string): void {
    if (this.isFull) this.print(`\n${this.colours.bold(this.colours.cyan(text))}`);
  }

  heading(text: string): void {
    if (this.isFull) this.print(`\n${this.colours.bold(text)}`);
  }

  paragraph(text: string): void {
    if (!this.isFull) return;
    const width = Math.min(widthOf(this.io.stdout, LINE_LENGTH), LINE_LENGTH);
    for (const line of wrapText(text, (candidate) => columns(candidate) <= width)) this.print(line);
  }

  /** Right-aligned columns, two spaces apart. */
  table(table: Table): void {
    if (!this.isFull) return;
    if (table.caption) this.heading(table.caption);
    const rows = [table.head, ...table.rows];
    const widths = table.head.map((_, c) => Math.max(...rows.map((row) => columns(row[c]!))));
    rows.forEach((row, r) => {
      const line = row.map((cell, c) => padStart(cell, widths[c]! + 2)).join("");
      this.print(r === 0 ? this.colours.dim(line) : line);
    });
  }

  /** A line of a training, as the course's programs print it: step and cost. */
  step(step: number, cost: number): void {
    if (this.isFull) this.print(`${this.colours.dim(String(step))} ${cost}`);
  }

  /** The one line of a lesson that is printed instead of all others where only results are wanted. */
  result(text: string): void {
    if (this.detail === "results") this.print(text);
  }

  /** Where things are: printed unless nothing is. */
  note(text: string): void {
    if (this.detail !== "none") this.print(this.colours.green(text));
  }

  blank(): void {
    if (this.isFull) this.print("");
  }
}
