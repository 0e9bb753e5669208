/** Drawing rules: how valid arguments of an op are drawn. One rule for each op, or for a family of them. */
import type { Builder, Call } from "../builder.ts";
import type { Argument } from "../program.ts";

/** Arguments of a call; null where none come to mind. */
export type Rule = (b: Builder) => Call | null;

export type Rules = Readonly<Record<string, Rule>>;

/** Options of a call, those without a value left out. */
export type Options = Readonly<Record<string, Argument | undefined>>;

export function call(args: readonly Argument[], options: Options = {}): Call {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.length > 0
    ? { args, options: Object.fromEntries(given) as Record<string, Argument> }
    : { args };
}

/** Each option in half of the calls. */
export const some = (b: Builder, options: Options): Options =>
  Object.fromEntries(b.draw.some(Object.entries(options)));
