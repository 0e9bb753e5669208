/** `xorch learn [lesson]`: runs the course or one lesson, prints it, and writes its report. */
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Interrupted, UsageError } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import type { Io } from "../io.ts";
import { lessons } from "../lessons/index.ts";
import type { Lecture, PreparedLesson, Stage } from "../lessons/lesson.ts";
import { summary } from "../lessons/summary.ts";
import { ProgressBar } from "../progress-bar.ts";
import { reportPage, type Section } from "../report/page.ts";
import { chooseFolder, writeRun } from "../run-folder.ts";
import { type Detail, Screen } from "../screen.ts";
import { readSettings, type SettingName, type Settings, settingNames } from "../settings.ts";
import type { Language, Translate } from "../texts/index.ts";
import { version } from "../version.ts";

/** The options as commander gives them: texts, or true for flags. */
export type LearnOptions = { readonly [Name in SettingName | "out" | "lang"]?: string } & {
  readonly quiet?: boolean;
  readonly json?: boolean;
};

/** The lessons asked for: the one named, or all. */
function chosenLessons(name: string | undefined, t: Translate): readonly PreparedLesson[] {
  if (name === undefined) return lessons;
  const lesson = lessons.find((candidate) => candidate.name === name);
  if (lesson) return [lesson];
  const names = lessons.map((candidate) => candidate.name).join(", ");
  throw new UsageError(t("error.lesson", { lesson: name, lessons: names }));
}

/** Throws a UsageError for a setting that the one lesson asked for does not take. */
function checkTaken(chosen: readonly PreparedLesson[], given: Partial<Settings>, t: Translate): void {
  if (chosen.length !== 1) return;
  const { name, takes } = chosen[0]!;
  const stray = settingNames.find((setting) => given[setting] !== undefined && !takes.includes(setting));
  if (stray === undefined) return;
  const taken = takes.map((setting) => `--${setting}`).join(", ");
  const words = { lesson: name, option: `--${stray}` };
  throw new UsageError(
    takes.length > 0 ? t("error.notTaken", { ...words, taken }) : t("error.takesNone", words),
  );
}

/** What was typed, for the report. */
function commandLine(name: string | undefined, options: LearnOptions): string {
  const quoted = (value: string): string => (/^[\w.,:/\\-]+$/.test(value) ? value : JSON.stringify(value));
  const parts = Object.entries(options).map(([key, value]) =>
    value === true ? `--${key}` : `--${key} ${quoted(String(value))}`,
  );
  return ["xorch learn", ...(name ? [name] : []), ...parts].join(" ");
}

type NamedLecture = Lecture & Section & { readonly lesson: string };

/** Runs the lessons one after the other, until one is interrupted. */
async function lecturesOf(
  chosen: readonly PreparedLesson[],
  given: Partial<Settings>,
  stage: Stage,
): Promise<NamedLecture[]> {
  const lectures: NamedLecture[] = [];
  for (const [i, lesson] of chosen.entries()) {
    // A signal that waits is heard between turns of the event loop.
    await nextTurn();
    if (stage.interruption.signal !== null) break;
    const title = stage.t(lesson.title);
    stage.screen.title(chosen.length > 1 ? `${i + 1}. ${title}` : title);
    lectures.push({ lesson: lesson.name, title, ...(await lesson.run(given, stage)) });
  }
  return lectures;
}

export async function learn(
  name: string | undefined,
  options: LearnOptions,
  language: Language,
  t: Translate,
  io: Io,
): Promise<void> {
  const chosen = chosenLessons(name, t);
  const given = readSettings(options, t);
  checkTaken(chosen, given, t);
  const folder = chooseFolder(options.out, io.cwd, name ?? "course", t);

  const detail: Detail = options.json ? "none" : options.quiet ? "results" : "full";
  const progress = new ProgressBar(io);
  const screen = new Screen(io, detail, progress);
  const interruption = new Interruption();
  let lectures: NamedLecture[];
  try {
    lectures = await lecturesOf(chosen, given, { screen, progress, interruption, t });
  } finally {
    interruption.close();
  }
  const { signal } = interruption;
  // Interrupted before anything was done.
  if (lectures.length === 0) throw new Interrupted(signal!);

  const sections = [...lectures, ...summary(lectures, t)];
  const figures = sections.flatMap((section) => section.figures);
  const page = reportPage(
    {
      language,
      title: name === undefined ? t("report.title") : lectures[0]!.title,
      facts: [
        t("report.made", { version, date: new Date().toLocaleString(language) }),
        `${t("report.command")}: ${commandLine(name, options)}`,
      ],
      sections,
    },
    t,
  );
  const files = new Map([...figures.map(({ file, svg }) => [file, svg] as const), ["report.html", page]]);
  await writeRun(folder, files, t);

  if (options.json) {
    const results = lectures.map(({ lesson, data }, i) => [
      lesson,
      { settings: chosen[i]!.settings(given), ...data },
    ]);
    const answer = { xorch: version, lessons: Object.fromEntries(results), folder, files: [...files.keys()] };
    io.stdout.write(`${JSON.stringify(answer)}\n`);
  } else {
    screen.blank();
    screen.note(t("report.where", { path: join(folder, "report.html") }));
    screen.note(t("report.pictures", { count: figures.length }));
  }
  if (signal !== null) throw new Interrupted(signal);
}
