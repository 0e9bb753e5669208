/** The published declarations, read: which name of which file an import or export means. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ESTree, parseSync } from "vite";

export const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** A declaration, or one of several of a name: overloads, or a class and an interface. */
export interface Declaration {
  readonly file: string;
  readonly node: ESTree.Node;
  readonly comment: string | null;
  readonly text: string;
}

/** What a name means: its declarations, or the file whose exports a namespace holds. */
export type Meaning = { readonly declarations: readonly Declaration[] } | { readonly namespace: string };

interface Reference {
  readonly file: string;
  /** Null for all exports of the file. */
  readonly name: string | null;
}

interface Module {
  readonly code: string;
  readonly locals: Map<string, Declaration[]>;
  readonly imports: Map<string, Reference>;
  readonly exports: Map<string, Reference>;
  /** Files all of whose exports are handed on. */
  readonly onward: string[];
  /** Files that are imported without a name. */
  readonly sideEffects: string[];
  /** The interfaces that the file adds to others. */
  readonly augmentations: ESTree.TSInterfaceDeclaration[];
}

const modules = new Map<string, Module>();

/** The doc comment that ends right before a place. */
export function commentBefore(code: string, place: number): string | null {
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(code.slice(0, place))?.[0].trim() ?? null;
}

const nameOf = (node: { type: string; name?: string; value?: unknown }): string =>
  node.name ?? String(node.value);

/** The file that a path of an import means. */
function fileAt(from: string, path: string): string {
  return join(dirname(from), path.replace(/\.js$/, ".d.ts"));
}

export function moduleAt(file: string): Module {
  const known = modules.get(file);
  if (known) return known;
  const code = existsSync(file) ? readFileSync(file, "utf8") : "";
  const module: Module = {
    code,
    locals: new Map(),
    imports: new Map(),
    exports: new Map(),
    onward: [],
    sideEffects: [],
    augmentations: [],
  };
  modules.set(file, module);
  for (const statement of parseSync(file, code).program.body) read(file, module, statement);
  return module;
}

function read(file: string, module: Module, statement: ESTree.Node): void {
  if (statement.type === "ImportDeclaration") {
    const from = fileAt(file, statement.source.value);
    if (statement.specifiers.length === 0) module.sideEffects.push(from);
    for (const specifier of statement.specifiers) {
      const name = specifier.type === "ImportSpecifier" ? nameOf(specifier.imported) : null;
      module.imports.set(specifier.local.name, { file: from, name });
    }
  } else if (statement.type === "ExportAllDeclaration") {
    const from = fileAt(file, statement.source.value);
    if (statement.exported) module.exports.set(nameOf(statement.exported), { file: from, name: null });
    else module.onward.push(from);
  } else if (statement.type === "ExportNamedDeclaration") {
    const from = statement.source ? fileAt(file, statement.source.value) : file;
    for (const { local, exported } of statement.specifiers) {
      module.exports.set(nameOf(exported), { file: from, name: nameOf(local) });
    }
    if (statement.declaration) {
      const name = note(file, module, statement.declaration, statement);
      if (name) module.exports.set(name, { file, name });
    }
  } else if (statement.type === "TSModuleDeclaration" && statement.body) {
    for (const inner of statement.body.body) {
      if (inner.type === "TSInterfaceDeclaration") module.augmentations.push(inner);
    }
  } else note(file, module, statement, statement);
}

function note(file: string, module: Module, node: ESTree.Node, statement: ESTree.Node): string | null {
  const holder = node.type === "VariableDeclaration" ? node.declarations[0] : node;
  const id = holder && "id" in holder ? holder.id : null;
  if (id?.type !== "Identifier") return null;
  const declaration = {
    file,
    node,
    comment: commentBefore(module.code, statement.start),
    text: module.code.slice(statement.start, statement.end),
  };
  const others = module.locals.get(id.name);
  if (others) others.push(declaration);
  else module.locals.set(id.name, [declaration]);
  return id.name;
}

/** What a name means inside a file. */
export function meaningOf(file: string, name: string): Meaning | null {
  const { locals, imports } = moduleAt(file);
  const declarations = locals.get(name);
  if (declarations) return { declarations };
  const reference = imports.get(name);
  return reference ? follow(reference, file) : null;
}

function follow({ file, name }: Reference, from: string): Meaning | null {
  if (name === null) return { namespace: file };
  return file === from ? meaningOf(file, name) : (exportsOf(file).get(name) ?? null);
}

/** Everything that a file exports, by name. */
export function exportsOf(file: string): Map<string, Meaning> {
  const { exports, onward } = moduleAt(file);
  const found = new Map<string, Meaning>();
  for (const other of onward) for (const [name, meaning] of exportsOf(other)) found.set(name, meaning);
  for (const [name, reference] of exports) {
    const meaning = follow(reference, file);
    if (meaning) found.set(name, meaning);
  }
  return found;
}
