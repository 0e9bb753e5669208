/** Products on several threads, at hand from the start. In bundles for browsers, team-product-later.ts takes its place. */
export { teamProduct } from "./matmul-team.ts";

/** Makes sure that products on several threads are at hand. */
export function bringTeam(): void {}
