import { describe, expect, test } from "vitest";
import { DeviceError, dtypes, float32, float64, int64 } from "../../src/base/index.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";

describe("memory of the CPU device", () => {
  test("tensors never share elements", () => {
    for (const dtype of dtypes) {
      const counts = [1, 3, 16, 17, 40, 100, 64, 31, 1000, 5, 0, 2000, 77];
      const storages = counts
        .flatMap((count) => [count, count, count])
        .map((count) => cpu.allocate(dtype, count));
      const one = (dtype === int64 ? 1n : 1) as never;
      for (const { data, base, length } of storages) {
        const mine = data.subarray(base, base + length);
        expect(mine.length).toBe(length);
        expect(mine).toEqual(new dtype.Array(length));
        mine.fill(one);
      }
    }
  });

  test("small tensors are cut from one array", () => {
    // Of two neighbours in time at most one begins a new array.
    const [a, b, c] = [cpu.allocate(float32, 40), cpu.allocate(float32, 40), cpu.allocate(float32, 40)];
    expect(a.data === b.data || b.data === c.data).toBe(true);
  });

  test("tiny, large and retained tensors have arrays of their own", () => {
    for (const storage of [
      cpu.allocate(float32, 16),
      cpu.allocate(float64, 8),
      cpu.allocate(float32, 100_000),
      cpu.allocateRetained(float32, 40),
    ]) {
      expect(storage.base).toBe(0);
      expect(storage.data.length).toBe(storage.length);
    }
  });

  test("an engine without memory is reported with what was asked for", () => {
    class NoMemory {
      constructor() {
        throw new RangeError("Array buffer allocation failed");
      }
    }
    const dtype = Object.create(float64, { Array: { value: NoMemory } }) as typeof float64;
    const ask = (): unknown => cpu.allocateRetained(dtype, 2 ** 30);
    expect(ask).toThrow(DeviceError);
    expect(ask).toThrow("out of memory: 1073741824 elements of torch.float64 need 8.0 GiB");
  });

  test("storages know their device", () => {
    expect(cpu.allocate(float32, 4).device).toBe(cpu);
  });
});
