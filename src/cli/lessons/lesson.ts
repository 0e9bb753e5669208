/** What a lesson is: a name, the settings it takes with their defaults, and a run that yields a lecture. */
import type { CostSeries } from "xorch/plot";
import type { Interruption } from "../interruption.ts";
import type { ProgressBar } from "../progress-bar.ts";
import type { Screen } from "../screen.ts";
import type { SettingName, Settings } from "../settings.ts";
import type { Table } from "../table.ts";
import type { PlainTextKey, Translate } from "../texts/index.ts";

/** What a lesson prints on and speaks with. */
export interface Stage {
  readonly screen: Screen;
  readonly progress: ProgressBar;
  readonly interruption: Pick<Interruption, "signal">;
  readonly t: Translate;
}

export interface Figure {
  /** Name of its SVG file. */
  readonly file: string;
  readonly svg: string;
}

/** The outcome of a lesson: what goes into the report, and its data for programs. */
export interface Lecture {
  readonly paragraphs: readonly string[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  /** What --json prints. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The cost over the steps, where something was trained by gradient descent. */
  readonly curve?: CostSeries;
}

export interface Lesson<Name extends SettingName = SettingName> {
  /** As in `xorch learn <name>`. */
  readonly name: string;
  readonly title: PlainTextKey;
  /** The settings that the lesson takes, with their defaults. */
  readonly defaults: Pick<Settings, Name>;
  run(settings: Pick<Settings, Name>, stage: Stage): Lecture | Promise<Lecture>;
}

/** A lesson as the command sees it: given settings replace its defaults; those it does not take are left out. */
export interface PreparedLesson {
  readonly name: string;
  readonly title: PlainTextKey;
  readonly takes: readonly SettingName[];
  readonly defaults: Partial<Settings>;
  settings(given: Partial<Settings>): Partial<Settings>;
  run(given: Partial<Settings>, stage: Stage): Lecture | Promise<Lecture>;
}

export function prepareLesson<Name extends SettingName>(lesson: Lesson<Name>): PreparedLesson {
  const takes = Object.keys(lesson.defaults) as Name[];
  const settings = (given: Partial<Settings>): Pick<Settings, Name> => {
    const chosen = takes.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
    return { ...lesson.defaults, ...Object.fromEntries(chosen) };
  };
  return {
    name: lesson.name,
    title: lesson.title,
    takes,
    defaults: lesson.defaults,
    settings,
    run: (given, stage) => lesson.run(settings(given), stage),
  };
}
