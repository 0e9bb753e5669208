"""Records what PyTorch's CPU generator gives, for test/random.

    python3 scripts/oracle/random_streams.py    (PyTorch 2.15 and NumPy, x86-64 Linux; writes test/fixtures/random/*.json)

streams.json: for some seeds, the first draws of each kind in full. mixed.json: long sequences of calls of every kind
on several seeds. A step holds the call and, of its result, the first values and a digest of the bytes. state.json:
whole generator states and the draws that follow them. library.json: the C library's log, log1p, sin and cos (glibc
with fused multiply-add), from Python's math module.

PyTorch 1.13 gives the same but for three things. Float64 normals of fewer than 16 elements and exponential_ may
differ in the last bit (it took log(1 - u) where 2.15 takes log1p(-u)); uniform_ could round up to its upper bound;
and randint drew 32 bits up to a width of 2^32. mixed.json keeps to ranges of randint where both agree, widths.json
holds the others.
"""

import base64
import hashlib
import math
import random

import torch
from fixture import write

SEEDS = [0, 1, 42, 777, 2**32 + 5, -1, -(2**63), 2**63, 2**64 - 1, 67280421310721, 1234567890123456789]
SIZES = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33, 48, 100, 625, 1000]
FLOATS = ["float32", "float64"]
INTEGERS = ["int64", "int32", "uint8"]


def tensor_bytes(t):
    packed = torch.empty(t.numel(), dtype=t.dtype).copy_(t.flatten())
    return packed.view(torch.uint8).numpy().tobytes()


def outcome(t):
    """The first values as text, and a digest of all bytes."""
    head = [repr(v) for v in t.flatten()[:3].tolist()]
    return {"head": head, "digest": hashlib.sha256(tensor_bytes(t)).hexdigest()[:16]}


def empty(n, dtype):
    return torch.empty(n, dtype=getattr(torch, dtype))


# name -> what it does; every argument is in the step, so that the test can replay it
CALLS = {
    "rand": lambda n, dtype: torch.rand(n, dtype=getattr(torch, dtype)),
    "randn": lambda n, dtype: torch.randn(n, dtype=getattr(torch, dtype)),
    "uniform": lambda n, dtype, low, high: empty(n, dtype).uniform_(low, high),
    "normal": lambda n, dtype, mean, std: empty(n, dtype).normal_(mean, std),
    "normalSerial": lambda n, dtype, mean, std: empty((n, 2), dtype)[:, 0].normal_(mean, std),
    "randint": lambda n, dtype, low, high: torch.randint(int(low), int(high), (n,), dtype=getattr(torch, dtype)),
    "random": lambda n, dtype: empty(n, dtype).random_(),
    "randperm": lambda n, dtype: torch.randperm(n, dtype=getattr(torch, dtype)),
    "bernoulli": lambda n, dtype, p: empty(n, dtype).bernoulli_(p),
    "bernoulliFrom": lambda n, dtype, pdtype: empty(n, dtype).bernoulli_(
        torch.arange(n, dtype=getattr(torch, pdtype)) / max(n - 1, 1)
    ),
    "dropout": lambda n, dtype, p: torch.nn.functional.dropout(torch.ones(n, dtype=getattr(torch, dtype)), p),
    "exponential": lambda n, dtype, rate: empty(n, dtype).exponential_(rate),
    "geometric": lambda n, dtype, p: empty(n, dtype).geometric_(p),
}


def random_step(pick):
    call = pick.choice(list(CALLS))
    n = pick.choice(SIZES)
    number = pick.choice(FLOATS)
    anything = pick.choice(FLOATS + INTEGERS)
    step = {"call": call, "n": n, "dtype": number}
    if call == "uniform":
        step["args"] = pick.choice([[0, 1], [-2, 3], [-0.3, 1.7], [1e-3, 1e-3], [1, 1.0000001], [-1e5, 3.3e7], [0.1, 0.7]])
    elif call in ("normal", "normalSerial"):
        step["args"] = pick.choice([[0, 1], [5, 2], [-0.1, 0.02], [0, 0], [1e3, 1e-3], [0.7, 1]])
    elif call == "randint":
        step["dtype"] = anything
        wide = [["-5", "1000000"], ["0", str(2**28 - 1)], ["-16777216", "16777216"]]
        wider = [[str(2**60), str(2**60 + 5)], ["0", str(2**40)], [str(-(2**63)), str(2**63 - 1)]]
        step["args"] = pick.choice([["0", "2"], ["0", "100"], ["3", "256"]])
        if anything != "uint8" and pick.random() < 0.5:
            step["args"] = pick.choice(wide)
        if anything == "int64" and pick.random() < 0.4:
            step["args"] = pick.choice(wider)
    elif call == "random":
        step["dtype"] = anything
    elif call == "randperm":
        step["dtype"] = pick.choice(["int64", "int32", "float32", "float64"])
    elif call == "bernoulli":
        step["dtype"] = anything
        step["args"] = [pick.choice([0, 0.25, 0.3, 0.5, 0.9, 1])]
    elif call == "bernoulliFrom":
        step["dtype"] = anything
        step["args"] = [pick.choice(FLOATS)]
    elif call == "dropout":
        step["args"] = [pick.choice([0.1, 0.5, 0.8])]
    elif call == "exponential":
        step["args"] = [pick.choice([0.5, 1, 1.7])]
    elif call == "geometric":
        step["dtype"] = pick.choice(["int64", "int32", "float32", "float64"])
        step["args"] = [pick.choice([0.3, 0.5, 0.05])]
    return step


