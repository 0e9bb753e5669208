/** Every name that users can write, with its doc comment and signatures, from the published declarations. */
import { relative } from "node:path";
import type { ESTree } from "vite";
import {
  commentBefore,
  type Declaration,
  dist,
  exportsOf,
  type Meaning,
  meaningOf,
  moduleAt,
} from "./declarations.ts";

export interface PublicMember {
  readonly name: string;
  readonly comment: string | null;
  readonly signatures: readonly string[];
}

export interface PublicName extends PublicMember {
  /** The file that declares it, from `dist/`. */
  readonly file: string;
  readonly kind: "function" | "class" | "value" | "type";
  /** Of a class: its public members, without the inherited ones. */
  readonly members: readonly PublicMember[];
}

/** A namespace as users write it, and the names in it. */
export interface Namespace {
  readonly path: string;
  readonly names: readonly PublicName[];
}

type Class = ESTree.Class;

/** The namespaces, the outermost first. */
export function publicNamespaces(file = `${dist}index.d.ts`, path = "torch"): Namespace[] {
  const names: PublicName[] = [];
  const inner: Namespace[] = [];
  for (const [name, meaning] of exportsOf(file)) {
    if ("namespace" in meaning) inner.push(...publicNamespaces(meaning.namespace, `${path}.${name}`));
    else names.push(publicName(name, meaning.declarations));
  }
  names.sort((a, b) => a.name.localeCompare(b.name, "en"));
  return [{ path, names }, ...inner];
}

function publicName(name: string, declarations: readonly Declaration[]): PublicName {
  const declared = declarations.find(({ node }) => node.type === "ClassDeclaration");
  const main = declared ?? declarations[0]!;
  const file = relative(dist, main.file).replaceAll("\\", "/");
  const comment = (declared ? [declared] : declarations).find((one) => one.comment)?.comment ?? null;
  const signatures = declarations.map(({ text }) => text.replace(/^export /, "").replace(/^declare /, ""));
  switch (main.node.type) {
    case "ClassDeclaration": {
      const all = membersOf(main.file, main.node as Class);
      const ofTensor = name === "Tensor" ? opMethods() : [];
      const members = [...all.filter((member) => member.name !== "constructor"), ...ofTensor];
      const made = all.find((member) => member.name === "constructor")?.signatures ?? [];
      const constructors = made.map((text) => text.replace(/^constructor/, `new ${name}`));
      return { name, file, kind: "class", comment, signatures: constructors, members };
    }
    case "TSDeclareFunction":
    case "FunctionDeclaration":
      return { name, file, kind: "function", comment, signatures, members: [] };
    case "VariableDeclaration":
      return { name, file, kind: "value", comment, signatures, members: [] };
    default:
      return { name, file, kind: "type", comment, signatures, members: [] };
  }
}

/** The public members of a class or interface; without a comment of its own one has that of the class above. */
function membersOf(file: string, node: Class | ESTree.TSInterfaceDeclaration): PublicMember[] {
  const { code } = moduleAt(file);
  const found = new Map<string, { comment: string | null; signatures: string[] }>();
  for (const member of node.body.body) {
    if (!("key" in member) || ("accessibility" in member && member.accessibility)) continue;
    if (member.key.type === "PrivateIdentifier") continue;
    const key = code.slice(member.key.start, member.key.end);
    const name = "computed" in member && member.computed ? `[${key}]` : key;
    const { comment, signatures } = found.get(name) ?? { comment: null, signatures: [] };
    const own = comment ?? commentBefore(code, member.start);
    found.set(name, { comment: own, signatures: [...signatures, code.slice(member.start, member.end)] });
  }
  const above = "superClass" in node ? inherited(file, node) : [];
  return [...found].map(([name, { comment, signatures }]) => ({
    name,
    comment: comment ?? above.find((member) => member.name === name)?.comment ?? null,
    signatures,
  }));
}

/** The members of the class that a class extends. */
function inherited(file: string, { superClass }: Class): PublicMember[] {
  if (superClass?.type !== "Identifier") return [];
  const meaning: Meaning | null = meaningOf(file, superClass.name);
  if (!meaning || "namespace" in meaning) return [];
  const base = meaning.declarations.find(({ node }) => node.type === "ClassDeclaration");
  if (!base) return [];
  const node = base.node as Class;
  return [...membersOf(base.file, node), ...inherited(base.file, node)];
}

/** The methods that the files of ops add to Tensor. */
function opMethods(): PublicMember[] {
  const gathered = moduleAt(`${dist}tensor/op-methods.d.ts`);
  return gathered.sideEffects.flatMap((file) =>
    moduleAt(file).augmentations.flatMap((node) => membersOf(file, node)),
  );
}
