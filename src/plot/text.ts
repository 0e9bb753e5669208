/** How wide a text will be, as well as that can be known without a font: enough to wrap and to lay out legends. */

// Average advance widths in em of common sans-serif fonts, on the generous side so that nothing is clipped.
const NARROW = 0.32;
const REGULAR = 0.56;
const CAPITAL = 0.68;
const WIDE = 1;

/** Hangul, kana, ideographs and full-width forms: a whole em in print, two columns in a terminal. */
export function isWide(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0x1100 && (code <= 0x11ff || (code >= 0x2e80 && code <= 0xd7ff) || code >= 0xf900);
}

function characterWidth(character: string): number {
  if (isWide(character)) return WIDE;
  if (/[\s.,:;'|!()[\]ijl]/.test(character)) return NARROW;
  return /[A-Z%@mwMW+=−×]/.test(character) ? CAPITAL : REGULAR;
}

/** Estimated width in pixels. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * fontSize;
}

/** Breaks a text at spaces into lines that fit; a word that does not fit gets a line of its own. */
export function wrapText(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && !fits(longer)) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
