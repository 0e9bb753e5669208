/**
 * Products on several threads only where something brings them: few pages have threads, since that takes cross-origin
 * isolation, and the others need not carry them.
 */
import { teamProduct as product } from "./matmul-team.ts";

let team: typeof product | null = null;

export const teamProduct: typeof product = (...args) => team?.(...args) ?? false;

export function bringTeam(): void {
  team = product;
}
