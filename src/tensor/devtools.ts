/**
 * How the developer tools of a browser show tensors, modules and their kin: as their text, in place of their fields. Chrome and
 * Edge ask these formatters where "Custom formatters" are switched on in their settings, Firefox likewise.
 *
 * Source: https://firefox-source-docs.mozilla.org/devtools-user/custom_formatters/
 */
import { Shown } from "../base/index.ts";

type JsonMl = readonly [string, { style: string }, string];

const style = "font-family: monospace; white-space: pre";

/** Only what has a line more than its header unfolds. */
const lines = (x: Shown): string[] => x.toString().split("\n");

const formatter = {
  header: (x: unknown): JsonMl | null => (x instanceof Shown ? ["span", { style }, lines(x)[0]!] : null),
  hasBody: (x: Shown): boolean => lines(x).length > 1,
  body: (x: Shown): JsonMl => ["div", { style }, x.toString()],
};

const page = globalThis as { document?: unknown; devtoolsFormatters?: unknown[] };
if (page.document !== undefined) {
  page.devtoolsFormatters ??= [];
  page.devtoolsFormatters.push(formatter);
}
