/** Where this machine keeps a Chromium. */
import { existsSync } from "node:fs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** XORCH_CHROMIUM where it is set, and then it must be right; otherwise the first usual place that has one. */
export const chromiumPath: string | undefined = process.env.XORCH_CHROMIUM || usualPlaces.find(existsSync);

export const noChromium = `no Chromium at ${usualPlaces.slice(0, 4).join(", ")}; XORCH_CHROMIUM can name one`;
