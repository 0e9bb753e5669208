"""Training steps. Each function gives what runs the workload and what checks it."""

import torch
from inputs import SEED_X, XOR_X, XOR_Y, initial, labels, load, tokens, values
from models import Gpt, cnn, layers
from torch import nn

CHECKED_STEPS = 5


def training(step):
    return step, lambda: [step() for _ in range(CHECKED_STEPS)]


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def xor_by_hand(settings, parameters, way):
    x = torch.tensor(XOR_X)
    target = torch.tensor(XOR_Y)
    weights = tuple(map(initial, parameters))
    rate = settings["rate"]

    def learn(w1, b1, w2, b2):
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
        db1, db2 = torch.mean(dl1, 0), torch.mean(dl2, 0)
        return cost, (w1 - rate * dw1, b1 - rate * db1, w2 - rate * dw2, b2 - rate * db2)

    learn = way.compile(learn)

    def step():
        nonlocal weights
        cost, weights = learn(*weights)
        return cost.item()

    return training(step)


def step_of(model, criterion, optimizer, x, target, way):
    cost_of = way.compile(lambda x, target: criterion(model(x), target))
    advance = way.advance(optimizer)

    def step():
        optimizer.zero_grad()
        cost = cost_of(x, target)
        cost.backward()
        advance()
        return cost.item()

    return training(step)


def xor_modules(settings, parameters, way):
    model = load(nn.Sequential(*layers(settings["sizes"], nn.Sigmoid), nn.Sigmoid()), parameters)
    optimizer = torch.optim.SGD(model.parameters(), lr=settings["rate"], **way.options())
    return step_of(model, nn.BCELoss(), optimizer, torch.tensor(XOR_X), torch.tensor(XOR_Y), way)


def mlp(settings, parameters, way):
    sizes, batch = settings["sizes"], settings["batch"]
    model = load(nn.Sequential(*layers(sizes, nn.ReLU)), parameters)
    x = values(batch * sizes[0], SEED_X).reshape(batch, sizes[0])
    rule = getattr(torch.optim, settings["optimizer"])
    optimizer = rule(model.parameters(), lr=settings["rate"], **way.options())
    return step_of(model, nn.CrossEntropyLoss(), optimizer, x, labels(batch, sizes[-1]), way)


def cnn_step(settings, parameters, way):
    batch = settings["batch"]
    model = load(cnn(), parameters).to(memory_format=way.memory_format)
    x = values(batch * 784, SEED_X).reshape(batch, 1, 28, 28).to(memory_format=way.memory_format)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["rate"], **way.options())
    return step_of(model, nn.CrossEntropyLoss(), optimizer, x, labels(batch, 10), way)


def gpt(settings, parameters, way):
    batch, context, vocabulary = settings["batch"], settings["context"], settings["vocabulary"]
    model = load(Gpt(settings["layers"], settings["width"], settings["heads"], context, vocabulary), parameters)
    x = tokens(batch * context, vocabulary).reshape(batch, context)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["rate"], **way.options())
    return step_of(model, nn.CrossEntropyLoss(), optimizer, x, labels(batch * context, vocabulary), way)
