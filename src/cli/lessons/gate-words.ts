/** Gates in words: the four rows of inputs, weighted sums as formulas, points for the plots. */
import type { GatePoint, Line, PlaneText } from "../../plot/index.ts";
import { formatNumber, formatRounded } from "../table.ts";
import type { Translate } from "../texts/index.ts";

/** The inputs in the order of every truth table. */
export const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** 0.5·x₁ + 0.5·x₂ − 0.7 */
export function formatSum({ weights, bias }: Line): string {
  const term = (value: number) => `${value < 0 ? "−" : "+"} ${formatRounded(Math.abs(value))}`;
  return `${formatRounded(weights[0])}·x₁ ${term(weights[1])}·x₂ ${term(bias)}`;
}

export function formatWeights({ weights, bias }: Line): string {
  return `w = (${weights.map(formatNumber).join(", ")}), b = ${formatNumber(bias)}`;
}

/** The four points, marked with the outputs of a gate. */
export const gatePoints = (outputs: readonly number[]): GatePoint[] =>
  inputs.map(([x, y], i) => ({ x, y, label: outputs[i] === 1 ? 1 : 0 }));

/** The words that every plot of the plane shares. */
export function planeWords(t: Translate): Pick<PlaneText, "xLabel" | "yLabel" | "zero" | "one"> {
  return {
    xLabel: t("word.input1"),
    yLabel: t("word.input2"),
    zero: t("plot.zero"),
    one: t("plot.one"),
  };
}

/** The line's equation, or that there is none. */
export function lineWords(line: Line, t: Translate): string {
  return line.weights.every((w) => w === 0) ? t("plot.noLine") : `${formatSum(line)} = 0`;
}
