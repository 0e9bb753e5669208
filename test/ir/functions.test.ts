import { describe, expect, it } from "vitest";
import { type DType, float32, float64, int32 } from "../../src/base/index.ts";
import * as ir from "../../src/ir/expr.ts";
import { functions } from "../../src/ir/functions/index.ts";
import { interpret } from "../../src/ir/interpret.ts";
import { lower } from "../../src/ir/lower.ts";

type Interval = readonly [low: number, high: number];

interface Expectation {
  /** Where the arguments are sampled; one list an argument. */
  readonly domain: readonly (readonly Interval[])[];
  /** Allowed error in units of the last place. */
  readonly float32: number;
  /** For float64 against Math, which is itself off by up to 1. */
  readonly float64: number;
  /** Whether float32 stays in 32-bit types, so that it runs in four lanes. */
  readonly narrow: boolean;
  /** Arguments in float64 and the result to 17 digits (mpmath 1.3 at 400 bits). */
  readonly recorded: readonly (readonly number[])[];
  /** Arguments and the exact result, in both dtypes. */
  readonly special: readonly (readonly number[])[];
  /** Where the derivatives are compared with differences. */
  readonly smooth: readonly (readonly number[])[];
}

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number;
const everywhere: readonly Interval[] = [
  [-3, 3],
  [-1000, 1000],
  [-1e-6, 1e-6],
];
const positive: readonly Interval[] = [
  [0.5, 2],
  [1e-37, 1e-30],
  [1e-44, 1e-38],
  [0, 1000],
  [1, 3e38],
];
const circle: readonly Interval[] = [
  [-4, 4],
  [-1000, 1000],
  [-(2 ** 31), 2 ** 31],
];

