/** Values of every JavaScript type, the kinds that reach functions by mistake. */
import fc from "fast-check";
import * as torch from "../../src/index.ts";

/** An object that cannot be made a text, nor compared. */
const bare = Object.create(null) as object;

const tensors: (() => torch.Tensor)[] = [
  () => torch.tensor(1.5),
  () => torch.zeros([0, 2]),
  () => torch.tensor([1, 2, 3]),
  () =>
    torch.tensor([
      [1, 2],
      [3, 4],
    ]),
  () => torch.tensor([true, false]),
  () => torch.arange(6).reshape([1, 2, 3]),
  () => torch.ones([2, 3, 4], { dtype: torch.float64 }),
];

/** Made anew for each call, so that no call sees what an earlier one did. */
export const hostile: fc.Arbitrary<() => unknown> = fc.oneof(
  fc.constantFrom(...tensors),
  fc
    .constantFrom<unknown>(
      undefined,
      null,
      true,
      false,
      0,
      -0,
      1,
      2,
      -1,
      0.5,
      1e7,
      -1e9,
      2 ** 53,
      Number.NaN,
      Infinity,
      3n,
      -(2n ** 70n),
      "",
      "mean",
      "x",
      "__proto__",
    )
    .map((value) => () => value),
  fc.constantFrom<() => unknown>(
    () => Symbol("s"),
    () => bare,
    () => [],
    () => [1, 2],
    () => [[1], [2, 3]],
    () => [true],
    () => [null, undefined],
    () => ["a"],
    () => ({}),
    () => ({ dim: 0 }),
    () => ({ dtype: torch.int32 }),
    () => ({ dtype: undefined }),
    () => ({ nothing: 1 }),
    () => new Map([[1, 2]]),
    () => new Date(0),
    () => new Float32Array(3),
    () => new Uint8Array(2),
    () => new DataView(new ArrayBuffer(8)),
    () => () => 1,
    () => torch.float32,
    () => torch.int64,
    () => torch.nn.Linear,
    () => new torch.nn.Linear(2, 2),
    () => new torch.Generator(),
    () => Promise.resolve(1),
    () => new Proxy({}, {}),
  ),
);
