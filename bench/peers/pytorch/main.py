"""PyTorch on the CPU: `main.py <settings>`. Speaks the protocol of ../host.ts: one JSON object a line, on stdin and stdout."""

import json
import sys
from time import perf_counter

import ops
import steps
import torch
from reports import report
from torch.utils.benchmark import Timer
from ways import quickest, ways_of

SETTINGS = json.loads(sys.argv[1])
THREADS, COMPILED = SETTINGS["threads"], SETTINGS.get("compiled", False)
torch.set_num_threads(THREADS)

# Of each way that a race is between.
RACE_SECONDS = 0.1

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


def forget():
    """Programs of one workload shall not stand in the way of those of the next."""
    if COMPILED:
        torch.compiler.reset()


def prepare(request):
    """What runs the workload, what checks it, and the way that they go where there was a choice."""
    kind = request["kind"]
    ways = ways_of(kind, COMPILED)

    def along(way):
        return PREPARE[kind](request["settings"], request["parameters"], way)

    forget()
    way = quickest(along, ways, RACE_SECONDS) if request["check"] else ways[0]
    forget()
    return *along(way), str(way) if len(ways) > 1 else None


try:
    answer({"torch": report(COMPILED)})
except Exception as failure:
    answer({"unable": f"torch.compile does not work here: {str(failure).strip().splitlines()[0]}"})
    sys.exit()
run = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if request["do"] == "prepare":
            run, check, way = prepare(request)
            answer({"check": check(), **({"way": way} if way else {})} if request["check"] else {})
        elif request["do"] == "measure":
            answer({"nanoseconds": median_time(run, request["seconds"])})
        elif request["do"] == "first":
            answer({"nanoseconds": timed(run)})
        else:
            run = check = None
            answer({})
    except Exception as error:  # reported in the table; the other workloads go on
        answer({"error": f"{type(error).__name__}: {error}".splitlines()[0]})
