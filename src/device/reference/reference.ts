/**
 * The reference device: every kernel kind written out element by element over the interpreter of the IR. Slow, and
 * right as plainly as it can be; the other devices are tested against it.
 */
import { broadcastStrides, type DType, elementCount, type TypedArray, ValueError } from "../../base/index.ts";
import { interpret } from "../../ir/interpret.ts";
import type { Device } from "../device.ts";
import { Storage, type View } from "../storage.ts";

/** One place in a tensor: an index for each dimension. */
type Place = readonly number[];

/** Every place of a shape, in row-major order. */
function placesOf(shape: readonly number[]): Place[] {
  return Array.from({ length: elementCount(shape) }, (_, position) => {
    const place = new Array<number>(shape.length);
    for (let d = shape.length - 1; d >= 0; d--) {
      place[d] = position % shape[d]!;
      position = Math.floor(position / shape[d]!);
    }
    return place;
  });
}

/** Index in the storage's array of the element at a place, in a view that broadcasts to `shape`. */
function indexOf(view: View, shape: readonly number[], place: Place): number {
  const strides = broadcastStrides(view.shape, view.strides, shape);
  return place.reduce((at, i, d) => at + i * strides[d]!, view.storage.base + view.offset);
}

function read(view: View, shape: readonly number[], place: Place): number | bigint {
  return view.storage.data[indexOf(view, shape, place)]!;
}

function write(view: View, shape: readonly number[], place: Place, value: number | bigint): void {
  (view.storage.data as TypedArray & (number | bigint)[])[indexOf(view, shape, place)] = value;
}

/** The sum as the dtype has it: integers wrap, bool is true if any is, floats are rounded once. */
function sum(dtype: DType, terms: readonly (number | bigint)[], start = 0): number | bigint {
  if (dtype.kind === "float") return terms.reduce<number>((total, term) => total + Number(term), start);
  const total = terms.reduce<bigint>((so, term) => so + BigInt(term), 0n);
  if (dtype.kind === "bool") return total === 0n ? 0 : 1;
  return dtype.bytes === 8 ? BigInt.asIntN(64, total) : Number(BigInt.asIntN(32, total));
}

export const reference: Device = {
  type: "reference",

  allocate: (dtype, count) => new Storage(reference, new dtype.Array(count), 0, count),

  allocateRetained: (dtype, count) => reference.allocate(dtype, count),

  allocateCopy: (_, { data, base, length }) =>
    new Storage(reference, data.slice(base, base + length) as TypedArray, 0, length),

  map(kernel, outputs, inputs, params) {
    const { shape } = outputs[0]!;
    const places = placesOf(shape);
    // All results before the first is written, as an output may be an input.
    const results = places.map((place) => {
      const elements = inputs.map((view) => read(view, shape, place));
      return kernel.outputs.map((x) => {
        try {
          return interpret(x, elements, params);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw new ValueError(`${kernel.name}: integer division by zero; look for zeros in the divisor`, {
            cause: error,
          });
        }
      });
    });
    places.forEach((place, i) => {
      outputs.forEach((view, k) => {
        write(view, shape, place, results[i]![k]!);
      });
    });
  },

  reduce(kernel, output, inputs, shape, dims, params) {
    const keptShape = shape.filter((_, d) => !dims.includes(d));
    const foldedShape = dims.map((d) => shape[d]!);
    const folded = placesOf(foldedShape);
    placesOf(keptShape).forEach((kept, at) => {
      let gathered = interpret(kernel.identity, [], params);
      for (const within of folded) {
        const [k, f] = [kept.values(), within.values()];
        const place = shape.map((_, d) => (dims.includes(d) ? f : k).next().value!);
        const elements = inputs.map((view) => read(view, shape, place));
        gathered = interpret(kernel.combine, [gathered, interpret(kernel.element, elements, params)], params);
      }
      const result = kernel.finish ? interpret(kernel.finish, [gathered], params) : gathered;
      const target = output.storage.data as TypedArray & (number | bigint)[];
      target[output.storage.base + output.offset + at] = result;
    });
  },

  argReduce(kernel, output, input, dim) {
    const { shape } = input;
    const length = shape[dim] ?? 1;
    const outer = shape.map((size, d) => (d === dim ? 1 : size));
    placesOf(outer).forEach((place, at) => {
      const element = (i: number) =>
        read(
          input,
          shape,
          place.map((p, d) => (d === dim ? i : p)),
        );
      let best = 0;
      for (let i = 1; i < length; i++) {
        if (interpret(kernel.better, [element(i), element(best)], [])) best = i;
      }
      (output.storage.data as BigInt64Array)[output.storage.base + output.offset + at] = BigInt(best);
    });
  },

  matmul(output, a, b, bias) {
    const { shape, dtype } = output;
    const K = a.shape.at(-1)!;
    for (const place of placesOf(shape)) {
      const batch = shape.slice(0, -2);
      const [m, n] = place.slice(-2) as [number, number];
      const terms = Array.from({ length: K }, (_, k) => {
        const x = read(a, [...batch, shape.at(-2)!, K], [...place.slice(0, -2), m, k]);
        const y = read(b, [...batch, K, shape.at(-1)!], [...place.slice(0, -2), k, n]);
        return dtype.kind === "float" ? Number(x) * Number(y) : BigInt(x) * BigInt(y);
      });
      if (bias) terms.push(read(bias, shape, place));
      write(output, shape, place, sum(dtype, terms));
    }
  },

  contract(output, a, b, { batch, m }) {
    const { shape, dtype } = output;
    const inner = placesOf(a.shape.slice(batch + m));
    for (const place of placesOf(shape)) {
      const [head, rows, columns] = [
        place.slice(0, batch),
        place.slice(batch, batch + m),
        place.slice(batch + m),
      ];
      const terms = inner.map((within) => {
        const x = read(a, a.shape, [...head, ...rows, ...within]);
        const y = read(b, b.shape, [...head, ...within, ...columns]);
        return dtype.kind === "float" ? Number(x) * Number(y) : BigInt(x) * BigInt(y);
      });
      write(output, shape, place, sum(dtype, terms));
    }
  },

  gather(output, x, index, dim) {
    for (const place of placesOf(index.shape)) {
      const i = Number(read(index, index.shape, place));
      const source = place.map((p, d) => (d === dim ? i : p));
      write(output, output.shape, place, read(x, x.shape, source));
    }
  },

  scatter(output, index, source, dim, how) {
    const { shape, dtype } = output;
    for (const place of placesOf(index.shape)) {
      const i = Number(read(index, index.shape, place));
      const target = place.map((p, d) => (d === dim ? i : p));
      const [there, given] = [read(output, shape, target), read(source, source.shape, place)];
      if (how === "write") write(output, shape, target, given);
      // From -0, which added to anything leaves it as it is, so that -0 + -0 stays -0.
      else if (how === "add") write(output, shape, target, sum(dtype, [there, given], -0));
      else if (dtype.kind === "float") write(output, shape, target, Number(there) * Number(given));
      else write(output, shape, target, sum(dtype, [BigInt(there) * BigInt(given)]));
    }
  },
};
