/** Whether two answers agree, and where not. */
import type { Answer, Seen } from "./answer.ts";
import { nameOf, type Program } from "./program.ts";

export interface Fault {
  readonly kind: string;
  /** A step by its number, an input, a gradient. */
  readonly where: string;
  readonly text: string;
}

/** Largest relative difference that rounding in one op may make. */
const RELATIVE = { float32: 3e-6, float64: 1e-12 } as const;
/** Differences below the normal numbers are none. */
const TINY = { float32: 1e-37, float64: 1e-300 } as const;
/** What cancellation within one op may leave beside the largest element; in derivatives beside 1, too. */
const CANCELLED = { float32: 5e-7, float64: 1e-14 } as const;
/** How many times the spread of disturbed answers a difference may be. */
const SPREAD = 6;

/** Where two elements differ; null where they agree. */
function differs(found: number, wanted: number, allowed: number, zeros: boolean): string | null {
  if (Object.is(found, wanted) || (Number.isNaN(found) && Number.isNaN(wanted))) return null;
  if (found === wanted) return zeros ? "zero sign" : null;
  return Math.abs(found - wanted) <= allowed ? null : "value";
}

/**
 * Faults of one tensor. `disturbed` are answers to the same question with every result some units in the last place off:
 * where they scatter, or are NaN once and once not, nothing can be said.
 */
function compareTensors(
  where: string,
  found: Seen,
  wanted: Seen,
  disturbed: readonly (Seen | null | undefined)[],
  isGradient: boolean,
): Fault[] {
  const fault = (kind: string, text: string): Fault[] => [{ kind, where, text: `${where}: ${text}` }];
  if (found.dtype !== wanted.dtype) return fault("dtype", `${found.dtype} instead of ${wanted.dtype}`);
  const spreads = disturbed.filter((other) => String(other?.shape) === String(wanted.shape)) as Seen[];
  if (String(found.shape) !== String(wanted.shape)) {
    if (spreads.length < disturbed.length) return [];
    return fault("shape", `shape [${found.shape}] instead of [${wanted.shape}]`);
  }
  const faults: Fault[] = [];
  const { dtype } = wanted;
  const sizes = Array.from(wanted.elements, (value) => Math.abs(Number(value))).filter(Number.isFinite);
  const scale = Math.max(isGradient ? 1 : 0, ...sizes);
  for (let i = 0; i < wanted.elements.length; i++) {
    const [own, target] = [found.elements[i]!, wanted.elements[i]!];
    if (own === target && Number(own) !== 0) continue;
    const [a, b] = [Number(own), Number(target)];
    const isFloat = dtype === "float32" || dtype === "float64";
    const base = isFloat ? RELATIVE[dtype] * Math.abs(b) + TINY[dtype] : 0;
    if (isFloat ? differs(a, b, base, !isGradient) === null : own === target) continue;
    const others = spreads.map(({ elements }) => Number(elements[i]!));
    const spread = Math.max(0, ...others.map((other) => Math.abs(other - b)));
    if (
      others.some((other) => Number.isNaN(other) !== Number.isNaN(b)) ||
      spread === Infinity ||
      (!isFloat && spread > 0)
    )
      continue;
    const left = isFloat && disturbed.length > 0 ? CANCELLED[dtype] * scale + SPREAD * spread : 0;
    const kind = isFloat ? differs(a, b, base + left, !isGradient) : "value";
    if (kind !== null && faults.length === 0)
      faults.push(...fault(kind, `[${i}] ${own} instead of ${target}`));
  }
  if (faults.length === 0 && !isGradient && found.requiresGrad !== wanted.requiresGrad) {
    return fault("requiresGrad", `requiresGrad is ${found.requiresGrad}`);
  }
  return faults;
}

/** Who ended where the other did not. */
function compareStops(
  program: Program,
  found: Answer,
  wanted: Answer,
  names: readonly [string, string],
): Fault[] {
  const order = (at: number | string | undefined): number =>
    at === undefined ? Infinity : typeof at === "number" ? at : 1e9;
  const [own, other] = [order(found.stopped?.at), order(wanted.stopped?.at)];
  if (own === other) return [];
  const [name, stop] = own < other ? [names[0], found.stopped!] : [names[1], wanted.stopped!];
  const where = typeof stop.at === "number" ? `y${stop.at} (${program.steps[stop.at]!.op})` : String(stop.at);
  return [{ kind: `refused by ${name} alone`, where, text: `${where}: ${stop.error}` }];
}

