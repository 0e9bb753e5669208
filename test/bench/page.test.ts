import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partsOf, withParts } from "../../bench/page.ts";
import { fullRows, rowOf, runOf } from "./sample-run.ts";

describe("withParts", () => {
  const page =
    "# Page\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nmiddle\n<!-- bench:b --><!-- /bench:b -->\nend\n";

  it("replaces what lies between the marks and nothing else", () => {
    const written = withParts(page, { a: "new", b: "| table |" });
    expect(written).toBe(
      "# Page\n<!-- bench:a -->\n\nnew\n\n<!-- /bench:a -->\nmiddle\n<!-- bench:b -->\n\n| table |\n\n<!-- /bench:b -->\nend\n",
    );
    expect(withParts(written, { a: "new", b: "| table |" })).toBe(written);
    expect(withParts(page, {})).toBe(page);
  });

  it("names the marks that are missing", () => {
    expect(() => withParts(page, { c: "" })).toThrow("<!-- bench:c -->");
    expect(() => withParts("<!-- /bench:a --> <!-- bench:a -->", { a: "" })).toThrow("<!-- bench:a -->");
  });
});

describe("partsOf", () => {
  it("fills every place of docs/performance.md, and no place is left", () => {
    const rows = fullRows(() => 1000);
    const parts = partsOf(runOf(rows), rows);
    const page = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");
    expect(withParts(page, parts)).toContain("| program A: XOR by hand | 1.00 us, ±0% |");
    const places = [...page.matchAll(/<!-- bench:(\w+) -->/g)].map((match) => match[1]);
    expect(Object.keys(parts).sort()).toEqual(places.sort());
  });

  it("says on which machine, and leaves tables alone that were not measured", () => {
    const rows = [rowOf("program A: XOR by hand", { eager: 1 })];
    const parts = partsOf(runOf(rows), rows);
    expect(parts.machine).toContain("A processor, 2 cores, 8 GiB, Linux 6, Node v20.0.0; 2026-01-02.");
    expect(parts.machine).toContain("xorch 1.0; pytorch 1.0; ");
    expect(Object.keys(parts).sort()).toEqual(["aims", "machine", "notes", "steps"]);
  });
});
