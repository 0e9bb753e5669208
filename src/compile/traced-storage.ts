/** The memory of a tensor that only exists within a traced call. */
import { CompileError, type DType, type TypedArray } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { Storage } from "../device/storage.ts";
import { callSite } from "./call-site.ts";

export class TracedStorage extends Storage {
  /** Set once the trace is over. */
  ended = false;

  constructor(device: Device, dtype: DType, length: number) {
    super(device, new dtype.Array(0), 0, length);
    withhold(this, () => (this.ended ? afterwards() : during()));
  }
}

/** Makes it an error to read the elements of a storage. */
export function withhold(storage: Storage, message = afterwards): void {
  Object.defineProperty(storage, "data", {
    get(): TypedArray {
      throw new CompileError(message());
    },
  });
}

/** What is wrong with reading values in a trace. */
export function during(): string {
  return (
    `compile: a value is read while the function is traced, ${callSite()}. ` +
    "Values exist only when the compiled program runs: return the tensor and read it outside, and choose between values with torch.where"
  );
}

function afterwards(): string {
  return (
    `compile: a tensor that was made inside a compiled function is read after the call, ${callSite()}. ` +
    "Only what the function returns, and the `grad` of leaves, has values afterwards: return the tensor"
  );
}