def run(step):
    result = CALLS[step["call"]](step["n"], step["dtype"], *step.get("args", []))
    return {**step, **outcome(result)}


def program(seed, steps):
    """Random calls, with seeds, saved states and jumps back among them."""
    pick = random.Random(seed)
    torch.manual_seed(seed)
    recorded = []
    saved = None
    for i in range(steps):
        event = pick.random()
        if event < 0.04:
            other = pick.choice(SEEDS)
            torch.manual_seed(other)
            recorded.append({"call": "seed", "args": [str(other)]})
        elif event < 0.08:
            saved = torch.get_rng_state()
            recorded.append({"call": "save", **outcome(saved)})
        elif event < 0.12 and saved is not None:
            torch.set_rng_state(saved)
            recorded.append({"call": "restore"})
        else:
            recorded.append(run(random_step(pick)))
    return {"seed": str(seed), "steps": recorded}


def long_program():
    """Arrays long enough for the rare roundings."""
    torch.manual_seed(2024)
    steps = [
        {"call": "randn", "n": 3000000, "dtype": "float32"},
        {"call": "randn", "n": 300000, "dtype": "float64"},
        {"call": "normal", "n": 100007, "dtype": "float32", "args": [0.3, 1.7]},
        {"call": "normal", "n": 100007, "dtype": "float64", "args": [0.3, 1.7]},
        {"call": "normalSerial", "n": 200001, "dtype": "float64", "args": [0.3, 1.7]},
        {"call": "normalSerial", "n": 200000, "dtype": "float32", "args": [0, 1]},
        {"call": "uniform", "n": 200000, "dtype": "float32", "args": [-0.3, 1.7]},
        {"call": "uniform", "n": 200000, "dtype": "float64", "args": [-0.3, 1.7]},
        {"call": "exponential", "n": 200000, "dtype": "float64", "args": [1.7]},
        {"call": "geometric", "n": 200000, "dtype": "int64", "args": [0.01]},
        {"call": "randperm", "n": 100000, "dtype": "int64"},
    ]
    return {"seed": "2024", "steps": [run(step) for step in steps]}


def width_program():
    """randint about the widths where the number of bits changes, and in floats that cannot hold the bounds."""
    torch.manual_seed(11)
    steps = []
    for width in (2**28 - 1, 2**28, 2**28 + 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**33 + 7):
        for dtype in ("int64", "float64", "float32", "int32"):
            if dtype == "int32" and width > 2**31:
                continue
            low = -(2**31) if dtype == "int32" else -3
            steps.append({"call": "randint", "n": 20, "dtype": dtype, "args": [str(low), str(low + width)]})
    for dtype, low, high in (
        ("float32", 2**24 + 1, 2**24 + 4),
        ("float32", -(2**25) - 1, -(2**25) + 9),
        ("float32", 5, 2**62),
        ("float32", -(2**63), 2**63 - 1),
        ("float32", -(2**40), -(2**40) + 7),
        ("float32", 2**60 + 2**36, 2**60 + 2**38),
        ("float64", 0, 2**53 + 1),
        ("float64", 2**60 + 1, 2**60 + 700),
        ("float64", -(2**63), 2**63 - 1),
        ("int64", 2**62, 2**63 - 1),
        ("int64", -(2**63), -(2**63) + 1000),
        ("int64", -(2**63), 2**63 - 1),
    ):
        steps.append({"call": "randint", "n": 50, "dtype": dtype, "args": [str(low), str(high)]})
    return {"seed": "11", "steps": [run(step) for step in steps]}


