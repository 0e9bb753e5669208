/** What `to` converts to: to(dtype), to(device), to(device, dtype), to(tensor), or by name. */
import { dtype, either, flag, keyword, optional, required, signature } from "../base/arguments/index.ts";
import { DType } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { isTensor, type Tensor } from "../ops/handle.ts";
import { tensor } from "../ops/kinds.ts";
import { deviceKind } from "./devices.ts";

/** Where to, and into what; undefined stays as it is. */
export interface Target {
  readonly device: Device | string | undefined;
  readonly dtype: DType | undefined;
  readonly copy: boolean;
}

const target = either(either(dtype, deviceKind), tensor);
const byPosition = signature(
  "to",
  required("target", target),
  optional("dtype", dtype),
  keyword("copy", flag, false),
);
const byName = signature(
  "to",
  keyword("device", deviceKind),
  keyword("dtype", dtype),
  keyword("copy", flag, false),
);

/** Reads the arguments of `to`. */
export function readTarget(given: unknown[]): Target {
  const [first] = given;
  if (given.length === 1 && !target.accepts(first) && typeof first === "object") return byName.named(given);
  const [where, into, copy] = byPosition.read(given);
  if (where instanceof DType) return { device: undefined, dtype: into ?? where, copy };
  if (isTensor(where)) {
    const like = where as Tensor;
    return { device: like.device, dtype: into ?? like.dtype, copy };
  }
  return { device: where, dtype: into, copy };
}
