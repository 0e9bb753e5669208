/** The default generator: its seed and its state. */
import { either, instanceOf, number, refuseArguments, required, signature } from "../base/arguments/index.ts";
import { replayed } from "../ops/executor.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { noteState } from "./fill-random.ts";
import { bigintKind } from "./generator-option.ts";

const manualSeedParameters = signature("manualSeed", required("seed", either(number, bigintKind)));
const setRngStateParameters = signature(
  "setRngState",
  required("state", instanceOf(Uint8Array, "a Uint8Array that getRngState gave")),
);

/**
 * Seeds the default generator. The same seed gives the numbers that PyTorch gives on the CPU.
 *
 * @throws ValueError for a seed outside [-2^63, 2^64).
 * Source: https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randn([3]); // tensor([-0.4015, -0.5934, 1.6885])
 */
export function manualSeed(seed: number | bigint): Generator;
export function manualSeed(...given: unknown[]): Generator {
  const [seed] = manualSeedParameters.read(given);
  noteState(defaultGenerator);
  return replayed(() => defaultGenerator.manualSeed(seed));
}

/**
 * Seeds the default generator from the system's randomness; returns the seed.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.seed.html
 *
 * @example
 * torch.seed() === torch.initialSeed(); // true
 */
export function seed(...given: []): number {
  refuseArguments("seed", given);
  noteState(defaultGenerator);
  return replayed(() => defaultGenerator.seed());
}

/**
 * The seed that the default generator was last given.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.initial_seed.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.initialSeed(); // 777
 */
export function initialSeed(...given: []): number | bigint {
  refuseArguments("initialSeed", given);
  return defaultGenerator.initialSeed();
}

/**
 * The state of the default generator, in PyTorch's own layout.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.get_rng_state.html
 *
 * @example
 * const state = torch.getRngState();
 * const first = torch.rand([1]).item();
 * torch.setRngState(state);
 * torch.rand([1]).item() === first; // true
 */
export function getRngState(...given: []): Uint8Array {
  refuseArguments("getRngState", given);
  return defaultGenerator.getState();
}

/**
 * Puts the default generator back to a state that `getRngState` gave.
 *
 * @throws ValueError for bytes that are no such state.
 * Source: https://pytorch.org/docs/stable/generated/torch.set_rng_state.html
 *
 * @example
 * torch.setRngState(torch.getRngState());
 */
export function setRngState(state: Uint8Array): void;
export function setRngState(...given: unknown[]): void {
  const [state] = setRngStateParameters.read(given);
  noteState(defaultGenerator);
  replayed(() => defaultGenerator.setState(state));
}
