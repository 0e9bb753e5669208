/** Random numbers: PyTorch's CPU generator and the fills of contiguous memory from it. */
export { fillBernoulli, fillBernoulliFrom } from "./bernoulli.ts";
export { fillExponential, fillGeometric } from "./exponential.ts";
export { DEFAULT_SEED, defaultGenerator, Generator } from "./generator.ts";
export { STATE_BYTES } from "./generator-state.ts";
export { fillNormal, fillNormalSerial } from "./normal.ts";
export type { NumberArray } from "./number-array.ts";
export { fillRandint } from "./randint.ts";
export { fillRandom } from "./random.ts";
export { fillRandperm } from "./randperm.ts";
export { fillUniform } from "./uniform.ts";
