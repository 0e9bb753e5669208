/** The pages under docs/api/: every public name with signatures, doc comment and example, as the editor shows them. */
import { commentLines } from "../../test/docs/doc-comments.ts";
import { type Namespace, type PublicMember, type PublicName, publicNamespaces } from "./public-names.ts";

interface Page {
  readonly file: string;
  readonly title: string;
  readonly names: readonly PublicName[];
  /** What is written before a name. */
  readonly path: string;
}

/** The names of `torch` are many: they are divided by the layer that declares them. */
const themes: readonly { file: string; title: string; has: (name: PublicName) => boolean }[] = [
  { file: "tensor.md", title: "Tensor", has: ({ name }) => name === "Tensor" },
  { file: "ops.md", title: "Ops", has: ({ file }) => file.startsWith("ops/") },
  {
    file: "creation-and-random.md",
    title: "Creation and random numbers",
    has: ({ file }) => /^(tensor|random)\//.test(file),
  },
  { file: "torch.md", title: "Gradients, dtypes, errors and settings", has: () => true },
];

function pagesOf({ path, names }: Namespace): Page[] {
  if (path !== "torch") {
    return [{ file: `${path.split(".").slice(1).join("-")}.md`, title: path, names, path }];
  }
  const themeOf = (name: PublicName) => themes.find(({ has }) => has(name));
  return themes.map((theme) => ({
    file: theme.file,
    title: theme.title,
    names: names.filter((name) => themeOf(name) === theme),
    path,
  }));
}

/** A doc comment as Markdown: its text, then errors and sources as lists, then the example as code. */
function markdown(comment: string): string {
  const lines = commentLines(comment);
  const isTag = (line: string) => /^@[a-z]/.test(line);
  const example = lines.indexOf("@example");
  const text = (example < 0 ? lines : lines.slice(0, example)).map((line) =>
    line
      .replace(/^@throws /, "\nThrows: ")
      .replace(/^Source: (https:\S+)$/, "\nSource: <$1>")
      .replace(/\{@link (\w+)\}/g, "`$1`"),
  );
  const after = example < 0 ? [] : lines.slice(example + 1);
  const end = after.findIndex(isTag);
  const code = (end < 0 ? after : after.slice(0, end)).join("\n").trim();
  const parts = [
    text
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  ];
  if (code) parts.push(`\`\`\`ts\n${code}\n\`\`\``);
  return parts.filter(Boolean).join("\n\n");
}

/** The first sentence of a doc comment, on one line. */
function summary(comment: string): string {
  const [paragraph = ""] = commentLines(comment)
    .join("\n")
    .trim()
    .split(/\n\n|\n@/);
  const text = paragraph.replace(/\s+/g, " ");
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text.replace(/:$/, ".");
}

function entry(heading: string, { name, comment, signatures }: PublicMember): string {
  const parts = [`${heading} ${name.replaceAll("[", "\\[").replaceAll("_", "\\_")}`];
  if (signatures.length > 0) parts.push(`\`\`\`ts\n${signatures.join("\n")}\n\`\`\``);
  if (comment) parts.push(markdown(comment));
  return parts.join("\n\n");
}

function entries(name: PublicName): string[] {
  const members = [...name.members].sort((a, b) => a.name.localeCompare(b.name, "en"));
  return [entry("##", name), ...members.map((member) => entry("###", member))];
}

function pageText({ title, names }: Page): string {
  const note = "Made by `npm run docs` from the published declarations. [All names](index.md)";
  const types = names.filter(({ kind }) => kind === "type");
  const others = names.filter(({ kind }) => kind !== "type");
  return `${[`# ${title}`, note, ...[...others, ...types].flatMap(entries)].join("\n\n")}\n`;
}

function indexText(pages: readonly Page[]): string {
  const sections = pages.map(({ file, title, names, path }) => {
    const lines = names.map((name) => `- \`${path}.${name.name}\`: ${summary(name.comment ?? "")}`);
    return `## [${title}](${file})\n\n${lines.join("\n")}`;
  });
  const note = "Every public name, made by `npm run docs` from the published declarations.";
  return `${["# The names of Xorch", note, ...sections].join("\n\n")}\n`;
}

/** The texts of all pages by their names; they need a built `dist/`. */
export function apiPages(): Map<string, string> {
  const pages = publicNamespaces().flatMap(pagesOf);
  return new Map([
    ["index.md", indexText(pages)],
    ...pages.map((page) => [page.file, pageText(page)] as const),
  ]);
}
