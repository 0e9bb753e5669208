"""Records modules that behave differently in training and evaluation, or begin with random tables, for test/nn.

    python3 scripts/oracle/training.py    (PyTorch 2.15; writes test/fixtures/nn/training.json)

Each module takes some inputs in training, one after the other: output, gradients, and the buffers after each. Then one input
in evaluation. `initial` is the state dict as PyTorch draws it for the seed, `begun` that from which the steps begin.

Names of modules and options stand in the entries as Xorch spells them, keys of state dicts as PyTorch does.
"""

import torch
from fixture import write
from nn import DTYPES, as_argument, cast, entry, evaluate, numbers, options_for
from torch import nn

SEED = 5


def entries(tensors):
    return {name: entry(value) for name, value in tensors}


def step(module, x):
    result = {"input": entry(x), **evaluate(lambda a: module(a), [x], list(module.parameters()))}
    return {**result, "buffers": entries(module.named_buffers())}


def case(name, inputs, positional, options=None, change=None):
    """`change` of the parameters before the first step, so that they are not all ones and zeros."""
    options = options or {}
    runs = []
    for dtype in DTYPES:
        torch.manual_seed(SEED)
        module = getattr(nn, name)(*positional, **options_for(options, dtype)).to(dtype)
        drawn = torch.rand(1, dtype=torch.float64).item()
        initial = entries(module.state_dict().items())
        if change:
            with torch.no_grad():
                for i, parameter in enumerate(module.parameters()):
                    parameter.copy_(numbers(parameter.shape, 0.5, 2, 7 + i).to(dtype))
        begun = entries(module.state_dict().items())
        training = [step(module, cast(x, dtype)) for x in inputs]
        module.eval()
        evaluation = step(module, cast(inputs[0], dtype))
        runs.append({"initial": initial, "next": drawn, "begun": begun, "training": training, "evaluation": evaluation})
    return {
        "name": name,
        "seed": SEED,
        "positional": positional,
        "options": {k: as_argument(v) for k, v in options.items()},
        "repr": repr(module),
        "runs": runs,
    }


def batches(*shape):
    return [numbers(shape, seed=seed) for seed in (1, 2, 3)]


def cases():
    rows, images = batches(4, 3), batches(2, 3, 2, 2)
    index = [torch.tensor(values) for values in ([[1, 0], [4, 1]], [[3, 3], [3, 2]], [[0, 1], [2, 3]])]
    return [
        case("BatchNorm1d", rows, [3], change=True),
        case("BatchNorm1d", batches(2, 3, 4), [3], {"momentum": 0.3, "eps": 0.5}, True),
        case("BatchNorm1d", rows, [3], {"momentum": None}, True),
        case("BatchNorm1d", rows, [3], {"affine": False}),
        case("BatchNorm1d", rows, [3], {"bias": False}, True),
        case("BatchNorm1d", rows, [3], {"trackRunningStats": False}, True),
        case("BatchNorm1d", rows, [3], {"trackRunningStats": False, "momentum": None}, True),
        case("BatchNorm2d", images, [3], change=True),
        case("BatchNorm2d", images, [3], {"momentum": None, "affine": False}),
        case("LayerNorm", rows, [3], change=True),
        case("LayerNorm", images, [[2, 2]], {"eps": 0.25}, True),
        case("LayerNorm", images, [[3, 2, 2]], {"elementwiseAffine": False}),
        case("GroupNorm", batches(2, 4, 3), [2, 4], change=True),
        case("GroupNorm", batches(2, 6), [3, 6], {"eps": 0.25, "affine": False}),
        case("GroupNorm", batches(2, 6), [3, 6], {"bias": False}, True),
        case("Embedding", index, [5, 3]),
        case("Embedding", index, [5, 3], {"paddingIdx": 1}),
        case("Embedding", index, [5, 4], {"paddingIdx": -1}),
    ]


if __name__ == "__main__":
    write("nn/training.json", cases())
