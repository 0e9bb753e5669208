/** What the developer tools of Chromium show of tensors and modules, with custom formatters switched on. */
import type { Server } from "node:http";
import { type Browser, type CDPSession, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "./chromium.ts";
import { serve } from "./server.ts";

describe.skipIf(!chromiumPath)("in developer tools", () => {
  let browser: Browser;
  let server: Server;
  let tools: CDPSession;

  beforeAll(async () => {
    const { server: listening, address } = await serve();
    server = listening;
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
    const page = await browser.newPage();
    await page.goto(`${address}/page/index.html?steps=1`);
    tools = await page.context().newCDPSession(page);
    await tools.send("Runtime.enable");
    await tools.send("Runtime.setCustomObjectFormatterEnabled", { enabled: true });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** The header that the tools show of a value. */
  async function header(expression: string): Promise<unknown> {
    const { result } = await tools.send("Runtime.evaluate", {
      expression: `import("/dist/index.js").then((torch) => ${expression})`,
      awaitPromise: true,
      generatePreview: true,
    });
    const shown = result.customPreview?.header;
    return shown === undefined ? shown : (JSON.parse(shown) as unknown[])[2];
  }

  it("a tensor shows its elements, a module its form", async () => {
    expect(await header("torch.tensor([1, 2.5])")).toBe("tensor([1.0000, 2.5000])");
    expect(await header("torch.ones([2, 2])")).toBe("tensor([[1., 1.],");
    expect(await header("new torch.nn.Linear(2, 1)")).toBe(
      "Linear(in_features=2, out_features=1, bias=True)",
    );
    expect(await header("torch.float32")).toBe("torch.float32");
  });

  it("other objects stay as they are", async () => {
    expect(await header("({ a: 1 })")).toBeUndefined();
  });
});
