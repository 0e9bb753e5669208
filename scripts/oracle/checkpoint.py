"""Records a training of PyTorch that is to go on here, for test/nn/checkpoint.test.ts.

    python3 scripts/oracle/checkpoint.py    (PyTorch 2.15; writes test/fixtures/nn/checkpoint.json)

A small network with every kind of key that a state dict has is trained for some steps; then follow the state dicts of model and
optimizer with PyTorch's keys, tensors in the form of torch.fromJSON, and what further steps make of them: inputs, losses, and
the model's state at the end.
"""

import torch
from fixture import write
from nn import numbers
from torch import nn

BEFORE, AFTER = 3, 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm1d(4)
        self.encoder = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)
        self.last = nn.Linear(4, 1)

    def forward(self, x):
        return self.last(self.encoder(self.norm(self.conv(x)).transpose(1, 2)))


def plain(value):
    if not torch.is_tensor(value):
        return {str(k): plain(v) for k, v in value.items()} if isinstance(value, dict) else value
    return {
        "dtype": str(value.dtype).removeprefix("torch."),
        "shape": list(value.shape),
        "data": value.detach().flatten().tolist(),
    }


def checkpoint():
    torch.manual_seed(11)
    model = Net().double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, amsgrad=True, weight_decay=0.1)

    def step(i):
        x = numbers((3, 2, 5), -1, 1, 3 + i).double()
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        return {"input": plain(x), "loss": loss.item()}

    for i in range(BEFORE):
        step(i)
    begun = {"model": plain(model.state_dict()), "optimizer": plain(optimizer.state_dict())}
    steps = [step(BEFORE + i) for i in range(AFTER)]
    return {**begun, "steps": steps, "end": plain(model.state_dict())}


if __name__ == "__main__":
    write("nn/checkpoint.json", checkpoint(), ['"optimizer"', '"steps"', '"end"'])
