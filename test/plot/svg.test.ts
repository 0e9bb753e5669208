import { describe, expect, it } from "vitest";
import { element, escapeText, round, textElement } from "../../src/plot/svg.ts";
import { textWidth, wrapText } from "../../src/plot/text.ts";

describe("svg", () => {
  it("escapes text and attributes", () => {
    expect(escapeText(`a<b & "c">`)).toBe("a&lt;b &amp; &quot;c&quot;&gt;");
    expect(element("g", { title: `"<&>"` })).toBe('<g title="&quot;&lt;&amp;&gt;&quot;"/>');
    expect(textElement("1 < 2", { x: 3 })).toBe('<text x="3">1 &lt; 2</text>');
  });

  it("leaves undefined attributes out and rounds numbers", () => {
    expect(element("line", { x1: 1 / 3, x2: undefined, y1: -0.0001 })).toBe('<line x1="0.33" y1="0"/>');
    expect(Object.is(round(-0.001), 0)).toBe(true);
  });
});

describe("text", () => {
  it("counts Hangul as wide as the font size and Latin letters as less", () => {
    expect(textWidth("한국어", 10)).toBe(30);
    expect(textWidth("abc", 10)).toBeLessThan(20);
    expect(textWidth("iii", 10)).toBeLessThan(textWidth("mmm", 10));
  });

  it("wraps at spaces, keeps every word, and gives a long word its own line", () => {
    const words = "one line cannot separate the diagonals of_a_square_however_it_is_turned at all";
    const lines = wrapText(words, (line) => textWidth(line, 12) <= 120);
    expect(lines.join(" ")).toBe(words);
    for (const line of lines) {
      if (line.includes(" ")) expect(textWidth(line, 12)).toBeLessThanOrEqual(120);
    }
    expect(lines.length).toBeGreaterThan(3);
  });
});
