import { describe, expect, it } from "vitest";
import * as torch from "xorch";

describe("torch.tensor", () => {
  it("reads nested arrays, single values and typed arrays", () => {
    const x = torch.tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(x.shape).toEqual([3, 2]);
    expect(x.dtype).toBe(torch.float32);
    expect(x.tolist()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(torch.tensor(5).shape).toEqual([]);
    expect(torch.tensor(5).item()).toBe(5);
    expect(torch.tensor([]).shape).toEqual([0]);
    expect(torch.tensor([[], []]).shape).toEqual([2, 0]);
    expect(torch.tensor(Int32Array.of(1, 2)).dtype).toBe(torch.int32);
  });

  it("takes the dtype from the values: booleans bool, bigints int64, numbers the default float", () => {
    expect(torch.tensor([true, false]).dtype).toBe(torch.bool);
    expect(torch.tensor([1n, 2n]).dtype).toBe(torch.int64);
    expect(torch.tensor([1, 2]).dtype).toBe(torch.float32);
    torch.setDefaultDtype(torch.float64);
    expect(torch.tensor([1, 2]).dtype).toBe(torch.float64);
    torch.setDefaultDtype(torch.float32);
    expect(torch.tensor([1.9, -1.9], { dtype: torch.int64 }).tolist()).toEqual([1, -1]);
    expect(torch.tensor([0.5, 0], { dtype: torch.bool }).tolist()).toEqual([true, false]);
  });

  it("names the place where an array is ragged", () => {
    expect(() => torch.tensor([[1, 2], [3]])).toThrow(
      /data\[1\] has 1 elements where the ones before have 2/,
    );
    expect(() => torch.tensor([[1, 2], 3])).toThrow(/data\[1\] is a number/);
    expect(() => torch.tensor([1, [2]])).toThrow(/data\[1\]/);
    expect(() => torch.tensor([[[1]], [[1, 2]]])).toThrow(/data\[1\]\[0\]/);
  });

  it("refuses what is not a number", () => {
    expect(() => torch.tensor(["1"] as unknown as number[])).toThrow(/data\[0\] is the string "1"/);
    expect(() => torch.tensor([null] as unknown as number[])).toThrow(/data\[0\] is null/);
    expect(() => torch.tensor([torch.ones([1])] as unknown as number[])).toThrow(/torch.stack/);
    expect(() => torch.tensor([Number.NaN], { dtype: torch.int32 })).toThrow(torch.ValueError);
    expect(() => torch.tensor([1], { dtype: "float32" as unknown as torch.DType })).toThrow(
      torch.ArgumentError,
    );
  });

  it("keeps NaN and infinities in data", () => {
    expect(torch.tensor([Number.NaN, Infinity, -Infinity]).tolist()).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
    ]);
  });
});

