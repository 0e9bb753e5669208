/** TensorFlow.js on its WebAssembly backend: SIMD, one thread. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Open, Preparations, Prepared } from "./peer.ts";
import { gpt } from "./tensorflow/gpt.ts";
import { ops } from "./tensorflow/ops.ts";
import { steps } from "./tensorflow/steps.ts";

/** Frees every tensor that a workload left. */
function tidied(preparations: Preparations): Preparations {
  const wrap =
    (prepare: (...given: never[]) => Prepared) =>
    (...given: never[]): Prepared => {
      tf.engine().startScope();
      const dispose = () => {
        tf.engine().endScope();
        tf.disposeVariables();
      };
      return { ...prepare(...given), dispose };
    };
  return Object.fromEntries(Object.entries(preparations).map(([kind, prepare]) => [kind, wrap(prepare)]));
}

export const open: Open = async () => {
  const modulePath = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(modulePath), "/"));
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await tf.setBackend("wasm");
  await tf.ready();
  if (tf.getBackend() !== "wasm") throw new Error(`runs on ${tf.getBackend()}, not on wasm`);
  return {
    title: `TensorFlow.js ${tf.version.tfjs} wasm`,
    prepare: tidied({ ...steps, ...ops, gpt }),
  };
};
