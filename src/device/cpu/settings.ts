/** Choices that change the digits of results, or their speed, and nothing else. */
import { hasFusedMultiplyAdd } from "../../codegen/wasm/relaxed-simd.ts";

let relaxedFma: boolean | undefined;

export const settings = {
  /**
   * Same digits on every machine: larger products multiply and add with two roundings, and no system BLAS is used. The
   * smallest products have the same digits anyhow.
   */
  deterministic: false,

  /** Whether products may go to a BLAS of the system. */
  blas: true,

  /** Whether large products may multiply and add with one rounding. True where the engine can, unless set. */
  get relaxedFma(): boolean {
    relaxedFma ??= hasFusedMultiplyAdd();
    return relaxedFma;
  },

  set relaxedFma(value: boolean) {
    relaxedFma = value && hasFusedMultiplyAdd();
  },
};
