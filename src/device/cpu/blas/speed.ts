/** How fast a BLAS multiplies, beside our own kernels. */
import { matmulKernels } from "../matmul-kernels.ts";
import { largeProduct } from "../matmul-large.ts";
import { type Gemm, NO_TRANSPOSE, ROW_MAJOR } from "./cblas.ts";

/** Rows and columns of the matrices, which the second-level cache holds. */
const SIZE = 128;
const FLOPS = 2 * SIZE ** 3;

/** In 10^9 operations a second, of one thread. */
export interface Speeds {
  readonly blas: number;
  readonly own: number;
}

/** So many runs there are at least: one undisturbed one is enough. */
const LEAST_RUNS = 10;

/**
 * 10^9 operations a second at best: other programs only make a run slower. Ends when `runs` in a row brought nothing, or
 * after some milliseconds. The first run, in which libraries load what they need, does not count.
 */
function gigaflops(run: () => void, runs: number, milliseconds: number): number {
  run();
  let before = performance.now();
  const end = before + milliseconds;
  let least = Number.POSITIVE_INFINITY;
  for (let done = 0, vain = 0; done < LEAST_RUNS || (vain < runs && before < end); done++, vain++) {
    run();
    const now = performance.now();
    const time = now - before;
    if (time < 0.95 * least) vain = 0;
    least = Math.min(least, time);
    before = now;
  }
  return FLOPS / (least * 1e6);
}

let own: number | undefined;

/** Takes some milliseconds, most of them until the engine has compiled our own kernels for speed, once. */
export function measureSpeeds(gemm: Gemm): Speeds {
  const n = SIZE;
  const matrix = () => Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const [a, b, c] = [matrix(), matrix(), matrix()];
  const strides = { aRow: n, aColumn: 1, bRow: n, bColumn: 1, biasRow: 0, biasColumn: 0 };
  const product = { M: n, N: n, K: n, ...strides };
  const kernels = matmulKernels("float32");
  own ??= gigaflops(() => largeProduct(kernels, product, c, 0, a, 0, b, 0, null, 0), 40, 25);
  const byBlas = () => gemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, n, n, n, 1, a, n, b, n, 0, c, n);
  return { blas: gigaflops(byBlas, 20, 8), own };
}
