/** Modules in compiled functions: recorded training runs, statistics, modes, parameters that stay ordinary tensors. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { readRecorded } from "../fixture.ts";
import { dtypeOf, type Entry, toOptions, toTensor } from "../nn/recorded.ts";
import { agrees } from "./against-eager.ts";

const { nn, optim } = torch;

interface Step {
  input: Entry;
  output: Entry;
  dy: Entry;
}

interface TrainingCase {
  name: string;
  positional: unknown[];
  options: Record<string, unknown>;
  runs: { begun: Record<string, Entry>; training: Step[]; evaluation: Step }[];
}

type Constructor = new (...args: unknown[]) => torch.nn.Module;

describe("recorded trainings of modules, compiled", () => {
  const cases = readRecorded<TrainingCase[]>("nn/training.json");
  it.each(cases.map((entry) => [`${entry.name} ${JSON.stringify(entry.options)}`, entry] as const))(
    "%s",
    (_, { name, positional, options, runs }) => {
      for (const { begun, training, evaluation } of runs) {
        const dtype = dtypeOf[training[0]!.output.dtype];
        const type = (nn as unknown as Record<string, Constructor>)[name]!;
        const make = (): torch.nn.Module => {
          const module = new type(...positional, toOptions(options, dtype)).to(dtype);
          const entries = Object.entries(begun).map(([key, entry]) => [key, toTensor(entry)] as const);
          module.loadStateDict(Object.fromEntries(entries));
          return module;
        };
        // Modules that read `training` have two programs.
        const programs = name.startsWith("BatchNorm") ? 2 : 1;
        const state = (module: torch.nn.Module) => [
          module.parameters().map((w) => w.grad),
          module.stateDict(),
        ];

        agrees(programs, (wrap, see) => {
          const module = make();
          const step = wrap((x: torch.Tensor, dy: torch.Tensor) => {
            module.zeroGrad();
            const y = module.forward(x) as torch.Tensor;
            if (y.requiresGrad) y.backward(dy);
            return y.detach();
          });
          for (const { input, dy } of [...training, evaluation]) {
            module.train(input !== evaluation.input);
            see([step(toTensor(input), toTensor(dy)), ...state(module)]);
          }
        });
        agrees(programs, (wrap, see) => {
          const module = make();
          const forward = wrap((x: torch.Tensor) => module.forward(x) as torch.Tensor);
          for (const { input, dy } of [...training, evaluation]) {
            module.train(input !== evaluation.input);
            module.zeroGrad();
            const x = toTensor(input);
            if (x.dtype.isFloatingPoint) x.requiresGrad_();
            // Not a leaf: as what other layers give.
            const y = forward(x.dtype.isFloatingPoint ? x.mul(1) : x);
            y.backward(toTensor(dy));
            see([y, x.grad, ...state(module)]);
          }
        });
      }
    },
  );
});

describe("parameters stay ordinary tensors", () => {
  function training() {
    const model = new nn.Sequential(
      new nn.Linear(3, 6),
      new nn.BatchNorm1d(6),
      new nn.Tanh(),
      new nn.Linear(6, 1),
    );
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
    const step = (x: torch.Tensor) => {
      optimizer.zeroGrad();
      const cost = (model.forward(x) as torch.Tensor).square().mean();
      cost.backward();
      optimizer.step();
      return cost.detach();
    };
    const evaluate = (x: torch.Tensor) => torch.noGrad(() => model.forward(x) as torch.Tensor);
    return { model, optimizer, step, evaluate };
  }

  it("read, written, saved and loaded between runs, by training and evaluation that share them", () => {
    agrees(2, (wrap, see) => {
      const { model, step: plainStep, evaluate: plainEvaluate } = training();
      const [step, evaluate] = [wrap(plainStep), wrap(plainEvaluate)];
      const run = (): void => {
        for (let i = 0; i < 3; i++) {
          model.train();
          see(step(torch.randn([5, 3])));
          model.eval();
          see(evaluate(torch.randn([4, 3])));
        }
        see(model.stateDict());
      };
      run();
      const saved = Object.fromEntries(
        Object.entries(model.stateDict()).map(([name, x]) => [name, x.clone()]),
      );
      run();
      model.loadStateDict(saved);
      run();
      torch.noGrad(() => {
        for (const w of model.parameters()) w.copy_(torch.randn(w.shape));
        model.parameters()[0]!.select(0, 1).zero_();
      });
      run();
      see(model.parameters().map((w) => [String(w), w.sum(), w.grad]));
    });
  });

  it("moved to another dtype", () => {
    agrees(4, (wrap, see) => {
      const { model, evaluate: plainEvaluate } = training();
      const evaluate = wrap(plainEvaluate);
      const transposed = wrap(() => torch.noGrad(() => model.parameters()[0]!.t().detach().mul(2)));
      for (const dtype of [torch.float32, torch.float64]) {
        model.to(dtype);
        for (let i = 0; i < 2; i++) see([evaluate(torch.randn([2, 3], { dtype })), transposed()]);
      }
    });
  });

  it("given other memory through data", () => {
    agrees(3, (wrap, see) => {
      const w = torch.tensor([1, 2, 3], { requiresGrad: true });
      const f = wrap((x: torch.Tensor) => torch.noGrad(() => w.detach().narrow(0, 0, 2).mul(x)));
      const x = torch.tensor([10, 20]);
      for (let i = 0; i < 3; i++) {
        see([f(x), f(x)]);
        w.data = torch.randn([3]);
      }
    });
  });

  it("frozen and freed", () => {
    agrees(2, (wrap, see) => {
      const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const [w, b] = model.parameters() as [torch.Tensor, torch.Tensor];
      const step = wrap((x: torch.Tensor) => {
        model.zeroGrad();
        (model.forward(x) as torch.Tensor).mean().backward();
        optimizer.step();
      });
      for (const frozen of [false, true, false]) {
        w.requiresGrad = b.requiresGrad = !frozen;
        step(torch.randn([3, 2]));
        step(torch.randn([3, 2]));
        see(model.parameters().map((w) => [w, w.grad]));
      }
    });
  });

  it("frozen and freed by the functions themselves", () => {
    agrees(2, (wrap, see) => {
      const [maker, judge] = [new nn.Linear(2, 2), new nn.Linear(2, 1)];
      const optimizers = [maker, judge].map((module) => new optim.SGD(module.parameters(), { lr: 0.1 }));
      const stepOf = (number: number) =>
        wrap((x: torch.Tensor) => {
          for (const w of judge.parameters()) w.requiresGrad = number === 1;
          for (const module of [maker, judge]) module.zeroGrad();
          const cost = judge.forward(maker.forward(x)).mean();
          cost.backward();
          optimizers[number]!.step();
        });
      const steps = [stepOf(0), stepOf(1)];
      for (let i = 0; i < 6; i++) {
        steps[i % 2]!(torch.randn([3, 2]));
        see([...maker.parameters(), ...judge.parameters()].map((w) => [w, w.grad]));
      }
    });
  });

  it("hold what several programs write in turn", () => {
    agrees(4, (wrap, see) => {
      const w = torch.randn([3], { requiresGrad: true });
      const optimizers = [new optim.SGD([w], { lr: 0.1, momentum: 0.9 }), new optim.AdamW([w], { lr: 0.1 })];
      const steps = optimizers.map((optimizer) =>
        wrap((x: torch.Tensor) => {
          optimizer.zeroGrad();
          w.mul(x).square().sum().backward();
          optimizer.step();
          return w.grad;
        }),
      );
      for (let i = 0; i < 6; i++) see([steps[i % 2]!(torch.randn([i % 3 === 0 ? 1 : 3])), w]);
    });
  });
});

describe("modes and statistics", () => {
  it("train and eval are two programs", () => {
    agrees(2, (wrap, see) => {
      const model = new nn.Sequential(new nn.BatchNorm2d(2), new nn.Dropout(0.5));
      const f = wrap((x: torch.Tensor) => torch.noGrad(() => model.forward(x) as torch.Tensor));
      for (const isTraining of [true, false, true, true, false]) {
        model.train(isTraining);
        see(f(torch.randn([2, 2, 3, 3])));
        see(model.stateDict());
      }
    });
  });

  it("modes that the function sets itself are set by each call", () => {
    agrees(2, (wrap, see) => {
      const model = new nn.Sequential(new nn.Linear(2, 4), new nn.Dropout(0.5), new nn.BatchNorm1d(4));
      const evaluate = wrap((x: torch.Tensor) => {
        model.eval();
        const y = torch.noGrad(() => model.forward(x) as torch.Tensor);
        model.train();
        return y;
      });
      const train = wrap((x: torch.Tensor) => {
        model.train();
        return torch.noGrad(() => model.forward(x) as torch.Tensor);
      });
      for (let i = 0; i < 3; i++) {
        model.train(i === 1);
        see([evaluate(torch.randn([3, 2])), model.training, train(torch.randn([3, 2])), model.training]);
        see(model.stateDict());
      }
    });
  });

  it("the mean over all batches, and a momentum that is changed", () => {
    agrees(2, (wrap, see) => {
      const norm = new nn.BatchNorm1d(3, { momentum: null });
      const f = wrap((x: torch.Tensor) => torch.noGrad(() => norm.forward(x)));
      for (let i = 0; i < 3; i++) see([f(torch.randn([4, 3])), norm.stateDict()]);
      norm.momentum = 0.3;
      for (let i = 0; i < 3; i++) see([f(torch.randn([4, 3])), norm.stateDict()]);
    });
  });

  it("embeddings, attention, convolutions and recurrences train", () => {
    agrees(1, (wrap, see) => {
      const embedding = new nn.Embedding(7, 8);
      const block = new nn.TransformerEncoderLayer(8, 2, {
        dimFeedforward: 16,
        dropout: 0.2,
        batchFirst: true,
      });
      const head = new nn.Linear(8, 7);
      const parameters = [...embedding.parameters(), ...block.parameters(), ...head.parameters()];
      const optimizer = new optim.AdamW(parameters, { lr: 0.01 });
      const criterion = new nn.CrossEntropyLoss();
      const step = wrap((x: torch.Tensor, y: torch.Tensor) => {
        optimizer.zeroGrad();
        const h = block.forward(embedding.forward(x)) as torch.Tensor;
        const cost = criterion.forward(head.forward(h).reshape([-1, 7]), y.reshape([-1]));
        cost.backward();
        nn.utils.clipGradNorm_(parameters, 1);
        optimizer.step();
        return cost.detach();
      });
      for (let i = 0; i < 3; i++) see(step(torch.randint(7, [2, 5]), torch.randint(7, [2, 5])));
      see(parameters.map((w) => [w, w.grad]));
    });
  });

  it("a small convolutional network trains", () => {
    agrees(1, (wrap, see) => {
      const model = new nn.Sequential(
        new nn.Conv2d(1, 3, 3, { padding: 1 }),
        new nn.BatchNorm2d(3),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
        new nn.Linear(3 * 16, 4),
      );
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true });
      const criterion = new nn.CrossEntropyLoss();
      const step = wrap((x: torch.Tensor, y: torch.Tensor) => {
        optimizer.zeroGrad();
        const cost = criterion.forward(model.forward(x) as torch.Tensor, y);
        cost.backward();
        optimizer.step();
        return cost.detach();
      });
      for (let i = 0; i < 4; i++) see(step(torch.randn([3, 1, 8, 8]), torch.randint(4, [3])));
      see(model.stateDict());
    });
  });
});

it("finds modules with state in the recorded trainings", () => {
  const names = readRecorded<TrainingCase[]>("nn/training.json").map(({ name }) => name);
  expect(names).toContain("BatchNorm1d");
});
