/** What PyTorch refuses ends in an error of ours, with everything as it was. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { readFixture } from "../fixture.ts";
import { fingerprint, toTensor } from "./case.ts";
import { refusals } from "./refusals.ts";

const { torch: version, recorded } = readFixture<[string, string, string][]>("refusals.json");
const reasons = new Map(recorded.map(([id, hash, reason]) => [id, { hash, reason }]));

describe(`what PyTorch ${version} refuses`, () => {
  it.each(refusals)("$id", (refusal) => {
    const known = reasons.get(refusal.id);
    expect(known?.hash, "run `npm run oracle refusals`").toBe(fingerprint({ ...refusal, order: 0 }));
    const x = refusal.inputs.map((input) => toTensor(input, false));
    const before = x.map(String);
    expect(() => refusal.call(x), known!.reason).toThrow(torch.XorchError);
    expect(x.map(String)).toEqual(before);
  });
});
