"""Runs programs of test/fuzz/program.ts with PyTorch: a line of JSON in, a line of JSON out. Started by peer.ts.

Every step is written as Python and evaluated, so that what is printed for a reader is what was run.
"""
import base64
import json
import random
import re
import sys
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

WEIGHTS = [1, -0.5, 1.75, 2.25, -1.25, 0.75, 1.5]
DTYPES = {name: getattr(torch, name) for name in ("float32", "float64", "int32", "int64", "uint8", "bool")}
REFUSALS = (RuntimeError, TypeError, IndexError, ValueError, NotImplementedError, OverflowError, AttributeError, SyntaxError)

# The pointwise ops' counterparts, which their records name: sent in the first line.
counterparts = {}


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), name)


def number(text):
    return f"float('{text}')" if text in ("nan", "inf", "-inf") else text


def written(argument):
    """An argument as Python."""
    if isinstance(argument, list):
        items = ", ".join(written(item) for item in argument)
        if any(isinstance(item, dict) for item in argument):
            return f"[{items}]"
        return f"({items},)" if argument else "()"
    if isinstance(argument, dict):
        if "name" in argument:
            return argument["name"]
        if "x" in argument:
            return f"x{argument['x']}"
        if "y" in argument:
            return f"y{argument['y']}"
        if "number" in argument:
            return number(argument["number"])
        if "dtype" in argument:
            return "torch." + argument["dtype"]
        return "slice(" + ", ".join(str(part) for part in argument["slice"]) + ")"
    return repr(argument)


def index_item(item):
    return {"...": "...", ":": ":"}.get(item, written(item)) if isinstance(item, str) else written(item)


def items_of(items):
    # A lone tuple would be several items.
    return ", ".join(index_item(list(item) if isinstance(item, tuple) else item) for item in items) + ("," if items else "()")


def keywords(options):
    return "".join(f", {snake(name)}={written(value)}" for name, value in options.items())


def index(args, options):
    return f"{written(args[0])}[{items_of(args[1:])}]"


def index_put(args, options):
    x, items, value = args
    if options.get("accumulate"):
        tensors = "(" + "".join(written(item) + ", " for item in items) + ")"
        return f"{written(x)}.index_put_({tensors}, {tensor_of(value, x)}, accumulate=True)"
    return f"assign({written(x)}, ({items_for_assignment(items)}), {written(value)})"


def items_for_assignment(items):
    return "".join(("slice(None)" if item == ":" else index_item(item)) + ", " for item in items)


def tensor_of(value, like):
    return written(value) if isinstance(value, dict) and "number" not in value else f"torch.tensor({written(value)}, dtype={written(like)}.dtype)"


def slice_(args, options):
    x, dim, *bounds = args
    bounds = ", ".join(str(bound) for bound in (bounds + [None, None, None])[:3])
    return f"sliced({written(x)}, {written(dim)}, slice({bounds}))"


def division(args, options):
    mode = options.get("roundingMode", "none")
    mode = None if mode == "none" else mode
    return f"torch.div({', '.join(written(a) for a in args)}, rounding_mode={mode!r})"


SPECIAL = {"index": index, "indexPut_": index_put, "slice": slice_, "div": division}


def callee(op):
    """The function or method of this name, as Python, and whether it is a method."""
    if op in counterparts:
        return counterparts[op], False
    name = snake(op)
    if not op.endswith("_"):
        for module, prefix in ((F, "F."), (torch, "torch.")):
            if hasattr(module, name):
                return prefix + name, False
    return name, True


def step_source(step):
    """A step as Python."""
    op, args, options = step["op"], step["args"], step.get("options", {})
    if op in SPECIAL:
        text = SPECIAL[op](args, options)
    elif op.endswith("_") and not hasattr(torch.Tensor, snake(op)):
        # No such change in place in PyTorch: what the op gives is written over its first operand.
        text = f"overwrite({written(args[0])}, {step_source({**step, 'op': op[:-1], 'pick': None})})"
    else:
        name, is_method = callee(op)
        rest = args
        if op == "div_":
            mode = options.get("roundingMode", "none")
            options = {"roundingMode": None if mode == "none" else mode}
        if is_method:
            name = f"{written(args[0])}.{name}"
            rest = args[1:]
        text = f"{name}({', '.join(written(a) for a in rest)}{keywords(options)})"
        text = text.replace("(, ", "(")
    pick = step.get("pick")
    if pick is not None:
        text += f"[{ {'values': 0, 'indices': 1}.get(pick, pick) }]"
    return text


