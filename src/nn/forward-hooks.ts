/** Functions that see what goes into and comes out of a module. */
import { HeardMap, hear, tell } from "../ops/plain-state.ts";

/** Sees the output; what it returns, if anything, takes the output's place. */
export type ForwardHook<M> = (module: M, inputs: readonly unknown[], output: unknown) => unknown;

/** Sees the inputs; what it returns, if anything, takes their place (an array: all of them). */
export type ForwardPreHook<M> = (module: M, inputs: readonly unknown[]) => unknown;

/** What takes a hook away again. */
export interface HookHandle {
  /** Takes the hook away. */
  remove(): void;
}

interface Forward {
  forward(...inputs: unknown[]): unknown;
}

class ForwardHooks<M extends Forward> {
  readonly #before = new HeardMap<symbol, ForwardPreHook<M>>();
  readonly #after = new HeardMap<symbol, ForwardHook<M>>();

  /** Puts a property in front of the module's own `forward`: modules without hooks pay nothing. */
  constructor(module: M) {
    const { forward } = module;
    Object.defineProperty(module, "forward", {
      value: (...inputs: unknown[]): unknown => this.#run(module, forward, inputs),
      configurable: true,
      writable: true,
    });
    hear(module, "forward");
    tell(module, "forward", () => module.forward);
  }

  #run(module: M, forward: Forward["forward"], inputs: unknown[]): unknown {
    for (const hook of [...this.#before.values()]) {
      const replaced = hook(module, inputs);
      if (replaced !== undefined) inputs = Array.isArray(replaced) ? replaced : [replaced];
    }
    let output = forward.apply(module, inputs);
    for (const hook of [...this.#after.values()]) output = hook(module, inputs, output) ?? output;
    return output;
  }

  addBefore(hook: ForwardPreHook<M>): HookHandle {
    return add(this.#before, hook, "registerForwardPreHook");
  }

  addAfter(hook: ForwardHook<M>): HookHandle {
    return add(this.#after, hook, "registerForwardHook");
  }
}

function add<T>(hooks: Map<symbol, T>, hook: T, where: string): HookHandle {
  // A hook may be registered twice: the handle removes its own entry.
  const entry = Symbol(where);
  hooks.set(entry, hook);
  return {
    remove() {
      hooks.delete(entry);
    },
  };
}

const hooked = new WeakMap<object, unknown>();

/** The hooks of a module. */
export function hooksOf<M extends Forward>(module: M): ForwardHooks<M> {
  let hooks = hooked.get(module) as ForwardHooks<M> | undefined;
  if (!hooks) hooked.set(module, (hooks = new ForwardHooks(module)));
  return hooks;
}
