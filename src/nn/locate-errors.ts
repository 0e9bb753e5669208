/**
 * Says in which module an error arose: "in 2 (Linear): linear: the input has shape ...". An error leaves through the
 * `forward` of every module around it; the innermost marks it as its own, those around it write its path.
 */
import { XorchError } from "../base/index.ts";
import { trace } from "../ops/executor.ts";
import { type Holder, hearForward } from "./holder.ts";

interface Located extends Holder {
  forward(...inputs: unknown[]): unknown;
  namedModules(): [string, unknown][];
}

type ModuleClass = abstract new (...args: never[]) => Located;

interface Origin {
  readonly module: Located;
  readonly message: string;
}

const origins = new WeakMap<XorchError, Origin>();
const done = new WeakSet<object>();

/** Wraps the `forward` of a class and of those it extends, down to `root`; once for each class. */
export function locateErrorsOf(type: ModuleClass, root: ModuleClass): void {
  if (done.has(type)) return;
  for (let at = type; at !== root && !done.has(at); at = Object.getPrototypeOf(at) as ModuleClass) {
    done.add(at);
    const prototype = at.prototype as Located;
    if (Object.hasOwn(prototype, "forward")) wrap(prototype, prototype.forward);
  }
}

function wrap(prototype: Located, forward: Located["forward"]): void {
  Object.defineProperty(prototype, "forward", {
    value: function located(this: Located, ...inputs: unknown[]): unknown {
      if (trace !== null) hearForward(this);
      try {
        return forward.apply(this, inputs);
      } catch (error) {
        if (error instanceof XorchError) locate(error, this);
        throw error;
      }
    },
    configurable: true,
    writable: true,
  });
}

function locate(error: XorchError, module: Located): void {
  const origin = origins.get(error);
  if (!origin) {
    origins.set(error, { module, message: error.message });
    return;
  }
  const path = module.namedModules().find(([, part]) => part === origin.module)?.[0];
  // Not found: a module made on the fly, whose path nobody knows. Empty: super.forward of the same module.
  if (!path) return;
  // Read before the message changes: the stack may be written only now, as where a loader of TypeScript maps it.
  const { stack, message } = error;
  error.message = `in ${path} (${origin.module.constructor.name}): ${origin.message}`;
  error.stack = stack?.replace(message, () => error.message);
}
