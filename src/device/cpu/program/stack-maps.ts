/**
 * One loop for the same update of many tensors: where the operands of several map steps lie behind each other in the same
 * distances, a single loop goes through all of them, and through the unused bytes between them.
 */
import { elementCount } from "../../../base/index.ts";
import { hasTail } from "../../../ir/lower.ts";
import type { MapStep, Place, Step } from "../../program.ts";

/** Unused bytes between two tensors are less than the unit in which memory is given out. */
const LARGEST_GAP = 64;

/** A step whose operands are all whole tensors in their order, or one element that serves for all. */
interface Stackable {
  readonly step: MapStep<Place>;
  /** The address of each operand. */
  readonly addresses: readonly number[];
  readonly isRepeated: readonly boolean[];
}

/** The steps with neighbours of the same kernel joined. */
export function stackMaps(
  steps: readonly Step<Place>[],
  addressOf: (place: Place) => number,
): readonly Step<Place>[] {
  const joined: Step<Place>[] = [];
  let open: Stackable[] = [];
  const close = (): void => {
    if (open.length > 0) joined.push(open.length === 1 ? open[0]!.step : stacked(open));
    open = [];
  };
  for (const step of steps) {
    const next = step.kind === "map" ? stackable(step, addressOf) : null;
    if (next === null || (open.length > 0 && !follows(open.at(-1)!, next))) close();
    if (next === null) joined.push(step);
    else open.push(next);
  }
  close();
  return joined;
}

function stackable(step: MapStep<Place>, addressOf: (place: Place) => number): Stackable | null {
  const count = elementCount(step.shape);
  const places = [...step.inputs, ...step.outputs];
  // A vector at the end of a smaller type would cover more than the gap.
  const bytes = places[0]?.buffer.dtype.bytes;
  if (count === 0 || step.inputs.length === 0) return null;
  // Each tensor has its own last elements.
  if (step.kernel.outputs.some(hasTail)) return null;
  const isRepeated = step.inputs.map(({ shape }) => elementCount(shape) === 1 && count > 1);
  for (const [i, place] of places.entries()) {
    if (isRepeated[i]) continue;
    const { buffer, offset } = place;
    const isWhole = offset === 0 && buffer.length === count && isDense(place);
    if (!isWhole || buffer.dtype.bytes !== bytes || buffer.dtype.kind !== "float") return null;
  }
  return { step, addresses: places.map(addressOf), isRepeated };
}

/** Whether the elements lie in the order of the shape. */
function isDense({ shape, strides }: Place): boolean {
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return false;
    step *= shape[d]!;
  }
  return true;
}

/** Whether the operands of `next` lie behind those of `last`, all equally far. */
function follows(last: Stackable, next: Stackable): boolean {
  const [a, b] = [last.step, next.step];
  const sameKernel =
    a.kernel.outputs.length === b.kernel.outputs.length &&
    a.kernel.outputs.every((x, k) => x === b.kernel.outputs[k]) &&
    JSON.stringify(a.params) === JSON.stringify(b.params);
  if (!sameKernel || a.inputs.length !== b.inputs.length) return false;
  const written = new Set(a.outputs.map(({ buffer }) => buffer));
  if (b.inputs.some(({ buffer }) => written.has(buffer))) return false;
  const { buffer } = a.outputs[0]!;
  const output = a.inputs.length;
  const distance = next.addresses[output]! - last.addresses[output]!;
  const gap = distance - buffer.length * buffer.dtype.bytes;
  if (gap < 0 || gap >= LARGEST_GAP) return false;
  return last.addresses.every((address, i) => {
    if (last.isRepeated[i] !== next.isRepeated[i]) return false;
    return next.addresses[i]! - address === (last.isRepeated[i] ? 0 : distance);
  });
}

function stacked(parts: readonly Stackable[]): MapStep<Place> {
  const { step, addresses, isRepeated } = parts[0]!;
  const last = parts.at(-1)!;
  const output = step.inputs.length;
  const { dtype } = step.outputs[0]!.buffer;
  const lastCount = elementCount(last.step.shape);
  const count = (last.addresses[output]! - addresses[output]!) / dtype.bytes + lastCount;
  const stretched = (place: Place, i: number): Place => {
    if (isRepeated[i]) return place;
    return { buffer: { ...place.buffer, length: count }, shape: [count], strides: [1], offset: 0 };
  };
  return {
    ...step,
    names: parts.flatMap((part) => part.step.names),
    shape: [count],
    inputs: step.inputs.map(stretched),
    outputs: step.outputs.map((place, k) => stretched(place, output + k)),
  };
}
