"""Records attention modules for test/nn/attention.oracle.test.ts.

    python3 scripts/oracle/attention.py    (PyTorch 2.15; writes test/fixtures/nn/attention.json)

Each entry: the module as PyTorch draws it for a seed (`initial`), then outputs and gradients with other parameters (`begun`), in
evaluation or, with the seed once more, in training. Several results of one call stand one after the other in `output`. `call` holds the options of
`forward`.

Names and options stand in the entries as Xorch spells them.
"""


import torch
from fixture import write
from nn import DTYPES, as_argument, cast, entry, evaluate, numbers, options_for
from torch import nn
from training import entries

SEED = 5


def flat(results):
    tensors = results if isinstance(results, tuple) else (results,)
    return torch.cat([t.flatten() for t in tensors if t is not None])


def printed(module):
    """PyTorch's NonDynamicallyQuantizableLinear is a Linear."""
    return repr(module).replace("NonDynamicallyQuantizableLinear", "Linear")


def case(name, positional, inputs, options=None, call=None, training=False):
    options, call = options or {}, call or {}
    runs = []
    for dtype in DTYPES:
        torch.manual_seed(SEED)
        module = getattr(nn, name)(*positional, **options_for(options, dtype)).to(dtype)
        drawn = torch.rand(1, dtype=torch.float64).item()
        initial = entries(module.state_dict().items())
        with torch.no_grad():
            for i, parameter in enumerate(module.parameters()):
                parameter.copy_(numbers(parameter.shape, -0.5, 0.5, 7 + i).to(dtype))
        begun = entries(module.state_dict().items())
        module.train(training)
        torch.manual_seed(SEED)
        given = [cast(t, dtype) for t in inputs]
        run = {"inputs": [entry(t) for t in given]}
        forward = lambda *x: flat(module(*x, **options_for(call, dtype)))  # noqa: E731
        run.update(evaluate(forward, given, list(module.parameters())))
        runs.append({"initial": initial, "next": drawn, "begun": begun, **run})
    return {
        "name": name,
        "seed": SEED,
        "positional": positional,
        "options": {k: as_argument(v) for k, v in options.items()},
        "call": {k: as_argument(v) for k, v in call.items()},
        "training": training,
        "repr": printed(module),
        "runs": runs,
    }


def cases():
    L, S, N, E = 3, 5, 2, 4
    query = numbers((L, N, E), seed=1)
    key, value = numbers((S, N, E), seed=2), numbers((S, N, E), seed=3)
    narrow_key, narrow_value = numbers((N, S, 3), seed=2), numbers((N, S, 6), seed=3)
    forbidden = torch.tensor([[0, 1, 0, 0, 1], [0, 0, 1, 0, 0], [1, 0, 1, 0, 1]]).bool()
    padding = torch.tensor([[0, 0, 0, 1, 1], [0, 0, 1, 0, 0]]).bool()
    added = numbers((N * 2, L, S), -1, 1, 4)
    image = numbers((N, L, E), seed=1)
    sequence = numbers((4, N, E), seed=1)
    later = torch.ones(4, 4).triu(1).bool()
    attention, layer = "MultiheadAttention", "TransformerEncoderLayer"
    return [
        case(attention, [E, 2], [query, key, value]),
        case(attention, [E, 1], [query[:, 0], key[:, 0], value[:, 0]]),
        case(attention, [E, 4], [query, query, query], {"bias": False}, {"needWeights": False}),
        case(
            attention,
            [E, 2],
            [image, narrow_key, narrow_value],
            {"kdim": 3, "vdim": 6, "batchFirst": True, "dropout": 0.25},
            {"averageAttnWeights": False},
        ),
        case(attention, [E, 2], [query, key, value], call={"attnMask": forbidden, "keyPaddingMask": padding}),
        case(attention, [E, 2], [query, key, value], call={"attnMask": added, "keyPaddingMask": padding}),
        case(attention, [E, 2], [query[:, 0], key[:, 0], value[:, 0]], call={"keyPaddingMask": padding[0]}),
        case(attention, [E, 2], [sequence] * 3, {"dropout": 0.5}, {"attnMask": later}),
        case(attention, [E, 2], [query, key, value], {"dropout": 0.25}, training=True),
        case(layer, [E, 2], [sequence], {"dimFeedforward": 6}),
        case(layer, [E, 2], [sequence], {"dimFeedforward": 6, "dropout": 0.4}, training=True),
        case(
            layer,
            [E, 2],
            [image],
            {"dimFeedforward": 6, "batchFirst": True, "normFirst": True, "activation": "gelu", "layerNormEps": 0.25},
            {"srcKeyPaddingMask": padding[:, 1:4]},
        ),
        case(layer, [E, 1], [sequence], {"dimFeedforward": 6, "dropout": 0.25}, {"srcMask": later}),
    ]


if __name__ == "__main__":
    write("nn/attention.json", cases())
