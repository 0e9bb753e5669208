/** Functions of tensors as programs, and the programs that there are of each. */
import { CompileError, describe, ValueError } from "../base/index.ts";
import { cpu } from "../device/cpu/cpu.ts";
import { cpuCompiler } from "../device/cpu/program/compiler.ts";
import { tape, trace } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CompiledProgram } from "./compiled-program.ts";
import { keptStrides } from "./layout.ts";
import { flatten } from "./structure-text.ts";

/** Options of `torch.compile`. */
export interface CompileOptions {
  /** How many programs are kept, for different shapes, dtypes and settings; 8 unless said. */
  cacheSize?: number;
}

/** A program, and the arguments for which it is. */
export interface Cached<A extends readonly unknown[], R> {
  readonly key: string;
  readonly program: CompiledProgram<A, R>;
}

const DEFAULT_CACHE_SIZE = 8;

/** What is known of a compiled function: its programs, the one that was used last in front. */
export interface Compiled {
  readonly name: string;
  readonly cache: readonly Cached<never, unknown>[];
}

const known = new WeakMap<object, Compiled>();

/** See `torch.compile`. */
export function compileFunction<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): (...args: A) => R {
  if (typeof fn !== "function") {
    const hint =
      typeof (fn as { forward?: unknown } | null)?.forward === "function"
        ? ", as in compile((x) => model.forward(x))"
        : "";
    throw new CompileError(`compile: expected a function${hint}, got ${describe(fn)}`);
  }
  const { cacheSize = DEFAULT_CACHE_SIZE } = options;
  if (!(Number.isInteger(cacheSize) && cacheSize > 0)) {
    throw new ValueError(`compile: cacheSize must be an integer above 0, got ${describe(cacheSize)}`);
  }
  const name = fn.name || "a function";
  const cache: Cached<A, R>[] = [];
  const varying = new Set<number>();
  let warned = false;

  const add = (key: string, args: A, tensors: readonly Tensor[]): void => {
    // Where other leaves come than those that programs know by themselves, the place is for any leaf from now on.
    for (const other of cache) {
      if (other.key === key) for (const place of other.program.strangers(tensors)) varying.add(place);
    }
    const program = new CompiledProgram(fn, args, tensors, varying, cpu, cpuCompiler);
    if (cache.length >= cacheSize) {
      cache.pop();
      if (!warned) {
        warned = true;
        console.warn(
          `xorch: ${name} has been compiled for more than ${cacheSize} different shapes, dtypes, settings or arguments that are no tensors; the program that was not used for longest is dropped. Pad to fewer shapes, pass numbers that change as tensors, or give compile a larger cacheSize`,
        );
      }
    }
    cache.unshift({ key, program });
  };

  const compiled = (...args: A): R => {
    // Within another trace the function is a part of that one; anomalies are looked for op by op.
    if (trace !== null || tape?.inspect) return fn(...args);
    const tensors: Tensor[] = [];
    const key = args.length === 0 ? "" : flatten(args, tensors, (x) => signatureOf(x, tensors));
    let at = 0;
    while (at < cache.length && !(cache[at]!.key === key && cache[at]!.program.fits(tensors))) at++;
    if (at === cache.length) add(key, args, tensors);
    else if (at > 0) cache.unshift(...cache.splice(at, 1));
    return cache[0]!.program.run(tensors);
  };
  known.set(compiled, { name, cache: cache as unknown as Cached<never, unknown>[] });
  return compiled;
}

/** What a program depends on of an argument: all but its elements. The tensor is the last of `tensors`. */
function signatureOf(x: Tensor, tensors: readonly Tensor[]): string {
  const history = x.requiresGrad ? (x.isLeaf ? "!" : "^") : "";
  const layout = x.dense ? "" : `@${keptStrides(x).join()}`;
  return `${x.dtype}${history}[${x.shape.join()}]${layout}#${tensors.indexOf(x)}`;
}

/** What is known of a compiled function that has been called. `where` is who asks. */
export function compiledOf(where: string, fn: (...args: never) => unknown): Compiled {
  const found = known.get(fn);
  if (found === undefined) {
    throw new CompileError(`${where}: this is no function that torch.compile gave`);
  }
  if (found.cache.length === 0) {
    throw new CompileError(`${where}: ${found.name} has not been compiled yet; call it once first`);
  }
  return found;
}
