/** Xorch as users have it: the built package, eager or compiled. */
import { readFileSync } from "node:fs";
import * as torch from "../../dist/index.js";
import { type Open, Unable } from "./peer.ts";
import { ops } from "./xorch/ops.ts";
import { type Compile, steps } from "./xorch/steps.ts";

const manifest = new URL("../../package.json", import.meta.url);
const { version: ownVersion } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

export const open: Open = ({ threads, blas = false, compiled = false }) => {
  torch.setNumThreads(threads);
  torch.backends.blas.enabled = blas;
  if (compiled && blas && !torch.backends.blas.available)
    throw new Unable(String(torch.backends.blas.reason));
  // The library's own words: its name, version and core are all in them, where it says anything.
  const { name, version } = torch.backends.blas;
  const multiplier = blas && name !== null ? (version ?? name) : "no BLAS";
  const compile: Compile = compiled ? torch.compile : (run) => run;
  return {
    title: `Xorch ${ownVersion}, ${multiplier}`,
    prepare: { ...steps(compile, compiled), ...ops(compile) },
  };
};
