/** Worker threads in pages: with shared memory, without it, and where workers are forbidden. */
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shiftedRow } from "../device/team-programs.ts";
import { chromiumPath, noChromium } from "./chromium.ts";
import { policy, serve } from "./server.ts";
import { visit } from "./visit.ts";

if (!chromiumPath) console.warn(`Skipped the tests of threads in pages: ${noChromium}`);

const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** The page's script in one file. */
async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      modulePreload: false,
      target: "es2023",
      rolldownOptions: { input: fileURLToPath(new URL("./threads-page.ts", import.meta.url)) },
    },
  })) as Rolldown.RolldownOutput;
  return built.output[0].code;
}

describe.skipIf(!chromiumPath)("threads in Chromium", () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    script = await bundle();
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  });

  afterAll(() => browser?.close());

  /** Serves the page with these headers and asks it for so many threads; the result must be right with any number. */
  async function open(headers: Record<string, string>, threads: number) {
    const { server, address } = await serve({ scripts: { "/threads.js": script }, headers });
    try {
      const { found, errors } = await visit(browser, `${address}/page/threads.html?threads=${threads}`);
      expect(found?.row).toEqual(shiftedRow(found?.runs as number));
      return { threads: found!.threads, errors };
    } finally {
      server.close();
    }
  }

  const withWorkers = { "content-security-policy": `${policy}; worker-src blob:` };

  it.each([2, 3])("are %i in an isolated page, which closes while they sleep", async (threads) => {
    const { threads: found, errors } = await open({ ...withWorkers, ...isolation }, threads);
    expect(errors).toEqual([]);
    expect(found).toBe(threads);
  });

  it("are 1 in a page that is not isolated, which names the headers once", async () => {
    const { threads: found, errors } = await open(withWorkers, 2);
    expect(errors).toEqual([expect.stringContaining("Cross-Origin-Opener-Policy: same-origin")]);
    expect(found).toBe(1);
  });

  it("are 1 in a page without a warning if it asks for no more", async () => {
    const { threads: found, errors } = await open(withWorkers, 1);
    expect(errors).toEqual([]);
    expect(found).toBe(1);
  });

  it("are 1 where the policy forbids workers, which is said", async () => {
    const { threads: found, errors } = await open(isolation, 2);
    expect(errors.join("\n")).toMatch(/xorch: worker threads do not work here.*worker-src blob:/);
    expect(found).toBe(1);
  });
});