describe("creation functions", () => {
  it("refuse impossible and huge shapes by name", () => {
    expect(() => torch.zeros([2, -1])).toThrow(/zeros: size -1 at dimension 1 of shape \[2, -1\]/);
    expect(() => torch.zeros([1.5])).toThrow(/element 0 must be a whole number, got number 1.5/);
    expect(() => torch.zeros("3" as unknown as number[])).toThrow(/array of sizes/);
    expect(() => torch.zeros([1e6, 1e6])).toThrow(/1000000000000 elements/);
    expect(() => torch.rand([2 ** 20, 2 ** 20])).toThrow(torch.ShapeError);
    expect(() => torch.ones([2, 2]).expand([1e10, 2, 2])).toThrow(torch.ShapeError);
  });

  it("give zeros, ones, values and ranges", () => {
    expect(torch.full([2], 7).tolist()).toEqual([7, 7]);
    expect(torch.full([1], true).dtype).toBe(torch.bool);
    expect(torch.ones([2], { dtype: torch.int64 }).tolist()).toEqual([1, 1]);
    expect(torch.eye(2, 3).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(torch.arange(3).tolist()).toEqual([0, 1, 2]);
    expect(torch.arange(3).dtype).toBe(torch.int32);
    expect(torch.arange(1, 2, 0.25).tolist()).toEqual([1, 1.25, 1.5, 1.75]);
    expect(torch.arange(5, 0, -2).tolist()).toEqual([5, 3, 1]);
    expect(() => torch.arange(0, 5, -1)).toThrow(/no range from 0 to 5 by -1/);
    expect(torch.linspace(0, 1, 5).tolist()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(torch.zerosLike(torch.ones([2], { dtype: torch.int32 })).dtype).toBe(torch.int32);
  });

  it.each([
    // PyTorch's values: start and step lose their fractions first.
    [() => torch.arange(-0.9, 2.1, 2, { dtype: torch.int64 }), [0, 2]],
    [() => torch.arange(0.5, 5, 1.5, { dtype: torch.int32 }), [0, 1, 2]],
    [() => torch.arange(5, 0, -1.5, { dtype: torch.int32 }), [5, 4, 3, 2]],
    [() => torch.arange(-3, 3, { dtype: torch.uint8 }), [253, 254, 255, 0, 1, 2]],
    [() => torch.arange(torch.tensor(1), torch.tensor(4)), [1, 2, 3]],
    [() => torch.linspace(0, 10, 4, { dtype: torch.int64 }), [0, 3, 6, 10]],
    [() => torch.linspace(-3.7, 3.7, 4, { dtype: torch.int32 }), [-3, -1, 1, 3]],
    [() => torch.linspace(0, 255, 3, { dtype: torch.uint8 }), [0, 127, 255]],
    [() => torch.linspace(torch.tensor(0), torch.tensor(1), 3), [0, 0.5, 1]],
  ] as const)("ranges of integers and from tensors, %s", (make, expected) => {
    expect(make().tolist()).toEqual(expected);
  });

  it.each([
    [() => torch.linspace(0, 300, 3, { dtype: torch.uint8 }), /300 does not fit into torch.uint8, 0 to 255/],
    [() => torch.linspace(0, 1e39, 3), /1e\+39 is beyond the largest torch.float32/],
    [() => torch.linspace(torch.tensor([0]), 1, 3), /start must be a number or a 0-d tensor/],
    [() => torch.linspace(0, 1, 3, { dtype: torch.bool }), /no ranges of truth values/],
    [() => torch.arange(3, { dtype: torch.bool }), /no ranges of truth values/],
    [() => torch.arange(2 ** 31, 2 ** 31 + 2), /2147483648 does not fit into torch.int32/],
    [() => torch.tensor([2n ** 70n]), /does not fit into torch.int64/],
    [() => torch.tensor([1], { dtype: torch.int64 }).add(2n ** 70n), /has more than 64 bits/],
  ] as const)("refuses what no element can hold, %s", (make, message) => {
    expect(make).toThrow(torch.XorchError);
    expect(make).toThrow(message);
  });

  it("share the memory of a typed array on request", () => {
    const array = Float64Array.of(1, 2, 3, 4);
    const x = torch.fromTypedArray(array, [2, 2]);
    x.mul_(2);
    expect([...array]).toEqual([2, 4, 6, 8]);
    array[0] = 100;
    expect(x.index(0, 0).item()).toBe(100);
    expect(() => torch.fromTypedArray(array, [3])).toThrow(/needs 3 elements, the array has 4/);
    expect(() => torch.fromTypedArray(new Int8Array(2) as unknown as Uint8Array)).toThrow(/Int8Array/);
  });
});

describe("reading", () => {
  it("gives numbers for int64 where they are exact, and bigints beyond", () => {
    const x = torch.tensor([5n, 2n ** 60n]);
    expect(x.tolist()).toEqual([5, 2n ** 60n]);
    expect(x.select(0, 0).item()).toBe(5);
    expect(() => x.select(0, 1).item()).toThrow(/toTypedArray/);
  });

  it("refuses item() of several elements, with the shape", () => {
    expect(() => torch.ones([2, 3]).item()).toThrow(/shape \[2, 3\] with 6/);
    expect(() => torch.zeros([0]).item()).toThrow(torch.ShapeError);
  });

  it("copies in row-major order, also from strided views", () => {
    const x = torch
      .tensor([
        [1, 2],
        [3, 4],
      ])
      .t();
    expect([...x.toTypedArray()]).toEqual([1, 3, 2, 4]);
    expect(x.tolist()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("names an unknown device and lists those there are", () => {
    expect(() => torch.device("cuda")).toThrow(/"cuda".*cpu/);
    expect(() => torch.ones([1], { device: "tpu" })).toThrow(torch.DeviceError);
  });
});
