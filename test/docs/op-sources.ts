/** What the source of an op says of it: its doc comment, and the options that its function takes. */
import { type ESTree, parseSync } from "vite";
import { commentLines, readSource } from "./doc-comments.ts";

export interface OpSource {
  /** The first sentence of the doc comment. */
  readonly summary: string;
  /** The addresses that the doc comment names as sources. */
  readonly urls: readonly string[];
  readonly hasExample: boolean;
  /** The parameters behind the first, and the members of an options object, with their defaults. */
  readonly options: readonly string[];
}

type Params = readonly ESTree.ParamPattern[];

/** The declarations of the op files by name, whatever file they stand in. */
class Declarations {
  readonly functions = new Map<string, ESTree.Function>();
  readonly constants = new Map<string, ESTree.VariableDeclarator>();
  readonly aliases = new Map<string, ESTree.TSType>();
  readonly interfaces = new Map<string, ESTree.TSInterfaceDeclaration>();
  /** Local names by the name under which they are exported. */
  readonly exports = new Map<string, string>();
  readonly comments = new Map<string, string>();

  read(file: string): void {
    const code = readSource(file);
    for (const statement of parseSync(file, code).program.body) {
      const isExport = statement.type === "ExportNamedDeclaration";
      for (const { local, exported } of isExport ? statement.specifiers : []) {
        if (local.type === "Identifier" && exported.type === "Identifier") {
          this.exports.set(exported.name, local.name);
        }
      }
      const declaration = isExport ? statement.declaration : statement;
      const name = declaration ? this.#note(declaration) : null;
      if (name === null) continue;
      if (isExport) this.exports.set(name, name);
      const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(code.slice(0, statement.start));
      // The comment of an overloaded function stands above its first signature.
      if (comment && !this.comments.has(name)) this.comments.set(name, comment[0].trim());
    }
  }

  #note(declaration: ESTree.Node): string | null {
    switch (declaration.type) {
      case "TSDeclareFunction":
      case "FunctionDeclaration": {
        const { name } = declaration.id!;
        // Users see the signatures of an overloaded function, the first of which tells the most.
        if (!this.functions.has(name)) this.functions.set(name, declaration);
        return name;
      }
      case "VariableDeclaration": {
        const [declarator] = declaration.declarations;
        if (declarator?.id.type !== "Identifier") return null;
        this.constants.set(declarator.id.name, declarator);
        return declarator.id.name;
      }
      case "TSTypeAliasDeclaration":
        this.aliases.set(declaration.id.name, declaration.typeAnnotation);
        return declaration.id.name;
      case "TSInterfaceDeclaration":
        this.interfaces.set(declaration.id.name, declaration);
        return declaration.id.name;
      default:
        return null;
    }
  }

  /** The options of the function called `name`, whether declared, typed or made by another function. */
  options(name: string): string[] {
    const declared = this.functions.get(name);
    if (declared) return this.#ofParams(declared.params, declared.body);
    const constant = this.constants.get(name);
    const type = constant?.id.type === "Identifier" ? constant.id.typeAnnotation?.typeAnnotation : null;
    if (type) return this.#ofType(type);
    const maker = constant?.init?.type === "CallExpression" ? constant.init.callee : null;
    if (maker?.type !== "Identifier") return [];
    const returned = this.functions.get(maker.name)?.body?.body.find((s) => s.type === "ReturnStatement");
    const made = returned?.argument;
    if (made?.type !== "ArrowFunctionExpression") return [];
    return this.#ofParams(made.params, made.body);
  }

  #ofType(type: ESTree.TSType): string[] {
    if (type.type === "TSFunctionType") return this.#ofParams(type.params, null);
    if (type.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return [];
    const alias = this.aliases.get(type.typeName.name);
    if (alias) return this.#ofType(alias);
    // Of several signatures the one with the most parameters tells the most.
    const signatures = (this.interfaces.get(type.typeName.name)?.body.body ?? []).flatMap((member) =>
      member.type === "TSCallSignatureDeclaration" ? [this.#ofParams(member.params, null)] : [],
    );
    return signatures.sort((a, b) => b.length - a.length)[0] ?? [];
  }

  #ofParams(params: Params, body: ESTree.Node | null): string[] {
    return params.slice(1).flatMap((param) => {
      if (param.type === "RestElement") return [`...${nameOf(param.argument)}`];
      if (param.type === "AssignmentPattern") {
        const members = this.#members(param.left, body);
        return members ?? [`${nameOf(param.left)} = ${literal(param.right)}`];
      }
      const isOptional = param.type === "Identifier" && param.optional;
      return this.#members(param, body) ?? [`${nameOf(param)}${isOptional ? "?" : ""}`];
    });
  }

  /** The members of an options object with their defaults; null if the parameter is none. */
  #members(param: ESTree.Node, body: ESTree.Node | null): string[] | null {
    if (param.type !== "Identifier" || param.name !== "options") return null;
    const type = param.typeAnnotation?.typeAnnotation;
    const defaults = defaultsIn(body);
    return (type ? this.#propertiesOf(type) : []).map((name) => {
      const initial = defaults.get(name);
      return initial === undefined ? `${name}?` : `${name} = ${initial}`;
    });
  }

  #propertiesOf(type: ESTree.TSType): string[] {
    if (type.type === "TSTypeLiteral") return propertyNames(type.members);
    if (type.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return [];
    const found = this.interfaces.get(type.typeName.name);
    if (!found) return [];
    const inherited = found.extends.flatMap(({ expression }) =>
      expression.type === "Identifier" ? [expression.name] : [],
    );
    const above = inherited.flatMap((name) => propertyNames(this.interfaces.get(name)?.body.body ?? []));
    return [...propertyNames(found.body.body), ...above];
  }
}

