"""Asks PyTorch's own database of samples (OpInfo) for questions about ops, and answers them: a line of JSON each.

Started by opinfo.ts with the names of the ops that Xorch has, as JSON in the first line of the input.
"""
import json
import math
import sys
import warnings

import torch
from torch.testing._internal.common_methods_invocations import op_db

from interpreter import DTYPES, REFUSALS, tensor_written, weighted_sum

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

LARGEST = 2000
MOST = 60
# Names that do not follow from PyTorch's by the rule.
RENAMED = {"__getitem__": "index", "index_put": "indexPut_", "true_divide": "div", "logical_not": "logicalNot"}
# Keywords that say where a tensor lies, and nothing about what is in it.
PLACES = {"device", "layout", "memory_format", "pin_memory"}


class Untold(Exception):
    """A sample with something that Xorch has not: complex numbers, other dtypes."""


def camel(name):
    first, *rest = name.removeprefix("nn.functional.").split("_")
    return first + "".join(part.capitalize() for part in rest)


def number(value):
    if isinstance(value, float):
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return "-0.0" if value == 0 and math.copysign(1, value) < 0 else value
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


class Question:
    """A call as a program of test/fuzz/program.ts, with its tensors."""

    def __init__(self):
        self.sources, self.inputs, self.tensors = [], [], []

    def tensor(self, x):
        for i, known in enumerate(self.tensors):
            if known is x:
                return {"x": i}
        name = str(x.dtype).replace("torch.", "")
        if name not in DTYPES or x.numel() > LARGEST or x.layout != torch.strided:
            raise Untold
        data = [number(value) for value in x.detach().reshape(-1).tolist()]
        self.sources.append({"dtype": name, "shape": list(x.shape), "data": data})
        grad = {"requiresGrad": True} if x.requires_grad else {}
        self.inputs.append({"source": len(self.sources) - 1, "views": [], **grad})
        self.tensors.append(x)
        return {"x": len(self.tensors) - 1}

    def argument(self, value):
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, (list, tuple)):
            return [self.argument(item) for item in value]
        if isinstance(value, torch.dtype):
            name = str(value).replace("torch.", "")
            if name not in DTYPES:
                raise Untold
            return {"dtype": name}
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if value is Ellipsis:
            return "..."
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, (int, float)):
            text = number(value)
            return {"number": text} if isinstance(text, str) else text
        raise Untold

    def step(self, op, sample):
        if "out" in sample.kwargs:
            raise Untold
        args = [self.argument(sample.input), *(self.argument(value) for value in sample.args)]
        options = {camel(name): self.argument(value) for name, value in sample.kwargs.items() if name not in PLACES}
        if op == "where":
            args = [args[1], args[0], *args[2:]]
        if op == "index":
            items = sample.args[0]
            args = [args[0], *(args[1] if isinstance(items, tuple) else [args[1]])]
        if op == "div" and "roundingMode" in options and options["roundingMode"] is None:
            options["roundingMode"] = "none"
        return {"op": op, "args": args, **({"options": options} if options else {})}


def results_of(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [part for part in value if isinstance(part, torch.Tensor)]


def picks(op, count, is_single):
    if is_single:
        return [{}]
    if op in ("max", "min", "maxPool1d", "maxPool2d"):
        return [{"pick": "values"}, {"pick": "indices"}][:count]
    return [{"pick": i} for i in range(count)]


def ask(info, op, sample):
    question = Question()
    step = question.step(op, sample)
    before = [] if op != "indexPut_" else [{"op": "clone", "args": [step["args"][0]]}]
    if before:
        step = {**step, "args": [{"y": 0}, *step["args"][1:]]}
    answer = {"x": [], "y": [], "gradients": []}
    try:
        value = info.op(sample.input, *sample.args, **sample.kwargs)
    except REFUSALS as error:
        if "not implemented for" in str(error):
            raise Untold from error
        answer["stopped"] = {"at": len(before), "error": str(error).split("\n")[0][:200]}
        answer["x"] = [tensor_written(x) for x in question.tensors]
        program = {"sources": question.sources, "inputs": question.inputs, "steps": before + [step], "loss": [], "order": 0}
        return program, answer
    results = results_of(value)
    if any(str(y.dtype).replace("torch.", "") not in DTYPES or y.numel() > LARGEST for y in results):
        raise Untold
    steps = before + [{**step, **pick} for pick in picks(op, len(results), isinstance(value, torch.Tensor))]
    smooth = [i for i, y in enumerate(results) if y.requires_grad]
    leaves = [x for x in question.tensors if x.requires_grad]
    order = 0
    if smooth and leaves:
        order = 1
        total = sum(weighted_sum(results[i], k, None) for k, i in enumerate(smooth))
        try:
            gradients = torch.autograd.grad(total, leaves, allow_unused=True)
            answer["gradients"] = [[None if g is None else tensor_written(g) for g in gradients]]
        except REFUSALS as error:
            answer["stopped"] = {"at": "gradient", "error": str(error).split("\n")[0][:200]}
    answer["x"] = [tensor_written(x) for x in question.tensors]
    answer["y"] = [tensor_written(results[0])] * len(before) + [tensor_written(y) for y in results]
    loss = [{"y": len(before) + i} for i in smooth]
    program = {"sources": question.sources, "inputs": question.inputs, "steps": steps, "loss": loss, "order": order}
    return program, answer


def samples_of(info, dtype):
    try:
        grad = dtype.is_floating_point and info.supports_autograd
        yield from info.sample_inputs("cpu", dtype, requires_grad=grad)
    except REFUSALS:
        return


def main():
    wanted = set(json.loads(sys.stdin.readline()))
    for info in op_db:
        op = RENAMED.get(info.name) or camel(info.name)
        if op not in wanted:
            continue
        name = f"{op} {info.variant_test_name}".strip()
        for dtype_name, dtype in DTYPES.items():
            if not info.supports_dtype(dtype, "cpu"):
                continue
            for i, sample in enumerate(samples_of(info, dtype)):
                if i >= MOST:
                    break
                try:
                    program, answer = ask(info, op, sample)
                except Untold:
                    continue
                print(json.dumps({"name": name, "dtype": dtype_name, "program": program, "answer": answer}), flush=True)
        for error in info.error_inputs("cpu") if info.error_inputs_func else []:
            try:
                program, answer = ask(info, op, error.sample_input)
            except Untold:
                continue
            except Exception:  # noqa: BLE001 (a sample may be wrong in a way that cannot be told)
                continue
            if "stopped" in answer:
                print(json.dumps({"name": name, "dtype": "errors", "program": program, "answer": answer}), flush=True)


main()
