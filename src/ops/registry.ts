/**
 * All ops by name. The name of an op is the name of its export, written nowhere else; a new record in one of these
 * files becomes a function, a method, a test and a row in the documentation by being exported.
 */
import * as clamping from "./clamp.ts";
import * as convolution from "./convolution.ts";
import * as extremes from "./extremes.ts";
import * as gathering from "./gathering.ts";
import * as indexing from "./indexing.ts";
import * as joining from "./joining.ts";
import * as masking from "./masking.ts";
import * as matmul from "./matmul.ts";
import * as nonzero from "./nonzero.ts";
import * as norms from "./norm.ts";
import * as normalization from "./normalization.ts";
import * as ordering from "./ordering.ts";
import * as overwriting from "./overwriting.ts";
import * as padding from "./padding.ts";
import * as pointwise from "./pointwise/index.ts";
import * as pooling from "./pooling.ts";
import * as reductions from "./reductions.ts";
import * as repeat from "./repeat.ts";
import * as reshaping from "./reshaping.ts";
import * as scattering from "./scattering.ts";
import * as slicing from "./slicing.ts";
import * as softmax from "./softmax.ts";
import * as triangle from "./triangle.ts";
import * as variance from "./variance.ts";

/** The pointwise records: each has an in-place form, too. */
export const pointwiseOps = pointwise;

for (const [name, op] of Object.entries(pointwiseOps)) op.opName = name;

/** Ops whose first argument is a tensor: they are methods of Tensor, too. */
export const methods = {
  ...pointwise,
  ...clamping,
  ...extremes,
  ...gathering,
  ...indexing,
  ...masking,
  ...matmul,
  ...nonzero,
  ...norms,
  ...ordering,
  ...overwriting,
  ...reductions,
  ...repeat,
  ...reshaping,
  ...scattering,
  ...slicing,
  ...softmax,
  ...triangle,
  ...variance,
};

/** Ops that are functions only: of a list of tensors, and layers, which a bundle need only carry where they are called. */
export const functions = /* @__PURE__ */ Object.assign(
  {},
  convolution,
  joining,
  normalization,
  padding,
  pooling,
);
