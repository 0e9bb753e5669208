/** `torch.compile.dot`: the graph of a compiled function as a drawing. */
import { compiledOf } from "./compile-function.ts";
import { opsText } from "./explain.ts";
import { type Node, rootOf, type Value, valuesRead } from "./graph.ts";

/** A value that no node makes. */
function originText({ dtype, length, origin }: Value): string {
  const what = {
    external: "outside",
    constant: "constant",
    fill: "constant",
    written: "given",
    node: "result",
  };
  return `${what[origin.kind]}\\n${dtype.name}, ${length}`;
}

/**
 * The graph of the program that a compiled function used last, in the DOT language of Graphviz: boxes for the steps, ellipses
 * for what comes from outside and goes there, arrows for what is handed on. `dot -Tsvg` draws it.
 *
 * @throws CompileError for what `torch.compile` did not give, and for a function that has not been called yet.
 * Source: https://graphviz.org/doc/info/lang.html
 *
 * @example
 * const double = torch.compile((x: torch.Tensor) => x.mul(2).sum());
 * double(torch.ones([4]));
 * torch.compile.dot(double).split("\n")[0]; // "digraph {"
 */
export function dot(compiled: (...args: never) => unknown): string {
  const { graph } = compiledOf("compile.dot", compiled).cache[0]!.program.assembled;
  const { nodes, stores, kept } = graph;
  const lines: string[] = [];
  const names = new Map<Node | Value, string>();
  const maker = new Map<Value, Node>();
  const declare = (x: Node | Value, label: string, shape: string): string => {
    const name = `n${names.size}`;
    names.set(x, name);
    lines.push(`${name} [label="${label}", shape=${shape}]`);
    return name;
  };
  /** The node that makes a value, or the value itself. */
  const sourceOf = (value: Value): string => {
    const from = maker.get(value) ?? rootOf(value);
    return names.get(from) ?? declare(from as Value, originText(from as Value), "ellipse");
  };
  for (const node of nodes) {
    const sizes = node.outputs.map(({ value, shape }) => `${value.dtype.name}[${shape.join(", ")}]`);
    const name = declare(node, `${opsText(node.names)}\\n${node.kind} ${sizes.join(", ")}`, "box");
    for (const value of new Set(valuesRead(node))) lines.push(`${sourceOf(value)} -> ${name}`);
    for (const { value } of node.outputs) maker.set(value, node);
  }
  const ends = [
    ...kept.map((value) => [value, "result"] as const),
    ...[...stores.values()].map((value) => [value, "stored outside"] as const),
  ];
  for (const [value, what] of ends) {
    const source = sourceOf(value);
    const end = declare({ ...value }, `${what}\\n${value.dtype.name}, ${value.length}`, "ellipse");
    lines.push(`${source} -> ${end}`);
  }
  return `digraph {\n${lines.map((line) => `  ${line};\n`).join("")}}\n`;
}
