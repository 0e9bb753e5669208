/**
 * SIMD: four lanes of 32 bits, or two of 64. bool is held as a lane mask (all bits set where true), uint8 in the low
 * byte of a lane. What a set has no instruction for is null; a kernel that needs it runs one element at a time.
 */
import type { DType } from "../../base/index.ts";
import type { Expr } from "../../ir/expr.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { fusedLanes } from "./fused-multiply-add.ts";
import {
  applyRow,
  type Conversions,
  findRow,
  type InstructionSet,
  pass,
  type Row,
  type Rows,
  type SameBits,
} from "./instruction-set.ts";
import type { Opcode } from "./opcodes.ts";

type FloatLanes = "f32x4" | "f64x2";
type IntegerLanes = "i32x4" | "i64x2";

/** a in the lanes where the condition holds, else b. */
function select(body: FunctionBuilder, [condition, a, b]: readonly number[]): void {
  body.get(a!).get(b!).get(condition!).op("v128.bitselect");
}

/**
 * The smaller or larger of two floats. x64 has no instruction that does as WebAssembly demands of NaN and -0, so it
 * takes seven; against a constant c the one of pmin(x, c) = (c < x ? c : x) is enough, and alike for pmax: a NaN in x
 * stays. Where c is 0, x must win over a c of the other sign: max(x, 0) takes a sum with 0, which turns -0 to 0.
 */
function extreme(t: FloatLanes, kind: "min" | "max"): Row {
  return (body, args, x) => {
    const at = x.args.findIndex((arg) => arg.op === "const");
    const value = at >= 0 ? Number(x.args[at]!.value) : Number.NaN;
    if (Number.isNaN(value) || (kind === "min" && Object.is(value, -0))) {
      body.get(args[0]!).get(args[1]!).op(`${t}.${kind}`);
      return;
    }
    body
      .get(args[1 - at]!)
      .get(args[at]!)
      .op(`${t}.p${kind}`);
    if (kind === "max" && Object.is(value, 0)) body.get(args[at]!).op(`${t}.add`);
  };
}

function floatRows(t: FloatLanes) {
  return {
    add: `${t}.add`,
    sub: `${t}.sub`,
    mul: `${t}.mul`,
    fma: null,
    div: `${t}.div`,
    rem: null,
    neg: `${t}.neg`,
    abs: `${t}.abs`,
    min: extreme(t, "min"),
    max: extreme(t, "max"),
    sqrt: `${t}.sqrt`,
    floor: `${t}.floor`,
    ceil: `${t}.ceil`,
    trunc: `${t}.trunc`,
    nearest: `${t}.nearest`,
    and: null,
    or: null,
    xor: null,
    not: null,
    shl: null,
    shr: null,
    shru: null,
    eq: `${t}.eq`,
    ne: `${t}.ne`,
    lt: `${t}.lt`,
    le: `${t}.le`,
    gt: `${t}.gt`,
    ge: `${t}.ge`,
    select,
  } as const satisfies Rows;
}

/** Shifts take one count for all lanes, so only a constant count will do (see `shiftsByConstant`). */
function shift(op: Opcode): Exclude<Row, null> {
  return (body, [value], x) => {
    const bits = 8 * x.dtype.bytes;
    body
      .get(value!)
      .i32(Number(x.args[1]!.value) & (bits - 1))
      .op(op);
  };
}

/** The one of a and b for which `a compare b` holds, b otherwise. */
function selectBy(compare: Opcode): Row {
  return (body, [a, b]) => {
    body.get(a!).get(b!).get(a!).get(b!).op(compare).op("v128.bitselect");
  };
}

function integerRows(t: IntegerLanes) {
  return {
    add: `${t}.add`,
    sub: `${t}.sub`,
    mul: `${t}.mul`,
    fma: null,
    // Division by zero must be noticed, and the lanes past the last element may well hold zeros.
    div: null,
    rem: null,
    neg: `${t}.neg`,
    abs: `${t}.abs`,
    min: selectBy(`${t}.lt_s`),
    max: selectBy(`${t}.gt_s`),
    sqrt: null,
    floor: null,
    ceil: null,
    trunc: null,
    nearest: null,
    and: "v128.and",
    or: "v128.or",
    xor: "v128.xor",
    not: "v128.not",
    shl: shift(`${t}.shl`),
    shr: shift(`${t}.shr_s`),
    shru: shift(`${t}.shr_u`),
    eq: `${t}.eq`,
    ne: `${t}.ne`,
    lt: `${t}.lt_s`,
    le: `${t}.le_s`,
    gt: `${t}.gt_s`,
    ge: `${t}.ge_s`,
    select,
  } as const satisfies Rows;
}

