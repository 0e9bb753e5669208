/**
 * How public functions, methods and constructors read their arguments: as Python does, by position and then by name, the
 * names in one last options object. Nothing that is unknown, surplus, missing or of another kind passes.
 */
import { describe, isPlainObject } from "../describe.ts";
import { ArgumentError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import type { Parameter, ValueOf } from "./parameter.ts";

/** The values of parameters, in their order. */
export type Values<P extends readonly Parameter[]> = { -readonly [K in keyof P]: ValueOf<P[K]> };

/** The values of parameters by their names. */
export type Named<P extends readonly Parameter[]> = { readonly [Q in P[number] as Q["name"]]: ValueOf<Q> };

/** The parameters of one public function. */
export class Signature<const P extends readonly Parameter[] = readonly Parameter[]> {
  /** How many come by position: they stand first. */
  readonly #positions: number;
  readonly #required: number;
  readonly #hasRest: boolean;
  // The parameters once more, for the short way: an array a property.
  readonly #accepts: readonly ((value: unknown) => boolean)[];
  readonly #refusesUndefined: readonly boolean[];
  readonly #initial: readonly unknown[];
  #indices: Map<string, number> | null = null;

  constructor(
    readonly name: string,
    readonly parameters: P,
  ) {
    this.#positions = parameters.filter(({ passing }) => passing !== "name").length;
    this.#required = parameters.filter(({ isRequired }) => isRequired).length;
    this.#hasRest = parameters.some(({ passing }) => passing === "rest");
    this.#accepts = parameters.map(({ kind }) => kind.accepts);
    this.#refusesUndefined = parameters.map(({ kind, isRequired }) => isRequired || kind.refusesUndefined);
    this.#initial = parameters.map(({ initial }) => initial);
  }

  /**
   * The value of each parameter, in the order of the signature; may reuse the array, which is the function's own rest
   * parameter. Throws an ArgumentError that says what does not fit.
   */
  read(given: unknown[]): Values<P> {
    return (this.#isPlain(given) ? this.#complete(given) : this.#readAll(given)) as Values<P>;
  }

  /** As `read`, by name. */
  named(given: unknown[]): Named<P> {
    const values = this.read(given) as readonly unknown[];
    return Object.fromEntries(this.parameters.map(({ name }, i) => [name, values[i]])) as Named<P>;
  }

  /** Whether all is given by position and as it should be: the common case, kept short. */
  #isPlain(given: readonly unknown[]): boolean {
    const count = given.length;
    if (count > this.#positions || count < this.#required) return false;
    for (let i = 0; i < count; i++) {
      const value = given[i];
      if (value === undefined ? this.#refusesUndefined[i] : !this.#accepts[i]!(value)) return false;
    }
    return true;
  }

  /** Puts defaults in the places of what is not given. */
  #complete(values: unknown[]): unknown[] {
    const initial = this.#initial;
    for (let i = 0; i < values.length; i++) if (values[i] === undefined) values[i] = initial[i];
    for (let i = values.length; i < initial.length; i++) values.push(initial[i]);
    return values;
  }

  #readAll(all: readonly unknown[]): unknown[] {
    const given = all.slice(0, all.findLastIndex((value) => value !== undefined) + 1);
    const options = this.#optionsOf(given);
    const byPosition = options === null ? given : given.slice(0, -1);
    const values = this.#initial.slice();
    const isGiven = values.map(() => false);
    const filled = this.#fill(byPosition, values, isGiven);
    if (options !== null) this.#readOptions(options, values, isGiven, filled);
    for (const [i, { name, isRequired, kind }] of this.parameters.entries()) {
      if (isRequired && !isGiven[i]) {
        throw new ArgumentError(`${this.name}: ${name} is missing: ${kind.expected}; ${this.#takes()}`);
      }
    }
    return values;
  }

  /** The options object among the arguments: a plain object in the last place, unless that place takes one as its value. */
  #optionsOf(given: readonly unknown[]): Record<string, unknown> | null {
    const last = given.at(-1);
    if (!isPlainObject(last)) return null;
    const parameter = this.parameters[given.length - 1];
    return parameter?.passing === "position" && parameter.kind.accepts(last) ? null : last;
  }

  /** Puts what is given by position in place; gives back how many parameters that fills. */
  #fill(given: readonly unknown[], values: unknown[], isGiven: boolean[]): number {
    const places = this.#hasRest ? this.#positions - 1 : this.#positions;
    if (given.length > places && !this.#hasRest) {
      const what = `argument ${places + 1}, ${describe(given[places])},`;
      throw new ArgumentError(`${this.name}: ${what} is one too many; ${this.#takes()}`);
    }
    for (let i = 0; i < Math.min(given.length, places); i++) this.#set(i, given[i], values, isGiven);
    if (given.length <= places || !this.#hasRest) return given.length;
    // As one array, or element by element.
    const rest =
      given.length === places + 1 && Array.isArray(given[places]) ? given[places] : given.slice(places);
    this.#set(places, rest, values, isGiven);
    return places + 1;
  }

  #readOptions(
    options: Record<string, unknown>,
    values: unknown[],
    isGiven: boolean[],
    filled: number,
  ): void {
    this.#indices ??= new Map(this.parameters.map(({ name }, i) => [name, i]));
    for (const name of Object.keys(options)) {
      const at = this.#indices.get(name);
      if (at === undefined) this.#unknown(name, filled);
      if (isGiven[at]) {
        throw new ArgumentError(
          `${this.name}: ${name} is given twice, as argument ${at + 1} and in the options`,
        );
      }
      this.#set(at, options[name], values, isGiven);
    }
  }

  #set(i: number, value: unknown, values: unknown[], isGiven: boolean[]): void {
    const { name, kind } = this.parameters[i]!;
    // Giving undefined and giving nothing are one, except where undefined tells of a name that does not exist.
    if (value === undefined && !kind.refusesUndefined) return;
    if (!kind.accepts(value)) throw new ArgumentError(`${this.name}: ${name} ${kind.refusal(value)}`);
    values[i] = value;
    isGiven[i] = true;
  }

  #unknown(name: string, filled: number): never {
    const names = this.parameters.slice(Math.max(filled, 1)).map((parameter) => parameter.name);
    const meant = nearest(name, names);
    const hint = meant === null ? "" : ` (did you mean "${meant}"?)`;
    throw new ArgumentError(`${this.name}: unknown option "${name}"${hint}; ${this.#takes()}`);
  }

  /** The last part of messages: all parameters. */
  #takes(): string {
    return this.parameters.length === 0 ? "it takes no arguments" : `it takes ${this}`;
  }

  /** As it could be written: sum(x, dim?, keepdim = false, { dtype? }). */
  toString(): string {
    const words = this.parameters.map(({ name, passing, isRequired, initial }) => {
      if (passing === "rest") return `...${name}`;
      if (isRequired) return name;
      return initial === undefined ? `${name}?` : `${name} = ${literal(initial)}`;
    });
    const names = words.splice(this.#positions);
    if (names.length > 0) words.push(`{ ${names.join(", ")} }`);
    return `${this.name}(${words.join(", ")})`;
  }
}

