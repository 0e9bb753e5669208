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
    expect(errors.join("\n")).toMatch(
      /xorch: worker threads do not work here.*worker-src 'self'.*worker-src blob:/,
    );
    expect(found).toBe(1);
  });

  describe("of the built library", () => {
    const strict = { "content-security-policy": `${policy}; worker-src 'self'`, ...isolation };

    async function openBuilt(headers: Record<string, string>, scripts: Record<string, string> = {}) {
      const { server, address } = await serve({ headers, scripts });
      try {
        const { found, errors, workers } = await visit(browser, `${address}/page/team.html`);
        expect(found).toEqual({ isEqual: true });
        return { errors, workers: workers.map((url) => url.replace(address, "")) };
      } finally {
        server.close();
      }
    }

    it("come from a file, under a policy that allows the page's own alone", async () => {
      expect(await openBuilt(strict)).toEqual({ errors: [], workers: ["/dist/chunks/worker.js"] });
    });

    it("come from a text where the file is not there, and the policy allows that", async () => {
      const headers = { "content-security-policy": `${policy}; worker-src 'self' blob:`, ...isolation };
      const { errors, workers } = await openBuilt(headers, { "/dist/chunks/worker.js": "" });
      expect(workers).toEqual([expect.stringMatching(/^blob:/)]);
      expect(errors.filter((error) => error.includes("xorch"))).toEqual([]);
    });

    it("are none where neither can be had, which is said", async () => {
      const { errors, workers } = await openBuilt(strict, { "/dist/chunks/worker.js": "" });
      expect(workers).toEqual([]);
      expect(errors.join("\n")).toMatch(/worker threads do not work here.*worker-src 'self'/);
    });
  });
});
