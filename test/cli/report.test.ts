import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectWellFormed } from "../plot/read.ts";
import { xorch } from "./capture.ts";

/** As toContain, without printing a whole page where it fails. */
const expectIn = (page: string, part: string) => expect(page.includes(part), part.slice(0, 200)).toBe(true);

describe("report.html", () => {
  let page = "";
  let files: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const cwd = mkdtempSync(join(tmpdir(), "xorch-test-"));
    const argv = ["learn", "--steps", "1001", "--seed", "777", "--out", "report"];
    const { code, files: names } = await xorch(argv, { cwd });
    expect(code).toBe(0);
    const read = (name: string) => readFileSync(join(cwd, name), "utf8");
    files = new Map(names.filter((name) => name.endsWith(".svg")).map((name) => [name.slice(7), read(name)]));
    page = read("report/report.html");
    rmSync(cwd, { recursive: true });
  });

  it("stands alone: nothing is fetched and nothing runs", () => {
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(/<(script|link|img|iframe|object)\b/.exec(page)).toBeNull();
    expect(/(src|href)="(https?:|\/\/)/.exec(page)).toBeNull();
    expect(/@import|url\((?!#)/.exec(page)).toBeNull();
  });

  it("holds every picture that lies beside it, and links each", () => {
    expect(files.size).toBe(13);
    for (const [name, svg] of files) {
      expectWellFormed(svg);
      expectIn(page, svg);
      expectIn(page, `href="${name}"`);
    }
  });

  it("gives no id twice, and every reference has its target", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [
      ...[...page.matchAll(/(?:url\(|href=")#([\w-]+)/g)].map((match) => match[1]!),
      ...[...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((match) => match[1]!.split(" ")),
    ];
    expect(referred.length).toBeGreaterThan(39);
    for (const id of referred) expect(ids).toContain(id);
  });

  it("shows the tables: truth, learning, costs, predictions", () => {
    expect(page.match(/<table>/g)!.length).toBeGreaterThanOrEqual(3 + 1 + 3 * 2);
    expectIn(page, "0.8633197546005249");
    for (const row of page.matchAll(/<thead><tr>(.*?)<\/tr><\/thead><tbody><tr>(.*?)<\/tr>/g)) {
      expect(row[1]!.match(/<th/g)!.length).toBe(row[2]!.match(/<td/g)!.length);
    }
  });

  it("says by which command it was made, escaped", () => {
    expectIn(page, "xorch learn --steps 1001 --seed 777 --out report");
    expect(/undefined|NaN|\[object/.exec(page)).toBeNull();
  });
});
