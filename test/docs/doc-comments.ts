/** The doc comments of the source files, taken apart. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Example {
  /** The source file, from the root of the repository. */
  readonly file: string;
  /** The line of the file on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** Every TypeScript file below a folder of the repository, by its path from the root. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`)
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(`${root}${file}`, "utf8");
}

/** The lines of a doc comment without the asterisks. */
export function commentLines(comment: string): string[] {
  const inner = comment.replace(/^\/\*\*/, "").replace(/\*\/$/, "");
  return inner.split("\n").map((line, i) => (i === 0 ? line.trim() : line.replace(/^\s*\* ?/, "").trimEnd()));
}

/** The `@example` blocks of a file: from the tag to the next tag, or the end of the comment. */
export function examplesOf(file: string): Example[] {
  const source = readSource(file);
  const examples: Example[] = [];
  for (const match of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const firstLine = source.slice(0, match.index).split("\n").length;
    const lines = commentLines(match[0]);
    for (const [i, line] of lines.entries()) {
      if (line !== "@example") continue;
      const next = lines.findIndex((other, k) => k > i && /^@[a-z]/.test(other));
      const code = lines.slice(i + 1, next < 0 ? lines.length : next).join("\n");
      examples.push({ file, line: firstLine + i + 1, code });
    }
  }
  return examples;
}
