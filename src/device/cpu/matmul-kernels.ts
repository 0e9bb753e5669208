/** The compiled kernels of the matrix product for one float type, and where in the scratch memory they work. */
import type { FunctionBuilder } from "../../codegen/wasm/assembler.ts";
import { ModuleBuilder } from "../../codegen/wasm/assembler.ts";
import { dotKernel } from "../../codegen/wasm/matmul-dot.ts";
import { float32Lanes, float64Lanes, type Lanes } from "../../codegen/wasm/matmul-lanes.ts";
import { packRows, packTransposed, unpack } from "../../codegen/wasm/matmul-pack.ts";
import { smallKernel } from "../../codegen/wasm/matmul-small.ts";
import { TILE_ROWS, tileColumns, tiledKernel } from "../../codegen/wasm/matmul-tiled.ts";
import { f32, f64, memory } from "./scratch.ts";
import { settings } from "./settings.ts";

export type FloatArray = Float32Array | Float64Array;

type Kernel = (...numbers: number[]) => void;

/** Compiles functions into one module of the scratch memory; each is a few hundred bytes. */
function compile<Name extends string>(functions: Record<Name, FunctionBuilder>): Record<Name, Kernel> {
  const builder = new ModuleBuilder();
  for (const name of Object.keys(functions) as Name[]) builder.add(name, functions[name]);
  const module = new WebAssembly.Module(builder.encode());
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Record<Name, Kernel>;
}

export class MatmulKernels {
  readonly bytes: number;
  /** Columns of a tile of the large product; it has TILE_ROWS rows. */
  readonly tileColumns: number;
  /** Elements in a v128. */
  readonly laneCount: number;

  // What the parameters mean stands at the generators.
  readonly small: Kernel;
  readonly packVectors: Kernel;
  readonly unpack: Kernel;
  /** By whether the operand lies along k, and the width of a panel. */
  readonly pack: { rows: Record<number, Kernel>; transposed: Record<number, Kernel> };
  /** Views of small products' results in the scratch memory, by their length; see matmul-small.ts. */
  readonly results: (FloatArray | undefined)[] = [];
  readonly #multiplying: ({ tiled: Kernel; dot: Kernel } | undefined)[] = [];

  constructor(
    readonly lanes: Lanes,
    /** The scratch memory as this type. */
    readonly memory: FloatArray,
  ) {
    this.bytes = lanes.bytes;
    this.laneCount = lanes.count;
    this.tileColumns = tileColumns(lanes);
    const kernels = compile({
      small: smallKernel(lanes),
      packVectors: packTransposed(lanes, lanes.count),
      rowsLeft: packRows(lanes, TILE_ROWS),
      rowsRight: packRows(lanes, this.tileColumns),
      transposedLeft: packTransposed(lanes, TILE_ROWS),
      transposedRight: packTransposed(lanes, this.tileColumns),
      unpack: unpack(lanes),
    });
    this.small = kernels.small;
    this.packVectors = kernels.packVectors;
    this.unpack = kernels.unpack;
    this.pack = {
      rows: { [TILE_ROWS]: kernels.rowsLeft, [this.tileColumns]: kernels.rowsRight },
      transposed: { [TILE_ROWS]: kernels.transposedLeft, [this.tileColumns]: kernels.transposedRight },
    };
  }

  /** The kernels of large products, in the variant that the settings ask for now. */
  get multiplying(): { tiled: Kernel; dot: Kernel } {
    const fused = !settings.deterministic && settings.relaxedFma;
    const variant = { lanes: this.lanes, fused };
    return (this.#multiplying[Number(fused)] ??= compile({
      tiled: tiledKernel(variant),
      dot: dotKernel(variant),
    }));
  }
}

let float32Kernels: MatmulKernels | undefined;
let float64Kernels: MatmulKernels | undefined;

/** Compiled at first use. */
export function matmulKernels(type: "float32" | "float64"): MatmulKernels {
  if (type === "float32") return (float32Kernels ??= new MatmulKernels(float32Lanes, f32));
  return (float64Kernels ??= new MatmulKernels(float64Lanes, f64));
}
