/** Every recorded answer says which PyTorch gave it: 2.15, but for the course's own three runs. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../fixtures/", import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".json"),
);
const versions = new Map(
  files.map((name) => {
    const { torch } = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { torch?: string };
    return [name, torch];
  }),
);

describe("the recordings of PyTorch", () => {
  it.each([...versions])("%s", (name, version) => {
    const isOfTheCourse = name.startsWith("reference/xor_");
    expect(version).toMatch(isOfTheCourse ? /^1\.13\./ : /^2\.15\./);
  });

  it("are there", () => {
    expect(files.length).toBeGreaterThan(15);
  });
});