/** For functions without parameters, which take their arguments as `...given: []`: throws an ArgumentError where there are any. */
export function refuseArguments(name: string, given: readonly unknown[]): void {
  if (given.length > 0) new Signature(name, []).read([...given]);
}

function literal(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** Parameters, or several of them that functions share, as deep as they are made of each other. */
type Nested = Parameter | readonly Nested[];

type Flat<P extends readonly unknown[]> = P extends readonly [infer First, ...infer Rest]
  ? First extends readonly unknown[]
    ? [...Flat<First>, ...Flat<Rest>]
    : [First, ...Flat<Rest>]
  : P extends readonly []
    ? []
    : P;

/** The parameters that `signature` makes of what it is given. */
type ParametersOf<P extends readonly Nested[]> =
  Flat<P> extends infer F extends readonly Parameter[] ? F : readonly Parameter[];

/**
 * The signature of a public function: what `read` makes of the arguments. Keywords come last. What functions share comes as
 * an array: spread out, bundlers could not tell that making the signature does nothing else.
 */
/* @__NO_SIDE_EFFECTS__ */
export function signature<const P extends readonly Nested[]>(
  name: string,
  ...parameters: P
): Signature<ParametersOf<P>> {
  return new Signature(name, parameters.flat(Infinity) as unknown as ParametersOf<P>);
}
