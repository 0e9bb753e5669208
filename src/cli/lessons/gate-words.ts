/** Gates in words: the four rows of inputs, weighted sums as formulas, points for the plots. */
import type { GatePoint, Line, PlaneText } from "xorch/plot";
import { formatNumber, formatRounded } from "../table.ts";
import type { Translate } from "../texts/index.ts";

/** The inputs in the order of every truth table. */
export const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** 0.5·x₁ + 0.5·x₂ − 0.7, without terms of 0 and factors of 1. */
export function formatSum({ weights, bias }: Line): string {
  const terms = [
    { factor: weights[0], name: "x₁" },
    { factor: weights[1], name: "x₂" },
    { factor: bias, name: "" },
  ].filter(({ factor }) => factor !== 0);
  const words = terms.map(({ factor, name }, i) => {
    const size = formatRounded(Math.abs(factor));
    const term = name === "" ? size : size === "1" ? name : `${size}·${name}`;
    if (i === 0) return factor < 0 ? `−${term}` : term;
    return `${factor < 0 ? "−" : "+"} ${term}`;
  });
  return words.join(" ") || "0";
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
