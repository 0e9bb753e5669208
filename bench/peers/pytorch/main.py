"""PyTorch on the CPU: `main.py <settings>`. Speaks the protocol of ../host.ts: one JSON object a line, on stdin and stdout."""

import json
import sys
from time import perf_counter

import ops
import steps
import torch
from torch.utils.benchmark import Timer

THREADS = json.loads(sys.argv[1])["threads"]
torch.set_num_threads(THREADS)

PREPARE = {
    "xorByHand": steps.xor_by_hand,
    "xorModules": steps.xor_modules,
    "mlp": steps.mlp,
    "cnn": steps.cnn_step,
    "gpt": steps.gpt,
    "matmul": ops.matmul,
    "elementwise": ops.elementwise,
    "rows": ops.rows,
    "chain": ops.chain,
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


def timed(run):
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1e9


def median_time(run, seconds):
    """After a warm-up in which sleeping threads wake, as in host.ts."""
    end = perf_counter() + seconds / 4
    least = timed(run)
    while perf_counter() < end:
        least = min(least, timed(run))
    if least > seconds * 1e9:
        return least
    timer = Timer(stmt="run()", globals={"run": run}, num_threads=THREADS)
    return timer.blocked_autorange(min_run_time=seconds).median * 1e9


answer({"title": f"PyTorch {torch.__version__}{blas()}"})
run = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if request["do"] == "prepare":
            run, check = PREPARE[request["kind"]](request["settings"], request["parameters"])
            answer({"check": check()} if request["check"] else {})
        elif request["do"] == "measure":
            answer({"nanoseconds": median_time(run, request["seconds"])})
        elif request["do"] == "first":
            answer({"nanoseconds": timed(run)})
        else:
            run = check = None
            answer({})
    except Exception as error:  # reported in the table; the other workloads go on
        answer({"error": f"{type(error).__name__}: {error}"})
