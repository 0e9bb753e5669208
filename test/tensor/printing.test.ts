import { afterEach, describe, expect, it } from "vitest";
import {
  type DType,
  dtypes,
  float32,
  float64,
  int32,
  int64,
  setDefaultDtype,
  ValueError,
} from "../../src/base/index.ts";
import { fixed, scientific } from "../../src/tensor/number-format.ts";
import {
  formatTensor,
  type Printable,
  type PrintOptions,
  setPrintOptions,
} from "../../src/tensor/printing.ts";
import { readRecorded } from "../fixture.ts";

interface Case {
  shape: number[];
  dtype: string;
  values: (number | string)[];
  requiresGrad?: boolean;
  gradFnName?: string;
  defaultDtype?: string;
  options?: Partial<PrintOptions>;
  text: string;
}

const recorded = readRecorded<Case[]>("printing.json");

function dtypeNamed(name: string): DType {
  return dtypes.find((dtype) => dtype.name === name)!;
}

const words: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/** A tensor that repeats the values until its shape is full. */
function printable(shape: number[], dtype: DType, values: (number | string)[]): Printable {
  const array = new dtype.Array(values.length) as { [i: number]: number | bigint };
  values.forEach((value, i) => {
    array[i] = dtype === int64 ? BigInt(value) : typeof value === "string" ? words[value]! : value;
  });
  const at = (position: number) => array[position % values.length]!;
  return { shape, dtype, at, requiresGrad: false, gradFnName: null };
}

function printableOf(recording: Case): Printable {
  const x = printable(recording.shape, dtypeNamed(recording.dtype), recording.values);
  const { gradFnName = null, requiresGrad = gradFnName !== null } = recording;
  return { ...x, requiresGrad, gradFnName };
}

afterEach(() => {
  setPrintOptions({ profile: "default" });
  setDefaultDtype(float32);
});

describe("formatTensor, against PyTorch", () => {
  it.each(dtypes)("$name", ({ name }) => {
    const cases = recorded.filter(({ dtype }) => dtype === name);
    expect(cases.length).toBeGreaterThan(20);
    for (const recording of cases) {
      const { text, ...rest } = recording;
      setDefaultDtype(dtypeNamed(recording.defaultDtype ?? "float32"));
      expect(formatTensor(printableOf(recording), recording.options), JSON.stringify(rest)).toBe(text);
    }
  });
});

describe("formatTensor", () => {
  it("reads only the elements that it shows", () => {
    const read: number[] = [];
    const shape = [40_000, 1, 50_000];
    const at = (position: number) => read.push(position) - 1;
    const text = formatTensor({ ...printable(shape, int32, [0]), at });
    const rows = [0, 1, 2, 39_997, 39_998, 39_999];
    const columns = [0, 1, 2, 49_997, 49_998, 49_999];
    expect(read).toEqual(rows.flatMap((row) => columns.map((column) => row * 50_000 + column)));
    expect(text.startsWith("tensor([[[ 0,  1,  2,  ...,  3,  4,  5]],\n")).toBe(true);
  });

  it("reads nothing of an empty tensor", () => {
    const at = () => {
      throw new Error("read");
    };
    expect(formatTensor({ ...printable([3, 0], int32, [0]), at })).toBe(
      "tensor([], size=(3, 0), dtype=torch.int32)",
    );
  });

  it("names the dtype of integers that are not int32", () => {
    expect(formatTensor(printable([2], int32, [1, 2]))).toBe("tensor([1, 2])");
    expect(formatTensor(printable([2], int64, [1, 2]))).toBe("tensor([1, 2], dtype=torch.int64)");
  });

  it("never wraps a row, nor summarises, where the limits are infinite", () => {
    const x = printable([2000], float64, [0.5]);
    const text = formatTensor(x, { linewidth: Infinity, threshold: Infinity });
    expect(text).toBe(`tensor([${Array(2000).fill("0.5000").join(", ")}], dtype=torch.float64)`);
  });

  it("takes options for one text", () => {
    const x = printable([2], float32, [0.126, 2]);
    expect(formatTensor(x, { precision: 1, sciMode: undefined })).toBe("tensor([0.1, 2.0])");
    expect(formatTensor(x)).toBe("tensor([0.1260, 2.0000])");
    expect(() => formatTensor(x, { precision: -1 })).toThrow(
      "formatTensor: precision must be a whole number from 0 to 100, got -1",
    );
  });
});