def overwrite(x, result):
    if not torch.can_cast(result.dtype, x.dtype):
        raise RuntimeError(f"result type {result.dtype} can't be cast to {x.dtype}")
    if torch.broadcast_shapes(x.shape, result.shape) != x.shape:
        raise RuntimeError("the result does not fit")
    return x.copy_(result)


def assign(x, items, value):
    x[items] = value
    return x


def sliced(x, dim, part):
    if dim < 0:
        dim += x.dim()
    return x[(slice(None),) * dim + (part,)]


def wrapped(value, like):
    """A plain number as a tensor without dimensions, of the dtype that it counts as beside `like`."""
    if like.dtype.is_floating_point or isinstance(value, bool):
        return torch.tensor(value, dtype=like.dtype)
    if isinstance(value, float):
        return torch.tensor(value)
    return torch.tensor(value, dtype=torch.int32 if like.dtype == torch.bool else like.dtype)


def is_number(argument):
    if isinstance(argument, dict):
        return "number" in argument
    return isinstance(argument, (int, float))


def run_step(step, environment):
    source = step_source(step)
    with torch.set_grad_enabled(not step.get("noGrad", False)):
        try:
            return eval(source, environment)
        except (TypeError, AttributeError):
            # PyTorch does not take a plain number in every place where Xorch does.
            tensors = [a for a in step["args"] if isinstance(a, dict) and ("x" in a or "y" in a)]
            plain = any(is_number(a) for a in step["args"])
            if step["op"].rstrip("_") not in counterparts or not plain or not tensors:
                raise
            like = environment[written(tensors[0])]
            args = []
            for i, argument in enumerate(step["args"]):
                if isinstance(argument, dict) and "number" in argument:
                    argument = float(argument["number"])
                if is_number(argument):
                    environment[f"n{i}"] = wrapped(argument, like)
                    argument = {"name": f"n{i}"}
                args.append(argument)
            return eval(step_source({**step, "args": args}), environment)


def element(value):
    return float(value) if value in ("nan", "inf", "-inf", "-0.0") else int(value) if isinstance(value, str) else value


def memory(source):
    dtype = DTYPES[source["dtype"]]
    data = [element(value) for value in source["data"]]
    # By way of float64, as a Float32Array rounds.
    first = torch.float64 if dtype.is_floating_point else dtype
    return torch.tensor(data, dtype=first).to(dtype).reshape(source["shape"])


def tensor_written(x):
    flat = x.detach().resolve_neg()
    if flat._is_zerotensor():
        flat = torch.zeros(x.shape, dtype=x.dtype)
    flat = flat.contiguous()
    return [
        str(x.dtype).replace("torch.", ""),
        list(x.shape),
        int(x.requires_grad),
        base64.b64encode(flat.numpy().tobytes()).decode(),
    ]


def weighted_sum(x, k, noise):
    n = x.numel()
    weights = torch.tensor([WEIGHTS[(i * 5 + k * 3) % 7] for i in range(n)], dtype=x.dtype).reshape(x.shape)
    return (x * disturbed(weights, noise)).sum()


def unit(x):
    """One unit in the last place of a float dtype, relative to a number."""
    return 2.0**-23 if x.dtype == torch.float32 else 2.0**-52


def disturbed(x, noise):
    """x with every element a few units in the last place off; `noise` is a generator, or None for x itself."""
    if noise is None or not x.dtype.is_floating_point or x.numel() == 0:
        return x
    factors = 1 + unit(x) * torch.tensor([noise.choice((-2, -1, 0, 1, 2)) for _ in range(x.numel())], dtype=x.dtype)
    return x * factors.reshape(x.shape)


