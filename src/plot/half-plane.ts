/** What a line w1 x + w2 y + b = 0 cuts out of a square: plain geometry, no drawing. */

/** The line of a neuron: weights[0] x + weights[1] y + bias = 0. */
export interface Line {
  readonly weights: readonly [number, number];
  readonly bias: number;
}

export type Point = readonly [number, number];

const weightedSum = (line: Line, [x, y]: Point): number =>
  line.weights[0] * x + line.weights[1] * y + line.bias;

/**
 * The part of the square [min, max]^2 where w1 x + w2 y + b > 0, as a polygon (empty when there is none). Walks
 * round the corners, keeps those inside and adds the point where a side crosses the line.
 * Source: Sutherland and Hodgman, "Reentrant polygon clipping", 1974, for one clipping edge.
 */
export function positiveSide(line: Line, min: number, max: number): Point[] {
  const corners: Point[] = [
    [min, min],
    [max, min],
    [max, max],
    [min, max],
  ];
  const kept: Point[] = [];
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % corners.length]!;
    const here = weightedSum(line, corner);
    const there = weightedSum(line, next);
    if (here > 0) kept.push(corner);
    if (here > 0 !== there > 0) {
      const t = here / (here - there);
      kept.push([corner[0] + t * (next[0] - corner[0]), corner[1] + t * (next[1] - corner[1])]);
    }
  });
  return kept;
}

/** The line's segment inside the square, or null when it passes outside (or when both weights are 0: no line). */
export function segmentInside(line: Line, min: number, max: number): readonly [Point, Point] | null {
  const span = max - min;
  const onLine = positiveSide(line, min, max).filter((point) => {
    const slope = Math.abs(line.weights[0]) + Math.abs(line.weights[1]);
    return Math.abs(weightedSum(line, point)) <= 1e-9 * slope * span;
  });
  return onLine.length === 2 ? [onLine[0]!, onLine[1]!] : null;
}
