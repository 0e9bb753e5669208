/** What a user of the package writes, compiled and run against the packed tarball: not part of this repository's own program. */
import * as torch from "xorch";
import { Linear, Sequential } from "xorch/nn";
import { SGD } from "xorch/optim";
import { costPlot } from "xorch/plot";

class Net extends torch.nn.Module {
  readonly layers = new Sequential(new Linear(2, 3), new torch.nn.Sigmoid(), new Linear(3, 1));

  override forward(x: torch.Tensor): torch.Tensor {
    return this.layers.forward(x).sigmoid();
  }
}

torch.manualSeed(777);
const model = new Net();
const optimizer = new SGD(model.parameters(), { lr: 0.5 });
const x = torch.tensor(
  [
    [0, 1],
    [1, 0],
  ],
  { dtype: torch.float32 },
);
const criterion = new torch.nn.BCELoss();
const cost: torch.Tensor = criterion.forward(model.forward(x), torch.ones([2, 1]));
cost.backward();
optimizer.step();

// Methods come from the op records by way of the types: a name or an option that is none must not compile.
const summed: torch.Tensor = x.exp().sum(1, { keepdim: true });
export const wrong = (): unknown[] => [
  // @ts-expect-error
  x.noSuchMethod,
  // @ts-expect-error
  x.sum(1, { keepdims: true }),
];

const shared = model.layers instanceof torch.nn.Sequential;
const picture = costPlot({ series: [{ name: "SGD", points: [[0, cost.item()]] }] }).slice(0, 4);
console.log(JSON.stringify({ shape: summed.shape, finite: Number.isFinite(cost.item()), shared, picture }));