/** Compares an answer of Xorch with what it should be, PyTorch's answer. */
export function compare(
  program: Program,
  found: Answer,
  wanted: Answer,
  disturbed: readonly Answer[] = [],
): Fault[] {
  if (found.stopped && !found.stopped.own) {
    return [
      {
        kind: "raw error",
        where: String(found.stopped.at),
        text: `raw error at ${found.stopped.at}: ${found.stopped.error}`,
      },
    ];
  }
  const stops = compareStops(program, found, wanted, ["Xorch", "PyTorch"]);
  if (stops.length > 0)
    return disturbed.some(({ stopped }) => stopped?.at !== wanted.stopped?.at) ? [] : stops;
  const faults: Fault[] = [];
  for (const [i, step] of program.steps.entries()) {
    if (!found.y[i] || !wanted.y[i]) break;
    const where = `${nameOf({ y: i })} (${step.op})`;
    faults.push(
      ...compareTensors(
        where,
        found.y[i],
        wanted.y[i],
        disturbed.map(({ y }) => y[i]),
        false,
      ),
    );
  }
  for (const [i, x] of found.x.entries()) {
    faults.push(
      ...compareTensors(
        nameOf({ x: i }),
        x,
        wanted.x[i]!,
        disturbed.map((answer) => answer.x[i]),
        false,
      ),
    );
  }
  if (faults.length > 0) return faults;
  for (const order of [0, 1]) {
    const leaves = Math.max(found.gradients[order]?.length ?? 0, wanted.gradients[order]?.length ?? 0);
    for (let i = 0; i < leaves; i++) {
      const where = `${order === 0 ? "first" : "second"} derivative ${i}`;
      const own = found.gradients[order]?.[i] ?? null;
      const target = wanted.gradients[order]?.[i] ?? null;
      if (own !== null && target !== null) {
        const others = disturbed.map((answer) => answer.gradients[order]?.[i]);
        faults.push(...compareTensors(where, own, target, others, true));
      } else if (own !== target && !(order === 1 && isZero(own ?? target!))) {
        const text = own ? "a tensor instead of null" : "null instead of a tensor";
        faults.push({
          kind: own ? "gradient instead of null" : "null gradient",
          where,
          text: `${where}: ${text}`,
        });
      }
    }
    if (faults.length > 0) return faults;
  }
  return faults;
}

/** Which second derivatives are null and which are zeros follows from how a formula is written. */
function isZero({ elements }: Seen): boolean {
  return Array.from(elements).every((value) => Number(value) === 0);
}

function sameBits(a: Seen | null, b: Seen | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.dtype === b.dtype &&
    String(a.shape) === String(b.shape) &&
    a.requiresGrad === b.requiresGrad &&
    Array.from(a.elements).every((value, i) => Object.is(value, b.elements[i]))
  );
}

/** Compares a compiled run with the eager one, bit for bit. */
export function compareExactly(program: Program, found: Answer, wanted: Answer): Fault[] {
  if (found.stopped && !found.stopped.own) {
    return [
      {
        kind: "raw error",
        where: String(found.stopped.at),
        text: `raw error at ${found.stopped.at}: ${found.stopped.error}`,
      },
    ];
  }
  const stops = compareStops(program, found, wanted, ["the compiled function", "eager mode"]);
  if (stops.length > 0) return stops;
  if (wanted.stopped) return [];
  const faults: Fault[] = [];
  const check = (where: string, own: Seen | null, target: Seen | null): void => {
    if (sameBits(own, target)) return;
    const text = `${where}: ${describe(own)} instead of ${describe(target)}`;
    faults.push({ kind: "compiled", where, text });
  };
  for (const [i, y] of wanted.y.entries()) check(`y${i} (${program.steps[i]!.op})`, found.y[i]!, y);
  for (const [i, x] of wanted.x.entries()) check(`x${i}`, found.x[i]!, x);
  for (const [order, gradients] of wanted.gradients.entries()) {
    for (const [i, dx] of gradients.entries())
      check(`derivative ${order + 1} of ${i}`, found.gradients[order]?.[i] ?? null, dx);
  }
  return faults;
}

/** A tensor in a line. */
export function describe(x: Seen | null): string {
  if (x === null) return "null";
  const shown = Array.from(x.elements)
    .slice(0, 24)
    .map((value) => (Object.is(value, -0) ? "-0" : String(value)));
  const rest = x.elements.length > 24 ? ", ..." : "";
  return `${x.dtype} [${x.shape}] (${shown.join(", ")}${rest})${x.requiresGrad ? " requiresGrad" : ""}`;
}
