/** `torch.nn.init`: initial values of parameters. */
export type { GeneratorOption } from "../../tensor/generator-option.ts";
export {
  type KaimingOptions,
  kaimingNormal_,
  kaimingUniform_,
  normal_,
  uniform_,
  type XavierOptions,
  xavierNormal_,
  xavierUniform_,
} from "./drawn.ts";
export { calculateGain, type Nonlinearity } from "./fans.ts";
export { constant_, dirac_, eye_, ones_, zeros_ } from "./fixed.ts";
export { type OrthogonalOptions, orthogonal_, type SparseOptions, sparse_ } from "./orthogonal.ts";
export { type TruncatedNormalOptions, truncNormal_ } from "./truncated-normal.ts";
