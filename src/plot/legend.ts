/** The legend under a plot: marks with their meanings, flowing from left to right and wrapping. */
import { element, textElement } from "./svg.ts";
import { textWidth } from "./text.ts";
import { fill, fontSize } from "./theme.ts";

export interface LegendItem {
  /** SVG drawn around (0, 0), at most 24 wide and 16 high. */
  readonly mark: string;
  readonly text: string;
}

const MARK = 24;
const GAP = 6;
const BETWEEN = 18;
const ROW = 22;

/** Draws the items into a box of the given left edge, top and width; says how high it became. */
export function legend(items: readonly LegendItem[], left: number, top: number, width: number) {
  let x = left;
  let row = 0;
  const parts: string[] = [];
  for (const item of items) {
    const itemWidth = MARK + GAP + textWidth(item.text, fontSize.text);
    if (x > left && x + itemWidth > left + width) {
      x = left;
      row++;
    }
    const y = top + row * ROW + ROW / 2;
    parts.push(element("g", { transform: `translate(${(x + MARK / 2).toFixed(1)},${y})` }, item.mark));
    parts.push(textElement(item.text, { x: x + MARK + GAP, y: y + 4.3, class: `xp-text ${fill("ink")}` }));
    x += itemWidth + BETWEEN;
  }
  const height = items.length === 0 ? 0 : (row + 1) * ROW;
  return { svg: element("g", { class: "xp-legend" }, ...parts), height };
}
