import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partsOf, readmePartsOf, withParts } from "../../bench/page.ts";
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
    expect(parts.machine).toContain("- xorch 1.0\n- pytorch 1.0\n");
    expect(parts.machine).toMatch(/The run took 2 minutes\.$/);
    const run = runOf(rows);
    const busy = partsOf({ ...run, machine: { ...run.machine, load: 3 } }, rows);
    expect(busy.machine).toMatch(
      /minutes\.\n\n\*\*The machine was busy .* a load of 3\.0 on 2 cores\..*\*\*$/,
    );
    expect(Object.keys(parts).sort()).toEqual(["aims", "machine", "notes", "standing", "steps"]);
  });

  it("says what is lost, and says so where nothing is", () => {
    const rows = [
      rowOf("program A: XOR by hand", { eager: 1, pytorch: 2 }),
      rowOf("add 1M", { eager: 4, pytorch: 1 }),
    ];
    const parts = partsOf(runOf(rows), rows);
    expect(parts.standing).toContain("Xorch is the quickest in 1 of 2 rows. It loses 1, the worst first:");
    expect(parts.standing).toContain(
      "| add 1M | 4.00 ns, Xorch eager, 2 threads, BLAS | 1.00 ns, PyTorch eager,",
    );
    expect(partsOf(runOf(rows), rows.slice(0, 1)).standing).toBe("Xorch is the quickest in 1 of 1 rows.");
  });
});

describe("readmePartsOf", () => {
  it("fills every place of the README: the training steps and the count of what is lost", () => {
    const rows = fullRows((who, { name }) =>
      who.startsWith("pytorch") && name === "GPT 4 x 128, batch 16, AdamW" ? 500 : 1000,
    );
    const parts = readmePartsOf(runOf(rows), rows);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const written = withParts(readme, parts);
    expect(written).toContain("| 500 ns, PyTorch eager, 1 thread | 0.500x |");
    expect(written).toContain("the 1 that it loses, the worst by 2.00x, stand there first.");
    const run = runOf(rows);
    const busy = { ...run, machine: { ...run.machine, load: 3 } };
    expect(parts.claims).not.toContain("busy");
    expect(readmePartsOf(busy, rows).claims).toContain("**The machine was busy");
    const places = [...readme.matchAll(/<!-- bench:(\w+) -->/g)].map((match) => match[1]);
    expect(Object.keys(parts)).toEqual(places);
  });

  it("leaves the README alone without a training step", () => {
    const rows = [rowOf("add 1M", { eager: 4, pytorch: 1 })];
    expect(readmePartsOf(runOf(rows), rows)).toEqual({});
  });
});
