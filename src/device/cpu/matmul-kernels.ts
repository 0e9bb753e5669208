/**
 * The compiled kernels of the matrix product for one float type. Each module stays below the 4 KiB that browsers
 * compile at once on their main thread, and is compiled when first needed.
 */
import { FunctionBuilder, ModuleBuilder } from "../../codegen/wasm/assembler.ts";
import { fusedMultiplyAdd } from "../../codegen/wasm/fused-multiply-add.ts";
import { dotKernel } from "../../codegen/wasm/matmul-dot.ts";
import {
  float32Lanes,
  float64Lanes,
  type Lanes,
  multiplyAdd,
  type Variant,
} from "../../codegen/wasm/matmul-lanes.ts";
import { packRows, packTransposed, unpack } from "../../codegen/wasm/matmul-pack.ts";
import { smallKernel } from "../../codegen/wasm/matmul-small.ts";
import { TILE_ROWS, tileColumns, tiledKernel, tileKernel } from "../../codegen/wasm/matmul-tiled.ts";
import { hasFusedMultiplyAdd } from "../../codegen/wasm/relaxed-simd.ts";
import { f32, f64, memory } from "./scratch.ts";
import { settings } from "./settings.ts";

export type FloatArray = Float32Array | Float64Array;

/** Takes addresses, sizes and strides in bytes; what each parameter means stands at the generator. */
type Kernel = (...numbers: number[]) => void;

function compile<Name extends string>(functions: Record<Name, FunctionBuilder>): Record<Name, Kernel> {
  const builder = new ModuleBuilder();
  for (const name of Object.keys(functions) as Name[]) builder.add(name, functions[name]);
  const module = new WebAssembly.Module(builder.encode());
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Record<Name, Kernel>;
}

/**
 * The kernel of the smallest products, whose digits are the same on every machine: a step rounds once in float32 (as
 * PyTorch's does) and twice in float64. Where an engine has no instruction for the former, a function takes its place;
 * it comes first, as number 0.
 */
function exactFunctions(lanes: Lanes): { exact: FunctionBuilder } {
  if (lanes.bytes === 8 || hasFusedMultiplyAdd()) {
    return { exact: directKernel({ lanes, fused: lanes.bytes === 4 }) };
  }
  const fused = new FunctionBuilder(["v128", "v128", "v128"], ["v128"]);
  fusedMultiplyAdd(fused, 0, 1, 2);
  const callFused = (f: FunctionBuilder, sum: number, a: number, b: number): void => {
    f.get(a).get(b).get(sum).op("call", 0).set(sum);
  };
  const functions = { fused, exact: smallKernel(lanes, callFused) };
  return functions;
}

/** The kernel of small products with the engine's own instructions. */
function directKernel(variant: Variant): FunctionBuilder {
  return smallKernel(variant.lanes, (f, sum, a, b) => multiplyAdd(f, variant, sum, a, b));
}

/** Moves operands of large products into panels, whose width is the key, and results out of tiles. */
interface PackingKernels {
  readonly rows: Record<number, Kernel>;
  readonly transposed: Record<number, Kernel>;
  readonly unpack: Kernel;
}

function compilePacking(lanes: Lanes): PackingKernels {
  const left = TILE_ROWS;
  const right = tileColumns(lanes);
  const kernels = compile({
    rowsLeft: packRows(lanes, left),
    rowsRight: packRows(lanes, right),
    transposedLeft: packTransposed(lanes, left),
    transposedRight: packTransposed(lanes, right),
    unpack: unpack(lanes),
  });
  return {
    rows: { [left]: kernels.rowsLeft, [right]: kernels.rowsRight },
    transposed: { [left]: kernels.transposedLeft, [right]: kernels.transposedRight },
    unpack: kernels.unpack,
  };
}

interface MultiplyingKernels {
  readonly tiled: Kernel;
  readonly dot: Kernel;
  /** As `MatmulKernels.exact`, rounding as the other two do. */
  readonly direct: Kernel;
}

export class MatmulKernels {
  /** Of an element. */
  readonly bytes: number;
  /** Elements in a v128. */
  readonly laneCount: number;
  /** Columns of a tile of the large product; it has TILE_ROWS rows. */
  readonly tileColumns: number;
  /** Multiplies operands as they lie, with the same digits on every machine. */
  readonly exact: Kernel;
  /** Packs into panels of one vector's width. */
  readonly packVectors: Kernel;
  /** Views of small products' results in the scratch memory, by their length; see matmul-small.ts. */
  readonly results: (FloatArray | undefined)[] = [];
  #packing: PackingKernels | undefined;
  readonly #multiplying: (MultiplyingKernels | undefined)[] = [];

  constructor(
    readonly lanes: Lanes,
    /** The scratch memory as this type. */
    readonly memory: FloatArray,
  ) {
    this.bytes = lanes.bytes;
    this.laneCount = lanes.count;
    this.tileColumns = tileColumns(lanes);
    const packVectors = packTransposed(lanes, lanes.count);
    const kernels = compile({ ...exactFunctions(lanes), packVectors });
    this.exact = kernels.exact;
    this.packVectors = kernels.packVectors;
  }

  get packing(): PackingKernels {
    return (this.#packing ??= compilePacking(this.lanes));
  }

  /** The kernels of larger products, in the variant that the settings ask for now. */
  get multiplying(): MultiplyingKernels {
    const fused = !settings.deterministic && settings.relaxedFma;
    const variant = { lanes: this.lanes, fused };
    return (this.#multiplying[Number(fused)] ??= {
      // The first function is number 0, which the second one calls.
      ...compile({ tile: tileKernel(variant), tiled: tiledKernel(variant, 0), dot: dotKernel(variant) }),
      ...compile({ direct: directKernel(variant) }),
    });
  }
}

let float32Kernels: MatmulKernels | undefined;
let float64Kernels: MatmulKernels | undefined;

export function matmulKernels(type: "float32" | "float64"): MatmulKernels {
  if (type === "float32") return (float32Kernels ??= new MatmulKernels(float32Lanes, f32));
  return (float64Kernels ??= new MatmulKernels(float64Lanes, f64));
}
