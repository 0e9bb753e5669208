"""Records the costs of the three XOR programs, for test/nn/reference.test.ts.

    python3 scripts/oracle/reference.py    (PyTorch 2.15; writes test/fixtures/reference/costs.json)

The files beside it hold the same programs as PyTorch 1.13 ran them with OpenBLAS: initial parameters, costs, predictions. They
are the course's numbers and are not recorded again. The programs are those of examples/xor-by-hand.ts and examples/xor.ts.
"""

import torch
from fixture import write

X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = torch.tensor([[0.0], [1], [1], [0]])
SEED, STEPS = 777, 10_001


def sigmoid(x):
    return torch.div(torch.tensor(1.0), torch.add(torch.tensor(1.0), torch.exp(-x)))


def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))


def by_hand(lr=1.0):
    torch.manual_seed(SEED)
    w1, b1, w2, b2 = (torch.empty(shape).normal_() for shape in ((2, 2), (2,), (2, 1), (1,)))
    for step in range(STEPS):
        l1 = torch.add(torch.matmul(X, w1), b1)
        a1 = sigmoid(l1)
        l2 = torch.add(torch.matmul(a1, w2), b2)
        y = sigmoid(l2)
        cost = -torch.mean(Y * torch.log(y) + (1 - Y) * torch.log(1 - y))
        dl2 = (y - Y) / (y * (1.0 - y) + 1e-7) * sigmoid_prime(l2)
        dw2 = torch.matmul(torch.transpose(a1, 0, 1), dl2)
        dl1 = torch.matmul(dl2, torch.transpose(w2, 0, 1)) * sigmoid_prime(l1)
        dw1 = torch.matmul(torch.transpose(X, 0, 1), dl1)
        w1 = w1 - lr * dw1
        b1 = b1 - lr * torch.mean(dl1, 0)
        w2 = w2 - lr * dw2
        b2 = b2 - lr * torch.mean(dl2, 0)
        if step % 100 == 0:
            yield step, cost.item()


def with_modules(widths, lr):
    torch.manual_seed(SEED)
    layers = [m for i, o in zip(widths, widths[1:]) for m in (torch.nn.Linear(i, o), torch.nn.Sigmoid())]
    model = torch.nn.Sequential(*layers)
    criterion = torch.nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step in range(STEPS):
        optimizer.zero_grad()
        cost = criterion(model(X), Y)
        cost.backward()
        optimizer.step()
        if step % 100 == 0:
            yield step, cost.item()


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "reference/costs.json",
        {
            "xor_manual_2-2-1": list(by_hand()),
            "xor_nn_2-1_lr1": list(with_modules([2, 1], 1)),
            "xor_nn_2-10-10-10-1_lr3": list(with_modules([2, 10, 10, 10, 1], 3)),
        },
        ['"xor'],
    )
