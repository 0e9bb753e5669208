/**
 * Writes the ops out as methods in the declarations. In the sources a mapped type makes the methods of Tensor from the
 * functions, and that drops their doc comments; here each file of ops says its methods itself, below the functions and
 * with their texts, where every type that a signature names is in scope.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "vite";

const read = (file) => {
  const code = readFileSync(file, "utf8");
  return { code, body: parseSync(file, code).program.body };
};

/** The files whose exports are spread into `methods`, without extension. The pointwise ones have in-place forms. */
function filesOfMethods(registry) {
  const { body } = read(registry);
  const paths = new Map();
  let spreads = [];
  for (const statement of body) {
    if (statement.type === "ImportDeclaration") {
      paths.set(statement.specifiers[0].local.name, statement.source.value.replace(/\.ts$/, ""));
    }
    const [declarator] = statement.declaration?.declarations ?? [];
    if (declarator?.id.name === "methods") {
      spreads = declarator.init.properties.map(({ argument }) => argument.name);
    }
  }
  return spreads.map((name) => paths.get(name));
}

/** The files that an index hands on; the file itself where it declares its exports. */
function declaring(file) {
  const onward = read(file).body.flatMap(({ type, source }) =>
    type === "ExportAllDeclaration" ? [join(dirname(file), source.value.replace(/\.js$/, ".d.ts"))] : [],
  );
  return onward.length > 0 ? onward : [file];
}

/** Every exported function or op: its local name, doc comment, and signatures if it is declared with some. */
function exportedValues({ code, body }) {
  const locals = new Map();
  const exported = new Map();
  for (const statement of body) {
    const isExport = statement.type === "ExportNamedDeclaration";
    for (const { local, exported: name } of isExport ? statement.specifiers : []) {
      exported.set(name.name, local.name);
    }
    const declaration = isExport ? statement.declaration : statement;
    const isFunction = /^(TSDeclare)?Function/.test(declaration?.type ?? "");
    if (!isFunction && declaration?.type !== "VariableDeclaration") continue;
    const { name } = isFunction ? declaration.id : declaration.declarations[0].id;
    if (isExport) exported.set(name, name);
    const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(code.slice(0, statement.start))?.[0].trim();
    const value = locals.get(name) ?? { local: name, comment, signatures: [] };
    if (isFunction) value.signatures.push(declaration);
    locals.set(name, value);
  }
  return [...exported].flatMap(([name, local]) =>
    locals.has(local) ? [{ name, ...locals.get(local) }] : [],
  );
}

/** A signature without its first parameter, which is the tensor whose method it becomes. */
function methodSignature(code, { typeParameters, params, returnType }) {
  const text = (from, to) => code.slice(from, to);
  const generic = typeParameters ? text(typeParameters.start, typeParameters.end) : "";
  const rest = params.length > 1 ? text(params[1].start, params.at(-1).end) : "";
  return `${generic}(${rest})${text(returnType.start, returnType.end)};`;
}

function member(code, { name, local, comment = "", signatures }) {
  const lines =
    signatures.length > 0
      ? signatures.map((signature) => `${name}${methodSignature(code, signature)}`)
      : [`readonly ${name}: AsMethod<typeof ${local}>;`];
  return [comment, ...lines].join("\n");
}

/** The in-place form of a pointwise op. */
function inPlaceMember({ name, local, comment }) {
  const text = comment.replace(/^\/\*\*\s*(\* )?/, "").replace(/\s*\*\/$/, "");
  const first = `/**\n * In place: this tensor is overwritten with the result of \`${name}\`.\n *`;
  return `${first}\n * ${text}\n */\nreadonly ${name}_: AsMethod<typeof ${local}>;`;
}

/** Appends the methods to the declarations of the ops below `dist`, and makes `tensor/op-methods.d.ts` gather them. */
export function writeMethods(root, dist) {
  const target = join(dist, "tensor", "op-methods.js");
  const ops = filesOfMethods(join(root, "src/ops/registry.ts")).flatMap((path) =>
    declaring(join(dist, "ops", `${path.replace(/\.ts$/, "")}.d.ts`)),
  );
  const files = [...ops, join(dist, "tensor", "random-methods.d.ts")];
  const from = (file, to) => {
    const path = relative(dirname(file), to).replaceAll("\\", "/");
    return path.startsWith(".") ? path : `./${path}`;
  };
  for (const file of files) {
    const parsed = read(file);
    const isPointwise = dirname(file) === join(dist, "ops", "pointwise");
    const members = exportedValues(parsed).flatMap((value) => [
      member(parsed.code, value),
      ...(isPointwise ? [inPlaceMember(value)] : []),
    ]);
    const asMethod = from(file, join(dist, "tensor", "method-type.js"));
    const block = `declare module "${from(file, target)}" {\ninterface OpMethods {\n${members.join("\n")}\n}\n}\n`;
    writeFileSync(file, `import type { AsMethod } from "${asMethod}";\n${parsed.code}${block}`);
  }
  const imports = files.map((file) => `import "${from(target, file).replace(/\.d\.ts$/, ".js")}";\n`);
  const comment = "/** The ops as methods of Tensor: each file of ops adds its own. */";
  writeFileSync(
    target.replace(/js$/, "d.ts"),
    `${imports.join("")}${comment}\nexport interface OpMethods {\n}\n`,
  );
}
