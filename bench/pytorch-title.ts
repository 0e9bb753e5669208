/** How PyTorch is named: by what it reports of itself. */

/** What peers/pytorch/main.py sends when it starts. */
export interface PyTorchReport {
  version: string;
  /** `torch.__config__.show()`. */
  config: string;
  /** What an OpenBLAS says of itself, where PyTorch was built for one and has loaded it. */
  openblas: string | null;
  /** The C++ compiler of `torch.compile`, where programs are compiled. */
  compiler: string | null;
}

/** The names that builds are given, as their makers write them. */
const makers: Readonly<Record<string, string>> = { accelerate: "Accelerate", open: "OpenBLAS" };

/** The library that multiplies matrices. MKL says its version in the configuration, OpenBLAS when it is asked. */
function blasOf({ config, openblas }: PyTorchReport): string {
  const built = /\bBLAS_INFO=(\w+)/.exec(config)?.[1];
  const mkl = /^\s*-\s*(.*Math Kernel Library Version [\d.]+)/m.exec(config)?.[1];
  if (mkl && (built === undefined || built === "mkl")) return mkl;
  return openblas ?? (built === undefined ? "unknown BLAS" : (makers[built] ?? built));
}

/** Version, BLAS, the vectors that its kernels use, and the compiler. */
export function pytorchTitle(report: PyTorchReport): string {
  const vectors = /CPU capability usage: (\S+)/.exec(report.config)?.[1];
  const parts = [`PyTorch ${report.version}`, blasOf(report)];
  if (vectors) parts.push(vectors);
  if (report.compiler) parts.push(`torch.compile by ${report.compiler}`);
  return parts.join(", ");
}
