/** Where random numbers come from, as an option. */
import { instanceOf } from "../base/arguments/index.ts";
import { Generator } from "../random/generator.ts";

export interface GeneratorOption {
  /** Where the numbers come from; the default generator unless said. */
  generator?: Generator;
}

export const generatorKind = /* @__PURE__ */ instanceOf(Generator, "a torch.Generator");
