/**
 * How dist/ is made. Two passes: the library, one ES module per public namespace with shared chunks between them, for
 * browsers and Node alike; and (`--mode cli`) the command line, with the packages it uses bundled in so that
 * users install none, importing the library beside it rather than holding a second copy.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { defineConfig, normalizePath, type Plugin, type UserConfig } from "vite";

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

/** dist/nn/index.js is made of src/nn/index.ts, which is also the door "xorch/nn". */
const entries = Object.fromEntries(
  [door, ...namespaces.map(({ file }) => file)].map((file) => [
    relative(source, file).replace(/\.ts$/, ""),
    file,
  ]),
);

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

const library: UserConfig = {
  plugins: [namespacesBeside],
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
      output: { chunkFileNames: "chunks/[name].js", comments: { jsdoc: false } },
    },
  },
};

const libraryBeside: Plugin = {
  name: "library-beside",
  enforce: "pre",
  async resolveId(source, importer, options) {
    if (source === "xorch") return { id: "../index.js", external: true };
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
