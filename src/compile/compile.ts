/** `torch.compile`. */
import { compileFunction } from "./compile-function.ts";
import { dot } from "./dot.ts";
import { explain } from "./explain.ts";

/**
 * A function that does the same as `fn`, as a program. Its first call traces `fn`: runs it once without values, and notes
 * which kernels it asks for. They are fused, given places in memory, and written as one WebAssembly function, which
 * every later call runs. `fn` may do anything that eager code may, training steps with `backward()` and `optimizer.step()`
 * included; parameters, gradients, statistics, the optimizer and random generators are as after an eager call, to the bit
 * where deterministic algorithms are on.
 *
 * Tensors among the arguments and results may be nested in arrays and objects. Other arguments are constants of the
 * program, as are the variables that `fn` reads: another shape, dtype or constant makes another program. At most
 * `cacheSize` (8) of them are kept. Values cannot be read in `fn`, and control flow cannot depend on them. What `fn` returns
 * can be differentiated. docs/compile.md says more.
 *
 * `compile.explain(compiled)` says what has become of a function, `compile.dot(compiled)` draws it.
 *
 * @throws CompileError for what is no function. The compiled function throws CompileError where `fn` is async, reads a
 * value, or changes a tensor from outside in place to something that requires gradients; everything is as before then.
 * Source: https://pytorch.org/docs/stable/generated/torch.compile.html
 *
 * @example
 * const criterion = new torch.nn.BCELoss();
 * const optimizer = new torch.optim.SGD(model.parameters(), { lr: 1 });
 * const step = torch.compile((x: torch.Tensor, y: torch.Tensor) => {
 *   optimizer.zeroGrad();
 *   const cost = criterion.forward(model.forward(x), y);
 *   cost.backward();
 *   optimizer.step();
 *   return cost;
 * });
 * const first = step(x, y);
 * for (let i = 0; i < 100; i++) step(x, y);
 * step(x, y).item() < first.item(); // true
 */
export const compile = /* @__PURE__ */ Object.assign(compileFunction, { explain, dot });
