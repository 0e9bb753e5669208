/** The module names that a TypeScript source mentions: imports and re-exports, types included, and `import()`. */
import { parseAst } from "vite";

/** Where each kind of node keeps the module name. */
const nameField: Record<string, "source" | "expression" | "id"> = {
  ImportDeclaration: "source",
  ExportNamedDeclaration: "source",
  ExportAllDeclaration: "source",
  ImportExpression: "source",
  TSImportType: "source",
  TSExternalModuleReference: "expression",
  // `declare module "./x.ts"` adds to the types of x: it leans on x as an import does.
  TSModuleDeclaration: "id",
};

export interface Import {
  /** Null where the name is computed at run time. */
  name: string | null;
  line: number;
}

type Node = Record<string, unknown> & { type: string; start: number };

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value)) return;
    const name = value[nameField[value.type] ?? ""];
    if (isNode(name)) {
      const line = text.slice(0, value.start).split("\n").length;
      if (name.type === "Literal") found.push({ name: String(name.value), line });
      else if (value.type === "ImportExpression") found.push({ name: null, line });
    }
    Object.values(value).forEach(visit);
  };
  visit(parseAst(text, { lang: "ts" }));
  return found;
}