/** Clears all but the low 8 bits of each lane; two shifts, as a constant mask inside the loop would cost more. */
function cutToByte(body: FunctionBuilder, t: IntegerLanes): void {
  const count = t === "i32x4" ? 24 : 56;
  body.i32(count).op(`${t}.shl`).i32(count).op(`${t}.shr_u`);
}

function uint8Rows(t: IntegerLanes) {
  const plain = integerRows(t);
  const wrapped = (row: Exclude<Row, null>): Row => {
    return (body, args, x) => {
      applyRow(body, row, args, x);
      cutToByte(body, t);
    };
  };
  return {
    ...plain,
    add: wrapped(plain.add),
    sub: wrapped(plain.sub),
    mul: wrapped(plain.mul),
    neg: wrapped(plain.neg),
    abs: pass,
    not: wrapped(plain.not),
    shl: wrapped(shift(`${t}.shl`)),
    shr: shift(`${t}.shr_u`),
  } as const satisfies Rows;
}

const less: Row = (body, [a, b]) => {
  body.get(b!).get(a!).op("v128.andnot");
};

const greater: Row = (body, [a, b]) => {
  body.get(a!).get(b!).op("v128.andnot");
};

function negated(row: Exclude<Row, null>): Row {
  return (body, args, x) => {
    applyRow(body, row, args, x);
    body.op("v128.not");
  };
}

/** On masks: false < true; add, sub and mul are or, xor and and (see emit-scalar.ts). */
const boolRows = {
  add: "v128.or",
  sub: "v128.xor",
  mul: "v128.and",
  fma: null,
  div: null,
  rem: null,
  neg: pass,
  abs: pass,
  min: "v128.and",
  max: "v128.or",
  sqrt: null,
  floor: null,
  ceil: null,
  trunc: null,
  nearest: null,
  and: "v128.and",
  or: "v128.or",
  xor: "v128.xor",
  not: "v128.not",
  shl: null,
  shr: null,
  shru: null,
  eq: negated("v128.xor"),
  ne: "v128.xor",
  lt: less,
  le: negated(greater),
  gt: greater,
  ge: negated(less),
  select,
} as const satisfies Rows;

const zero = new Array<number>(16).fill(0);

/** Where the lanes are not zero; a NaN is not. */
function nonZero(compare: Opcode): Row {
  return (body, [x]) => {
    body.get(x!).v128(zero).op(compare);
  };
}

const cut = (t: IntegerLanes): Row => {
  return (body, [x]) => {
    cutToByte(body.get(x!), t);
  };
};

