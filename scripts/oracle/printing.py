"""Records how PyTorch prints tensors, for test/tensor/printing.test.ts.

    python3 scripts/oracle/printing.py    (PyTorch 2.15; writes test/fixtures/printing.json)

A case holds shape, dtype, values (repeated, row-major, until the shape is full), what differs from the defaults, and
the text. Recorded as if PyTorch had Xorch's spelling: int32 is the integer dtype that goes without a suffix, where
PyTorch's is int64, and the words of autograd are Xorch's. Words differ in length, and so in where lines break, so
they are exchanged before PyTorch lays the suffixes out.
"""

import math
import random

import torch
from fixture import write
from torch import _tensor_str

DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    # Both kinds of whole numbers are printed from int64, which holds either; their suffixes are set below.
    "int32": torch.int64,
    "int64": torch.int64,
    "uint8": torch.uint8,
    "bool": torch.bool,
}
NAN, INF = math.nan, math.inf

pick = random.Random(2024)


def respell(suffixes, case):
    spelling = {
        "dtype=torch.int64": f"dtype=torch.{case['dtype']}",
        "requires_grad=True": "requiresGrad=true",
        "grad_fn=<CloneBackward0>": f"gradFn=<{case.get('gradFnName')}>",
    }
    words = [spelling.get(suffix, suffix) for suffix in suffixes]
    # No gradients among whole numbers: their dtype is the last word.
    return words if case["dtype"] != "int64" or "dtype=torch.int64" in words else [*words, "dtype=torch.int64"]


def print_as_xorch(t, case):
    lay_out = _tensor_str._add_suffixes

    def lay_out_respelled(text, suffixes, indent, force_newline):
        return lay_out(text, respell(suffixes, case), indent, force_newline)

    torch.set_default_dtype(DTYPES[case.get("defaultDtype", "float32")])
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**{name.replace("sciMode", "sci_mode"): value for name, value in case.get("options", {}).items()})
    _tensor_str._add_suffixes = lay_out_respelled
    try:
        return repr(t)
    finally:
        _tensor_str._add_suffixes = lay_out
        torch.set_default_dtype(torch.float32)


def encode(value, dtype):
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return str(value) if abs(value) > 2**53 else value
    if not math.isfinite(value):
        return str(value)
    # Nine digits tell any two float32 apart; whole numbers need no point.
    short = float(f"{value:.9g}") if dtype == "float32" else value
    is_negative_zero = short == 0 and math.copysign(1, short) < 0
    return int(short) if abs(short) < 2**53 and short == int(short) and not is_negative_zero else short


def record(shape, dtype, values, **rest):
    """rest: options, requiresGrad, gradFnName, defaultDtype."""
    count = math.prod(shape)
    data = torch.tensor(values, dtype=DTYPES[dtype])
    t = data[torch.arange(count) % len(values)].reshape(shape)
    if rest.get("requiresGrad"):
        t.requires_grad_()
    if rest.get("gradFnName"):
        t = t.requires_grad_().clone()
    case = {"shape": shape, "dtype": dtype, **rest, "values": [encode(v, dtype) for v in data.tolist()]}
    return {**case, "text": print_as_xorch(t, case)}


FLOATS = {
    "small whole": lambda: float(pick.randint(-9, 20)),
    "whole": lambda: float(pick.randint(-5000, 20000)),
    "large whole": lambda: float(pick.randint(10**6, 3 * 10**8)),
    "near one": lambda: pick.gauss(0, 1),
    "hundreds": lambda: pick.uniform(-300, 900),
    "thirty-seconds": lambda: pick.randint(-200, 200) / 32,
    "eighths": lambda: pick.randint(-40, 200) / 8,
    "whole ties": lambda: float((2 * pick.randint(5000, 40000) + 1) * 5 * 10 ** pick.randint(0, 4)),
    "tiny": lambda: pick.gauss(0, 1) * 1e-5,
    "tiny ties": lambda: (2 * pick.randint(4, 40) + 1) * 2.0**-20,
    "mixed": lambda: pick.choice([-1, 1]) * 10 ** pick.uniform(-9, 9),
    "extreme": lambda: pick.choice([-1, 1]) * 10 ** pick.uniform(-44, 38),
    "probabilities": lambda: pick.random(),
}
SPECIALS = [0.0, -0.0, NAN, INF, -INF]


