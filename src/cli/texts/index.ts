/** The words of the command line and of the report, in every language, and how they are looked up. */
import { en } from "./en.ts";
import { ko } from "./ko.ts";

export type TextKey = keyof typeof en;

/** A whole language: every key, none more. */
export type Texts = Readonly<Record<TextKey, string>>;

export const languages = { en, ko } satisfies Record<string, Texts>;

export type Language = keyof typeof languages;

export const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);

/** The names in braces of a text: `Placeholder<"{a} of {b} {b:thing|things}">` is "a" | "b". */
type Placeholder<Text extends string> = Text extends `${string}{${infer Inside}}${infer Rest}`
  ? (Inside extends `${infer Name}:${string}` ? Name : Inside) | Placeholder<Rest>
  : never;

/** The texts without placeholders. */
export type PlainTextKey = {
  [Key in TextKey]: [Placeholder<(typeof en)[Key]>] extends [never] ? Key : never;
}[TextKey];

type Values<Key extends TextKey> = Record<Placeholder<(typeof en)[Key]>, string | number>;

/**
 * Looks a text up and fills its placeholders, which the compiler demands by name: {steps} is the value, {steps:step|steps} the
 * first word for a value of 1, else the second.
 */
export type Translate = <Key extends TextKey>(
  key: Key,
  ...values: Key extends PlainTextKey ? [] : [Values<Key>]
) => string;

export function translator(language: Language): Translate {
  const texts: Texts = languages[language];
  return (key, ...values) => {
    const given = (values[0] ?? {}) as Record<string, string | number>;
    return texts[key].replace(
      /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g,
      (_, name: string, one: string | undefined, many: string) =>
        one === undefined ? String(given[name]) : Number(given[name]) === 1 ? one : many,
    );
  };
}

/** POSIX's order: the first of these that is set decides. */
const localeVariables = ["LC_ALL", "LC_MESSAGES", "LANG"] as const;

/** The language of a locale such as "ko_KR.UTF-8"; English where it is unset or not one of ours. */
export function languageOfLocale(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = localeVariables.map((name) => env[name]).find((value) => value);
  const name = locale?.split(/[_.@-]/)[0]?.toLowerCase() ?? "";
  return isLanguage(name) ? name : "en";
}
