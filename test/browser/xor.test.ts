/** The built library in a real browser: program B gives the digits that it gives in Node. */
import { execFileSync } from "node:child_process";
import type { Server } from "node:http";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, noChromium } from "./chromium.ts";
import { serve } from "./server.ts";

const STEPS = 300;

if (!chromiumPath) console.warn(`Skipped the browser tests: ${noChromium}`);

/** The same program on the same files, in a Node process of its own. */
function costsInNode(): number[] {
  const file = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import * as torch from ${file("../../dist/index.js")};
    import { costs } from ${file("./page/costs.js")};
    console.log(JSON.stringify(costs(torch, ${STEPS})));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return JSON.parse(output) as number[];
}

describe.skipIf(!chromiumPath)("in Chromium, under a policy without unsafe-eval", () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    ({ server, address } = await serve());
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** What the page found, and every error on its console: refused scripts and failed loads are among them. */
  async function visit(query: string): Promise<{ found: Record<string, unknown> | null; errors: string[] }> {
    const errors: string[] = [];
    const page = await browser.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) errors.push(message.text());
    });
    const failed = new Promise<null>((resolve) => {
      page.on("pageerror", (error) => {
        errors.push(error.message);
        resolve(null);
      });
    });
    await page.goto(`${address}/page/index.html?${query}`);
    const written = page.locator("output:not(:empty)").textContent();
    const text = await Promise.race([written, failed]);
    written.catch(() => {});
    await page.close();
    return { found: text === null ? null : (JSON.parse(text) as Record<string, unknown>), errors };
  }

  it(`gives the costs of the first ${STEPS} steps of program B as Node does, digit for digit`, async () => {
    const { found, errors } = await visit(`steps=${STEPS}`);
    expect(errors).toEqual([]);
    const costs = (found!.costs as number[]).map(String);
    expect(costs).toEqual(costsInNode().map(String));
    expect(costs[0]).toBe("0.6948983669281006");
  });

  it("is a page that cannot compile strings", async () => {
    const { found, errors } = await visit("eval");
    expect(found).toBeNull();
    expect(errors.join("\n")).toMatch(/unsafe-eval/);
  });
});
