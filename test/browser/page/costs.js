/** The first steps of program B (a network of 2-10-10-10-1 on XOR), for any JavaScript engine: the cost of each. */
export function costs(torch, steps) {
  const { nn, optim } = torch;
  torch.manualSeed(777);
  const x = torch.tensor(
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    { dtype: torch.float32 },
  );
  const target = torch.tensor([[0], [1], [1], [0]], { dtype: torch.float32 });
  const model = new nn.Sequential(
    new nn.Linear(2, 10),
    new nn.Sigmoid(),
    new nn.Linear(10, 10),
    new nn.Sigmoid(),
    new nn.Linear(10, 10),
    new nn.Sigmoid(),
    new nn.Linear(10, 1),
    new nn.Sigmoid(),
  );
  const criterion = new nn.BCELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 3 });
  return Array.from({ length: steps }, () => {
    optimizer.zeroGrad();
    const cost = criterion.forward(model.forward(x), target);
    cost.backward();
    optimizer.step();
    return cost.item();
  });
}
