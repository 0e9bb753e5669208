/** Every public name, called with what it does not expect: only errors of our own, and nothing half-changed. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { hostile } from "./hostile-values.ts";
import { publicCalls } from "./public-names.ts";

afterEach(() => {
  torch.setGradEnabled(true);
  torch.setDefaultDtype(torch.float32);
  torch.useDeterministicAlgorithms(false);
});

/** The error of a call, also of one that answers later; null where it takes what it is given. */
async function errorOf(call: (...given: unknown[]) => unknown, given: readonly unknown[]): Promise<unknown> {
  try {
    await call(...given);
    return null;
  } catch (error) {
    return error;
  }
}

describe("public names", () => {
  it("are found by walking through the exports", () => {
    expect(publicCalls.length).toBeGreaterThan(500);
  });

  it.each(publicCalls.map((call) => [call.name, call] as const))("%s", async (_, { call }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 5 }), async (makers) => {
        const given = makers.map((make) => make());
        const error = await errorOf(call, given);
        if (error !== null) expect(error).toBeInstanceOf(torch.XorchError);
      }),
      { numRuns: 25 },
    );
  });
});

/**
 * What takes anything for its first argument, or (classes of errors, the bases of users' own classes, generators and a few
 * switches) reads no options.
 */
const withoutOptions =
  /Error$|^new (Tensor|Slice|Generator|autograd\.Function|autograd\.FunctionContext|nn\.(Identity|Module|ModuleDict|Sequential)|optim\.Optimizer)$|^(accelerator\.|compile$|[gs]etNumThreads$|setPrintOptions$|tensor$)|^Tensor#index$|^Generator#|#(append|forward|extraRepr|resetParameters|loadStateDict|fit|predict|set|get|has|delete|keys|values|entries)$/;

describe("an option that does not exist", () => {
  const calls = publicCalls.filter(({ name }) => !withoutOptions.test(name));

  it("is refused by most public names", () => {
    expect(calls.length).toBeGreaterThan(0.85 * publicCalls.length);
  });

  it.each(calls.map((call) => [call.name, call] as const))("is refused by %s", async (_, { call }) => {
    const error = await errorOf(call, [{ notAnOption: 1 }]);
    expect(error).toBeInstanceOf(torch.ArgumentError);
    expect((error as Error).message).toMatch(/unknown option "notAnOption"/);
  });
});
