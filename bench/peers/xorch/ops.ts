/** Single ops and a chain of them, eager or compiled. */
import * as torch from "../../../dist/index.js";
import { seeds, values } from "../../inputs.ts";
import { digest, type Preparations, type Prepared } from "../peer.ts";
import type { Compile } from "./steps.ts";

const F = torch.nn.functional;

const left = (n: number) => torch.tensor(values(n, seeds.left));
const right = (n: number) => torch.tensor(values(n, seeds.right));

export function ops(compile: Compile): Preparations {
  const op = (compute: () => torch.Tensor): Prepared => {
    const run = compile(compute);
    return { run, check: () => digest(run().toTypedArray() as Float32Array) };
  };
  return {
    matmul: ({ n, transposeA, transposeB }) => {
      const square = (x: torch.Tensor, transposed: boolean) => {
        const dense = x.reshape([n, n]);
        return transposed ? dense.t() : dense;
      };
      const a = square(left(n * n), transposeA);
      const b = square(right(n * n), transposeB);
      return op(() => torch.matmul(a, b));
    },
    elementwise: ({ op: name, n }) => {
      const x = left(n);
      const y = right(n);
      return op({ add: () => torch.add(x, y), exp: () => torch.exp(x), tanh: () => torch.tanh(x) }[name]);
    },
    rows: ({ op: name, n, columns }) => {
      const x = left(n).reshape([n / columns, columns]);
      const weight = right(columns);
      const bias = left(columns);
      return op(
        {
          softmax: () => torch.softmax(x, 1),
          layerNorm: () => F.layerNorm(x, [columns], { weight, bias }),
        }[name],
      );
    },
    chain: ({ n }) => {
      const x = left(n);
      return op(() => x.sub(0.1).mul(1.7).add(0.2).tanh().mul(x).add(x).abs().sqrt());
    },
  };
}
