/** Writing SVG as text: elements, escaping and rounding, without a DOM. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Makes a text safe inside an element or a double-quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** Two decimals of a pixel are finer than any screen, and -0 is written 0. */
export function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** One element. Attributes that are undefined are left out; numbers are rounded; children are SVG already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    open += ` ${key}="${typeof value === "number" ? round(value) : escapeText(value)}"`;
  }
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
}

/** A text element; the text is escaped. */
export function textElement(text: string, attributes: Attributes): string {
  return element("text", attributes, escapeText(text));
}
