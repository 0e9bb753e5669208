/** Opens a test page and reads what it found. */
import type { Browser } from "playwright-core";

export interface Visit {
  /** What the page wrote into its output element as JSON; null if it failed. */
  readonly found: Record<string, unknown> | null;
  /** Every error and warning on its console: refused scripts and failed loads are among them. */
  readonly errors: string[];
  /** The addresses of its workers at the end. */
  readonly workers: string[];
}

export async function visit(browser: Browser, url: string): Promise<Visit> {
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
  await page.goto(url);
  const written = page.locator("output:not(:empty)").textContent();
  const text = await Promise.race([written, failed]);
  written.catch(() => {});
  const workers = page.workers().map((worker) => worker.url());
  await page.close();
  return { found: text === null ? null : (JSON.parse(text) as Record<string, unknown>), errors, workers };
}