def states():
    recorded = []
    for seed, draws in ((777, 0), (777, 1), (2**32 + 5, 3), (-1, 624), (9, 625), (5, 1001)):
        torch.manual_seed(seed)
        if draws:
            torch.rand(draws)
        if draws % 2:
            torch.randn(1)
        state = torch.get_rng_state()
        recorded.append(
            {
                "initialSeed": str(torch.initial_seed()),
                "state": base64.b64encode(tensor_bytes(state)).decode(),
                "randn": torch.randn(3, dtype=torch.float64).tolist(),
                "rand": torch.rand(3).tolist(),
            }
        )
    return recorded


def library():
    """
    The C library's functions beneath the float64 normals, at arguments made of uniforms in arithmetic without
    rounding: enough of them to meet the rare roundings, and some about the edges between cases.
    """
    torch.manual_seed(7)
    uniforms = torch.rand(60000, dtype=torch.float64).tolist()
    edges = [1 - 2.0**-k + j * 2.0**-44 for k in range(1, 24) for j in range(-9, 10)]
    edges += [0.29289340972900385 + j * 2.0**-40 for j in range(-20, 20)]
    edges += [2.0**-k * (1 + j * 2.0**-50) for k in range(1, 60) for j in range(-3, 4)]
    # found by search: here the logarithm would round otherwise without fused multiply-add
    edges += [0.3710793932331693, 0.3152832094839121, 0.06019685923048668, 0.04397698997704713, 0.06022101520348411]
    below_one = uniforms + [u for u in edges if 0 < u < 1]
    angles = [2 * math.pi * u for u in below_one + [k / 8 + j * 2.0**-40 for k in range(8) for j in range(20)]]

    def entry(function, arguments):
        return outcome(torch.tensor([function(x) for x in arguments], dtype=torch.float64))

    return {
        "edges": [u for u in edges if 0 < u < 1],
        "log": entry(math.log, [1 - u for u in below_one]),
        "logNearOne": entry(math.log, [1 - u / 16 for u in below_one]),
        "logAboveOne": entry(math.log, [1 + u / 8 for u in below_one]),
        "log1p": entry(math.log1p, [-u for u in below_one]),
        "log1pSmall": entry(math.log1p, [-u / 2**20 for u in below_one]),
        "sin": entry(math.sin, angles),
        "cos": entry(math.cos, angles),
    }


def linear():
    layer = torch.nn.Linear(3, 4)
    return {"weight": layer.weight.tolist(), "bias": layer.bias.tolist()}


STREAMS = {
    **{f"randn_{n}": lambda n=n: torch.randn(n).tolist() for n in (1, 2, 3, 15, 16, 17, 24, 33)},
    "rand_5": lambda: torch.rand(5).tolist(),
    "rand_f64_5": lambda: torch.rand(5, dtype=torch.float64).tolist(),
    "randn_f64_3": lambda: torch.randn(3, dtype=torch.float64).tolist(),
    "randn_f64_20": lambda: torch.randn(20, dtype=torch.float64).tolist(),
    "randperm_10": lambda: torch.randperm(10).tolist(),
    "randint_0_100_8": lambda: torch.randint(0, 100, (8,)).tolist(),
    "bernoulli_0.3_12": lambda: torch.bernoulli(torch.full([12], 0.3)).tolist(),
    "randn_3_then_randn_3_then_rand_2": lambda: [torch.randn(3).tolist(), torch.randn(3).tolist(), torch.rand(2).tolist()],
    "linear_3_4": linear,
    "xavier_uniform_5_4": lambda: torch.nn.init.xavier_uniform_(torch.empty(5, 4)).tolist(),
    "xavier_normal_5_4": lambda: torch.nn.init.xavier_normal_(torch.empty(5, 4)).tolist(),
    "kaiming_normal_5_4": lambda: torch.nn.init.kaiming_normal_(torch.empty(5, 4)).tolist(),
    "dropout_0.5_ones_12": lambda: torch.nn.functional.dropout(torch.ones(12), 0.5).tolist(),
    "uniform_-2_3_6": lambda: torch.empty(6).uniform_(-2, 3).tolist(),
    "normal_5_2_6": lambda: torch.empty(6).normal_(5, 2).tolist(),
}


def streams(seed):
    def draw(call):
        torch.manual_seed(seed)
        return call()

    return {name: draw(call) for name, call in STREAMS.items()}


if __name__ == "__main__":
    programs = [program(seed, 60) for seed in SEEDS] + [long_program()]
    write("random/streams.json", {str(seed): streams(seed) for seed in (0, 1, 777, 2**31)}, ['"randn_1"'])
    write("random/mixed.json", programs, ['{"call"'])
    write("random/widths.json", [width_program()], ['{"call"'])
    write("random/library.json", library())
    write("random/state.json", states())
