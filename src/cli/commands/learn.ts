/** `xorch learn [lesson]`: runs the course or one lesson, prints it, and writes its report. */
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { lessons } from "../lessons/index.ts";
import type { Lecture, PreparedLesson } from "../lessons/lesson.ts";
import { summary } from "../lessons/summary.ts";
import { ProgressBar } from "../progress-bar.ts";
import { reportPage, type Section } from "../report/page.ts";
import { chooseFolder, writeRun } from "../run-folder.ts";
import { type Detail, Screen } from "../screen.ts";
import { readSettings, type SettingName, type Settings, settingNames } from "../settings.ts";
import type { Language, Translate } from "../texts/index.ts";
import { version } from "../version.ts";

/** The options as commander gives them: texts, or true for flags. */
export type LearnOptions = { readonly [Name in SettingName | "out"]?: string } & {
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
  const parts = Object.entries(options).map(([key, value]) =>
    value === true ? `--${key}` : `--${key} ${value}`,
  );
  return ["xorch learn", ...(name ? [name] : []), ...parts].join(" ");
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
  const stage = { screen, progress, t };
  const lectures = chosen.map((lesson, i): Lecture & Section => {
    const title = t(lesson.title);
    screen.title(chosen.length > 1 ? `${i + 1}. ${title}` : title);
    return { title, ...lesson.run(given, stage) };
  });

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

  const report = join(folder, "report.html");
  if (options.json) {
    const results = chosen.map((lesson, i) => [
      lesson.name,
      { settings: lesson.settings(given), ...lectures[i]!.data },
    ]);
    const answer = { xorch: version, lessons: Object.fromEntries(results), folder, files: [...files.keys()] };
    io.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  screen.blank();
  screen.note(t("report.where", { path: report }));
  screen.note(t("report.pictures", { count: figures.length }));
}
