/** One element at a time: the set that can do everything. bool and uint8 are held in an i32. */
import { type DTypeName, XorchError } from "../../base/index.ts";
import type { FunctionBuilder, ValueType } from "./assembler.ts";
import { fusedScalar } from "./fused-multiply-add.ts";
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

const types: Record<DTypeName, ValueType> = {
  bool: "i32",
  uint8: "i32",
  int32: "i32",
  int64: "i64",
  float32: "f32",
  float64: "f64",
};

/** a where the condition holds, else b. */
function select(body: FunctionBuilder, [condition, a, b]: readonly number[]): void {
  body.get(a!).get(b!).get(condition!).op("select");
}

function floatRows(t: "f32" | "f64") {
  return {
    add: `${t}.add`,
    sub: `${t}.sub`,
    mul: `${t}.mul`,
    fma: null,
    div: `${t}.div`,
    rem: null,
    neg: `${t}.neg`,
    abs: `${t}.abs`,
    min: `${t}.min`,
    max: `${t}.max`,
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

function integerConstant(body: FunctionBuilder, t: "i32" | "i64", value: number): FunctionBuilder {
  return t === "i32" ? body.i32(value) : body.i64(BigInt(value));
}

/** The one of a and b for which `a compare b` holds, b otherwise. */
function selectBy(compare: Opcode): Row {
  return (body, [a, b]) => {
    body.get(a!).get(b!).get(a!).get(b!).op(compare).op("select");
  };
}

function integerRows(t: "i32" | "i64") {
  return {
    add: `${t}.add`,
    sub: `${t}.sub`,
    mul: `${t}.mul`,
    fma: null,
    // WebAssembly traps on the smallest integer divided by -1; it must wrap, as a negation does. So the divisor -1
    // becomes 1, and the quotient is negated: both by arithmetic with s = (b == -1): (a / (b + 2s)) * (1 - 2s).
    div: (body, [a, b]) => {
      const two = () => {
        integerConstant(body.get(b!), t, -1).op(`${t}.eq`);
        if (t === "i64") body.op("i64.extend_i32_u");
        integerConstant(body, t, 1).op(`${t}.shl`);
      };
      body.get(a!).get(b!);
      two();
      body.op(`${t}.add`).op(`${t}.div_s`);
      integerConstant(body, t, 1);
      two();
      body.op(`${t}.sub`).op(`${t}.mul`);
    },
    rem: `${t}.rem_s`,
    neg: (body, [x]) => {
      integerConstant(body, t, 0).get(x!).op(`${t}.sub`);
    },
    // With the sign s = x >> (bits - 1), which is 0 or -1: |x| = (x xor s) - s.
    abs: (body, [x]) => {
      const sign = () => integerConstant(body.get(x!), t, t === "i32" ? 31 : 63).op(`${t}.shr_s`);
      body.get(x!);
      sign().op(`${t}.xor`);
      sign().op(`${t}.sub`);
    },
    min: selectBy(`${t}.lt_s`),
    max: selectBy(`${t}.gt_s`),
    sqrt: null,
    floor: null,
    ceil: null,
    trunc: null,
    nearest: null,
    and: `${t}.and`,
    or: `${t}.or`,
    xor: `${t}.xor`,
    not: (body, [x]) => {
      integerConstant(body.get(x!), t, -1).op(`${t}.xor`);
    },
    shl: `${t}.shl`,
    shr: `${t}.shr_s`,
    shru: `${t}.shr_u`,
    eq: `${t}.eq`,
    ne: `${t}.ne`,
    lt: `${t}.lt_s`,
    le: `${t}.le_s`,
    gt: `${t}.gt_s`,
    ge: `${t}.ge_s`,
    select,
  } as const satisfies Rows;
}

const int32Rows = integerRows("i32");

/** The arguments, an instruction, and the result cut to its low 8 bits. */
function wrapped(row: Exclude<Row, null>): Row {
  return (body, args, x) => {
    applyRow(body, row, args, x);
    body.i32(255).op("i32.and");
  };
}

/** Shift counts are taken modulo the width, which is 8. */
function byteShift(op: Opcode): Exclude<Row, null> {
  return (body, [value, count]) => {
    body.get(value!).get(count!).i32(7).op("i32.and").op(op);
  };
}

const uint8Rows = {
  ...int32Rows,
  add: wrapped(int32Rows.add),
  sub: wrapped(int32Rows.sub),
  mul: wrapped(int32Rows.mul),
  div: "i32.div_u",
  rem: "i32.rem_u",
  neg: wrapped(int32Rows.neg),
  abs: pass,
  not: wrapped(int32Rows.not),
  shl: wrapped(byteShift("i32.shl")),
  shr: byteShift("i32.shr_u"),
  shru: byteShift("i32.shr_u"),
} as const satisfies Rows;

/** In bool, a sum that is not 0 is 1, and so with differences: or, xor, and for add, sub, mul. */
const boolRows = {
  ...int32Rows,
  add: "i32.or",
  sub: "i32.xor",
  mul: "i32.and",
  fma: null,
  div: null,
  rem: null,
  neg: pass,
  abs: pass,
  not: "i32.eqz",
  shl: null,
  shr: null,
  shru: null,
} as const satisfies Rows;

const rows: Readonly<Record<DTypeName, Rows>> = {
  bool: boolRows,
  uint8: uint8Rows,
  int32: int32Rows,
  int64: integerRows("i64"),
  float32: { ...floatRows("f32"), fma: fusedScalar },
  float64: floatRows("f64"),
};

const low8: Row = (body, [x]) => {
  body.get(x!).i32(255).op("i32.and");
};

/** By value: integers are cut to the low bits, floats truncate and saturate (to uint8 by way of int32). */
const conversions: Conversions = {
  bool: {
    bool: pass,
    uint8: pass,
    int32: pass,
    int64: "i64.extend_i32_u",
    float32: "f32.convert_i32_s",
    float64: "f64.convert_i32_s",
  },
  uint8: {
    bool: (body, [x]) => {
      body.get(x!).i32(0).op("i32.ne");
    },
    uint8: pass,
    int32: pass,
    int64: "i64.extend_i32_u",
    float32: "f32.convert_i32_s",
    float64: "f64.convert_i32_s",
  },
  int32: {
    bool: (body, [x]) => {
      body.get(x!).i32(0).op("i32.ne");
    },
    uint8: low8,
    int32: pass,
    int64: "i64.extend_i32_s",
    float32: "f32.convert_i32_s",
    float64: "f64.convert_i32_s",
  },
  int64: {
    bool: (body, [x]) => {
      body.get(x!).i64(0n).op("i64.ne");
    },
    uint8: (body, [x]) => {
      body.get(x!).op("i32.wrap_i64").i32(255).op("i32.and");
    },
    int32: "i32.wrap_i64",
    int64: pass,
    float32: "f32.convert_i64_s",
    float64: "f64.convert_i64_s",
  },
  float32: {
    bool: (body, [x]) => {
      body.get(x!).f32(0).op("f32.ne");
    },
    uint8: (body, [x]) => {
      body.get(x!).op("i32.trunc_sat_f32_s").i32(255).op("i32.and");
    },
    int32: "i32.trunc_sat_f32_s",
    int64: "i64.trunc_sat_f32_s",
    float32: pass,
    float64: "f64.promote_f32",
  },
  float64: {
    bool: (body, [x]) => {
      body.get(x!).f64(0).op("f64.ne");
    },
    uint8: (body, [x]) => {
      body.get(x!).op("i32.trunc_sat_f64_s").i32(255).op("i32.and");
    },
    int32: "i32.trunc_sat_f64_s",
    int64: "i64.trunc_sat_f64_s",
    float32: "f32.demote_f64",
    float64: pass,
  },
};

const sameBits: SameBits = {
  "float32 int32": "i32.reinterpret_f32",
  "int32 float32": "f32.reinterpret_i32",
  "float64 int64": "i64.reinterpret_f64",
  "int64 float64": "f64.reinterpret_i64",
  "bool uint8": pass,
};

const loads: Record<DTypeName, Opcode> = {
  bool: "i32.load8_u",
  uint8: "i32.load8_u",
  int32: "i32.load",
  int64: "i64.load",
  float32: "f32.load",
  float64: "f64.load",
};

const stores: Record<DTypeName, Opcode> = {
  bool: "i32.store8",
  uint8: "i32.store8",
  int32: "i32.store",
  int64: "i64.store",
  float32: "f32.store",
  float64: "f64.store",
};

export const scalarSet: InstructionSet = {
  lanes: 1,
  type: (dtype) => types[dtype.name],
  row: (x) => findRow(rows, conversions, sameBits, x),
  constant(body, x) {
    switch (types[x.dtype.name]) {
      case "f32":
        body.f32(Number(x.value));
        break;
      case "f64":
        body.f64(Number(x.value));
        break;
      case "i64":
        body.i64(BigInt(x.value));
        break;
      default:
        body.i32(Number(x.value));
    }
  },
  splat() {},
  load(body, dtype, offset) {
    body.memory(loads[dtype.name], offset);
  },
  store(body, dtype, address, value, offset) {
    body.get(address).get(value).memory(stores[dtype.name], offset);
  },
  storeFirst(body, dtype, address, value, offset) {
    scalarSet.store(body, dtype, address, value, offset);
  },
  first() {},
  foldShuffles: [],
  firstLanes() {
    throw new XorchError("wasm: one element at a time has no lanes to mask");
  },
};
