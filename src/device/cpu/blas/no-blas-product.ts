/** What stands in the place of blas-product.ts in bundles for browsers: no product goes to a BLAS. */
import type { blasProduct as product } from "./blas-product.ts";

export const blasProduct: typeof product = () => false;
