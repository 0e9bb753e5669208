/** Reading what scripts/oracle recorded from PyTorch. */
import { readFileSync } from "node:fs";

interface Fixture<T> {
  /** The version of PyTorch that gave the answers. */
  readonly torch: string;
  readonly recorded: T;
}

export function readFixture<T>(path: string): Fixture<T> {
  return JSON.parse(readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8")) as Fixture<T>;
}

export function readRecorded<T>(path: string): T {
  return readFixture<T>(path).recorded;
}
