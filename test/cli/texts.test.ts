import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { languageOfLocale, languages, type TextKey, translator } from "../../src/cli/texts/index.ts";

const { en, ko } = languages;
const keys = Object.keys(en) as TextKey[];
const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)(?::[^|}]*\|[^}]*)?\}/g)].map((match) => match[1]!))].sort();

describe("texts", () => {
  it("has every key in every language, none empty", () => {
    for (const texts of Object.values(languages)) {
      expect(Object.keys(texts)).toEqual(keys);
      for (const key of keys) expect(texts[key].trim(), key).not.toBe("");
    }
  });

  it.each(keys)("%s has the same placeholders in every language", (key) => {
    for (const texts of Object.values(languages))
      expect(placeholders(texts[key])).toEqual(placeholders(en[key]));
  });

  it("is Korean in Korean, in one level of politeness", () => {
    // What is only a frame around its placeholder holds no Hangul.
    const foreign = keys.filter((key) => !/[가-힣]/.test(ko[key]));
    expect(foreign).toEqual(["error.prefix"]);
    for (const key of keys)
      expect(ko[key], key).not.toMatch(/[가-힣](요|다고|한다|된다|있다|없다|이다)[.!?]/);
  });

  it("has no text that nothing uses", () => {
    const root = fileURLToPath(new URL("../../src/cli/", import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !/texts.(en|ko)\.ts$/.test(name))
      .map((name) => readFileSync(root + name, "utf8"))
      .join("\n");
    const unused = keys.filter((key) => !sources.includes(`"${key}"`));
    // The options' help is looked up as `help.${name}`.
    expect(unused).toEqual(["help.seed", "help.steps", "help.lr", "help.layers", "help.activation"]);
  });
});

describe("translator", () => {
  it("fills placeholders, each of them, with values that may hold braces", () => {
    const t = translator("en");
    expect(t("error.seed", { max: 9, value: "{max}" })).toBe(
      "--seed: expected a whole number from 0 to 9, got {max}",
    );
    expect(t("word.cost")).toBe("cost");
  });

  it("has a word for one and a word for several", () => {
    const t = translator("en");
    expect(t("perceptron.limit", { epochs: 1 })).toBe("No pass without a mistake in 1 pass.");
    expect(t("perceptron.limit", { epochs: 2 })).toBe("No pass without a mistake in 2 passes.");
    expect(t("perceptron.limit", { epochs: 0 })).toMatch(/0 passes\.$/);
  });

  it("demands the placeholders by type", () => {
    const t = translator("ko");
    // @ts-expect-error: value is missing
    t("error.seed", { max: 1 });
    // @ts-expect-error: no placeholders given
    t("error.seed");
    // @ts-expect-error: there is no such text
    expect(() => t("nothing.like.this")).toThrow();
  });
});

describe("languageOfLocale", () => {
  it.each([
    [{ LANG: "ko_KR.UTF-8" }, "ko"],
    [{ LANG: "en_US.UTF-8" }, "en"],
    [{ LANG: "ko_KR.UTF-8", LC_ALL: "C" }, "en"],
    [{ LANG: "en_US.UTF-8", LC_MESSAGES: "ko_KR" }, "ko"],
    [{ LANG: "en_US.UTF-8", LC_ALL: "", LC_MESSAGES: "ko" }, "ko"],
    [{ LANG: "fr_FR.UTF-8" }, "en"],
    [{ LANG: "kok_IN" }, "en"],
    [{ LANG: "constructor" }, "en"],
    [{}, "en"],
  ])("%o is %s", (env, language) => {
    expect(languageOfLocale(env)).toBe(language);
  });
});
