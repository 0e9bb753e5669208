/** Exponentials, logarithms and trigonometry. Integers are converted to the default float first. */
import * as ir from "../../ir/expr.ts";
import { unary } from "../pointwise-op.ts";

/** y = e^x. */
export const exp = unary({ compute: ir.exp, samples: { torch: "torch.exp", range: [-3, 3] } });

/** y = e^x - 1, exact also near 0. */
export const expm1 = unary({ compute: ir.expm1, samples: { torch: "torch.expm1", range: [-3, 3] } });

/** y = 2^x. */
export const exp2 = unary({
  compute: (x) => ir.pow(2, x),
  // (2^x)' = 2^x ln 2
  gradient: (dy, _x, y) => [ir.mul(dy, ir.mul(y, Math.LN2))],
  samples: { torch: "torch.exp2", range: [-3, 3] },
});

/** Natural logarithm; -Infinity at 0, NaN below. */
export const log = unary({ compute: ir.log, samples: { torch: "torch.log", range: [0.1, 8] } });

/** ln(1 + x), exact also near 0. */
export const log1p = unary({ compute: ir.log1p, samples: { torch: "torch.log1p", range: [-0.8, 8] } });

/** Logarithm to base 2. */
export const log2 = unary({ compute: ir.log2, samples: { torch: "torch.log2", range: [0.1, 8] } });

/** Logarithm to base 10. */
export const log10 = unary({ compute: ir.log10, samples: { torch: "torch.log10", range: [0.1, 8] } });

/** Sine of an angle in radians. */
export const sin = unary({ compute: ir.sin, samples: { torch: "torch.sin", range: [-7, 7] } });

/** Cosine of an angle in radians. */
export const cos = unary({ compute: ir.cos, samples: { torch: "torch.cos", range: [-7, 7] } });

/** Tangent of an angle in radians. */
export const tan = unary({ compute: ir.tan, samples: { torch: "torch.tan", range: [-1.4, 1.4] } });

/** Hyperbolic tangent: (e^x - e^-x) / (e^x + e^-x), between -1 and 1. */
export const tanh = unary({ compute: ir.tanh, samples: { torch: "torch.tanh", range: [-3, 3] } });

/** Error function: 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x. */
export const erf = unary({ compute: ir.erf, samples: { torch: "torch.erf", range: [-3, 3] } });