function bytesOf(values: ArrayBufferView): number[] {
  return [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}

type Narrow = "bool" | "uint8" | "int32" | "float32";

const conversions4: Conversions<Narrow> = {
  // A mask is 0 or -1.
  bool: {
    bool: pass,
    uint8: "i32x4.neg",
    int32: "i32x4.neg",
    float32: (body, [x]) => {
      body.get(x!).op("i32x4.neg").op("f32x4.convert_i32x4_s");
    },
  },
  uint8: { bool: nonZero("i32x4.ne"), uint8: pass, int32: pass, float32: "f32x4.convert_i32x4_s" },
  int32: { bool: nonZero("i32x4.ne"), uint8: cut("i32x4"), int32: pass, float32: "f32x4.convert_i32x4_s" },
  float32: {
    bool: nonZero("f32x4.ne"),
    uint8: (body, [x]) => {
      cutToByte(body.get(x!).op("i32x4.trunc_sat_f32x4_s"), "i32x4");
    },
    int32: "i32x4.trunc_sat_f32x4_s",
    float32: pass,
  },
};

type Wide = "bool" | "uint8" | "int64" | "float64";

/** Through scalars: there is no instruction that converts between 64-bit integers and floats. */
function laneByLane(
  from: "i64x2" | "f64x2",
  convert: (body: FunctionBuilder) => void,
  to: "i64x2" | "f64x2",
): Row {
  return (body, [x]) => {
    convert(body.get(x!).op(`${from}.extract_lane`, 0));
    body.op(`${to}.splat`);
    convert(body.get(x!).op(`${from}.extract_lane`, 1));
    body.op(`${to}.replace_lane`, 1);
  };
}

const integerToFloat64 = laneByLane("i64x2", (body) => body.op("f64.convert_i64_s"), "f64x2");

const conversions2: Conversions<Wide> = {
  bool: {
    bool: pass,
    uint8: "i64x2.neg",
    int64: "i64x2.neg",
    float64: (body, [x]) => {
      body
        .get(x!)
        .v128(bytesOf(new Float64Array(2).fill(1)))
        .op("v128.and");
    },
  },
  uint8: { bool: nonZero("i64x2.ne"), uint8: pass, int64: pass, float64: integerToFloat64 },
  int64: { bool: nonZero("i64x2.ne"), uint8: cut("i64x2"), int64: pass, float64: integerToFloat64 },
  float64: {
    bool: nonZero("f64x2.ne"),
    uint8: laneByLane(
      "f64x2",
      (body) => body.op("i32.trunc_sat_f64_s").i32(255).op("i32.and").op("i64.extend_i32_u"),
      "i64x2",
    ),
    int64: laneByLane("f64x2", (body) => body.op("i64.trunc_sat_f64_s"), "i64x2"),
    float64: pass,
  },
};

const sameBits4: SameBits = { "float32 int32": pass, "int32 float32": pass, "bool uint8": "i32x4.neg" };
const sameBits2: SameBits = { "float64 int64": pass, "int64 float64": pass, "bool uint8": "i64x2.neg" };

const rows4: Readonly<Record<Narrow, Rows>> = {
  bool: boolRows,
  uint8: uint8Rows("i32x4"),
  int32: integerRows("i32x4"),
  float32: { ...floatRows("f32x4"), fma: fusedLanes },
};

const rows2: Readonly<Record<Wide, Rows>> = {
  bool: boolRows,
  uint8: uint8Rows("i64x2"),
  int64: integerRows("i64x2"),
  float64: floatRows("f64x2"),
};

/** A shift by anything but a constant has no vector form, whatever its row. */
function shiftsByConstant(x: Expr): boolean {
  return (x.op !== "shl" && x.op !== "shr" && x.op !== "shru") || x.args[1]!.op === "const";
}

/** Bytes 0 to 15 turned so that byte `first` comes first. */
function rotated(first: number): number[] {
  return Array.from({ length: 16 }, (_, i) => (i + first) % 16);
}

/** Pushes the vector as it lies in memory: elements of one byte in its first bytes. */
function packed4(body: FunctionBuilder, dtype: DType, value: number): void {
  body.get(value);
  if (dtype.bytes === 4) return;
  if (dtype.name === "bool") body.op("i32x4.neg");
  body.v128(zero).op("i16x8.narrow_i32x4_u").v128(zero).op("i8x16.narrow_i16x8_u");
}

/** As packed4, of two lanes. */
function packed2(body: FunctionBuilder, dtype: DType, value: number): void {
  body.get(value);
  if (dtype.bytes === 8) return;
  if (dtype.name === "bool") body.op("i64x2.neg");
  // Bytes 0 and 8, the low ones of the two lanes, side by side.
  body.v128(zero).shuffle([0, 8, ...new Array<number>(14).fill(16)]);
}

/** Stores the first `bytes` bytes, at most 16, of the vector that `push` pushes. */
function storePieces(
  body: FunctionBuilder,
  address: number,
  offset: number,
  bytes: number,
  push: () => void,
): void {
  const vector = body.local("v128");
  push();
  body.set(vector);
  if (bytes === 16) {
    body.get(address).get(vector).memory("v128.store", offset);
    return;
  }
  let done = 0;
  for (const size of [8, 4, 2, 1] as const) {
    if ((bytes & size) === 0) continue;
    const name = `v128.store${8 * size}_lane` as `v128.store${64 | 32 | 16 | 8}_lane`;
    body
      .get(address)
      .get(vector)
      .memory(name, offset + done, done / size);
    done += size;
  }
}

export const fourLanes: InstructionSet = {
  lanes: 4,
  type: () => "v128",
  row: (x) => (shiftsByConstant(x) ? findRow(rows4, conversions4, sameBits4, x) : null),
  constant(body, x) {
    const value = Number(x.value);
    if (x.dtype.name === "float32") body.v128(bytesOf(new Float32Array(4).fill(value)));
    else body.v128(bytesOf(new Int32Array(4).fill(x.dtype.name === "bool" ? -value : value)));
  },
  splat(body, dtype) {
    if (dtype.name === "float32") body.op("f32x4.splat");
    else body.op("i32x4.splat");
    if (dtype.name === "bool") body.op("i32x4.neg");
  },
  load(body, dtype, offset) {
    if (dtype.bytes === 4) {
      body.memory("v128.load", offset);
      return;
    }
    body.memory("v128.load32_zero", offset);
    body.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u");
    if (dtype.name === "bool") body.op("i32x4.neg");
  },
  store(body, dtype, address, value, offset) {
    packed4(body.get(address), dtype, value);
    if (dtype.bytes === 4) body.memory("v128.store", offset);
    else body.memory("v128.store32_lane", offset, 0);
  },
  storeFirst(body, dtype, address, value, offset, count) {
    storePieces(body, address, offset, count * dtype.bytes, () => packed4(body, dtype, value));
  },
  first(body, dtype) {
    if (dtype.name === "float32") body.op("f32x4.extract_lane", 0);
    else body.op("i32x4.extract_lane", 0);
    if (dtype.name === "bool") body.i32(1).op("i32.and");
  },
  foldShuffles: [rotated(4), rotated(8), rotated(12)],
  firstLanes(body, count) {
    body
      .v128(bytesOf(Int32Array.of(0, 1, 2, 3)))
      .get(count)
      .op("i32x4.splat")
      .op("i32x4.lt_s");
  },
};

export const twoLanes: InstructionSet = {
  lanes: 2,
  type: () => "v128",
  row: (x) => (shiftsByConstant(x) ? findRow(rows2, conversions2, sameBits2, x) : null),
  constant(body, x) {
    if (x.dtype.name === "float64") {
      body.v128(bytesOf(new Float64Array(2).fill(Number(x.value))));
    } else {
      const value = BigInt(x.value);
      body.v128(bytesOf(new BigInt64Array(2).fill(x.dtype.name === "bool" ? -value : value)));
    }
  },
  splat(body, dtype) {
    if (dtype.name === "float64") {
      body.op("f64x2.splat");
    } else {
      // bool and uint8 come as 32 bits.
      if (dtype.bytes === 1) body.op("i64.extend_i32_u");
      body.op("i64x2.splat");
      if (dtype.name === "bool") body.op("i64x2.neg");
    }
  },
  load(body, dtype, offset) {
    if (dtype.bytes === 8) {
      body.memory("v128.load", offset);
      return;
    }
    body.memory("v128.load16_splat", offset);
    body.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("i64x2.extend_low_i32x4_u");
    if (dtype.name === "bool") body.op("i64x2.neg");
  },
  store(body, dtype, address, value, offset) {
    packed2(body.get(address), dtype, value);
    if (dtype.bytes === 8) body.memory("v128.store", offset);
    else body.memory("v128.store16_lane", offset, 0);
  },
  storeFirst(body, dtype, address, value, offset, count) {
    storePieces(body, address, offset, count * dtype.bytes, () => packed2(body, dtype, value));
  },
  first(body, dtype) {
    if (dtype.name === "float64") {
      body.op("f64x2.extract_lane", 0);
      return;
    }
    body.op("i64x2.extract_lane", 0);
    if (dtype.bytes === 1) body.op("i32.wrap_i64");
    if (dtype.name === "bool") body.i32(1).op("i32.and");
  },
  foldShuffles: [rotated(8)],
  firstLanes(body, count) {
    body.v128(bytesOf(BigInt64Array.of(0n, 1n)));
    body.get(count).op("i64.extend_i32_u").op("i64x2.splat").op("i64x2.lt_s");
  },
};
