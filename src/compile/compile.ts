/** `torch.compile`: functions of tensors as programs. */
import { CompileError } from "../base/index.ts";
import { cpu } from "../device/cpu/cpu.ts";
import { cpuCompiler } from "../device/cpu/program/compiler.ts";
import { describe } from "../ops/pointwise-op.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CompiledProgram } from "./compiled-program.ts";
import { flatten } from "./nested.ts";

export interface CompileOptions {
  /** How many programs are kept, for different shapes, dtypes and settings; 8 unless said. */
  cacheSize?: number;
}

interface Cached<A extends readonly unknown[], R> {
  readonly key: string;
  readonly program: CompiledProgram<A, R>;
}

const DEFAULT_CACHE_SIZE = 8;

/** The programs of each compiled function, the one that was used last in front. */
const caches = new WeakMap<object, readonly Cached<never, unknown>[]>();

export function compile<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): (...args: A) => R {
  if (typeof fn !== "function") {
    throw new CompileError(`compile: expected a function, got ${describe(fn)}`);
  }
  const { cacheSize = DEFAULT_CACHE_SIZE } = options;
  const cache: Cached<A, R>[] = [];
  let warned = false;
  const compiled = (...args: A): R => {
    const tensors: Tensor[] = [];
    const key = args.length === 0 ? "" : flatten(args, tensors, (x) => signatureOf(x, tensors));
    let at = 0;
    while (at < cache.length && !(cache[at]!.key === key && cache[at]!.program.fits(tensors))) at++;
    if (at === cache.length) {
      const program = new CompiledProgram(fn, args, tensors, cpu, cpuCompiler);
      if (cache.length >= cacheSize) {
        cache.pop();
        if (!warned) {
          warned = true;
          const name = fn.name || "a function";
          console.warn(
            `xorch: ${name} has been compiled for more than ${cacheSize} different shapes, dtypes or settings; the program that was not used for longest is dropped. Pad to fewer shapes, or give compile a larger cacheSize`,
          );
        }
      }
      cache.unshift({ key, program });
    } else if (at > 0) {
      cache.unshift(...cache.splice(at, 1));
    }
    return cache[0]!.program.run(tensors);
  };
  caches.set(compiled, cache as unknown as Cached<never, unknown>[]);
  return compiled;
}

/** What a program depends on of an argument: all but its elements. The tensor is the last of `tensors`. */
function signatureOf(x: Tensor, tensors: readonly Tensor[]): string {
  return `${x.dtype}${x.requiresGrad ? "!" : ""}[${x.shape.join()}]#${tensors.indexOf(x)}`;
}

/** The program that a compiled function used last. */
export function latestProgram(compiled: (...args: never) => unknown): CompiledProgram<never, unknown> {
  const cache = caches.get(compiled);
  if (cache === undefined) throw new CompileError("compile.explain: this is not a function that compile gave");
  if (cache.length === 0) throw new CompileError("compile.explain: call the compiled function once first");
  return cache[0]!.program;
}