describe("setPrintOptions", () => {
  const x = printable([8], float32, [1.23456, 2]);
  const long = printable([1001], float32, [1.23456]);

  it("keeps what is not given, and takes undefined as not given", () => {
    setPrintOptions({ precision: 1, edgeitems: 1 });
    setPrintOptions({ threshold: 4, precision: undefined });
    expect(formatTensor(x)).toBe("tensor([1.2,  ..., 2.0])");
  });

  it("sets profiles, with options on top", () => {
    setPrintOptions({ profile: "short" });
    expect(formatTensor(long)).toBe("tensor([1.23, 1.23,  ..., 1.23, 1.23])");
    setPrintOptions({ profile: "short", precision: 1 });
    expect(formatTensor(long)).toBe("tensor([1.2, 1.2,  ..., 1.2, 1.2])");
    setPrintOptions({ profile: "full" });
    expect(formatTensor(long).match(/1\.2346/g)).toHaveLength(1001);
    setPrintOptions({ profile: "default" });
    expect(formatTensor(long)).toBe("tensor([1.2346, 1.2346, 1.2346,  ..., 1.2346, 1.2346, 1.2346])");
  });

  it("forgets sciMode with the next call that does not give it", () => {
    const one = printable([1], float32, [1.5]);
    setPrintOptions({ sciMode: true });
    expect(formatTensor(one)).toBe("tensor([1.5000e+00])");
    setPrintOptions({ precision: 2 });
    expect(formatTensor(one)).toBe("tensor([1.50])");
  });

  it.each([
    { precision: 1.5 },
    { precision: 101 },
    { threshold: -1 },
    { threshold: NaN },
    { edgeitems: 0 },
    { linewidth: 0 },
    { linewidth: "wide" as unknown as number },
    { sciMode: 1 as unknown as boolean },
    { profile: "long" as "full" },
    { profile: "toString" as "full" },
    { lineWidth: 100 } as object,
  ])("refuses %o and then changes nothing", (options) => {
    const [name] = Object.keys(options) as [string];
    const refusal = () => setPrintOptions({ precision: 0, ...options });
    expect(refusal).toThrow(ValueError);
    expect(refusal).toThrow(name);
    expect(formatTensor(x)).toContain("1.2346");
  });
});

describe("numbers as Python's format() writes them", () => {
  // From python3: "{:.0f}".format(0.5) and so on.
  it.each([
    [0.5, 0, "0"],
    [-1.5, 0, "-2"],
    [2.5, 0, "2"],
    [0.03125, 4, "0.0312"],
    [0.09375, 4, "0.0938"],
    [-0, 2, "-0.00"],
    [-0.001, 2, "-0.00"],
    [1e21, 1, "1000000000000000000000.0"],
    [-1.5e300, 0, `-${BigInt(1.5e300)}`],
    [5e-324, 3, "0.000"],
    [-Infinity, 1, "-inf"],
    [NaN, 1, "nan"],
  ])("fixed(%d, %i)", (x, digits, text) => {
    expect(fixed(x, digits)).toBe(text);
  });

  it.each([
    [25, 0, "2e+01"],
    [35, 0, "4e+01"],
    [9.5, 0, "1e+01"],
    [1.4999999999999999e23, 0, "1e+23"],
    [103125, 4, "1.0312e+05"],
    [103135, 4, "1.0314e+05"],
    [0.0009765625, 5, "9.76562e-04"],
    [-0, 1, "-0.0e+00"],
    [5e-324, 2, "4.94e-324"],
    [1.7976931348623157e308, 2, "1.80e+308"],
    [Infinity, 2, "inf"],
  ])("scientific(%d, %i)", (x, digits, text) => {
    expect(scientific(x, digits)).toBe(text);
  });
});
