/** Values written as Python prints them: the printed form of modules and optimizers is PyTorch's. */

/** "negativeSlope" -> "negative_slope" */
export function pythonName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A float: 1 -> "1.0", 0.00001 -> "1e-05". Exponents below -4 and from 16 on are written out, with two digits at least. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, exponent] = value.toExponential().split("e") as [string, string];
    const sign = exponent.startsWith("-") ? "-" : "+";
    return `${digits}e${sign}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

export function pythonBool(value: boolean): string {
  return value ? "True" : "False";
}

/** A tuple; Python writes one of a single number with a comma. */
export function pythonTuple(values: readonly number[]): string {
  return `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
}

/** Indents all lines but the first. */
export function indentRest(text: string, by: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(by)}`);
}

/** "Name(extra)" of a part without children, else a line for each child between brackets. */
export function treeText(name: string, extra: string, children: readonly string[]): string {
  if (children.length === 0 && !extra.includes("\n")) return `${name}(${extra})`;
  const lines = extra === "" ? children : [...extra.split("\n"), ...children];
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}
