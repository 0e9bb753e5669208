/** JavaScript's operators beside tensors: text where text is meant, an error that says what to write elsewhere. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

/** What plain JavaScript may say, which TypeScript's types refuse. */
const evaluate = (code: string, x: unknown, y: unknown): unknown => new Function("x", "y", code)(x, y);

const numbers = [
  "x * 2",
  "-x",
  "x / y",
  "1 - x",
  "x ** 2",
  "x % 2",
  "x | 0",
  "x > 2",
  "x <= y",
  "Number(x)",
  "Math.max(x, 1)",
  "new Float32Array(1)[0] = x",
];

const sums = ["let total = 0; total += x", "x + 1", "x == 3", 'x == "3"', '"cost: " + x', 'x + ""'];

const x = torch.tensor([1, 2]);
const cost = torch.tensor(3);
const model = new torch.nn.Linear(2, 1);

describe("operators of JavaScript", () => {
  it.each(numbers)("%s", (code) => {
    expect(() => evaluate(code, x, x)).toThrow(torch.XorchError);
    expect(() => evaluate(code, x, x)).toThrow(
      /comparison \(\*, -, .* nothing of a tensor of shape \[2\]: write x\.mul\(y\).*x\.lt\(y\), x\.gt\(y\)$/,
    );
    expect(() => evaluate(code, cost, cost)).toThrow(/x\.mul\(y\).* or x\.item\(\) for its number$/);
    expect(() => evaluate(code, model, model)).toThrow(/a module \(Linear\): write model\.forward\(x\)/);
  });

  it.each(sums)("%s", (code) => {
    expect(() => evaluate(code, x, x)).toThrow(torch.XorchError);
    expect(() => evaluate(code, cost, cost)).toThrow(
      /\+ and == .*a tensor of shape \[\]: write x\.add\(y\), x\.eq\(y\), or x\.item\(\) for its number; for text, `\$\{x\}` or String\(x\)$/,
    );
    expect(() => evaluate(code, model, model)).toThrow(/model\.forward\(x\) .*; for text, /);
  });

  it("let templates and String print", () => {
    expect(`${x} and ${cost}`).toBe("tensor([1., 2.]) and tensor(3.)");
    expect(String(new torch.nn.Parameter(x))).toMatch(/^Parameter containing:\ntensor\(/);
    expect([x, cost].join()).toBe("tensor([1., 2.]),tensor(3.)");
    expect(`${model}`).toBe("Linear(in_features=2, out_features=1, bias=True)");
  });

  it("let comparisons by identity and with nothing alone", () => {
    expect(evaluate("return [x == y, x == x, x === 3, x == null, !x]", x, x.clone())).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });
});
