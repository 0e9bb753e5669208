import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./src", import.meta.url));

/** Tests of what users install: they need dist/, which their project builds where it is out of date. */
const ofTheBuild = ["test/package/**/*.test.ts", "test/browser/**/*.test.ts"];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^xorch$/, replacement: `${source}/index.ts` },
      { find: /^xorch\/(.+)$/, replacement: `${source}/$1/index.ts` },
    ],
  },
  test: {
    testTimeout: 60_000,
    setupFiles: ["test/setup.ts"],
    projects: [
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: ofTheBuild } },
      {
        extends: true,
        test: { name: "build", include: ofTheBuild, globalSetup: "test/package/globalSetup.ts" },
      },
    ],
  },
});
