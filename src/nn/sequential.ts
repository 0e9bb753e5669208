/** Modules one after the other. */
import type { Tensor } from "../tensor/index.ts";
import type { Module } from "./module.ts";
import { OrderedModules } from "./ordered-modules.ts";

/**
 * A chain of modules: each one's output is the next one's input. The modules are called "0", "1", ..., or as an object
 * names them.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 *
 * @example
 * const model = new torch.nn.Sequential(new torch.nn.Linear(2, 1), new torch.nn.Sigmoid());
 * model.forward(torch.rand([4, 2])).shape; // [4, 1]
 * model.at<torch.nn.Linear>(0).weight.shape; // [1, 2]
 * new torch.nn.Sequential({ hidden: new torch.nn.Linear(2, 3), activation: new torch.nn.ReLU() });
 */
export class Sequential extends OrderedModules<Module> {
  constructor(...modules: readonly Module[]);
  constructor(modules: Readonly<Record<string, Module>>);
  constructor(...modules: readonly Module[] | readonly [Readonly<Record<string, Module>>]) {
    super();
    const [first] = modules;
    const named = modules.length === 1 && first?.constructor === Object;
    for (const [name, module] of Object.entries(named ? (first as object) : modules))
      this.addItem(name, module);
  }

  /**
   * Module number `index`; negative numbers count from the end. Throws an IndexError where there is none. The type cannot know
   * which it is: `model.at<nn.Linear>(0).weight` says so.
   */
  override at<M extends Module = Module>(index: number): M {
    return super.at(index) as M;
  }

  override forward(input: Tensor): Tensor {
    let x: unknown = input;
    for (const module of this.row) x = module.forward(x);
    return x as Tensor;
  }
}
