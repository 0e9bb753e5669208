/** Reads drawn SVG back: elements by class, and pixel positions as values of the axes. */
import { expect } from "vitest";

export type Drawn = Readonly<Record<string, string>>;

/** The attributes of every element that has the class. */
export function withClass(svg: string, name: string): Drawn[] {
  const found: Drawn[] = [];
  for (const [tag] of svg.matchAll(/<[a-zA-Z][^>]*>/g)) {
    const attributes = Object.fromEntries(
      [...tag.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    if (attributes.class?.split(" ").includes(name)) found.push(attributes);
  }
  return found;
}

/** The drawing area, from the clip path. */
export function drawingArea(svg: string) {
  const rect = /<clipPath[^>]*><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  const [left, top, width, height] = rect.slice(1).map(Number) as [number, number, number, number];
  return { left, top, right: left + width, bottom: top + height, width, height };
}

/** Pixel to value for the plane of the gates, [-0.5, 1.5] squared. */
export function planeValue(svg: string, px: number, py: number): [number, number] {
  const { left, bottom, width, height } = drawingArea(svg);
  return [-0.5 + ((px - left) / width) * 2, -0.5 + ((bottom - py) / height) * 2];
}

/** Every number of a path, in pairs. */
export function pathPoints(d: string): [number, number][] {
  const numbers = d.match(/-?\d+(\.\d+)?/g)!.map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!]);
}

/** Every tag that is opened is closed in order, so that strict XML readers take the file. */
export function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!self) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
}

/** What every plot must have for those who do not see it, and for both colour schemes. */
export function expectAccessible(svg: string, id: string, title: string): void {
  expect(svg).toContain('role="img"');
  expect(svg).toContain(`aria-labelledby="${id}-title ${id}-desc"`);
  expect(svg).toContain(`<title id="${id}-title">${title}</title>`);
  expect(svg).toMatch(new RegExp(`<desc id="${id}-desc">[^<]+</desc>`));
  expect(svg).toContain("prefers-color-scheme:dark");
}
