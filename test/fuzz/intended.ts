/** Where Xorch and PyTorch differ on purpose: docs/differences.md says the same to users. */
import type { Fault } from "./compare.ts";
import { decode, type Element } from "./elements.ts";
import type { Program } from "./program.ts";
import { lossRules } from "./rules/losses.ts";
import { productRules } from "./rules/products.ts";
import { reductionRules } from "./rules/reductions.ts";

export interface Intended {
  readonly reason: string;
  readonly applies: (fault: Fault, program: Program) => boolean;
}

const refusedByPyTorch = (fault: Fault, text: RegExp): boolean =>
  fault.kind === "refused by PyTorch alone" && text.test(fault.text);

const LOGICAL_IN_PLACE = /^(logical|bitwise|isnan|isinf|isfinite|floorDivide).*_$/;

const isHuge = (value: Element): boolean => Math.abs(Number(decode(value))) > 2 ** 31;

const isTiny = (value: Element): boolean => Number(value) !== 0 && Math.abs(Number(value)) < 1e-30;

const isNotFinite = (value: Element): boolean => !Number.isFinite(Number(decode(value)));

export const intended: readonly Intended[] = [
  {
    reason: "PyTorch has no kernel for the dtypes, or no derivative; Xorch has",
    applies: (fault) =>
      refusedByPyTorch(
        fault,
        /not (yet |currently )?implemented|(not|no longer) supported|does not support|is not differentiable|expected dtype|Autograd not support|for index,? but got/i,
      ),
  },
  {
    reason: "indices may be int32 everywhere",
    applies: (fault) =>
      refusedByPyTorch(
        fault,
        /Expected a long tensor for index|should be Long but got Int|index tensor of type LongTensor/,
      ),
  },
  {
    reason: "positions of takeAlongDim do not wrap around (docs/differences.md)",
    applies: ({ kind, text }) => kind === "refused by Xorch alone" && /takeAlongDim: index/.test(text),
  },
  {
    reason: "numbers broadcast in place of tensors, on either side",
    applies: (fault) => refusedByPyTorch(fault, /must be Tensor, not (int|float)|got \(int, /),
  },
  {
    reason: "PyTorch's own gradient, or its kernel for no elements, fails with an inner error",
    applies: (fault) =>
      refusedByPyTorch(
        fault,
        /^gradient: .*(result type|invalid gradient|Expected a proper Tensor)|select\(\): index 0 out of range|takeAlongDim.*Use .reshape/,
      ),
  },
  {
    reason: "Xorch saves fewer values for gradients, so that fewer changes in place are in the way",
    applies: (fault) => refusedByPyTorch(fault, /modified by an inplace operation/),
  },
  {
    reason: "PyTorch saves copies of operands that matmul broadcasts, which may then be changed",
    applies: ({ kind, text }) => kind === "refused by Xorch alone" && /matmul saved its input/.test(text),
  },
  {
    reason: "losses take targets of the input's shape, the terms of losses take what broadcasts",
    applies: (fault) =>
      refusedByPyTorch(fault, /Term.*(Target size|a target size|size mismatch)/) ||
      (fault.kind === "refused by Xorch alone" && /Loss: the input has shape/.test(fault.text)),
  },
  {
    reason: "slopes of relu6 and hardtanh at NaN, and of huberLoss a second time, depend on PyTorch's kernel",
    applies: ({ where }, { steps }) =>
      /derivative/.test(where) && steps.some(({ op }) => /^(relu6|hardtanh|huber)/.test(op)),
  },
  {
    reason: "a query of NaN attends to nothing in PyTorch's fused kernels, and gives NaN here",
    applies: ({ text }) => /scaledDotProductAttention\): .*NaN instead of 0/.test(text),
  },
  {
    reason: "gradients pass through PyTorch's logical ops in place as if nothing had been overwritten",
    applies: ({ kind, where }, { steps }) =>
      (/derivative|gradient/.test(where) || /requiresGrad|refused by Xorch/.test(kind)) &&
      steps.some(({ op }) => LOGICAL_IN_PLACE.test(op)),
  },
  {
    reason: "views made in noGrad require gradients in PyTorch where what they show does",
    applies: ({ kind }, { steps }) => kind === "requiresGrad" && steps.some(({ noGrad }) => noGrad),
  },
  {
    reason: "sin, cos and tan of angles beyond 2^31 (docs/differences.md)",
    applies: ({ kind, where }, { sources }) =>
      kind === "value" && /\((sin|cos|tan)_?\)/.test(where) && sources.some(({ data }) => data.some(isHuge)),
  },
  {
    reason: "integers are converted to floats before an activation, not after its first step",
    applies: ({ kind, where }) => kind === "value" && /softsign/.test(where),
  },
  {
    reason: "a form in place that PyTorch has not is x.copy_(f(x)) there, which saves other values",
    applies: ({ kind, text }) =>
      kind === "refused by Xorch alone" && /(Error|Term)_ has changed it/.test(text),
  },
  {
    reason: "PyTorch's vectorised fmod is NaN for denormals and for quotients beyond 2^126",
    applies: ({ kind }, { sources, steps }) =>
      kind === "value" &&
      steps.some(({ op }) => /^(fmod|remainder|floorDivide)_?$/.test(op)) &&
      sources.some(({ data }) => data.some((value) => isTiny(value) || isHuge(value))),
  },
  {
    reason: "an infinite gradient times a slope of 0 is NaN for some of PyTorch's losses, and 0 here",
    applies: ({ text, where }, { steps }) =>
      /derivative/.test(where) &&
      /\] -?0 instead of NaN$/.test(text) &&
      steps.some(({ op }) => /^(l1Loss|absoluteError|smooth|huber)/.test(op)),
  },
  {
    reason: "masks are bool (docs/differences.md)",
    applies: ({ kind, text }) =>
      kind === "refused by Xorch alone" && /must be a bool tensor, got torch.uint8/.test(text),
  },
  {
    reason: "a whole number beside bools is of the default integer, int32",
    applies: ({ kind, text }) => kind === "dtype" && text.endsWith("int32 instead of int64"),
  },
  {
    reason: "options and dtypes that docs/differences.md says are not there",
    applies: ({ kind, text }) =>
      kind === "refused by Xorch alone" &&
      /unknown option "enableGqa"|pad: mode must be|square: not defined for torch.bool|avgPool[12]d: needs a floating-point/.test(
        text,
      ),
  },
  {
    reason: "at NaN, PyTorch's vectorised gradients are others than its own formulas, which Xorch follows",
    applies: ({ kind, where }, { sources, steps }) =>
      kind === "value" &&
      /derivative/.test(where) &&
      steps.some(({ op }) => /^(elu|selu|relu6|hardtanh)_?$/.test(op)) &&
      sources.some(({ data }) => data.some((value) => Number.isNaN(Number(decode(value))))),
  },
  {
    reason: "normalisation takes the mean off before it multiplies; PyTorch's batch norm does not",
    applies: ({ kind }, { sources, steps }) =>
      kind === "value" &&
      steps.some(({ op }) => op === "batchNorm") &&
      sources.some(({ data }) => data.some(isNotFinite)),
  },
  {
    reason: "nothing is written where there are no elements, whatever shares its memory",
    applies: (fault, { sources }) =>
      refusedByPyTorch(fault, /refer to a single memory location/) &&
      sources.some(({ data }) => data.length === 0),
  },
  {
    reason: "masked_fill_ of a tensor that repeats its elements is deprecated in PyTorch",
    applies: ({ kind, text }) =>
      kind === "refused by Xorch alone" &&
      /maskedFill_: a tensor of shape .* repeats its elements/.test(text),
  },
  {
    reason: "the gradient of prod beside a NaN is the product of the others (docs/differences.md)",
    applies: ({ where }, { sources, steps }) =>
      /derivative/.test(where) &&
      steps.some(({ op }) => op === "prod") &&
      sources.some(({ data }) => data.includes("nan")),
  },
  {
    reason: "PyTorch negates uint8 operands of atan2 before they are floats",
    applies: ({ where }, { sources, steps }) =>
      /derivative/.test(where) &&
      steps.some(({ op }) => op === "atan2") &&
      sources.some(({ dtype }) => dtype === "uint8" || dtype === "bool"),
  },
  {
    reason:
      "what was overwritten in noGrad has no gradient in PyTorch where a view was, and that of the memory here",
    applies: ({ kind }, { steps }) =>
      kind === "gradient instead of null" && steps.some(({ op, noGrad }) => noGrad && op.endsWith("_")),
  },
  {
    reason: "infinite targets of a cross-entropy",
    applies: ({ where }, { sources }) =>
      /binaryCrossEntropyWithLogits/.test(where) && sources.some(({ data }) => data.some(isNotFinite)),
  },
  {
    reason: "the larger of 0 and -0 is 0 (docs/differences.md)",
    applies: ({ kind }, { steps }) =>
      kind === "zero sign" && steps.some(({ op }) => /^(clamp|max|min|relu|hardtanh|amax|amin)/.test(op)),
  },
  {
    reason:
      "a non-finite weight of a convolution times the zeros around the input is NaN; in PyTorch it depends on the kernel",
    applies: ({ kind }, { sources, steps }) =>
      kind === "value" &&
      steps.some(({ op }) => op.startsWith("conv")) &&
      sources.some(({ data }) => data.some(isNotFinite)),
  },
  {
    reason: "second derivatives of binaryCrossEntropy near 0 and 1 (docs/differences.md)",
    applies: ({ where }, { steps }) =>
      where.startsWith("second") && steps.some(({ op }) => op.startsWith("binaryCrossEntropy")),
  },
  {
    reason: "the sign of a sum that is zero depends on the order in which it is added up",
    applies: ({ kind }, { steps }) =>
      kind === "zero sign" &&
      steps.some(({ op }) => op in productRules || op in lossRules || op in reductionRules),
  },
];

/** Why a fault is none; null where it is one. */
export function reasonFor(fault: Fault, program: Program): string | null {
  return intended.find(({ applies }) => applies(fault, program))?.reason ?? null;
}
