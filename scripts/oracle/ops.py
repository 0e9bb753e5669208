"""Answers the questions of test/oracle with PyTorch: JSON in, JSON out. Run by ops.ts."""
import json
import math
import sys

import torch
import torch.nn.functional as F  # noqa: F401 (used by the expressions)

torch.set_num_threads(1)


def decode(value):
    return float(value) if isinstance(value, str) else value


def to_tensor(entry):
    dtype = getattr(torch, entry["dtype"])
    data = torch.tensor([decode(v) for v in entry["data"]], dtype=torch.float64 if dtype.is_floating_point else dtype)
    return data.to(dtype).reshape(entry["shape"])


def encode(x):
    def number(value):
        if isinstance(value, float):
            if math.isnan(value):
                return "nan"
            if math.isinf(value):
                return "inf" if value > 0 else "-inf"
            if value == 0 and math.copysign(1, value) < 0:
                return "-0.0"
            # Nine digits tell any two float32 apart.
            return float(f"{value:.9g}") if x.dtype == torch.float32 else value
        return value

    x = x.detach()
    if x._is_zerotensor():
        x = torch.zeros(x.shape, dtype=x.dtype)
    return {
        "shape": list(x.shape),
        "dtype": str(x.dtype).replace("torch.", ""),
        "data": [number(v) for v in x.reshape(-1).tolist()],
    }


def weights(x):
    values = [1 + ((i * 5) % 7) / 4 for i in range(x.numel())]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)


def gradients(y, x, create_graph):
    total = (y * weights(y)).sum()
    return torch.autograd.grad(total, x, create_graph=create_graph, allow_unused=True)


class Keys:
    """at[1:, None] is what stands between the brackets."""

    def __getitem__(self, key):
        return key


at = Keys()


def put(y, key, value):
    y[key] = value
    return y


def answer(question, order):
    x = [to_tensor(entry) for entry in question["inputs"]]
    leaves = []
    if order:
        for i, t in enumerate(x):
            if t.dtype.is_floating_point:
                x[i] = t.requires_grad_()
                leaves.append(x[i])
    # Comprehensions see globals alone.
    y = eval(question["python"], {**globals(), "x": x})
    result = {"y": encode(y)}
    if order and y.requires_grad:
        first = gradients(y, leaves, order > 1)
        result["first"] = [None if g is None else encode(g) for g in first]
        if order > 1:
            smooth = [g for g in first if g is not None and g.requires_grad]
            if smooth:
                total = sum((g * weights(g)).sum() for g in smooth)
                second = torch.autograd.grad(total, leaves, allow_unused=True)
                result["second"] = [None if g is None else encode(g) for g in second]
    return result


def best_answer(question):
    """With derivatives of the order asked for, or of the highest order that PyTorch has."""
    for order in range(question["order"], 0, -1):
        try:
            return answer(question, order)
        except RuntimeError as error:
            if "derivative" not in str(error) and "differentiable" not in str(error):
                raise
    return answer(question, 0)


answers, refused = {}, {}
for question in json.load(sys.stdin):
    try:
        answers[question["id"]] = best_answer(question)
    except (RuntimeError, TypeError, AttributeError, IndexError, ValueError) as error:
        refused[question["id"]] = str(error).split("\n")[0][:100]
json.dump({"version": torch.__version__, "answers": answers, "refused": refused}, sys.stdout)
