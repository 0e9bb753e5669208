"""Single ops and a chain of them. Each function gives what runs the workload and what checks it."""

import torch
from inputs import SEED_LEFT, SEED_RIGHT, values
from torch.nn import functional as F


def op(compute, way):
    run = way.compile(compute)

    def check():
        y = run().flatten()
        return [y.double().abs().sum().item(), y[0].item(), y[-1].item()]

    return run, check


def matmul(settings, _, way):
    n = settings["n"]
    a = values(n * n, SEED_LEFT).reshape(n, n)
    b = values(n * n, SEED_RIGHT).reshape(n, n)
    if settings["transposeA"]:
        a = a.t()
    if settings["transposeB"]:
        b = b.t()
    return op(lambda: torch.matmul(a, b), way)


def elementwise(settings, _, way):
    x, y = values(settings["n"], SEED_LEFT), values(settings["n"], SEED_RIGHT)
    return op({"add": lambda: torch.add(x, y), "exp": lambda: torch.exp(x), "tanh": lambda: torch.tanh(x)}[settings["op"]], way)


def rows(settings, _, way):
    columns = settings["columns"]
    x = values(settings["n"], SEED_LEFT).reshape(-1, columns)
    weight, bias = values(columns, SEED_RIGHT), values(columns, SEED_LEFT)
    if settings["op"] == "softmax":
        return op(lambda: torch.softmax(x, 1), way)
    return op(lambda: F.layer_norm(x, [columns], weight, bias), way)


def chain(settings, _, way):
    x = values(settings["n"], SEED_LEFT)
    return op(lambda: x.sub(0.1).mul(1.7).add(0.2).tanh().mul(x).add(x).abs().sqrt(), way)
