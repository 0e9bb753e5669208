/** Tensors through JSON and back. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const through = (x: torch.Tensor) => torch.fromJSON(JSON.parse(JSON.stringify(x)) as torch.TensorJSON);

const specials = [0.1, -0, NaN, Infinity, -Infinity, 1 / 3, 1e-45, 3.4028234663852886e38, 16777217];

const cases: [string, torch.Tensor][] = [
  ["float32", torch.tensor(specials)],
  ["float64", torch.tensor([...specials, Number.MIN_VALUE, Number.MAX_VALUE], { dtype: torch.float64 })],
  ["int64", torch.tensor([0n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n])],
  ["int32", torch.tensor([0, -(2 ** 31), 2 ** 31 - 1], { dtype: torch.int32 })],
  ["uint8", torch.tensor([0, 255], { dtype: torch.uint8 })],
  ["bool", torch.tensor([true, false])],
  ["one number", torch.tensor(2.5)],
  ["nothing", torch.zeros([2, 0, 3])],
  ["a matrix", torch.arange(6).reshape([2, 3])],
  ["a view of every other column", torch.arange(12).reshape([3, 4]).slice(1, 0, 4, 2)],
  ["a parameter", new torch.nn.Parameter(torch.rand([3, 2]))],
];

describe("a tensor in JSON", () => {
  it.each(cases)("of %s comes back with shape, dtype and every bit", (_, x) => {
    const back = through(x);
    expect(back.shape).toEqual(x.shape);
    expect(back.dtype).toBe(x.dtype);
    const bits = (y: torch.Tensor) => new Uint8Array(y.detach().toTypedArray().buffer);
    expect(bits(back)).toEqual(bits(x));
    expect(back.requiresGrad).toBe(false);
  });

  it("comes back with every bit of any float32", () => {
    torch.manualSeed(1);
    const bits = Int32Array.from({ length: 20_000 }, () => torch.randint(-(2 ** 31), 2 ** 31, [1]).item());
    const x = torch.fromTypedArray(new Float32Array(bits.buffer));
    const back = new Int32Array(through(x).toTypedArray().buffer);
    const changed = bits.findIndex((value, i) => value !== back[i] && !Number.isNaN(x.toTypedArray()[i]));
    expect(changed).toBe(-1);
  });

  it("is short and can be read", () => {
    expect(JSON.stringify(torch.tensor([[0.1, 2]]))).toBe('{"dtype":"float32","shape":[1,2],"data":[0.1,2]}');
    expect(JSON.stringify({ y: torch.tensor(true) })).toBe('{"y":{"dtype":"bool","shape":[],"data":[true]}}');
  });

  const good: torch.TensorJSON = { dtype: "int32", shape: [2], data: [1, 2] };
  const bad: [string, unknown, RegExp][] = [
    ["nested arrays", [[1, 2]], /fromJSON: json must be \{ dtype, shape, data \}.*got an array/],
    ["nothing", null, /must be \{ dtype, shape, data \}.*got null/],
    [
      "an unknown dtype",
      { ...good, dtype: "float16" },
      /dtype is the string "float16", expected one of bool, .*float64/,
    ],
    ["data that are no array", { ...good, data: 3 }, /data must be an array of the elements, got number 3/],
    ["a wrong count", { ...good, data: [1] }, /shape \[2\] needs 2 elements, data has 1/],
    ["no shape", { ...good, shape: 2 }, /the shape must be an array of sizes/],
    ["half an integer", { ...good, data: [1, 0.5] }, /number 0.5 at data\[1\] is no element of torch.int32/],
    ["an integer out of range", { ...good, data: [2 ** 31, 1] }, /number 2147483648 at data\[0\]/],
    ["words", { ...good, dtype: "float32", data: ["one", 1] }, /the string "one" at data\[0\]/],
    ["null, as JSON has it for NaN", { ...good, dtype: "float64", data: [null, 1] }, /null at data\[0\]/],
    ["a number for bool", { ...good, dtype: "bool", data: [true, 1] }, /number 1 at data\[1\]/],
  ];
  it.each(bad)("refuses %s", (_, json, message) => {
    expect(() => torch.fromJSON(json as never)).toThrow(torch.XorchError);
    expect(() => torch.fromJSON(json as never)).toThrow(message);
  });
});