def random_values(dtype, count):
    if dtype == "bool":
        return [pick.random() < 0.5 for _ in range(count)]
    if dtype == "uint8":
        return [pick.randint(0, pick.choice([9, 255])) for _ in range(count)]
    if dtype in ("int32", "int64"):
        limit = pick.choice([9, 1000, 2**31 - 1] + [2**62] * (dtype == "int64"))
        return [pick.randint(-limit // pick.choice([1, 9]), limit) for _ in range(count)]
    draw = FLOATS[pick.choice(list(FLOATS))]
    share = pick.choice([0, 0, 0.1, 0.4])
    values = [pick.choice(SPECIALS) if pick.random() < share else draw() for _ in range(count)]
    return [float(f"{value:.9g}") for value in values]


def random_shape():
    kind = pick.random()
    rank = pick.randint(0, 4)
    if kind < 0.12:
        shape = [pick.randint(0, 3) for _ in range(max(rank, 1))]
        shape[pick.randrange(len(shape))] = 0
        return shape
    if kind < 0.4 and rank > 0:
        return [1] * (rank - 1) + [pick.randint(4, 45)]
    return [pick.randint(1, 3) for _ in range(rank)]


def random_options():
    options = {
        "precision": pick.choice([0, 1, 2, 3, 6, 12]),
        "linewidth": pick.choice([1, 20, 30, 33, 40, 50, 60, 100, 120]),
        "threshold": pick.choice([0, 1, 5, 10]),
        "edgeitems": pick.choice([1, 1, 2, 4]),
        "sciMode": pick.choice([True, False]),
    }
    return {name: options[name] for name in pick.sample(list(options), pick.randint(1, 4))}


def autograd_of(dtype):
    if "float" not in dtype:
        return {}
    kind = pick.random()
    if kind < 0.2:
        return {"requiresGrad": True}
    return {"gradFnName": "Backward"[: pick.randint(1, 8)] * pick.randint(1, 4)} if kind < 0.4 else {}


def random_case(with_options):
    dtype = pick.choice(["float32"] * 5 + ["float64"] * 4 + list(DTYPES))
    shape = random_shape()
    values = random_values(dtype, min(max(math.prod(shape), 1), 31))
    rest = autograd_of(dtype)
    if with_options:
        rest["options"] = random_options()
    if pick.random() < 0.1:
        rest["defaultDtype"] = "float64"
    return record(shape, dtype, values, **rest)


def suffix_at_the_edge():
    """Suffixes that just fit their line or just do not."""
    for linewidth in [*range(36, 46), *range(56, 65)]:
        for shape in ([3], [2, 3]):
            yield record(shape, "float64", [1.0], requiresGrad=True, options={"linewidth": linewidth})
        yield record([3], "float64", [1.0], gradFnName="B", options={"linewidth": linewidth})
    for n in range(16, 25):
        yield record([n], "uint8", [7])
        yield record([2, n], "float32", [1.0], gradFnName="AddBackward0")


def thresholds_of_form():
    for dtype in ("float32", "float64"):
        for values in (
            [1.0, 1000.0],
            [1.0, 1001.0],
            [0.5, 500.0],
            [0.5, 500.5],
            [1e8],
            [100000008.0],
            [2.5e7, 1e8],
            [1e8 - 8, 0.0],
            [1e-4],
            [0.0001 - 1e-11],
            [0.00010001],
            [0.5, 1e-4 * 5],
            [0.05, 0.00005],
            [0.0],
            [-0.0],
            [0.0, -0.0, 1.0],
            [0.0, -0.0, 0.5],
            [NAN],
            [INF, 1.0],
            [-INF, NAN, 0.25],
            [NAN, 12345.0],
            [NAN, 1e9, 3.0, -0.0],
            [9.99995],
            [9999.99995, 99.5],
            [0.99999, 0.5],
            [99999.5],
            [3e38, 1.0],
            [1e-45, 1.0],
        ):
            yield record([len(values)], dtype, values)
            yield record([], dtype, values[:1])
    for values in ([1e300, 1e-300], [5e-324], [1.7976931348623157e308], [2.0**-1022, 0.0], [1e22], [1e100, -2e100]):
        for sci_mode in (None, True, False):
            yield record([len(values)], "float64", values, **({} if sci_mode is None else {"options": {"sciMode": sci_mode}}))
    yield record([3], "float32", [0.0, NAN, INF], options={"sciMode": True})
    for value in (0.5, 1.5, 2.5, 9.5, 10.5, 0.25, 0.125, 0.375, 25.0, 35.0, 95.0, 105.0, 125.0, 1e23, 15e22, 5e21, 2.5e22):
        for precision in (0, 1):
            for sci_mode in (True, False):
                yield record([], "float64", [value], options={"precision": precision, "sciMode": sci_mode})
    for value in (0, -1, 2**31 - 1, 2**63 - 1, -(2**63), 2**53 + 1):
        yield record([2], "int64", [value, 1])


def empties():
    for dtype in DTYPES:
        for shape in ([0], [0, 3], [2, 0], [2, 0, 4]):
            for default in ("float32", "float64"):
                yield record(shape, dtype, [0], defaultDtype=default)
    yield record([0, 3], "float32", [0], requiresGrad=True)


def summaries():
    whole, fractions, spread = [1.0, 2.0, 30.0, -4.0, 5.0], [0.5, -1.25, 3.14159, 2.0, 1e-3, 7.0, 0.0], [1e-7, 1.0, 1e9]
    for shape in ([1000], [1001], [1, 1001], [1001, 1], [3, 400], [400, 3], [50, 50], [6, 200], [7, 200]):
        yield record(shape, "float32", fractions)
    for shape in ([12, 11, 10], [2, 3, 300], [300, 3, 2], [8, 1, 30, 9], [2, 600, 1], [1, 1, 1, 1, 2000]):
        yield record(shape, "float64", whole)
    yield record([7, 2, 1, 80], "bool", [True, False, False])
    yield record([2] * 10, "int32", [1, -2, 3])
    yield record([2000], "float32", spread)
    yield record([30, 40], "float32", spread, requiresGrad=True)
    yield record([40, 30], "int64", [2**40, -1, 0])
    yield record([5000], "uint8", [0, 200, 13])
    # What the dots stand for has no say in the form.
    yield record([6], "float32", [1.0, 2.0, 1e20, 0.5, 4.0, 5.0], options={"threshold": 5, "edgeitems": 2})
    for shape in ([3, 4, 3, 5, 3], [5, 5, 5, 5, 5], [1, 3, 1, 3, 1, 3], [4, 4], [3], [2, 2, 2]):
        yield record(shape, "float32", fractions, options={"threshold": 2, "edgeitems": 1})
    for linewidth in (10, 30, 40, 41, 42, 60, 200):
        yield record([500], "float32", fractions, options={"threshold": 10, "edgeitems": 6, "linewidth": linewidth})
        yield record([3, 100], "float32", whole, options={"edgeitems": 5, "linewidth": linewidth, "threshold": 200})


if __name__ == "__main__":
    cases = [random_case(False) for _ in range(180)] + [random_case(True) for _ in range(180)]
    for listed in (suffix_at_the_edge, thresholds_of_form, empties, summaries):
        cases += listed()
    write("printing.json", cases)
