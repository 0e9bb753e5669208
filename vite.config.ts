/**
 * How dist/ is made. Two passes: the library, one ES module per public door with shared chunks between them, for
 * browsers and Node alike; and (`--mode cli`) the command line, with the packages it uses bundled in so that
 * users install none, importing the library beside it rather than holding a second copy.
 */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import manifest from "./package.json" with { type: "json" };

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The public doors, from the package's exports: "./dist/nn/index.js" is made of src/nn/index.ts. */
const doors = Object.values(manifest.exports)
  .map((door) => (typeof door === "string" ? null : /^\.\/dist\/(.+)\.js$/.exec(door.default)?.[1]))
  .filter((door) => typeof door === "string")
  .map((door) => [door, path(`src/${door}.ts`)]);

const library: UserConfig = {
  build: {
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    target: "es2023",
    lib: {
      entry: Object.fromEntries(doors),
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