def run(program, noise=None):
    environment = dict(globals())
    answer = {"x": [], "y": []}
    x, y = [], []
    at = "inputs"
    try:
        sources = [disturbed(memory(source), noise) for source in program["sources"]]
        for i, view in enumerate(program["inputs"]):
            tensor = sources[view["source"]]
            for step in view["views"]:
                environment["v"] = tensor
                tensor = eval(step_source({"op": step["op"], "args": [{"name": "v"}, *step["args"]]}), environment)
            if view.get("requiresGrad"):
                tensor = tensor.requires_grad_()
            environment[f"x{i}"] = tensor
            x.append(tensor)
        for at, step in enumerate(program["steps"]):
            result = row_major(run_step(step, environment), x + y)
            if noise is not None and result.dtype.is_floating_point:
                # .data leaves autograd out of it.
                result.data.copy_(disturbed(result.data, noise)) if is_plain(result) else None
            environment[f"y{at}"] = result
            y.append(result)
        at = "gradient"
        answer["gradients"] = differentiate(program, environment, x, noise)
    except REFUSALS as error:
        answer["stopped"] = {"at": at, "error": f"{type(error).__name__}: {error}".split("\n")[0][:300]}
    answer["x"] = [tensor_written(t) for t in x]
    answer["y"] = [tensor_written(t) for t in y]
    return answer


def row_major(x, others):
    """New results in row-major order, as Xorch's are; PyTorch keeps the order of an operand's dimensions in many."""
    is_new = all(x.untyped_storage().data_ptr() != other.untyped_storage().data_ptr() for other in others)
    return x.contiguous() if is_new and x.numel() > 0 else x


def is_plain(x):
    """Whether no two elements share memory."""
    return all(stride != 0 or size <= 1 for size, stride in zip(x.shape, x.stride()))


def differentiate(program, environment, x, noise):
    leaves = [t for t, view in zip(x, program["inputs"]) if view.get("requiresGrad")]
    terms = [environment[written(reference)] for reference in program["loss"]]
    terms = [(k, t) for k, t in enumerate(terms) if t.requires_grad]
    if program["order"] == 0 or not leaves or not terms:
        return []
    total = sum(weighted_sum(t, k, noise) for k, t in terms)
    first = torch.autograd.grad(total, leaves, create_graph=program["order"] > 1, allow_unused=True)
    orders = [first]
    smooth = [(k, g) for k, g in enumerate(first) if g is not None and g.requires_grad]
    if program["order"] > 1 and smooth:
        total = sum(weighted_sum(g, k, noise) for k, g in smooth)
        orders.append(torch.autograd.grad(total, leaves, allow_unused=True))
    return [[None if g is None else tensor_written(g) for g in order] for order in orders]


def view_source(view, name):
    text = name
    for step in view["views"]:
        text = step_source({"op": step["op"], "args": [{"name": text}, *step["args"]]})
    return text + (".requires_grad_()" if view.get("requiresGrad") else "")


def print_program(program):
    """The program as a reader would write it."""
    lines = ["import torch", "import torch.nn.functional as F", ""]
    for i, source in enumerate(program["sources"]):
        data = [element(value) for value in source["data"]]
        values = re.sub(r"(-?)(nan|inf)", r"\1torch.\2", repr(data))
        lines.append(f"m{i} = torch.tensor({values}, dtype=torch.{source['dtype']}).reshape({tuple(source['shape'])})")
    for i, view in enumerate(program["inputs"]):
        lines.append(f"x{i} = " + view_source(view, f"m{view['source']}"))
    for i, step in enumerate(program["steps"]):
        lines.append(f"y{i} = {step_source(step)}" + ("  # in torch.no_grad()" if step.get("noGrad") else ""))
    return "\n".join(lines)


def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "counterparts" in request:
            counterparts.update(request["counterparts"])
            answer = {"version": torch.__version__}
        elif "print" in request:
            answer = print_program(request["print"])
        elif "disturbed" in request:
            answer = [run(request["disturbed"], random.Random(seed)) for seed in range(request["times"])]
        else:
            answer = [run(program) for program in request["programs"]]
        print(json.dumps(answer, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main()
