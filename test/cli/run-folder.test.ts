import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WorkError } from "../../src/cli/errors.ts";
import { chooseFolder, writeRun } from "../../src/cli/run-folder.ts";
import { translator } from "../../src/cli/texts/index.ts";
import { listing, temporaryFolder } from "./capture.ts";

const t = translator("en");

describe("chooseFolder", () => {
  it("names the run after its lesson and the time, and never one that is there", () => {
    const cwd = temporaryFolder();
    const first = chooseFolder(undefined, cwd, "xor", t);
    expect(first).toMatch(/runs[\\/]xor-\d{4}-\d\d-\d\d-\d{6}$/);
    expect(listing(cwd)).toEqual([]);
    // Within one second, or a few where the clock moves on meanwhile, the second name differs by a number.
    mkdirSync(first, { recursive: true });
    writeFileSync(join(first, "report.html"), "");
    expect(chooseFolder(undefined, cwd, "xor", t)).not.toBe(first);
  });
});

describe("writeRun", () => {
  const files = new Map([
    ["report.html", "<html>한글</html>"],
    ["a.svg", "<svg/>"],
  ]);

  it("writes all files and leaves nothing else", async () => {
    const cwd = temporaryFolder();
    await writeRun(join(cwd, "runs", "one"), files, t);
    expect(listing(cwd)).toEqual(["runs", "runs/one", "runs/one/a.svg", "runs/one/report.html"]);
    expect(readFileSync(join(cwd, "runs/one/report.html"), "utf8")).toBe("<html>한글</html>");
  });

  it("never overwrites a folder that came to be meanwhile", async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, "taken");
    mkdirSync(folder);
    writeFileSync(join(folder, "kept"), "kept");
    await expect(writeRun(folder, files, t)).rejects.toThrow(WorkError);
    expect(listing(cwd)).toEqual(["taken", "taken/kept"]);
  });

  it("leaves nothing half-written where writing fails", async () => {
    const cwd = temporaryFolder();
    const broken = new Map([...files, ["no/such/folder.svg", ""]]);
    await expect(writeRun(join(cwd, "run"), broken, t)).rejects.toThrow(
      /report could not be written: .*ENOENT/,
    );
    expect(listing(cwd)).toEqual([]);
  });

  it("lets a signal that came while writing end the program afterwards, with a whole run", async () => {
    const cwd = temporaryFolder();
    const exit = process.exit;
    const codes: unknown[] = [];
    process.exit = ((code: unknown) => codes.push(code)) as typeof process.exit;
    try {
      const writing = writeRun(join(cwd, "run"), files, t);
      process.kill(process.pid, "SIGINT");
      await writing;
    } finally {
      process.exit = exit;
    }
    expect(codes).toEqual([130]);
    expect(listing(cwd)).toEqual(["run", "run/a.svg", "run/report.html"]);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("fills an empty folder that is reached through a link", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "real"));
    symlinkSync(join(cwd, "real"), join(cwd, "link"));
    await writeRun(chooseFolder("link", cwd, "xor", t), files, t);
    expect(listing(join(cwd, "real"))).toEqual(["a.svg", "report.html"]);
  });
});
