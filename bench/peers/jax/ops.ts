/** Single ops and a chain of them on jax-js. */
import { blockUntilReady, jit, nn, numpy as np } from "@jax-js/jax";
import { seeds, values } from "../../inputs.ts";
import { digest, type Preparations, type Prepared } from "../peer.ts";
import { layerNorm } from "./gpt.ts";
import { free } from "./steps.ts";

/** An op whose result is waited for and freed. */
function op(inputs: np.Array[], compute: (...inputs: np.Array[]) => np.Array): Prepared {
  const compiled = jit(compute);
  const call = () => compiled(...inputs.map((x) => x.ref));
  return {
    run: async () => (await blockUntilReady(call())).dispose(),
    check: () => digest(call().dataSync() as Float32Array),
    dispose: () => free(inputs),
  };
}

const left = (n: number) => np.array(values(n, seeds.left));
const right = (n: number) => np.array(values(n, seeds.right));

export const ops: Preparations = {
  matmul: ({ n, transposeA, transposeB }) => {
    const turn = (x: np.Array, transposed: boolean) => (transposed ? np.transpose(x) : x);
    const inputs = [left(n * n).reshape([n, n]), right(n * n).reshape([n, n])];
    return op(inputs, (a, b) => np.matmul(turn(a!, transposeA), turn(b!, transposeB)));
  },
  elementwise: ({ op: name, n }) =>
    name === "add" ? op([left(n), right(n)], (x, y) => np.add(x!, y!)) : op([left(n)], (x) => np[name](x!)),
  rows: ({ op: name, n, columns }) => {
    const x = left(n).reshape([n / columns, columns]);
    return name === "softmax"
      ? op([x], (a) => nn.softmax(a!, -1))
      : op([x, right(columns), left(columns)], (a, weight, bias) => layerNorm(a!, weight!, bias!));
  },
  chain: ({ n }) =>
    op([left(n)], (x) => np.sqrt(np.abs(np.tanh(x!.ref.sub(0.1).mul(1.7).add(0.2)).mul(x!.ref).add(x!)))),
};
