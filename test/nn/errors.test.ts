/** Bad input to modules, losses and functions: what the message names, and in which module the error arose. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const F = nn.functional;
const x = torch.full([4, 3], 0.5);
const column = torch.full([4, 1], 0.5);
const classes = torch.tensor([0n, 1n, 2n, 0n]);

type Case = [string, () => unknown, new (...args: never[]) => Error, RegExp];

const cases: Case[] = [
  // Shapes
  [
    "BCE shapes",
    () => new nn.BCELoss().forward(column, torch.ones([4])),
    torch.ShapeError,
    /binaryCrossEntropy: the input has shape \[4, 1\], the target \[4\].*target.reshape\(\[4, 1\]\)/,
  ],
  [
    "MSE shapes",
    () => new nn.MSELoss().forward(column, torch.ones([4])),
    torch.ShapeError,
    /mseLoss: the input has shape \[4, 1\], the target \[4\].*target.reshape/,
  ],
  [
    "L1 shapes",
    () => new nn.L1Loss().forward(x, column),
    torch.ShapeError,
    /l1Loss.*\[4, 3\].*\[4, 1\].*expand/,
  ],
  ["Huber shapes", () => new nn.HuberLoss().forward(x, column), torch.ShapeError, /huberLoss/],
  ["smooth L1 shapes", () => new nn.SmoothL1Loss().forward(x, column), torch.ShapeError, /smoothL1Loss/],
  [
    "logits shapes",
    () => new nn.BCEWithLogitsLoss().forward(x, column),
    torch.ShapeError,
    /binaryCrossEntropyWithLogits/,
  ],
  [
    "weight",
    () => F.binaryCrossEntropy(x, x, { weight: torch.ones([2]) }),
    torch.ShapeError,
    /the weight of shape \[2\] does not broadcast to \[4, 3\]/,
  ],
  [
    "posWeight",
    () => F.binaryCrossEntropyWithLogits(x, x, { posWeight: torch.ones([5]) }),
    torch.ShapeError,
    /the posWeight of shape \[5\]/,
  ],
  [
    "class weight",
    () => F.crossEntropy(x, classes, { weight: torch.ones([2]) }),
    torch.ShapeError,
    /weight has shape \[2\], expected \[3\]: one factor for each class/,
  ],
  [
    "class weight, NLL",
    () => F.nllLoss(x, classes, { weight: torch.ones([3, 1]) }),
    torch.ShapeError,
    /nllLoss: the weight has shape \[3, 1\]/,
  ],
  [
    "class shapes",
    () => F.crossEntropy(x, classes.reshape([4, 1])),
    torch.ShapeError,
    /input has shape \[4, 3\], so that class numbers must have shape \[4\], or class probabilities in the input's shape \[4, 3\]; the target has \[4, 1\]/,
  ],
  [
    "scores of rank 0",
    () => F.crossEntropy(torch.tensor(1), torch.tensor(0)),
    torch.ShapeError,
    /\[classes\] or \[batch, classes/,
  ],
  [
    "features",
    () => new nn.Linear(2, 3).forward(x),
    torch.ShapeError,
    /linear: the input has shape \[4, 3\].*takes 2 features/,
  ],
  // Dtypes
  [
    "BCE target of bools",
    () => F.binaryCrossEntropy(x, x.gt(0)),
    torch.DTypeError,
    /target is torch.bool, the input torch.float32.*target.to\(torch.float32\)/,
  ],
  [
    "BCE of two precisions",
    () => F.binaryCrossEntropy(x, x.to(torch.float64)),
    torch.DTypeError,
    /float64.*float32/,
  ],
  [
    "BCE of integers",
    () => F.binaryCrossEntropy(classes, classes),
    torch.DTypeError,
    /input must be floating point, got torch.int64/,
  ],
  [
    "classes with fractions",
    () => F.crossEntropy(x, torch.tensor([0, 1, 1.5, 0])),
    torch.IndexError,
    /crossEntropy: class number 1.5 at \[2\] is not a whole number/,
  ],
  [
    "classes of NaN, NLL",
    () => F.nllLoss(x, torch.tensor([NaN, 1, 1.5, 0])),
    torch.IndexError,
    /nllLoss: class number NaN at \[0\] is not a whole number/,
  ],
  [
    "classes of bool",
    () => F.crossEntropy(x, torch.tensor([true, false, true, true])),
    torch.DTypeError,
    /target is torch.bool of shape \[4\]; expected class numbers, target.to\(torch.int64\), of shape \[4\], or class probabilities in the input's shape \[4, 3\]/,
  ],
  [
    "integer scores",
    () => F.crossEntropy(torch.ones([4, 3], { dtype: torch.int32 }), classes),
    torch.DTypeError,
    /input must be floating point, got torch.int32/,
  ],
  [
    "probabilities of another precision",
    () => F.crossEntropy(x, x.to(torch.float64)),
    torch.DTypeError,
    /target is torch.float64/,
  ],
  [
    "no tensor",
    () => F.mseLoss(x, 1 as never),
    torch.ArgumentError,
    /mseLoss: target must be a tensor, got number 1/,
  ],
  [
    "no input",
    () => F.mseLoss(undefined as never, x),
    torch.ArgumentError,
    /mseLoss: input is missing: a tensor/,
  ],
  [
    "no target",
    () => new nn.CrossEntropyLoss().forward(x, undefined as never),
    torch.ArgumentError,
    /crossEntropy: target is missing: a tensor/,
  ],
  [
    "no scores",
    () => F.crossEntropy([1] as never, classes),
    torch.ArgumentError,
    /crossEntropy: input must be a tensor, got an array/,
  ],
  [
    "oneHot of fractions",
    () => F.oneHot(x),
    torch.IndexError,
    /oneHot: class number 0.5 at \[0, 0\] is not a whole number/,
  ],
  [
    "oneHot of bool",
    () => F.oneHot(torch.tensor([true])),
    torch.DTypeError,
    /oneHot: class numbers must be whole numbers, got torch.bool/,
  ],
  [
    "Parameter of numbers",
    () => new nn.Parameter([1] as never),
    torch.ArgumentError,
    /Parameter: data must be a tensor, got an array/,
  ],
  ["Parameter of integers", () => new nn.Parameter(classes), torch.DTypeError, /only floating-point tensors/],
  // Values
  [
    "probability above 1",
    () => F.binaryCrossEntropy(torch.tensor([0.5, 1.5]), torch.ones([2])),
    torch.ValueError,
    /between 0 and 1, element 1 of shape \[2\] is 1.5.*sigmoid/,
  ],
  [
    "probability below 0",
    () => F.binaryCrossEntropy(torch.tensor([[-1], [0]]).t(), torch.ones([1, 2])),
    torch.ValueError,
    /element 0.*-1/,
  ],
  [
    "probability in a view",
    () =>
      F.binaryCrossEntropy(
        torch
          .tensor([
            [0, 1],
            [0.5, 7],
          ])
          .t()
          .select(0, 1),
        torch.ones([2]),
      ),
    torch.ValueError,
    /element 1 of shape \[2\] is 7/,
  ],
  [
    "probability NaN",
    () => F.binaryCrossEntropy(torch.tensor([NaN]), torch.ones([1])),
    torch.ValueError,
    /is NaN/,
  ],
  [
    "class too large",
    () => F.crossEntropy(x, torch.tensor([0n, 1n, 3n, 0n])),
    torch.IndexError,
    /crossEntropy: class number 3 at \[2\] is out of range for 3 classes, 0 to 2/,
  ],
  [
    "class negative",
    () => F.nllLoss(x, torch.tensor([0n, -1n, 2n, 0n])),
    torch.IndexError,
    /nllLoss: class number -1 at \[1\] is out of range/,
  ],
  [
    "oneHot class",
    () => F.oneHot(classes, 2),
    torch.IndexError,
    /oneHot: class number 2 at \[2\] is out of range for 2 classes, 0 to 1/,
  ],
  [
    "oneHot negative",
    () => F.oneHot(torch.tensor([-1n])),
    torch.IndexError,
    /class number -1 at \[0\].*begin at 0/,
  ],
  ["oneHot count", () => F.oneHot(classes, 0), torch.ValueError, /numClasses/],
  [
    "oneHot of nothing",
    () => F.oneHot(torch.zeros([0], { dtype: torch.int64 })),
    torch.ValueError,
    /numClasses must be given/,
  ],
  [
    "label smoothing",
    () => F.crossEntropy(x, classes, { labelSmoothing: 2 }),
    torch.ValueError,
    /labelSmoothing.*2/,
  ],
  ["beta", () => F.smoothL1Loss(x, x, { beta: -1 }), torch.ValueError, /beta.*-1/],
  ["delta", () => F.huberLoss(x, x, { delta: 0 }), torch.ValueError, /delta.*0/],
  [
    "dropout",
    () => F.dropout(x, 1.5),
    torch.ValueError,
    /dropout: p must be between 0 and 1, got number 1.5/,
  ],
  ["Dropout", () => new nn.Dropout(-0.1), torch.ValueError, /Dropout: p must be between 0 and 1/],
  [
    "reduction",
    () => F.mseLoss(x, x, { reduction: "avg" as never }),
    torch.ValueError,
    /reduction must be "mean", "sum" or "none", got the string "avg"/,
  ],
  [
    "reduction of a module",
    () => new nn.L1Loss({ reduction: "avg" as never }),
    torch.ValueError,
    /L1Loss: reduction must be "mean", "sum" or "none"/,
  ],
  // Making modules
  [
    "size",
    () => new nn.Linear(2, -1),
    torch.ValueError,
    /Linear: outFeatures must be a whole number of at least 0, got number -1/,
  ],
  ["no size", () => new nn.Linear(2, undefined as never), torch.ArgumentError, /outFeatures is missing/],
  ["huge size", () => new nn.Linear(1e6, 1e6), torch.ShapeError, /at most/],
  [
    "unknown option",
    () => new nn.ELU({ beta: 1 } as object),
    torch.ValueError,
    /ELU: unknown option "beta"; it takes ELU\(alpha = 1, inplace = false\)/,
  ],
  [
    "positional option",
    () => new nn.LeakyReLU(0.2, 0.1 as never),
    torch.ArgumentError,
    /LeakyReLU: inplace must be true or false, got number 0.1/,
  ],
  [
    "option of a wrong type",
    () => new nn.ELU({ alpha: "1" as never }),
    torch.ValueError,
    /ELU: alpha must be a number/,
  ],
  [
    "option of a loss",
    () => new nn.CrossEntropyLoss({ smoothing: 1 } as object),
    torch.ValueError,
    /unknown option "smoothing" \(did you mean "labelSmoothing"\?\)/,
  ],
  [
    "no dimension",
    () => new nn.Softmax(undefined as never),
    torch.ValueError,
    /Softmax: dim is missing: a dimension/,
  ],
  [
    "no module",
    () => new nn.Sequential(new nn.ReLU(), undefined as never),
    torch.ValueError,
    /Sequential: item 1 is undefined, expected a Module/,
  ],
  [
    "function as a module",
    () => new nn.ModuleList([torch.relu as never]),
    torch.ValueError,
    /ModuleList: item 0 is function relu/,
  ],
  [
    "no entry",
    () => new nn.Sequential(new nn.ReLU()).at(1),
    torch.IndexError,
    /index 1 is out of range for 1 modules/,
  ],
  [
    "no parameter",
    () => new nn.ParameterList().at(0),
    torch.IndexError,
    /index 0 is out of range for 0 parameters/,
  ],
  [
    "no name",
    () => new nn.ModuleDict({ a: new nn.ReLU() }).get("b" as "a"),
    torch.IndexError,
    /no module "b" \(names: a\)/,
  ],
  [
    "no forward",
    () => new nn.Module().forward(x),
    torch.XorchError,
    /Module: this module has no forward method/,
  ],
  [
    "name with a dot",
    () => new nn.Module().registerBuffer("a.b", x),
    torch.ValueError,
    /nor contain a dot, got "a.b"/,
  ],
  [
    "name in use",
    () => new nn.ReLU().registerModule("forward", new nn.ReLU()),
    torch.ValueError,
    /ReLU already has a property "forward"/,
  ],
  [
    "buffer of numbers",
    () => new nn.Module().registerBuffer("a", 1 as never),
    torch.ValueError,
    /registerBuffer: buffer must be a tensor or null, got number 1/,
  ],
  [
    "parameter of a tensor",
    () => new nn.Module().registerParameter("a", x as never),
    torch.ValueError,
    /parameter must be a Parameter, new nn.Parameter\(tensor\), or null/,
  ],
  [
    "module of a tensor",
    () => new nn.Module().registerModule("a", x as never),
    torch.ValueError,
    /must be a Module or null/,
  ],
  [
    "to integers",
    () => new nn.Linear(1, 1).to(torch.int32),
    torch.ValueError,
    /floating-point dtypes only, got torch.int32/,
  ],
  ["to nowhere", () => new nn.Linear(1, 1).to("tpu"), torch.DeviceError, /tpu/],
  ["train", () => new nn.ReLU().train("no" as never), torch.ValueError, /train: mode must be true or false/],
];

describe("bad input to nn", () => {
  it.each(cases)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it("makes NaN in data visible, and keeps it out of nothing", () => {
    const target = torch.tensor([[0, NaN]]);
    expect(F.mseLoss(torch.tensor([[0, 1]]), target).item()).toBeNaN();
    expect(F.crossEntropy(torch.tensor([[0, NaN]]), torch.tensor([0n])).item()).toBeNaN();
    expect(F.binaryCrossEntropyWithLogits(torch.tensor([[0, 1]]), target).item()).toBeNaN();
  });
});

describe("the path of a module in errors", () => {
  const wrong = torch.ones([4, 5]);
  const message = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      expect((error as Error).stack).toContain((error as Error).message);
      return (error as Error).message;
    }
    throw new Error("nothing was thrown");
  };

  class Net extends nn.Module {
    body = new nn.Sequential(new nn.Linear(5, 2), new nn.ReLU());
    head = new nn.Linear(3, 1);
    override forward(input: torch.Tensor): torch.Tensor {
      return this.head.forward(this.body.forward(input));
    }
  }

  it("names the layer of a Sequential", () => {
    const model = new nn.Sequential(new nn.Linear(5, 2), new nn.ReLU(), new nn.Linear(3, 1));
    expect(message(() => model.forward(wrong))).toMatch(
      /^in 2 \(Linear\): linear: the input has shape \[4, 2\]/,
    );
  });

  it("names the property of a module of one's own, at any depth", () => {
    expect(message(() => new Net().forward(wrong))).toMatch(/^in head \(Linear\): linear:/);
    expect(message(() => new Net().forward(torch.ones([1])))).toMatch(/^in body.0 \(Linear\): linear:/);
    const outer = new nn.Sequential(new nn.Identity(), new nn.Sequential(new Net()));
    expect(message(() => outer.forward(wrong))).toMatch(/^in 1.0.head \(Linear\): linear:/);
  });

  it("stands once in the stack, also where that is written when it is first read", () => {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (error, sites) => `${error.name}: ${error.message}\n${sites.join("\n")}`;
    try {
      new nn.Sequential(new Net()).forward(wrong);
    } catch (error) {
      const { stack, message } = error as Error;
      expect(stack!.split("\n")[0]).toBe(`ShapeError: ${message}`);
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
    expect.assertions(1);
  });

  it("names the module whose own code failed", () => {
    class Inner extends nn.Module {
      override forward(input: torch.Tensor): torch.Tensor {
        return input.reshape([7]);
      }
    }
    expect(message(() => new nn.Sequential(new Inner()).forward(wrong))).toMatch(/^in 0 \(Inner\): reshape:/);
    expect(message(() => new Inner().forward(wrong))).toMatch(/^reshape:/);
  });

  it("leaves other errors, and modules made on the fly, as they are", () => {
    class Odd extends nn.Module {
      constructor(readonly body: () => torch.Tensor) {
        super();
      }
      override forward(): torch.Tensor {
        return this.body();
      }
    }
    const fault = new TypeError("mine");
    const throwing = new nn.Sequential(
      new Odd(() => {
        throw fault;
      }),
    );
    expect(() => throwing.forward(wrong)).toThrow(fault);
    expect(fault.message).toBe("mine");
    const passing = new nn.Sequential(new Odd(() => new nn.Linear(2, 1).forward(wrong)));
    expect(message(() => passing.forward(wrong))).toMatch(/^linear:/);
  });
});
