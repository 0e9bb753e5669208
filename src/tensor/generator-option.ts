/** Where random numbers come from, as an option; and the numbers that they are drawn between. */
import { either, instanceOf, Kind, whole } from "../base/arguments/index.ts";
import { Generator } from "../random/generator.ts";

/** Where random numbers come from. */
export interface GeneratorOption {
  /** Where the numbers come from; the default generator unless said. */
  generator?: Generator;
}

export const generatorKind = /* @__PURE__ */ instanceOf(Generator, "a torch.Generator");

export const bigintKind = /* @__PURE__ */ new Kind<bigint>(
  "a bigint",
  (value): value is bigint => typeof value === "bigint",
);

/** A whole number, or a bigint beyond what numbers hold. */
export const integerKind = /* @__PURE__ */ either(whole, bigintKind);
