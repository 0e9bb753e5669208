/** The walk from expressions to instructions: every node once, what does not change in a loop before the loop. */
import { float64, XorchError } from "../../base/index.ts";
import { type Expr, input, node, topologicalOrder, walk } from "../../ir/expr.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { scalarSet } from "./emit-scalar.ts";
import { fourLanes, twoLanes } from "./emit-vector.ts";
import { applyRow, type InstructionSet } from "./instruction-set.ts";

/** Where the kernel's operands lie in memory. */
export interface Layout {
  /** Address of operand `index`: the inputs first, then the outputs. */
  region(index: number): number;
  /** Address of the params, as float64. */
  readonly params: number;
}

/** Where an element lies: `offset` bytes from what the local `pointer` holds, or from 0. */
export interface Place {
  readonly pointer: number | null;
  readonly offset: number;
}

export function pushPointer(body: FunctionBuilder, { pointer }: Place): FunctionBuilder {
  return pointer === null ? body.i32(0) : body.get(pointer);
}

/** The widest set that can compute every node of the expressions. Throws an XorchError if none can. */
export function chooseInstructionSet(name: string, roots: readonly Expr[]): InstructionSet {
  const order = topologicalOrder(roots);
  const chosen = [fourLanes, twoLanes, scalarSet].find((set) => order.every((x) => set.row(x) !== null));
  if (!chosen) {
    const x = order.find((candidate) => scalarSet.row(candidate) === null)!;
    const types = x.args.map((arg) => arg.dtype).join(", ");
    throw new XorchError(`${name}: the primitive ${x.op} does not take ${types || x.dtype}`);
  }
  return chosen;
}

/** Whether running the expressions may trap: integers divided by zero. */
export function mayTrap(roots: readonly Expr[]): boolean {
  return topologicalOrder(roots).some((x) => (x.op === "div" || x.op === "rem") && x.dtype.kind !== "float");
}

/** Which inputs the expressions read. */
export function usedInputs(roots: readonly Expr[]): Expr[] {
  return topologicalOrder(roots).filter((x) => x.op === "input");
}

export class Emission {
  /** Locals of what is the same in every turn of the loop. */
  readonly #hoisted = new Map<Expr, number>();

  constructor(
    readonly body: FunctionBuilder,
    readonly set: InstructionSet,
    readonly layout: Layout,
  ) {}

  /** For an inner loop: knows what has been hoisted so far, and keeps to itself what it hoists from now on. */
  nested(): Emission {
    const inner = new Emission(this.body, this.set, this.layout);
    for (const [x, local] of this.#hoisted) inner.#hoisted.set(x, local);
    return inner;
  }

  /**
   * Computes, before the loop, what depends only on constants, params and the inputs of which one element is
   * repeated (a bit of `repeated` each), which is in its region if `place` does not say otherwise.
   */
  hoist(roots: readonly Expr[], repeated: number, place?: (x: Expr) => Place): void {
    for (const x of topologicalOrder(roots)) {
      if (this.#hoisted.has(x)) continue;
      if (x.op === "const") {
        this.set.constant(this.body, x);
      } else if (x.op === "param") {
        this.#param(x);
      } else if (x.op === "input") {
        if (!((repeated >>> Number(x.value)) & 1)) continue;
        const at = place?.(x) ?? { pointer: null, offset: this.layout.region(Number(x.value)) };
        scalarSet.load(pushPointer(this.body, at), x.dtype, at.offset);
        this.set.splat(this.body, x.dtype);
      } else if (x.args.every((arg) => this.#hoisted.has(arg))) {
        this.#compute(x, (arg) => this.#hoisted.get(arg)!);
      } else {
        continue;
      }
      this.#hoisted.set(x, this.keep(x));
    }
  }

  /** Takes the value of `x` off the stack into a new local. */
  keep(x: Expr): number {
    const local = this.body.local(this.set.type(x.dtype));
    this.body.set(local);
    return local;
  }

  isHoisted(x: Expr): boolean {
    return this.#hoisted.has(x);
  }

  /**
   * Local of a node that was hoisted, as constants are. Throws an XorchError otherwise.
   */
  hoisted(x: Expr): number {
    const local = this.#hoisted.get(x);
    if (local === undefined) throw new XorchError(`wasm: ${x.op} is not the same in every turn of the loop`);
    return local;
  }

  /** A turn of the loop: gives the local of any node, computing each once; `read` pushes an input. */
  turn(read: (x: Expr) => void): (root: Expr) => number {
    const locals = new Map<Expr, number>();
    const local = (x: Expr): number | undefined => this.#hoisted.get(x) ?? locals.get(x);
    const compute = (x: Expr): void => {
      if (x.op === "input") read(x);
      else this.#compute(x, (arg) => local(arg)!);
      locals.set(x, this.keep(x));
    };
    return (root) => {
      walk(root, (x) => local(x) === undefined, compute);
      return local(root)!;
    };
  }

  #compute(x: Expr, local: (arg: Expr) => number): void {
    const row = this.set.row(x);
    if (!row) throw new XorchError(`wasm: the primitive ${x.op} does not take ${x.dtype}`);
    applyRow(this.body, row, x.args.map(local), x);
  }

  /** Loads a param, converts it by value and repeats it in all lanes. */
  #param(x: Expr): void {
    const raw = this.body.local("f64");
    this.body
      .i32(0)
      .memory("f64.load", this.layout.params + 8 * Number(x.value))
      .set(raw);
    // The conversion is that of a cast, with the param in the place of an input.
    const conversion = node("cast", x.dtype, [input(0, float64)]);
    applyRow(this.body, scalarSet.row(conversion)!, [raw], conversion);
    this.set.splat(this.body, x.dtype);
  }
}
