/** The BLAS that Xorch finds, called directly: what a matrix product could take with nothing around it. */
import { blasChoice, blasThreads } from "../../src/device/cpu/blas/blas.ts";
import { functionsFor, NO_TRANSPOSE, ROW_MAJOR, TRANSPOSE } from "../../src/device/cpu/blas/cblas.ts";
import { seeds, values } from "../inputs.ts";
import { digest, type Open, Unable } from "./peer.ts";

export const open: Open = ({ threads }) => {
  const { blas, reason } = blasChoice();
  if (blas === null) throw new Unable(reason);
  blasThreads(threads);
  return {
    title: `${blas.version ?? blas.name}, called through koffi`,
    prepare: {
      matmul: ({ n, transposeA, transposeB }) => {
        const a = values(n * n, seeds.left);
        const b = values(n * n, seeds.right);
        const c = new Float32Array(n * n);
        const { gemm } = functionsFor(blas, c);
        const way = (transposed: boolean) => (transposed ? TRANSPOSE : NO_TRANSPOSE);
        const [aWay, bWay] = [way(transposeA), way(transposeB)];
        const run = () => gemm(ROW_MAJOR, aWay, bWay, n, n, n, 1, a, n, b, n, 0, c, n);
        return {
          run,
          check: () => {
            run();
            return digest(c);
          },
        };
      },
    },
  };
};
