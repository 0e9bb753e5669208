/** Exponentials, logarithms and trigonometry. Integers are converted to the default float first. */
import * as ir from "../../ir/expr.ts";
import { unary } from "../pointwise-op.ts";

/**
 * y = e^x; its derivative is y.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.exp.html
 *
 * @example
 * torch.tensor([0, 1]).exp(); // tensor([1.0000, 2.7183])
 */
export const exp = unary({ compute: ir.exp, samples: { torch: "torch.exp", range: [-3, 3] } });

/**
 * y = e^x - 1, exact also near 0.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.expm1.html
 *
 * @example
 * torch.tensor([0, 1e-6, 1]).expm1(); // tensor([0.0000e+00, 1.0000e-06, 1.7183e+00])
 */
export const expm1 = unary({ compute: ir.expm1, samples: { torch: "torch.expm1", range: [-3, 3] } });

/**
 * y = 2^x.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.exp2.html
 *
 * @example
 * torch.tensor([0, 0.5, 3]).exp2(); // tensor([1.0000, 1.4142, 8.0000])
 */
export const exp2 = unary({
  compute: (x) => ir.pow(2, x),
  // (2^x)' = 2^x ln 2
  gradient: (dy, _x, y) => [ir.mul(dy, ir.mul(y, Math.LN2))],
  samples: { torch: "torch.exp2", range: [-3, 3] },
});

/**
 * Natural logarithm: y = ln x, -Infinity at 0, NaN below.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.log.html
 *
 * @example
 * torch.tensor([1, Math.E, 0]).log(); // tensor([0., 1., -inf])
 */
export const log = unary({ compute: ir.log, samples: { torch: "torch.log", range: [0.1, 8] } });

/**
 * y = ln(1 + x), exact also near 0.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.log1p.html
 *
 * @example
 * torch.tensor([0, 1]).log1p(); // tensor([0.0000, 0.6931])
 */
export const log1p = unary({ compute: ir.log1p, samples: { torch: "torch.log1p", range: [-0.8, 8] } });

/**
 * Logarithm to base 2.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.log2.html
 *
 * @example
 * torch.tensor([1, 8, 10]).log2(); // tensor([0.0000, 3.0000, 3.3219])
 */
export const log2 = unary({ compute: ir.log2, samples: { torch: "torch.log2", range: [0.1, 8] } });

/**
 * Logarithm to base 10.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.log10.html
 *
 * @example
 * torch.tensor([1, 2, 1000]).log10(); // tensor([0.0000, 0.3010, 3.0000])
 */
export const log10 = unary({ compute: ir.log10, samples: { torch: "torch.log10", range: [0.1, 8] } });

/**
 * Sine of an angle in radians. Angles up to 2^31 are exact to the last digits; beyond, see
 * docs/differences.md.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.sin.html
 *
 * @example
 * torch.tensor([0, Math.PI / 2]).sin(); // tensor([0., 1.])
 */
export const sin = unary({ compute: ir.sin, samples: { torch: "torch.sin", range: [-7, 7] } });

/**
 * Cosine of an angle in radians. Angles up to 2^31 are exact to the last digits; beyond, see
 * docs/differences.md.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.cos.html
 *
 * @example
 * torch.tensor([0, Math.PI]).cos(); // tensor([1., -1.])
 */
export const cos = unary({ compute: ir.cos, samples: { torch: "torch.cos", range: [-7, 7] } });

/**
 * Tangent of an angle in radians. Angles up to 2^31 are exact to the last digits; beyond, see
 * docs/differences.md.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.tan.html
 *
 * @example
 * torch.tensor([0, Math.PI / 4]).tan(); // tensor([0., 1.])
 */
export const tan = unary({ compute: ir.tan, samples: { torch: "torch.tan", range: [-1.4, 1.4] } });

/**
 * Hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x), between -1 and 1; its derivative is 1 - y^2.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.tanh.html
 *
 * @example
 * torch.tensor([-1, 0, 1]).tanh(); // tensor([-0.7616, 0.0000, 0.7616])
 */
export const tanh = unary({ compute: ir.tanh, samples: { torch: "torch.tanh", range: [-3, 3] } });

/**
 * Error function: y = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.erf.html
 *
 * @example
 * torch.tensor([0, 1]).erf(); // tensor([0.0000, 0.8427])
 */
export const erf = unary({ compute: ir.erf, samples: { torch: "torch.erf", range: [-3, 3] } });
