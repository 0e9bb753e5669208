/** What stands in the place of find-blas.ts in bundles for browsers, where nothing outside of the page can be called. */
import type { Choice, findBlas as findInNode } from "./find-blas.ts";

export const findBlas: typeof findInNode = (): Choice => ({
  blas: null,
  reason: "a BLAS can only be called from Node",
  speeds: null,
  leftOut: [],
});