function propertyNames(members: readonly ESTree.TSSignature[]): string[] {
  return members.flatMap((member) => (member.type === "TSPropertySignature" ? [nameOf(member.key)] : []));
}

/** The defaults in `const { a = 1 } = options` at the start of a function. */
function defaultsIn(body: ESTree.Node | null): Map<string, string> {
  const defaults = new Map<string, string>();
  for (const statement of body?.type === "BlockStatement" ? body.body : []) {
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      if (id.type !== "ObjectPattern" || init?.type !== "Identifier" || init.name !== "options") continue;
      for (const property of id.properties) {
        if (property.type === "Property" && property.value.type === "AssignmentPattern") {
          defaults.set(nameOf(property.key), literal(property.value.right));
        }
      }
    }
  }
  return defaults;
}

function nameOf(node: ESTree.Node): string {
  return node.type === "Identifier" ? node.name : "?";
}

function literal(node: ESTree.Node): string {
  if (node.type === "Literal") return node.raw ?? String(node.value);
  if (node.type === "UnaryExpression") return `${node.operator}${literal(node.argument)}`;
  return nameOf(node);
}

/** The first sentence of the text before the tags and sources. */
function summaryOf(lines: readonly string[]): string {
  const end = lines.findIndex((line, i) => i > 0 && (line === "" || line.startsWith("@")));
  const text = lines
    .slice(0, end < 0 ? lines.length : end)
    .join(" ")
    .trim();
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** What the exported ops of these files say of themselves, by the name of the op. */
export function readOps(files: readonly string[]): ReadonlyMap<string, OpSource> {
  const declarations = new Declarations();
  for (const file of files) declarations.read(file);
  const ops = new Map<string, OpSource>();
  for (const [name, local] of declarations.exports) {
    const comment = declarations.comments.get(local);
    if (!comment) continue;
    // A doc comment that opens with the line break has an empty first line.
    const lines = commentLines(comment).filter((line, i) => i > 0 || line !== "");
    const urls = [...comment.matchAll(/Source: (https:\S+)/g)].map(([, url]) => url!);
    ops.set(name, {
      summary: summaryOf(lines),
      urls,
      hasExample: lines.includes("@example"),
      options: declarations.options(local),
    });
  }
  return ops;
}
