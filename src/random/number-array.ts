/** The arrays whose elements are JavaScript numbers, as tensors keep them: bool is a Uint8Array of 0 and 1. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;
