/**
 * All ops by name. The name of an op is the name of its export, written nowhere else; a new record in one of these
 * files becomes a function, a method, a test and a row in the documentation by being exported.
 */
import * as clamping from "./clamp.ts";
import * as extremes from "./extremes.ts";
import * as indexing from "./indexing.ts";
import * as joining from "./joining.ts";
import * as matmul from "./matmul.ts";
import * as ordering from "./ordering.ts";
import * as overwriting from "./overwriting.ts";
import * as pointwise from "./pointwise/index.ts";
import * as reductions from "./reductions.ts";
import * as repeat from "./repeat.ts";
import * as reshaping from "./reshaping.ts";
import * as slicing from "./slicing.ts";
import * as softmax from "./softmax.ts";
import * as triangle from "./triangle.ts";

/** The pointwise records: each has an in-place form, too. */
export const pointwiseOps = pointwise;

for (const [name, op] of Object.entries(pointwiseOps)) op.opName = name;

/** Ops whose first argument is a tensor: they are methods of Tensor, too. */
export const methods = {
  ...pointwise,
  ...clamping,
  ...extremes,
  ...indexing,
  ...matmul,
  ...ordering,
  ...overwriting,
  ...reductions,
  ...repeat,
  ...reshaping,
  ...slicing,
  ...softmax,
  ...triangle,
};

/** Ops of a list of tensors: functions only. */
export const functions = joining;
