"""The formula and numbers of bench/inputs.ts."""

import math

import torch

HASH = 2654435761
SEED_X, SEED_LEFT, SEED_RIGHT = 99, 1, 2
XOR_X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR_Y = [[0.0], [1.0], [1.0], [0.0]]


def values(count, seed, scale=1.0, offset=0.0):
    i = torch.arange(1, count + 1, dtype=torch.int64)
    hashed = (i * HASH + seed * 40503) % 2**32
    return ((hashed.double() / 2**31 - 1) * scale + offset).float()


def labels(count, classes):
    return torch.tensor([i * 7 % classes for i in range(count)])


def tokens(count, vocabulary):
    return torch.tensor([(i * 31 + (i >> 5)) % vocabulary for i in range(count)])


def initial(parameter):
    shape = parameter["shape"]
    return values(math.prod(shape), parameter["seed"], parameter["scale"], parameter["offset"]).reshape(shape)


def load(model, parameters):
    model.load_state_dict({one["name"]: initial(one) for one in parameters})
    return model
