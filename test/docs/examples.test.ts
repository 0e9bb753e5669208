/** Every example in a doc comment runs, and prints what it says. */
import { afterAll, describe, expect, it } from "vitest";
import { examplesOf, sourceFiles } from "./doc-comments.ts";
import { agrees, printed, runExample } from "./run-example.ts";

const examples = sourceFiles("src").flatMap(examplesOf);

describe("examples in doc comments", () => {
  let compared = 0;

  it.each(examples.map((example) => [`${example.file}:${example.line}`, example] as const))(
    "%s",
    async (_, example) => {
      compared += await runExample(example);
    },
  );

  afterAll(() => console.log(`doc comments: ${examples.length} examples ran, ${compared} values compared`));
});

describe("the runner itself", () => {
  const example = (code: string) => runExample({ file: "made-up.ts", line: 10, code });

  it("names file and line of a value that differs", async () => {
    await expect(example("1 + 1; // 2\n\n2 + 2; // 5")).rejects.toThrow(
      "made-up.ts:12: the comment says 5, the value is 4",
    );
  });

  it("names file and line of a statement that fails", async () => {
    await expect(example("torch.zeros([2]);\ntorch.zeros([-2]);")).rejects.toThrow(
      /^made-up\.ts:11: zeros: /,
    );
    await expect(example("const = 1;")).rejects.toThrow(/^made-up\.ts:10: /);
  });

  it("counts what it compares, and knows its standard definitions", async () => {
    expect(
      await example("x.shape; // [4, 2]\nloss.item() > 0; // true\nconst free = 1; // not a value"),
    ).toBe(2);
  });

  it("takes a value up to the dots or a colon, and no other", () => {
    expect(agrees("1.5, -2.0, ...", "1.5, -2.0, 7.25")).toBe(true);
    expect(agrees("1.5: PyTorch's", "1.5")).toBe(true);
    expect(agrees("1.5 or so", "1.5")).toBe(false);
  });

  it("prints as console.log does, on one line", async () => {
    const { tensor } = await import("../../src/index.ts");
    expect(
      printed([
        tensor([
          [1, 2],
          [3, 4],
        ]),
        "a",
        null,
      ]),
    ).toBe('[tensor([[1., 2.], [3., 4.]]), "a", null]');
    expect(printed({ values: 1 })).toBe("{ values: 1 }");
  });
});
