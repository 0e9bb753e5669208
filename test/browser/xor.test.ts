/** The built library in a real browser: program B gives the digits that it gives in Node. */
import { execFileSync } from "node:child_process";
import type { Server } from "node:http";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, noChromium } from "./chromium.ts";
import { serve } from "./server.ts";
import { visit } from "./visit.ts";

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

  it(`gives the costs of the first ${STEPS} steps of program B as Node does, digit for digit`, async () => {
    const { found, errors } = await visit(browser, `${address}/page/index.html?steps=${STEPS}`);
    expect(errors).toEqual([]);
    const costs = (found!.costs as number[]).map(String);
    expect(costs).toEqual(costsInNode().map(String));
    expect(costs[0]).toBe("0.6948983669281006");
  });

  it("is a page that cannot compile strings", async () => {
    const { found, errors } = await visit(browser, `${address}/page/index.html?eval`);
    expect(found).toBeNull();
    expect(errors.join("\n")).toMatch(/unsafe-eval/);
  });
});
