"""The ways in which a user can write one workload for PyTorch, and a race that finds the quickest of them here."""

from dataclasses import dataclass
from time import perf_counter

import torch


@dataclass(frozen=True)
class Way:
    compiled: bool
    # "fused": one kernel for all parameters; "loop": PyTorch's default on the CPU; "compiled": by torch.compile.
    optimizer: str = "fused"
    # Convolutions may prefer their channels last.
    memory_format: torch.memory_format = torch.contiguous_format

    def __str__(self):
        layout = [] if self.memory_format == torch.contiguous_format else ["channels last"]
        return ", ".join([f"optimizer {self.optimizer}", *layout])

    def compile(self, function):
        return torch.compile(function, dynamic=False) if self.compiled else function

    def advance(self, optimizer):
        """The function that makes the optimizer's step."""
        return torch.compile(optimizer.step) if self.optimizer == "compiled" else optimizer.step

    def options(self):
        """What the optimizer is made with."""
        return {"fused": True} if self.optimizer == "fused" else {}


def ways_of(kind, compiled):
    """Those worth trying; the first is the one for a first step."""
    if kind not in ("xorModules", "mlp", "cnn", "gpt"):
        return [Way(compiled)]
    layouts = [torch.channels_last, torch.contiguous_format] if kind == "cnn" else [torch.contiguous_format]
    other = "compiled" if compiled else "loop"
    ways = [Way(compiled, memory_format=layout) for layout in layouts]
    return [*ways, Way(compiled, other, layouts[0])]


def least_times(runs, seconds):
    """The least time of each of several functions, which take turns so that a noisy machine is noisy for all."""
    least = [float("inf")] * len(runs)
    end = perf_counter() + seconds * len(runs)
    turns = 0
    while turns < 2 or perf_counter() < end:
        for i, run in enumerate(runs):
            start = perf_counter()
            run()
            least[i] = min(least[i], perf_counter() - start)
        turns += 1
    return least


def quickest(prepare, ways, seconds):
    """The quickest way. One that PyTorch cannot go is left out, if there is another."""
    if len(ways) == 1:
        return ways[0]
    able, runs, failure = [], [], None
    for way in ways:
        try:
            run, _ = prepare(way)
            run()
            able.append(way)
            runs.append(run)
        except Exception as error:
            failure = error
    if not able:
        raise failure
    least = least_times(runs, seconds)
    return able[least.index(min(least))]
