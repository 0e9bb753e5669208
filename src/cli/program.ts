/** The commands, their options and their help, as commander knows them, in the user's language. */
import { Command } from "commander";
import { activationNames } from "./activations.ts";
import { learn } from "./commands/learn.ts";
import { repl } from "./commands/repl.ts";
import { UsageError } from "./errors.ts";
import { type Io, widthOf } from "./io.ts";
import { lessons } from "./lessons/index.ts";
import { type SettingName, settingNames } from "./settings.ts";
import { type Language, languages, type PlainTextKey, type Translate } from "./texts/index.ts";
import { version } from "./version.ts";

/** What commander says of wrong use, told again in the user's language. */
const faults: Readonly<Record<string, (quoted: string, t: Translate) => string>> = {
  "commander.unknownOption": (option, t) => t("error.unknownOption", { option }),
  "commander.unknownCommand": (command, t) => t("error.unknownCommand", { command }),
  "commander.optionMissingArgument": (option, t) =>
    t("error.missingValue", { option: option.replace(/ .*/, "") }),
  "commander.excessArguments": (_, t) => t("error.tooMany"),
};

/** Throws faults instead of printing them and leaving. */
class TranslatedCommand extends Command {
  constructor(
    name: string | undefined,
    private readonly t: Translate,
  ) {
    super(name);
    this.helpOption("-h, --help", t("help.flag"));
  }

  override createCommand(name?: string): Command {
    return new TranslatedCommand(name, this.t);
  }

  override error(message: string, options?: { code?: string }): never {
    const { t } = this;
    const tell = faults[options?.code ?? ""];
    const text = tell ? tell(/'([^']*)'/.exec(message)?.[1] ?? "", t) : message.replace(/^error: /, "");
    const guess = /Did you mean (?:one of )?([^?]*)\?/.exec(message)?.[1];
    const full = guess ? t("error.didYouMean", { message: text, guess }) : text;
    throw new UsageError(t("error.seeHelp", { message: full, command: "xorch --help" }));
  }
}

const headings: Readonly<Record<string, PlainTextKey>> = {
  "Usage:": "help.usage",
  "Options:": "help.options",
  "Global Options:": "help.globalOptions",
  "Commands:": "help.commands",
  "Arguments:": "help.arguments",
};

const flagValues: Readonly<Record<SettingName, string>> = {
  seed: "<n>",
  steps: "<n>",
  lr: "<number>",
  layers: "<n,n,...>",
  activation: "<name>",
};

/** The defaults of a setting over the lessons: "777", or "1, xor 3" where they differ. */
function defaultWords(name: SettingName): string {
  const values = new Map<string, string[]>();
  for (const lesson of lessons) {
    const value = lesson.defaults[name];
    if (value !== undefined) values.set(String(value), [...(values.get(String(value)) ?? []), lesson.name]);
  }
  const parts = [...values].map(([value, names], i) => (i === 0 ? value : `${names.join(", ")} ${value}`));
  return parts.join("; ");
}

function examplesHelp(t: Translate): string {
  const examples: [string, PlainTextKey][] = [
    ["xorch learn", "help.example.all"],
    ["xorch learn xor --layers 4,4 --activation tanh --lr 1", "help.example.xor"],
    ["xorch learn xor-by-hand --json", "help.example.json"],
    ["xorch learn gates --out my-report", "help.example.out"],
    ["xorch repl", "help.example.repl"],
  ];
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, key]) => `  ${command.padEnd(width)}   # ${t(key)}`);
  return `\n${t("help.examples")}\n${lines.join("\n")}`;
}

/** Which lesson takes which option. */
function takesHelp(t: Translate): string {
  const width = Math.max(...lessons.map((lesson) => lesson.name.length));
  const lines = lessons.map(({ name, takes }) => {
    const options = takes.map((setting) => `--${setting}`).join(" ");
    return `  ${name.padEnd(width)}  ${options || t("help.takesNothing")}`;
  });
  const activations = t("help.activations", { activations: activationNames().join(", ") });
  return `\n${t("help.takes")}\n${lines.join("\n")}\n\n${activations}`;
}

export function makeProgram(language: Language, t: Translate, io: Io): Command {
  const program = new TranslatedCommand("xorch", t);
  program
    .description(t("help.about"))
    .version(version, "-V, --version", t("help.version"))
    .option("--lang <lang>", t("help.lang", { languages: Object.keys(languages).join(", ") }))
    .helpCommand("help [command]", t("help.help"))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Faults are thrown: what is left for commander to write here is the help for a command line without command.
      writeErr: (text) => io.stdout.write(text),
      getOutHelpWidth: () => widthOf(io.stdout, 100),
      getErrHelpWidth: () => widthOf(io.stdout, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (headings[title] ? t(headings[title]) : title),
    })
    .addHelpText("after", examplesHelp(t));

  const lessonNames = lessons.map((lesson) => lesson.name).join(", ");
  const learnCommand = program
    .command("learn")
    .description(t("help.learn"))
    .argument("[lesson]", t("help.lesson", { lessons: lessonNames }));
  for (const name of settingNames) {
    const words = t(`help.${name}`, { default: defaultWords(name) });
    learnCommand.option(`--${name} ${flagValues[name]}`, words);
  }
  learnCommand
    .option("--quiet", t("help.quiet"))
    .option("--json", t("help.json"))
    .option("--out <folder>", t("help.out"))
    // As a function: asking for the activations takes a moment that only the help should take.
    .addHelpText("after", () => takesHelp(t))
    .action((lesson, _, command) => learn(lesson, command.optsWithGlobals(), language, t, io));

  program
    .command("repl")
    .description(t("help.repl"))
    .action(() => repl(t, io));
  return program;
}
