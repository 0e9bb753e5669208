"""PyTorch on the CPU, one thread. Speaks the protocol of host.ts: one JSON object a line, on stdin and stdout."""

import json
import sys

import torch
from torch.utils.benchmark import Timer

torch.set_num_threads(1)

# The formula and numbers of inputs.ts.
HASH = 2654435761
XOR_X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR_Y = [[0.0], [1.0], [1.0], [0.0]]
CHECKED_STEPS = 5


def values(count, seed, scale=1.0):
    i = torch.arange(1, count + 1, dtype=torch.int64)
    hashed = (i * HASH + seed * 40503) % 2**32
    return ((hashed.double() / 2**31 - 1) * scale).float()


def load(model, sizes):
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    with torch.no_grad():
        for i, layer in enumerate(linear):
            scale = 1 / sizes[i] ** 0.5
            layer.weight.copy_(values(sizes[i + 1] * sizes[i], 2 * i + 1, scale).reshape(sizes[i + 1], sizes[i]))
            layer.bias.copy_(values(sizes[i + 1], 2 * i + 2, scale))


def cost_after(step):
    return lambda: [step() for _ in range(CHECKED_STEPS)]


def xor_by_hand(_):
    x = torch.tensor(XOR_X)
    target = torch.tensor(XOR_Y)
    w1, b1 = values(4, 1).reshape(2, 2), values(2, 2)
    w2, b2 = values(2, 3).reshape(2, 1), values(1, 4)
    rate = 1

    def sigmoid(z):
        return 1 / (1 + torch.exp(-z))

    def sigmoid_prime(z):
        return sigmoid(z) * (1 - sigmoid(z))

    def step():
        nonlocal w1, b1, w2, b2
        l1 = torch.add(torch.matmul(x, w1), b1)
        a1 = sigmoid(l1)
        l2 = torch.add(torch.matmul(a1, w2), b2)
        y = sigmoid(l2)
        cost = -torch.mean(target * torch.log(y) + (1 - target) * torch.log(1 - y))
        dy = (y - target) / (y * (1 - y) + 1e-7)
        dl2 = dy * sigmoid_prime(l2)
        dw2 = torch.matmul(torch.transpose(a1, 0, 1), dl2)
        da1 = torch.matmul(dl2, torch.transpose(w2, 0, 1))
        dl1 = da1 * sigmoid_prime(l1)
        dw1 = torch.matmul(torch.transpose(x, 0, 1), dl1)
        w1 = w1 - rate * dw1
        b1 = b1 - rate * torch.mean(dl1, 0)
        w2 = w2 - rate * dw2
        b2 = b2 - rate * torch.mean(dl2, 0)
        return cost.item()

    return step, cost_after(step)


def training(model, criterion, x, target, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def step():
        optimizer.zero_grad()
        cost = criterion(model(x), target)
        cost.backward()
        optimizer.step()
        return cost.item()

    return step, cost_after(step)


def xor_modules(_):
    sizes = [2, 10, 10, 10, 1]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*layers)
    load(model, sizes)
    return training(model, torch.nn.BCELoss(), torch.tensor(XOR_X), torch.tensor(XOR_Y), 3)


def classifier(batch):
    sizes = [784, 128, 10]
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    load(model, sizes)
    x = values(batch * 784, 99).reshape(batch, 784)
    target = torch.tensor([i * 7 % 10 for i in range(batch)])
    return training(model, torch.nn.CrossEntropyLoss(), x, target, 0.1)


def op(compute):
    def check():
        y = compute().flatten()
        return [y.double().abs().sum().item(), y[0].item(), y[-1].item()]

    return compute, check


def matmul(n):
    a, b = values(n * n, 1).reshape(n, n), values(n * n, 2).reshape(n, n)
    return op(lambda: torch.matmul(a, b))


def add(n):
    a, b = values(n, 1), values(n, 2)
    return op(lambda: torch.add(a, b))


def exp(n):
    a = values(n, 1)
    return op(lambda: torch.exp(a))


PREPARE = {
    "xorByHand": xor_by_hand,
    "xorModules": xor_modules,
    "classifier": classifier,
    "matmul": matmul,
    "add": add,
    "exp": exp,
}


def answer(message):
    print(json.dumps(message), flush=True)


def blas():
    """The library that multiplies matrices: it makes a difference of up to 25 times, so the title names it."""
    torch.ones(2, 2) @ torch.ones(2, 2)
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return ""
    if "openblas" in loaded:
        return ", OpenBLAS"
    if "mkl" in loaded:
        return ", MKL"
    return ", reference BLAS" if "libblas" in loaded else ""


answer({"title": f"PyTorch {torch.__version__}{blas()}"})
run = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if request["do"] == "prepare":
            run, check = PREPARE[request["kind"]](request["size"])
            answer({"check": check()})
        elif request["do"] == "measure":
            timer = Timer(stmt="run()", globals={"run": run}, num_threads=1)
            median = timer.blocked_autorange(min_run_time=request["seconds"]).median
            answer({"nanoseconds": median * 1e9})
        else:
            run = None
            answer({})
    except Exception as error:  # reported in the table; the other workloads go on
        answer({"error": f"{type(error).__name__}: {error}"})