const expectations = {
  exp: {
    domain: [
      [
        [-1, 1],
        [-87.3, 88.72],
      ],
    ],
    float32: 1.5,
    float64: 2.5,
    narrow: true,
    recorded: [
      [1.25, 3.4903429574618414],
      [-0.5, 0.60653065971263342],
      [1e-5, 1.0000100000500002],
      [-7.25, 0.00071017438884254906],
      [100.125, 3.0460357809113725e43],
      [-700.5, 5.9801961186397912e-305],
      [709.5, 1.3549863193146328e308],
    ],
    special: [
      [0, 1],
      [-0, 1],
      [INF, INF],
      [-INF, 0],
      [NAN, NAN],
      [710, INF],
      [1e30, INF],
      [-1e30, 0],
    ],
    smooth: [[-2], [0], [3]],
  },
  expm1: {
    domain: [
      [
        [-1, 1],
        [-20, 88.72],
        [-1e-4, 1e-4],
      ],
    ],
    float32: 2,
    float64: 3,
    narrow: true,
    recorded: [
      [1e-12, 1.0000000000005e-12],
      [-0.3, -0.25918177931828213],
      [0.4, 0.49182469764127035],
      [2.5, 11.182493960703473],
      [-20, -0.99999999793884638],
      [300.25, 2.4941248615349213e130],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [INF, INF],
      [-INF, -1],
      [NAN, NAN],
      [710, INF],
      [-100, -1],
    ],
    smooth: [[-2], [0.1], [3]],
  },
  log: {
    domain: [positive],
    float32: 1.5,
    float64: 2,
    narrow: true,
    recorded: [
      [0.2, -1.6094379124341003],
      [0.9999, -0.00010000500033334732],
      [1.0001, 9.9995000333297323e-5],
      [1.41, 0.34358970439007685],
      [3, 1.0986122886681097],
      [1e-310, -713.80137882815417],
      [1e300, 690.77552789821371],
    ],
    special: [
      [1, 0],
      [0, -INF],
      [-0, -INF],
      [INF, INF],
      [-1, NAN],
      [-1e-30, NAN],
      [-INF, NAN],
      [NAN, NAN],
    ],
    smooth: [[0.3], [1], [7]],
  },
  log1p: {
    domain: [
      [
        [-0.999, 3],
        [-1e-4, 1e-4],
        [0, 1e6],
      ],
    ],
    float32: 1.5,
    float64: 2,
    narrow: true,
    recorded: [
      [1e-15, 9.9999999999999958e-16],
      [-0.3, -0.35667494393873236],
      [0.4, 0.33647223662121295],
      [-0.999, -6.9077552789821362],
      [1e10, 23.025850930040457],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [-1, -INF],
      [-1.5, NAN],
      [INF, INF],
      [-INF, NAN],
      [NAN, NAN],
    ],
    smooth: [[-0.5], [0.1], [7]],
  },
  log2: {
    domain: [positive],
    float32: 2.5,
    float64: 3,
    narrow: true,
    recorded: [
      [0.3, -1.7369655941662062],
      [0.99, -0.01449956969511509],
      [1.01, 0.014355292977070054],
      [1.4, 0.48542682717024167],
      [10, 3.3219280948873623],
      [1e-300, -996.5784284662087],
    ],
    special: [
      [1, 0],
      [8, 3],
      [2 ** -140, -140],
      [0, -INF],
      [INF, INF],
      [-1, NAN],
      [NAN, NAN],
    ],
    smooth: [[0.3], [1], [7]],
  },
  log10: {
    domain: [positive],
    float32: 2.5,
    float64: 3,
    narrow: true,
    recorded: [
      [0.3, -0.52287874528033758],
      [0.99, -0.0043648054024500886],
      [1.01, 0.0043213737826425781],
      [1.4, 0.146128035678238],
      [7, 0.84509804001425683],
      [1e-300, -300],
    ],
    special: [
      [1, 0],
      [10, 1],
      [1000, 3],
      [1e10, 10],
      [0, -INF],
      [INF, INF],
      [-1, NAN],
      [NAN, NAN],
    ],
    smooth: [[0.3], [1], [7]],
  },
  sin: {
    domain: [circle],
    float32: 1,
    float64: 3.5,
    narrow: false,
    recorded: [
      [0.5, 0.479425538604203],
      [3, 0.14112000805986722],
      [Math.PI, 1.2246467991473532e-16],
      [-100.7, -0.16823126505448824],
      [12345.678, -0.70408131375338159],
      [1e9, 0.54584344944869956],
      [2147483647, -0.72491655514455639],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [INF, NAN],
      [-INF, NAN],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [3]],
  },
  cos: {
    domain: [circle],
    float32: 1,
    float64: 3.5,
    narrow: false,
    recorded: [
      [0.5, 0.87758256189037272],
      [3, -0.98999249660044546],
      [1.5707963267948966, 6.1232339957367659e-17],
      [-100.7, 0.98574755462956464],
      [12345.678, 0.71011935871606277],
      [1e9, 0.83788718136390233],
      [2147483647, -0.68883669187794383],
    ],
    special: [
      [0, 1],
      [-0, 1],
      [INF, NAN],
      [-INF, NAN],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [3]],
  },
  tan: {
    domain: [circle],
    float32: 1,
    float64: 5,
    narrow: false,
    recorded: [
      [0.5, 0.54630248984379051],
      [3, -0.14254654307427781],
      [1.5707963267948966, 16331239353195370],
      [-100.7, -0.17066363924961304],
      [12345.678, -0.99149714074321488],
      [1e9, 0.65145220214514129],
      [2147483647, 1.0523779637351339],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [INF, NAN],
      [-INF, NAN],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [1.2]],
  },
  tanh: {
    domain: [
      [
        [-1, 1],
        [-10, 10],
        [-1e-4, 1e-4],
      ],
    ],
    float32: 1.5,
    float64: 3,
    narrow: true,
    recorded: [
      [1e-9, 1.0000000000000001e-9],
      [0.3, 0.2913126124515909],
      [-0.54, -0.49298796667532436],
      [0.56, 0.50797743289789619],
      [1.7, 0.93540907060309897],
      [-5, -0.99990920426259513],
      [18, 0.99999999999999954],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [INF, 1],
      [-INF, -1],
      [30, 1],
      [-30, -1],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [0.1]],
  },
  sigmoid: {
    domain: [
      [
        [-1, 1],
        [-87, 20],
      ],
    ],
    float32: 2.5,
    float64: 4,
    narrow: true,
    recorded: [
      [1e-9, 0.50000000025],
      [0.3, 0.57444251681165898],
      [-0.54, 0.36818758226389834],
      [-30.5, 5.6756852326324003e-14],
      [-700, 9.8596765437597709e-305],
      [18, 0.99999998477002049],
    ],
    special: [
      [0, 0.5],
      [INF, 1],
      [-INF, 0],
      [100, 1],
      [-800, 0],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [3]],
  },
  atan2: {
    domain: [everywhere, everywhere],
    float32: 2.5,
    float64: 3,
    narrow: true,
    recorded: [
      [1, 2, 0.46364760900080612],
      [3, -1, 1.8925468811915388],
      [-0.5, -4, -3.0172376590430318],
      [-7, 0.25, -1.5350972141155726],
      [1e-200, 1e-190, 9.9999999999999996e-11],
    ],
    special: [
      [0, 0, 0],
      [-0, 0, -0],
      [0, -0, Math.PI],
      [-0, -0, -Math.PI],
      [0, 1, 0],
      [-0, 1, -0],
      [0, -1, Math.PI],
      [-0, -1, -Math.PI],
      [1, 0, Math.PI / 2],
      [1, -0, Math.PI / 2],
      [-1, 0, -Math.PI / 2],
      [1, 1, Math.PI / 4],
      [1, INF, 0],
      [-1, INF, -0],
      [1, -INF, Math.PI],
      [-1, -INF, -Math.PI],
      [INF, 1, Math.PI / 2],
      [-INF, -1, -Math.PI / 2],
      [INF, INF, Math.PI / 4],
      [-INF, INF, -Math.PI / 4],
      [INF, -INF, (3 * Math.PI) / 4],
      [-INF, -INF, (-3 * Math.PI) / 4],
      [NAN, 1, NAN],
      [1, NAN, NAN],
    ],
    smooth: [
      [1, 2],
      [-0.5, 3],
      [2, -0.7],
      [-1, -2],
    ],
  },
  erf: {
    domain: [
      [
        [-1, 1],
        [-6, 6],
        [-1e-4, 1e-4],
      ],
    ],
    float32: 2,
    float64: 4,
    narrow: true,
    recorded: [
      [1e-9, 1.1283791670955126e-9],
      [0.3, 0.32862675945912742],
      [0.89, 0.79184324681449536],
      [-0.91, -0.80188282576594125],
      [1.5, 0.96610514647531073],
      [2.75, 0.99989937807788036],
      [-4.5, -0.99999999980338396],
      [5.8, 0.99999999999999976],
    ],
    special: [
      [0, 0],
      [-0, -0],
      [INF, 1],
      [-INF, -1],
      [10, 1],
      [NAN, NAN],
    ],
    smooth: [[-2], [0.5], [0.1]],
  },
  pow: {
    domain: [
      [
        [0, 4],
        [0.9, 1.1],
        [0, 1000],
      ],
      [
        [-3, 3],
        [-12, 12],
      ],
    ],
    float32: 1,
    float64: 3,
    narrow: false,
    recorded: [
      [3, 0.5, 1.7320508075688773],
      [10, -3.3, 0.00050118723362727249],
      [1.0000001, 1e9, 2.6881038582144646e43],
      [0.7, -1900.5, 2.4613589480189921e294],
      [1.4, 2000.25, 1.9615679880475923e292],
      [1e-310, 0.3, 1.000000000000007e-93],
      [3, 20, 3486784401],
      [0.5, 1073.5, 6.9871433705131321e-324],
    ],
    special: [
      [3, 2, 9],
      [5, 3, 125],
      [2, -3, 0.125],
      [-2, 3, -8],
      [-2, 2, 4],
      [-2, -1, -0.5],
      [-2, 0.5, NAN],
      [0, 0, 1],
      [NAN, 0, 1],
      [INF, 0, 1],
      [1, NAN, 1],
      [1, INF, 1],
      [-1, INF, 1],
      [-1, -INF, 1],
      [0, 3, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [-0, 0.5, 0],
      [0, -3, INF],
      [-0, -3, -INF],
      [-0, -2, INF],
      [0.5, INF, 0],
      [2, INF, INF],
      [0.5, -INF, INF],
      [2, -INF, 0],
      [INF, 2, INF],
      [INF, -2, 0],
      [-INF, 3, -INF],
      [-INF, 2, INF],
      [-INF, 0.5, INF],
      [-INF, -3, -0],
      [-INF, -2, 0],
      [NAN, 1, NAN],
      [0, NAN, NAN],
      [2, NAN, NAN],
      [2, 1100, INF],
      [2, -1100, 0],
      [-2, 1101, -INF],
      [1e30, 1e30, INF],
      [1e30, -1e30, 0],
    ],
    smooth: [
      [1.5, 2.5],
      [0.3, -1.2],
      [4, 0.5],
    ],
  },
} satisfies Record<ir.FunctionName, Expectation>;

const names = Object.keys(expectations) as ir.FunctionName[];

function argumentsOf(name: ir.FunctionName, dtype: DType): ir.Expr[] {
  return Array.from({ length: functions[name].arity }, (_, i) => ir.input(i, dtype));
}

/** The function in primitives, as a JavaScript function. */
function lowered(name: ir.FunctionName, dtype: DType): (...args: number[]) => number {
  const x = lower(ir.node(name, dtype, argumentsOf(name, dtype)));
  return (...args) => interpret(x, args, []) as number;
}

/** |got - truth| in units of the last place of the truth; zeros and infinities must be the same. */
function ulps(got: number, truth: number, dtype: DType): number {
  const [digits, lowest] = dtype === float32 ? [24, -149] : [53, -1074];
  if (truth === 0 || !Number.isFinite(truth)) return Object.is(got, truth) ? 0 : Number.POSITIVE_INFINITY;
  const exponent = Math.floor(Math.log2(Math.abs(truth))) + 1;
  return Math.abs(got - truth) / 2 ** Math.max(exponent - digits, lowest);
}

/** The same numbers in [0, 1) on every run (Park and Miller's generator). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function worst(name: ir.FunctionName, dtype: DType, count: number): { error: number; at: number[] } {
  const compute = lowered(name, dtype);
  const definition = functions[name];
  const random = uniform(777);
  const result = { error: 0, at: [] as number[] };
  for (let i = 0; i < count; i++) {
    const at = expectations[name].domain.map((intervals) => {
      const [low, high] = intervals[Math.floor(random() * intervals.length)]!;
      const value = low + (high - low) * random();
      return dtype === float32 ? Math.fround(value) : value;
    });
    const evaluate: (...args: number[]) => number = definition.evaluate;
    const error = ulps(compute(...at), evaluate(...at), dtype);
    if (!(error <= result.error)) Object.assign(result, { error, at });
  }
  return result;
}

describe.each(names)("%s", (name) => {
  const expected: Expectation = expectations[name];

  it.each([float32, float64])("is within its error bound in %s", (dtype) => {
    const { error, at } = worst(name, dtype, 6000);
    expect(error, `at ${at}`).toBeLessThanOrEqual(expected[dtype === float32 ? "float32" : "float64"]);
    // An error of exactly 0 everywhere would mean that nothing was compared.
    expect(error).toBeGreaterThan(0);
  });

  it("agrees with recorded values in float64, and so does its reference", () => {
    const compute = lowered(name, float64);
    const evaluate: (...args: number[]) => number = functions[name].evaluate;
    for (const row of expected.recorded) {
      const args = row.slice(0, -1);
      const truth = row.at(-1)!;
      expect(ulps(compute(...args), truth, float64), `lowered ${name}(${args})`).toBeLessThanOrEqual(
        expected.float64 - 0.5,
      );
      expect(ulps(evaluate(...args), truth, float64), `reference ${name}(${args})`).toBeLessThanOrEqual(2.5);
    }
  });

  it.each([float32, float64])("has C's special values in %s", (dtype) => {
    const compute = lowered(name, dtype);
    const reference = ir.node(name, dtype, argumentsOf(name, dtype));
    for (const row of expected.special) {
      const args = row.slice(0, -1);
      const truth = dtype === float32 ? Math.fround(row.at(-1)!) : row.at(-1)!;
      expect(compute(...args), `lowered ${name}(${args})`).toBe(truth);
      expect(interpret(reference, args, []), `reference ${name}(${args})`).toBe(truth);
    }
  });

  it("has the derivatives that central differences give", () => {
    const args = argumentsOf(name, float64);
    const y = ir.node(name, float64, args);
    const slopes = functions[name].gradient(ir.constant(1, float64), args, y);
    expect(slopes).toHaveLength(functions[name].arity);
    const h = 1e-5;
    for (const at of expected.smooth) {
      for (const [k, slope] of slopes.entries()) {
        const moved = (by: number): number =>
          interpret(
            y,
            at.map((value, i) => (i === k ? value + by : value)),
            [],
          ) as number;
        const difference = (moved(h) - moved(-h)) / (2 * h);
        expect(Math.abs(difference), "a flat point would prove nothing").toBeGreaterThan(1e-3);
        expect((interpret(slope!, at, []) as number) / difference).toBeCloseTo(1, 7);
      }
    }
  });

  it("lowers to primitives in types of one width", () => {
    for (const dtype of [float32, float64]) {
      const parts = ir.topologicalOrder([lower(ir.node(name, dtype, argumentsOf(name, dtype)))]);
      expect(parts.filter((part) => part.op in functions)).toEqual([]);
      // A bool takes the width of its operands. No SIMD instruction converts between float64 and int64.
      const widths = new Set(
        parts.filter((part) => part.dtype.kind !== "bool").map((part) => part.dtype.bytes),
      );
      if (dtype === float64 || expected.narrow) {
        expect([...widths]).toEqual([dtype.bytes]);
        if (dtype === float64) expect(parts.filter((part) => part.op === "cast")).toEqual([]);
      }
    }
  });

  it("refuses integers", () => {
    const x = ir.node(name, int32, argumentsOf(name, int32));
    expect(() => lower(x)).toThrow(/named functions take float32 and float64, got torch.int32/);
  });
});

describe("exp in float32", () => {
  const exp = lowered("exp", float32);

  it("overflows where the exact value does, and underflows gradually", () => {
    // The largest float32 whose exp is finite is 88.72283; from -87.33656 down exp is subnormal.
    expect(exp(Math.fround(88.72283))).toBeCloseTo(3.4027e38, -35);
    expect(exp(Math.fround(88.72284))).toBe(INF);
    for (const x of [-87.33654, -87.33656, -95, -100, -103]) {
      expect(ulps(exp(Math.fround(x)), Math.exp(Math.fround(x)), float32), `exp(${x})`).toBeLessThan(1.5);
    }
    expect(exp(-104)).toBe(0);
  });

  it("comes to 0 without underflow, which takes processors a hundred times as long: as in a masked softmax", () => {
    const parts = ir.topologicalOrder([lower(ir.exp(ir.input(0, float32)))]);
    const products = parts.filter(({ op }) => op === "mul");
    expect(products.length).toBeGreaterThan(2);
    for (const x of [-INF, -1e30, -1000, -104]) {
      for (const { args } of products) {
        const [a, b] = args.map((arg) => Number(interpret(arg, [x], []))) as [number, number];
        expect(Math.abs(a * b) === 0 || Math.abs(a * b) >= 2 ** -126, `${a} * ${b} for exp(${x})`).toBe(true);
      }
    }
  });

  it("never falls by more than its rounding error where one power of two gives way to the next", () => {
    for (let n = -120; n <= 120; n++) {
      const edge = Math.fround(n * Math.LN2);
      const below = exp(Math.fround(edge - Math.abs(edge) * 2 ** -23 - 2 ** -30));
      expect(exp(edge) / below).toBeGreaterThan(1 - 2 ** -22);
      expect(exp(edge) / below).toBeLessThan(1 + 2 ** -15);
    }
  });

  it("stays short: everything that is waited for in training goes through it", () => {
    const parts = ir.topologicalOrder([lower(ir.exp(ir.input(0, float32)))]);
    const work = parts.filter((part) => part.args.length > 0 && part.op !== "bitcast");
    expect(work.length).toBeLessThanOrEqual(26);
  });
});

describe("log", () => {
  it("takes numbers below the smallest normal one", () => {
    for (const [dtype, smallest] of [
      [float32, 2 ** -149],
      [float64, 2 ** -1074],
    ] as const) {
      const log = lowered("log", dtype);
      for (const factor of [1, 3, 1000, 123457]) {
        const x = factor * smallest;
        expect(ulps(log(x), Math.log(x), dtype)).toBeLessThan(1.5);
      }
    }
  });
});

describe("sin and cos of numbers too large to reduce", () => {
  it.each(["sin", "cos"] as const)(
    "%s differs by no more than one ulp of x would make, up to 2^50",
    (name) => {
      const compute = lowered(name, float64);
      const random = uniform(42);
      for (let i = 0; i < 1000; i++) {
        const x = 2 ** (31 + 19 * random());
        expect(Math.abs(compute(x) - functions[name].evaluate(x))).toBeLessThan(x * 2 ** -52);
      }
    },
  );

  it.each(["sin", "cos"] as const)("%s stays in [-1, 1]", (name) => {
    const compute = lowered(name, float64);
    for (const x of [1e17, 1e100, 1e300, Number.MAX_VALUE]) {
      expect(Math.abs(compute(x))).toBeLessThanOrEqual(1);
      expect(Math.abs(compute(-x))).toBeLessThanOrEqual(1);
    }
  });
});

describe("the derivatives of pow", () => {
  const args = argumentsOf("pow", float64);
  const [byBase, byPower] = functions.pow.gradient(
    ir.constant(1, float64),
    args,
    ir.node("pow", float64, args),
  );
  const at = (slope: ir.Expr | null | undefined, a: number, b: number) => interpret(slope!, [a, b], []);

  it("are 0 for a power of 0, and for a base of 0 under a power that is not negative", () => {
    expect(at(byBase, 0, 0)).toBe(0);
    expect(at(byBase, NAN, 0)).toBe(0);
    expect(at(byBase, 0, 2)).toBe(0);
    expect(at(byBase, 0, 1)).toBe(1);
    expect(at(byPower, 0, 2)).toBe(0);
    expect(at(byPower, 0, 0)).toBe(0);
    expect(at(byPower, 0, -1)).toBe(-INF);
    expect(at(byPower, -2, 2)).toBeNaN();
  });
});

describe("lower", () => {
  it("expands functions within functions, and keeps what is primitive", () => {
    const x = ir.input(0, float32);
    const plain = ir.add(ir.mul(x, 2), 1);
    expect(lower(plain)).toBe(plain);
    const nested = ir.log(ir.add(ir.exp(x), 1));
    const parts = ir.topologicalOrder([lower(nested)]);
    expect(parts.filter((part) => part.op in functions)).toEqual([]);
    expect(interpret(lower(nested), [1], [])).toBeCloseTo(Math.log1p(Math.E), 6);
    expect(lower(nested)).toBe(lower(nested));
  });
});
