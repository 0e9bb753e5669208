"""Records what PyTorch's optimizers make of given gradients, for test/optim.

    python3 scripts/oracle/optim.py    (PyTorch 2.15; writes test/fixtures/optim/*.json)

steps.json: two parameters and the gradients of 20 steps, the same for all cases; for each case and dtype the parameters after
steps 1, 2 and 20 and the state after the last. At some steps the second parameter has no gradient. clipping.json: clipped
gradients. printing.json: printed optimizers, without the options that Xorch does not have.

Names and options stand in the entries as Xorch spells them.
"""

import re

import torch
from fixture import write

STEPS = 20
SHAPES = [(3, 2), (3,)]
WITHOUT_GRADIENT = [0, 4, 5]


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def numbers(shape, generator):
    """Random numbers that float32 holds exactly."""
    return (torch.randn(shape, generator=generator) * 256).round().div(256)


def flat(t):
    values = t.detach().flatten().tolist()
    return [float(f"{v:.9g}") for v in values] if t.dtype == torch.float32 else values


def run(name, groups, start, gradients, dtype):
    params = [torch.nn.Parameter(p.clone().to(dtype)) for p in start]
    options = [{snake(k): v for k, v in group.items()} for group in groups]
    given = [{"params": [p], **o} for p, o in zip(params, options)] if len(groups) > 1 else params
    optimizer = getattr(torch.optim, name)(given, **({} if len(groups) > 1 else options[0]))
    after = {}
    for step in range(STEPS):
        for i, p in enumerate(params):
            p.grad = None if i == 1 and step in WITHOUT_GRADIENT else gradients[step][i].to(dtype)
        optimizer.step()
        if step + 1 in (1, 2, STEPS):
            after[step + 1] = [flat(p) for p in params]
    state = []
    for p in params:
        own = optimizer.state[p]
        state.append({k: flat(v) if v.dim() else v.item() for k, v in own.items() if torch.is_tensor(v)})
    return {"dtype": str(dtype).removeprefix("torch."), "after": after, "state": state}


def cases():
    sgd = [
        {"lr": 0.1},
        {"lr": 0.1, "maximize": True},
        {"lr": 0.1, "weightDecay": 0.3},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.4},
        {"lr": 0.1, "momentum": 0.9, "nesterov": True},
        {"lr": 0.03, "momentum": 0.7, "nesterov": True, "weightDecay": 0.2, "maximize": True},
        {"lr": 0.03, "momentum": 0.7, "dampening": 0.5, "weightDecay": 0.2},
    ]
    adam = [
        {},
        {"lr": 0.1},
        {"lr": 0.1, "betas": [0.7, 0.95]},
        {"lr": 0.1, "betas": [0.3, 0.5], "eps": 0.1},
        {"lr": 0.1, "betas": [0.0, 0.9]},
        {"lr": 0.1, "weightDecay": 0.3},
        {"lr": 0.1, "amsgrad": True, "betas": [0.5, 0.6]},
        {"lr": 0.1, "maximize": True},
        {"lr": 0.1, "amsgrad": True, "weightDecay": 0.2, "maximize": True, "eps": 1e-3},
    ]
    found = [("SGD", [o]) for o in sgd]
    found += [(name, [o]) for name in ["Adam", "AdamW"] for o in adam]
    found += [("SGD", [{"lr": 0.1}, {"lr": 0.2, "momentum": 0.5}]), ("Adam", [{"lr": 0.1}, {"lr": 0.2, "weightDecay": 0.5}])]
    return found


def steps():
    g = torch.Generator().manual_seed(5)
    start = [numbers(shape, g) for shape in SHAPES]
    gradients = [[numbers(shape, g) for shape in SHAPES] for _ in range(STEPS)]
    rows = []
    for name, groups in cases():
        runs = [run(name, groups, start, gradients, dtype) for dtype in (torch.float32, torch.float64)]
        rows.append({"name": name, "groups": groups, "runs": runs})
    return {
        "shapes": SHAPES,
        "withoutGradient": WITHOUT_GRADIENT,
        "start": [flat(p) for p in start],
        "gradients": [[flat(p) for p in row] for row in gradients],
        "cases": rows,
    }


def clipping():
    g = torch.Generator().manual_seed(6)
    gradients = [numbers(shape, g) for shape in SHAPES]
    rows = []
    for name, arguments in [
        ("clipGradNorm_", [1.5]),
        ("clipGradNorm_", [100.0]),
        ("clipGradNorm_", [1.5, {"normType": 1}]),
        ("clipGradNorm_", [1.5, {"normType": 3}]),
        ("clipGradNorm_", [0.5, {"normType": "inf"}]),
        ("clipGradValue_", [0.5]),
    ]:
        params = [torch.nn.Parameter(torch.zeros(shape)) for shape in SHAPES]
        for p, grad in zip(params, gradients):
            p.grad = grad.clone()
        options = {snake(k): float(v) for k, v in (arguments[1] if len(arguments) > 1 else {}).items()}
        norm = getattr(torch.nn.utils, snake(name))(params, arguments[0], **options)
        rows.append(
            {
                "name": name,
                "arguments": arguments,
                "norm": None if norm is None else norm.item(),
                "clipped": [flat(p.grad) for p in params],
            }
        )
    return {"gradients": [flat(p) for p in gradients], "cases": rows}


def printing():
    p = lambda: torch.nn.Parameter(torch.zeros(2))  # noqa: E731
    optimizers = {
        "SGD": torch.optim.SGD([{"params": [p()]}, {"params": [p()], "lr": 0.5}], lr=0.1, momentum=0.9, nesterov=True),
        "Adam": torch.optim.Adam([p()], lr=0.001, eps=1e-8),
    }
    ours = "amsgrad|betas|eps|lr|maximize|weight_decay|dampening|momentum|nesterov"
    keep = re.compile(rf"^(?!    )|^    ({ours}): ")
    return {k: "\n".join(line for line in repr(v).split("\n") if keep.match(line)) for k, v in optimizers.items()}


if __name__ == "__main__":
    for name, content in {"steps.json": steps(), "clipping.json": clipping(), "printing.json": printing()}.items():
        write(f"optim/{name}", content, ['{"name"'])
