/** A table of texts, shown in the terminal and in the report alike. */

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said above it. */
  readonly caption?: string;
  /** Long tables are folded away in the report. */
  readonly folded?: boolean;
}

/** A number as tables show it: JavaScript's shortest form, with a true minus. */
export const formatNumber = (value: number): string => String(value).replace(/^-/, "−");

/** Four significant digits, for values whose last digits say nothing. */
export const formatRounded = (value: number): string =>
  formatNumber(Number.isFinite(value) ? Number(value.toPrecision(4)) : value);
