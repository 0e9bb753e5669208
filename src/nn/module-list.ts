/** Modules in a list. */
import { iterable, optional, signature } from "../base/arguments/index.ts";
import type { Module } from "./module.ts";
import { OrderedModules } from "./ordered-modules.ts";
import { indentRest } from "./python-text.ts";

const listParameters = signature("ModuleList", optional("modules", iterable("an array of modules"), []));

/**
 * A list of modules, for a module that runs them itself: a plain array would hide them. Its type says what it holds:
 * `ModuleList<nn.Linear>`, by itself from the items of the start.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 *
 * @example
 * class Net extends torch.nn.Module {
 *   layers = new torch.nn.ModuleList([new torch.nn.Linear(2, 2), new torch.nn.Linear(2, 2)]);
 *   override forward(x: torch.Tensor) {
 *     for (const layer of this.layers) x = layer.forward(x).relu();
 *     return x;
 *   }
 * }
 */
export class ModuleList<M extends Module = Module> extends OrderedModules<M> {
  constructor(modules?: Iterable<M>);
  constructor(...given: unknown[]) {
    super();
    const [modules] = listParameters.read(given);
    for (const module of modules) this.addItem(String(this.length), module);
  }

  /** As PyTorch 2 prints lists: neighbours of the same form are one line, "(0-2): 3 x ReLU()". */
  override toString(): string {
    const runs: { text: string; first: number; last: number }[] = [];
    for (const [i, module] of this.row.entries()) {
      const text = String(module);
      const run = runs.at(-1);
      if (run?.text === text) run.last = i;
      else runs.push({ text, first: i, last: i });
    }
    if (runs.length === 0) return `${this.constructor.name}()`;
    const lines = runs.map(({ text, first, last }) => {
      const label = first === last ? `(${first}): ` : `(${first}-${last}): ${last - first + 1} x `;
      return indentRest(label + text, 2);
    });
    return `${this.constructor.name}(\n  ${lines.join("\n  ")}\n)`;
  }
}
