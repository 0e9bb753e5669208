/** jax-js on its WebAssembly backend: one thread in Node. Everything goes through `jit`, as its guide advises: it is faster so. */
import { readFileSync } from "node:fs";
import { defaultDevice, init } from "@jax-js/jax";
import { gpt } from "./jax/gpt.ts";
import { ops } from "./jax/ops.ts";
import { steps } from "./jax/steps.ts";
import type { Open } from "./peer.ts";

const manifest = new URL("../package.json", import.meta.resolve("@jax-js/jax"));
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

export const open: Open = async () => {
  await init("wasm");
  defaultDevice("wasm");
  return { title: `jax-js ${version} wasm`, prepare: { ...steps, ...ops, gpt } };
};
