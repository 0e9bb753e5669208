/** Runs a command line and says with which code the process should end. */
import { CommanderError } from "commander";
import pico from "picocolors";
import { XorchError } from "xorch";
import { Interrupted, UsageError, WorkError } from "./errors.ts";
import { exitCodeOf } from "./interruption.ts";
import { hasColour, type Io, ignoreClosedPipe } from "./io.ts";
import { makeProgram } from "./program.ts";
import { isLanguage, type Language, languageOfLocale, languages, translator } from "./texts/index.ts";

export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
/** Wrong option or value. */
export const EXIT_USAGE = 2;

/** The value of --lang, wherever it stands: even the help and the faults found while parsing are in it. */
function languageAsked(argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const joined = options.findLast((argument) => argument.startsWith("--lang="));
  if (joined !== undefined) return joined.slice("--lang=".length);
  const place = options.lastIndexOf("--lang");
  return place === -1 ? undefined : options[place + 1];
}

export async function run(argv: readonly string[], io: Io): Promise<number> {
  ignoreClosedPipe(io.stdout);
  ignoreClosedPipe(io.stderr);
  const asked = languageAsked(argv);
  const language: Language = asked !== undefined && isLanguage(asked) ? asked : languageOfLocale(io.env);
  const t = translator(language);
  const complain = (message: string): void => {
    const { red } = pico.createColors(hasColour(io.stderr, io.env));
    io.stderr.write(`${red(t("error.prefix", { message: message.replaceAll("\n", " ") }))}\n`);
  };
  try {
    if (asked !== undefined && !isLanguage(asked)) {
      const names = Object.keys(languages).join(", ");
      throw new UsageError(t("error.language", { value: asked, languages: names }));
    }
    await makeProgram(language, t, io).parseAsync(argv, { from: "user" });
    return EXIT_OK;
  } catch (error) {
    // Commander ends help and version by throwing, too, and calls it a fault where no command was given.
    if (error instanceof CommanderError) return EXIT_OK;
    if (error instanceof Interrupted) return exitCodeOf(error.signal);
    if (error instanceof UsageError) {
      complain(error.message);
      return EXIT_USAGE;
    }
    if (error instanceof WorkError || error instanceof XorchError) {
      complain(error.message);
      return EXIT_FAILURE;
    }
    throw error;
  }
}
