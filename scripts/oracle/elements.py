"""Records what PyTorch makes of plain numbers beside tensors of each dtype, for test/tensor/elements.oracle.test.ts.

    python3 scripts/oracle/elements.py    (PyTorch 2.15; writes test/fixtures/elements.json)

A row: the use of the number, as the test names it, the dtype, the number, and the result, or null where PyTorch refuses.
"""

import math

import torch
import torch.nn.functional as F
from fixture import write

TENSORS = {
    "bool": [True, False],
    "uint8": [5, 200],
    "int32": [5, -200],
    "int64": [5, -2],
    "float32": [5.0, -2.0],
}
VALUES = [0, 2, 3, -1, -255, -256, 255, 256, 300, 2.5, -2.5, 255.9, 256.5, -0.5, 2**31 - 1, 2**31, -(2**31), 2**40, 2**62]
VALUES += [2**31 - 0.5, -(2**31) - 0.5, 1e30, 1e39, 1e300, math.nan, math.inf, -math.inf, True, False]

MASK = torch.tensor([True, False])
INDEX = torch.tensor([0])


def changed(x, change):
    y = x.clone()
    change(y)
    return y


USES = {
    "tensor": lambda x, v: torch.tensor([v], dtype=x.dtype),
    "full": lambda x, v: torch.full((1,), v, dtype=x.dtype),
    "fullLike": lambda x, v: torch.full_like(x, v),
    "fill_": lambda x, v: changed(x, lambda y: y.fill_(v)),
    "maskedFill": lambda x, v: x.masked_fill(MASK, v),
    "scatter": lambda x, v: x.scatter(0, INDEX, v),
    "indexPut_": lambda x, v: changed(x, lambda y: y.__setitem__(0, v)),
    "pad": lambda x, v: F.pad(x, (1, 0), value=v),
    "where": lambda x, v: torch.where(MASK, x, v),
    "add": lambda x, v: x + v,
    "add_": lambda x, v: changed(x, lambda y: y.add_(v)),
    "mul": lambda x, v: x * v,
    "mul_": lambda x, v: changed(x, lambda y: y.mul_(v)),
    "sub first": lambda x, v: v - x,
    "div": lambda x, v: x / v,
    "div first": lambda x, v: v / x,
    "div floor": lambda x, v: torch.div(x, v, rounding_mode="floor"),
    "remainder": lambda x, v: x % v,
    "gt": lambda x, v: x > v,
    "eq": lambda x, v: x == v,
    "pow": lambda x, v: x**v,
    "clamp min": lambda x, v: x.clamp(min=v),
    "clamp max": lambda x, v: x.clamp(max=v),
    "clamp": lambda x, v: x.clamp(v, v),
    "alpha": lambda x, v: torch.add(x, x, alpha=v),
}


def encode(value):
    return str(value) if isinstance(value, float) and not math.isfinite(value) or abs(value) > 2**53 else value


def answer(use, x, value):
    try:
        y = USES[use](x, value)
    except (RuntimeError, TypeError, ValueError, OverflowError):
        return None
    return [str(y.dtype).removeprefix("torch."), [encode(v) for v in y.tolist()]]


if __name__ == "__main__":
    write(
        "elements.json",
        [
            [use, dtype, encode(value), answer(use, torch.tensor(data, dtype=getattr(torch, dtype)), value)]
            for use in USES
            for dtype, data in TENSORS.items()
            for value in VALUES
        ],
    )
