/**
 * How dist/ is made. Two passes: the library, one ES module per public namespace with shared chunks between them, for
 * browsers and Node alike; and (`--mode cli`) the command line, with the packages it uses bundled in so that
 * users install none, importing the library beside it rather than holding a second copy.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { defineConfig, normalizePath, type Plugin, parseSync, type UserConfig } from "vite";
import { workerSource } from "./src/device/cpu/threads/worker-source.ts";

const path = (relative: string) => normalizePath(fileURLToPath(new URL(relative, import.meta.url)));

const source = path("src");

/** What a module exports as namespaces, and what those do: `export * as nn from "./nn/index.ts"`. */
function namespacesOf(importer: string): { importer: string; from: string; file: string }[] {
  const lines = readFileSync(importer, "utf8").matchAll(/^export \* as \w+ from "(.+)";$/gm);
  return Array.from(lines, ([, from]) => ({
    importer,
    from: from!,
    file: join(dirname(importer), from!),
  })).flatMap((namespace) => [namespace, ...namespacesOf(namespace.file)]);
}

const door = join(source, "index.ts");
const namespaces = namespacesOf(door);

/**
 * What pages seldom or never need, by what stands in its place there: bundlers for browsers exchange the files as the field
 * `browser` of package.json says, everyone else takes the first.
 */
const exchanged = {
  "device/cpu/blas/blas-product.ts": "device/cpu/blas/no-blas-product.ts",
  "device/cpu/blas/find-blas.ts": "device/cpu/blas/no-blas.ts",
  "device/cpu/team-product.ts": "device/cpu/team-product-later.ts",
};

const moduleName = (file: string) => basename(file, ".ts");

/**
 * dist/nn/index.js is made of src/nn/index.ts, which is also the door "xorch/nn". What is exchanged lies among the chunks.
 */
const entries = Object.fromEntries([
  ...[door, ...namespaces.map(({ file }) => file), join(source, "plot/index.ts")].map((file) => [
    relative(source, file).replace(/\.ts$/, ""),
    file,
  ]),
  ...Object.entries(exchanged)
    .flat()
    .map((file) => [`chunks/${moduleName(file)}`, join(source, file)]),
]);

/**
 * Namespaces stay modules of their own. Within one file a namespace is an object that holds all of its members, whether
 * they are used or not; of a module, bundlers see which of `torch.nn.Linear` and its like a program names.
 */
const namespacesBeside: Plugin = {
  name: "namespaces-beside",
  enforce: "pre",
  resolveId(from, importer) {
    const isOne = namespaces.some((namespace) => namespace.from === from && namespace.importer === importer);
    return isOne ? { id: from.replace(/\.ts$/, ".js"), external: true } : null;
  },
};

/** What is exchanged stays a module of its own, too. Its address is known when it is clear where its importer lies. */
const exchangedBeside: Plugin = {
  name: "exchanged-beside",
  enforce: "pre",
  resolveId(from, importer) {
    const file = importer && relative(source, join(dirname(importer), from));
    return file && file in exchanged ? { id: `#chunks/${moduleName(file)}.js`, external: true } : null;
  },
  renderChunk(code, chunk) {
    if (!code.includes('"#chunks/')) return null;
    const folder = relative(dirname(chunk.fileName), "chunks") || ".";
    const address = folder.startsWith(".") ? folder : `./${folder}`;
    // Lines stay where they are, and nothing is looked up within those of imports.
    return { code: code.replaceAll('"#chunks/', `"${address}/`), map: null };
  },
};

/** The module that starts the worker of a page, and the worker's file. */
const workerBeside: Plugin = {
  name: "worker-beside",
  enforce: "pre",
  resolveId(from) {
    return from === "./page-worker.ts" ? { id: "#chunks/page-worker.js", external: true } : null;
  },
  generateBundle() {
    const starting = readFileSync(path("scripts/page-worker.js"), "utf8");
    this.emitFile({ type: "asset", fileName: "chunks/page-worker.js", source: starting });
    this.emitFile({ type: "asset", fileName: "chunks/worker.js", source: workerSource() });
  },
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly key?: { readonly name?: string };
}

/** The samples of op records, of which the tests and the page of ops make their questions: no program asks them. */
const withoutSamples: Plugin = {
  name: "without-samples",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(`${source}/ops/`) || !code.includes("samples: {")) return null;
    const found: Node[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { type, key } = node as Node;
      if (type === "Property" && key?.name === "samples") found.push(node as Node);
      else for (const part of Object.values(node)) visit(part);
    };
    visit(parseSync(id, code).program);
    // Lines stay where they are, for the source maps.
    for (const { start, end } of found.reverse()) {
      const lines = code.slice(start, end).replace(/[^\n]/g, "");
      code = `${code.slice(0, start)}${lines}${code.slice(end).replace(/^,/, "")}`;
    }
    return { code, map: null };
  },
};

const library: UserConfig = {
  plugins: [namespacesBeside, exchangedBeside, workerBeside, withoutSamples],
  build: {
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    target: "es2023",
    lib: {
      entry: entries,
      formats: ["es"],
    },
    rolldownOptions: {
      // Doc comments stand in the declarations; here they would only be half of what is read on import.
      output: {
        chunkFileNames: "chunks/[name].js",
        comments: { jsdoc: false },
        // Each file takes Node half a millisecond to import: what the doors share is one.
        codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] },
      },
    },
  },
};

const libraryBeside: Plugin = {
  name: "library-beside",
  enforce: "pre",
  async resolveId(source, importer, options) {
    if (source === "xorch") return { id: "../index.js", external: true };
    if (source.startsWith("xorch/"))
      return { id: `../${source.slice("xorch/".length)}/index.js`, external: true };
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return resolved?.id === path("src/index.ts") ? { id: "../index.js", external: true } : resolved;
  },
};

const commandLine: UserConfig = {
  plugins: [libraryBeside],
  ssr: { noExternal: true, target: "node" },
  build: {
    emptyOutDir: false,
    minify: false,
    target: "node20",
    ssr: path("src/cli/main.ts"),
    rolldownOptions: {
      output: {
        format: "es",
        entryFileNames: "cli/main.js",
        chunkFileNames: "cli/[name].js",
        banner: (chunk) => (chunk.isEntry ? "#!/usr/bin/env node" : ""),
      },
    },
  },
};

export default defineConfig(({ mode }) => (mode === "cli" ? commandLine : library));
