import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { ValueError } from "xorch";
import { ProgressBar, progress } from "xorch/plot";

/** A terminal, or something else, and what is written to it. */
function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), written };
}

describe("progress", () => {
  it("goes over numbers and lists, and draws a bar that is gone at the end", () => {
    const terminal = output(true);
    expect([...progress(3, { label: "steps", output: terminal })]).toEqual([0, 1, 2]);
    expect([...progress(["a", "b"], { output: terminal })]).toEqual(["a", "b"]);
    expect(stripVTControlCharacters(terminal.written[0]!)).toBe(`\r${"░".repeat(24)} 0% steps 0/3`);
    expect(terminal.written.at(-1)).toBe("\r\u001b[2K");
  });

  it("takes the bar away where the loop is left early", () => {
    const terminal = output(true);
    for (const step of progress(10, { output: terminal })) if (step === 3) break;
    expect(terminal.written.at(-1)).toBe("\r\u001b[2K");
  });

  it("only counts where there is no terminal, and where there is nothing to do", () => {
    const file = output(false);
    expect([...progress(3, { output: file })]).toHaveLength(3);
    expect([...progress(0, { output: file })]).toEqual([]);
    expect(file.written).toEqual([]);
    vi.stubGlobal("process", undefined);
    try {
      expect([...progress(2)]).toEqual([0, 1]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("refuses what cannot be counted, at once", () => {
    for (const wrong of [-1, 1.5, Number.NaN, "3", null]) {
      expect(() => progress(wrong as never)).toThrow(ValueError);
    }
  });
});

describe("ProgressBar", () => {
  it("draws at most ten times a second, and steps aside for what is printed", () => {
    const terminal = output(true);
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const bar = new ProgressBar(terminal, "work", 200);
    bar.update(1);
    expect(terminal.written).toHaveLength(1);
    now.mockReturnValue(100);
    bar.update(50);
    expect(stripVTControlCharacters(terminal.written[1]!)).toBe(
      `\r${"█".repeat(6)}${"░".repeat(18)} 25% work 50/200`,
    );
    bar.aside(() => terminal.write("a line\n"));
    expect(terminal.written.slice(2).map((text) => stripVTControlCharacters(text).trim())).toEqual([
      "",
      "a line",
      `${"█".repeat(6)}${"░".repeat(18)} 25% work 50/200`,
    ]);
    bar.stop();
    bar.update(60);
    expect(terminal.written).toHaveLength(6);
    now.mockRestore();
  });
});
