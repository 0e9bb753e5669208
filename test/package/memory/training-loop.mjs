/** Program B's training step, a million times in one synchronous loop; prints resident sizes in bytes as JSON. */
import * as torch from "xorch";

const { nn, optim } = torch;
const steps = Number(process.argv[2] ?? 1_000_000);
torch.manualSeed(777);
const X = torch.tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const Y = torch.tensor([[0], [1], [1], [0]]);
const widths = [2, 10, 10, 10, 1];
const layers = widths.slice(1).flatMap((width, i) => [new nn.Linear(widths[i], width), new nn.Sigmoid()]);
const model = new nn.Sequential(...layers);
const criterion = new nn.BCELoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 3 });

let settled = 0;
let cost;
for (let step = 0; step < steps; step++) {
  optimizer.zeroGrad();
  cost = criterion.forward(model.forward(X), Y);
  cost.backward();
  optimizer.step();
  if (step + 1 === steps / 10) settled = process.memoryUsage().rss;
}
console.log(JSON.stringify({ settled, end: process.memoryUsage().rss, cost: cost.item() }));
