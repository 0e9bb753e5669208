/** The report as one self-contained HTML page: pictures inline, styles inside, no script, nothing fetched. */
import { escapeText } from "../../plot/svg.ts";
import { palette } from "../../plot/theme.ts";
import type { Lecture } from "../lessons/lesson.ts";
import type { Table } from "../table.ts";
import type { Language, Translate } from "../texts/index.ts";

/** A part of the report. */
export interface Section extends Pick<Lecture, "paragraphs" | "figures" | "tables"> {
  readonly title: string;
}

export interface Report {
  readonly language: Language;
  readonly title: string;
  /** Under the title: when, by what version, by what command. */
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
}

const colours = (mode: "light" | "dark"): string =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value[mode]}`)
    .join(";");

const style = `
:root{${colours("light")};--page:#f4f6f8;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${colours("dark")};--page:#0c0e11}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans KR","Apple SD Gothic Neo","Malgun Gothic",sans-serif;word-break:keep-all;overflow-wrap:break-word}
main,header,footer{max-width:1380px;margin:0 auto;padding:0 24px}
header{padding-top:48px}
h1{font-size:2rem;line-height:1.25;margin:0 0 8px}
h2{font-size:1.4rem;margin:56px 0 12px;padding-top:20px;border-top:1px solid var(--grid)}
p{max-width:46rem;margin:0 0 12px}
.facts{color:var(--muted);font-size:.9rem;margin:0}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
nav ol{margin:20px 0 0;padding-left:1.4em}
a{color:var(--zero)}
.figures{display:flex;flex-wrap:wrap;gap:20px;margin:24px 0}
figure{margin:0;max-width:100%}
figure svg{display:block;max-width:100%;height:auto;border:1px solid var(--grid);border-radius:8px}
figcaption{font-size:.8rem;padding:4px 2px}
.tables{display:flex;flex-wrap:wrap;gap:16px 40px;align-items:flex-start;margin:16px 0}
.table{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
caption,summary{text-align:left;white-space:nowrap;font-weight:600;padding:4px 0}
summary{cursor:pointer;font-size:.9rem}
th,td{text-align:right;padding:4px 12px;border-bottom:1px solid var(--grid);white-space:nowrap}
th{font-weight:500;color:var(--muted)}
footer{color:var(--muted);font-size:.85rem;padding-top:40px;padding-bottom:48px}
@media print{h2,figure,.table{break-inside:avoid}}
`;

const cells = (tag: "th" | "td", row: readonly string[]): string =>
  `<tr>${row.map((cell) => `<${tag}${tag === "th" ? ' scope="col"' : ""}>${escapeText(cell)}</${tag}>`).join("")}</tr>`;

function tableHtml({ caption, head, rows, folded }: Table): string {
  const words = caption ? escapeText(caption) : "";
  const inner = `<thead>${cells("th", head)}</thead><tbody>${rows.map((row) => cells("td", row)).join("")}</tbody>`;
  if (folded) {
    return `<details class="table"><summary>${words}</summary><table>${inner}</table></details>`;
  }
  return `<div class="table"><table>${words && `<caption>${words}</caption>`}${inner}</table></div>`;
}

function sectionHtml(section: Section, index: number): string {
  const figures = section.figures.map(
    ({ file, svg }) =>
      `<figure>${svg}<figcaption><a href="${encodeURI(file)}">${escapeText(file)}</a></figcaption></figure>`,
  );
  return [
    `<section id="part-${index + 1}">`,
    `<h2>${index + 1}. ${escapeText(section.title)}</h2>`,
    ...section.paragraphs.map((text) => `<p>${escapeText(text)}</p>`),
    figures.length > 0 ? `<div class="figures">${figures.join("\n")}</div>` : "",
    section.tables.length > 0 ? `<div class="tables">${section.tables.map(tableHtml).join("\n")}</div>` : "",
    "</section>",
  ].join("\n");
}

export function reportPage(report: Report, t: Translate): string {
  const { language, title, facts, sections } = report;
  const links = sections.map(
    (section, i) => `<li><a href="#part-${i + 1}">${escapeText(section.title)}</a></li>`,
  );
  const contents =
    sections.length > 1
      ? `<nav aria-label="${escapeText(t("report.contents"))}"><ol>${links.join("")}</ol></nav>`
      : "";
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeText(title)}</h1>
${facts.map((fact) => `<p class="facts">${escapeText(fact)}</p>`).join("\n")}
${contents}
</header>
<main>
${sections.map(sectionHtml).join("\n")}
</main>
<footer>Xorch</footer>
</body>
</html>
`;
}
