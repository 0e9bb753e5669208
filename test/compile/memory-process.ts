/** What compiled functions hold of memory; prints numbers of bytes as JSON. Needs node --expose-gc. */
import { programMemory } from "../../src/device/cpu/arena-memory.ts";
import * as torch from "../../src/index.ts";

const { nn, optim } = torch;
const collect = (globalThis as { gc?: () => void }).gc!;

/** Lets finalizers run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function held(): { heap: number; arrays: number; programs: number } {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, arrays: arrayBuffers, programs: programMemory().buffer.byteLength };
}

function xorStep(): () => torch.Tensor {
  const X = torch.tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const Y = torch.tensor([[0], [1], [1], [0]]);
  const model = new nn.Sequential(
    new nn.Linear(2, 10),
    new nn.Sigmoid(),
    new nn.Linear(10, 1),
    new nn.Sigmoid(),
  );
  const criterion = new nn.BCELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
  return torch.compile(() => {
    optimizer.zeroGrad();
    const cost = criterion.forward(model.forward(X) as torch.Tensor, Y);
    cost.backward();
    optimizer.step();
    return cost;
  });
}

/** Runs in one synchronous loop, during which no finalizer runs. */
async function runs(): Promise<unknown> {
  const step = xorStep();
  for (let i = 0; i < 20_000; i++) step();
  await settle();
  const before = held();
  for (let i = 0; i < 200_000; i++) step();
  collect();
  return { before, after: held(), cost: step().item() };
}

/** Results with a history, of which only some are walked. */
async function histories(): Promise<unknown> {
  const model = new nn.Sequential(
    new nn.Linear(8, 64),
    new nn.Dropout(0.1),
    new nn.Tanh(),
    new nn.Linear(64, 1),
  );
  const forward = torch.compile((x: torch.Tensor) => model.forward(x) as torch.Tensor);
  const step = (i: number): void => {
    const y = forward(torch.rand([16, 8]));
    if (i % 2 === 0) return;
    model.zeroGrad();
    y.sum().backward();
  };
  for (let i = 0; i < 1000; i++) step(i);
  await settle();
  const before = held();
  for (let i = 0; i < 5000; i++) step(i);
  await settle();
  return { before, after: held() };
}

/** Functions that are compiled, called and dropped: each has about 1 MB in the memory of programs. */
async function functions(): Promise<unknown> {
  const one = (): void => {
    const w = torch.rand([256, 256], { requiresGrad: true });
    const f = torch.compile((x: torch.Tensor) => {
      w.grad = null;
      w.matmul(x).exp().sum(1).sum().backward();
      return w.grad;
    });
    f(torch.rand([256, 256]));
  };
  one();
  await settle();
  const before = held();
  for (let i = 0; i < 100; i++) {
    one();
    if (i % 5 === 0) await settle();
  }
  await settle();
  return { before, after: held() };
}

torch.setNumThreads(1);
const ways: Record<string, () => Promise<unknown>> = { runs, histories, functions };
console.log(JSON.stringify(await ways[process.argv[2]!]!()));
