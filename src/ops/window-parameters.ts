/** What functions and layers with sliding windows take, in PyTorch's order. */
import {
  choice,
  either,
  flag,
  listOf,
  nullable,
  number,
  optional,
  required,
  wholeFrom,
  wholes,
} from "../base/arguments/index.ts";

/** One size for all dimensions, or one for each, null leaving it as it is. */
export type OutputSize = number | readonly (number | null)[];

export const outputSize = /* @__PURE__ */ either(
  /* @__PURE__ */ wholeFrom(1),
  /* @__PURE__ */ listOf(/* @__PURE__ */ nullable(/* @__PURE__ */ wholeFrom(1)), "sizes"),
);

/** Size and way of a window, in the order in which functions and layers take them. */
const windowParameters = [
  /* @__PURE__ */ required("kernelSize", wholes),
  /* @__PURE__ */ optional("stride", /* @__PURE__ */ nullable(wholes), null),
  /* @__PURE__ */ optional("padding", wholes, 0),
] as const;

export const maxPoolParameters = [
  windowParameters,
  /* @__PURE__ */ optional("dilation", wholes, 1),
  /* @__PURE__ */ optional("ceilMode", flag, false),
  /* @__PURE__ */ optional("returnIndices", flag, false),
] as const;

export const avgPoolParameters = [
  windowParameters,
  /* @__PURE__ */ optional("ceilMode", flag, false),
  /* @__PURE__ */ optional("countIncludePad", flag, true),
  /* @__PURE__ */ optional("divisorOverride", /* @__PURE__ */ nullable(number), null),
] as const;

/** How a window slides, in the order in which functions and layers take it. */
export const slidingParameters = [
  /* @__PURE__ */ optional("stride", wholes, 1),
  /* @__PURE__ */ optional(
    "padding",
    /* @__PURE__ */ either(wholes, /* @__PURE__ */ choice("same", "valid")),
    0,
  ),
  /* @__PURE__ */ optional("dilation", wholes, 1),
  /* @__PURE__ */ optional("groups", /* @__PURE__ */ wholeFrom(1), 1),
] as const;
