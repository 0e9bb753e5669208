"""Records what PyTorch's modules, losses and initialisers give, for test/nn.

    python3 scripts/oracle/nn.py    (PyTorch 2.15; writes test/fixtures/nn/*.json)

modules.json: a module made with the arguments in the entry, its printed form, and in both floating-point dtypes its output
and the gradients of the inputs and parameters for given gradients of the output. functions.json: the same for functions.
init.json: initialisers on seeds. printing.json: printed trees of modules.

Names and options stand in the entries as Xorch spells them; each case says the PyTorch call beside it.
"""

import torch
import torch.nn.functional as F
from fixture import write
from torch import nn

DTYPES = [torch.float32, torch.float64]


def entry(t):
    t = t.detach()
    # Nine digits tell any two float32 apart.
    digits = (lambda v: float(f"{v:.9g}")) if t.dtype == torch.float32 else (lambda v: v)
    values = [repr(v) if v != v or abs(v) == float("inf") else digits(v) for v in t.flatten().tolist()]
    return {"shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch."), "data": values}


def numbers(shape, low=-3.0, high=3.0, seed=1):
    """Random numbers that float32 holds exactly, without the points where slopes jump."""
    g = torch.Generator().manual_seed(seed)
    return (torch.rand(shape, generator=g) * (high - low) + low).mul(256).round().add(0.25).div(256).double()


def weights_like(y):
    """Different gradients for the elements of the output, so that no two can be mixed up."""
    return ((torch.arange(y.numel()) * 7) % 5 + 1).div(4).reshape(y.shape)


def evaluate(call, inputs, parameters=()):
    """Output of `call` and the gradients of the floating-point inputs and the parameters."""
    leaves = [t.requires_grad_() for t in inputs if t.is_floating_point()]
    y = call(*inputs)
    if not y.requires_grad:
        return {"output": entry(y)}
    dy = weights_like(y).to(y.dtype)
    grads = torch.autograd.grad(y, [*leaves, *parameters], dy, allow_unused=True)
    return {"output": entry(y), "dy": entry(dy), "grads": [None if g is None else entry(g) for g in grads]}


def cast(t, dtype):
    return t.detach().clone().to(dtype) if t.is_floating_point() else t


def as_argument(value):
    return {"tensor": entry(value)} if isinstance(value, torch.Tensor) else value


def options_for(options, dtype):
    """Python's keyword arguments from the options of an entry: tensors in the dtype, names with underscores."""
    snake = {"".join("_" + c.lower() if c.isupper() else c for c in k): v for k, v in options.items()}
    return {k: cast(v, dtype) if isinstance(v, torch.Tensor) else v for k, v in snake.items()}


def module_case(name, inputs, options=None, positional=(), state=None):
    options = options or {}
    runs = []
    for dtype in DTYPES:
        module = getattr(nn, name)(*positional, **options_for(options, dtype)).to(dtype)
        if state:
            module.load_state_dict({k: cast(v, dtype) for k, v in state.items()})
        module.eval()
        given = [cast(t, dtype) for t in inputs]
        run = {"inputs": [entry(t) for t in given]}
        run.update(evaluate(lambda *x: module(*x).clone(), given, list(module.parameters())))
        runs.append(run)
    return {
        "name": name,
        "positional": list(positional),
        "options": {k: as_argument(v) for k, v in options.items()},
        "state": {k: entry(v) for k, v in (state or {}).items()},
        "repr": repr(module),
        "runs": runs,
    }


def function_case(name, call, inputs, arguments=()):
    runs = []
    for dtype in DTYPES:
        given = [cast(t, dtype) for t in inputs]
        runs.append({"inputs": [entry(t) for t in given], **evaluate(call, given)})
    return {"name": name, "arguments": list(arguments), "runs": runs}


def modules():
    x = numbers((3, 5))
    cases = [
        module_case(name, [x])
        for name in ["Sigmoid", "LogSigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Mish"]
        + ["Softsign", "Hardtanh", "Identity", "Dropout"]
    ]
    cases += [
        module_case("ReLU6", [numbers((3, 5), -3, 9)]),
        module_case("LeakyReLU", [x], {"negativeSlope": 0.2}),
        module_case("LeakyReLU", [x], {"negativeSlope": 1e-5}),
        module_case("ELU", [x], {"alpha": 0.7}),
        module_case("GELU", [x], {"approximate": "tanh"}),
        module_case("Softplus", [x], {"beta": 2.5, "threshold": 3.5}),
        module_case("Hardtanh", [x], {"minVal": -1.5, "maxVal": 2.5}),
        module_case("Dropout", [x], {"p": 0.25}),
        module_case("Flatten", [numbers((2, 3, 2))]),
        module_case("Flatten", [numbers((2, 3, 2))], positional=[0, 1]),
        module_case("Unflatten", [numbers((2, 6))], positional=[1, (2, 3)]),
    ]
    for name in ["Softmax", "LogSoftmax", "Softmin"]:
        cases += [module_case(name, [x], positional=[1]), module_case(name, [numbers((2, 3, 2))], {"dim": -3})]

    weight, bias = numbers((4, 5), -1, 1, 2), numbers((4,), -1, 1, 3)
    cases += [
        module_case("Linear", [x], positional=[5, 4], state={"weight": weight, "bias": bias}),
        module_case("Linear", [x], {"bias": False}, [5, 4], {"weight": weight}),
        module_case("Linear", [numbers((5,))], positional=[5, 4], state={"weight": weight, "bias": bias}),
        module_case("Linear", [numbers((2, 3, 5))], positional=[5, 4], state={"weight": weight, "bias": bias}),
    ]
    return cases + windows() + losses()


def windows():
    """Convolutions and pooling."""
    row, image = numbers((2, 4, 9)), numbers((2, 4, 6, 7))

    def conv(name, x, positional, options=None):
        module = getattr(nn, name)(*positional, **options_for(options or {}, torch.float64))
        state = {k: numbers(v.shape, -1, 1, 2 + i) for i, (k, v) in enumerate(module.state_dict().items())}
        return module_case(name, [x], options, positional, state)

    return [
        conv("Conv1d", row, [4, 3, 2]),
        conv("Conv1d", row, [4, 6, 3], {"stride": 2, "padding": 1, "dilation": 2, "groups": 2, "bias": False}),
        conv("Conv1d", row[0], [4, 2, 4], {"padding": "same"}),
        conv("Conv2d", image, [4, 3, 3]),
        conv("Conv2d", image, [4, 2, (2, 3)], {"stride": (1, 2), "padding": (0, 1)}),
        conv("Conv2d", image, [4, 4, 2], {"padding": "valid", "dilation": (1, 2), "groups": 4}),
        conv("Conv2d", image[0], [4, 1, 3], {"padding": "same", "bias": False}),
        module_case("MaxPool1d", [row], positional=[2]),
        module_case("MaxPool1d", [row], {"stride": 2, "padding": 1, "dilation": 2, "ceilMode": True}, [3]),
        module_case("MaxPool2d", [image], positional=[2]),
        module_case("MaxPool2d", [image], {"stride": (1, 2), "padding": (1, 0)}, [(3, 2)]),
        module_case("AvgPool1d", [row], positional=[3]),
        module_case("AvgPool1d", [row], {"stride": 2, "padding": 1, "ceilMode": True, "countIncludePad": False}, [3]),
        module_case("AvgPool2d", [image], positional=[2]),
        module_case("AvgPool2d", [image], {"stride": 2, "padding": (1, 0), "ceilMode": True}, [(3, 2)]),
        module_case("AvgPool2d", [image], {"countIncludePad": False, "padding": 1, "divisorOverride": 5}, [3]),
        module_case("AdaptiveAvgPool2d", [image], positional=[1]),
        module_case("AdaptiveAvgPool2d", [image], positional=[(3, None)]),
        module_case("AdaptiveAvgPool2d", [image], positional=[(4, 2)]),
    ]


def losses():
    x, t = numbers((4, 3)), numbers((4, 3), seed=2)
    p, q = numbers((4, 3), 0.02, 0.98), numbers((4, 3), 0, 1, 2)
    w = numbers((4, 3), 0.2, 2, 3)
    classes, hard = torch.tensor([2, 0, 1, 2]), (q > 0.5).double()
    cases = []
    for reduction in ["mean", "sum", "none"]:
        r = {"reduction": reduction}
        cases += [
            module_case("MSELoss", [x, t], r),
            module_case("L1Loss", [x, t], r),
            module_case("SmoothL1Loss", [x, t], {**r, "beta": 1.5}),
            module_case("HuberLoss", [x, t], {**r, "delta": 1.5}),
            module_case("BCELoss", [p, q], {**r, "weight": w}),
            module_case("BCEWithLogitsLoss", [x, q], {**r, "weight": w, "posWeight": w[0]}),
        ]
        for weight in [None, w[0]]:
            for ignore in [-100, 2, 0]:
                options = {**r, "weight": weight, "ignoreIndex": ignore}
                log = F.log_softmax(x, 1)
                cases += [
                    module_case("NLLLoss", [log, classes], options),
                    module_case("CrossEntropyLoss", [x, classes], options),
                    module_case("CrossEntropyLoss", [x, classes], {**options, "labelSmoothing": 0.2}),
                ]
            probabilities = {**r, "weight": weight}
            cases += [
                module_case("CrossEntropyLoss", [x, F.softmax(t, 1)], probabilities),
                module_case("CrossEntropyLoss", [x, F.softmax(t, 1)], {**probabilities, "labelSmoothing": 0.1}),
            ]
    # Several dimensions, none, and all targets ignored
    image, places = numbers((2, 3, 2, 2)), torch.tensor([[[0, 2], [1, 1]], [[2, 2], [0, 1]]])
    cases += [
        module_case("BCELoss", [p, hard]),
        module_case("BCEWithLogitsLoss", [x, q]),
        module_case("BCEWithLogitsLoss", [numbers((4, 3), -80, 80), q]),
        module_case("SmoothL1Loss", [x, t], {"beta": 0.0}),
        module_case("NLLLoss", [F.log_softmax(image, 1), places], {"weight": w[0], "ignoreIndex": 1}),
        module_case("CrossEntropyLoss", [image, places], {"weight": w[0], "ignoreIndex": 1, "labelSmoothing": 0.2}),
        module_case("CrossEntropyLoss", [image, F.softmax(numbers((2, 3, 2, 2), seed=5), 1)], {"weight": w[0]}),
        module_case("CrossEntropyLoss", [x[0], torch.tensor(1)]),
        module_case("CrossEntropyLoss", [x[0], F.softmax(t[0], 0)], {"weight": w[0]}),
        module_case("CrossEntropyLoss", [x, torch.full((4,), -100)], {"reduction": "sum"}),
        module_case("CrossEntropyLoss", [x, torch.full((4,), -100)]),
    ]
    return cases


def functions():
    x, y = numbers((3, 4)), numbers((3, 4), seed=2)
    flipped = numbers((2, 3, 2))
    integers = torch.tensor([[1, 0], [3, 1]])
    return [
        function_case("normalize", lambda a: F.normalize(a), [x]),
        function_case("normalize", lambda a: F.normalize(a, p=1.0, dim=0), [x], [{"p": 1, "dim": 0}]),
        function_case("normalize", lambda a: F.normalize(a, p=3.0, dim=2, eps=20.0), [flipped], [{"p": 3, "dim": 2, "eps": 20}]),
        function_case("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b), [x, y]),
        function_case("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b, dim=0, eps=7.0), [x, y], [{"dim": 0, "eps": 7}]),
        function_case("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b, dim=-2), [x[0], y], [{"dim": -2}]),
        function_case("cosineSimilarity", lambda a, b: F.cosine_similarity(a, b, 0), [torch.zeros(4).double(), y[0]], [{"dim": 0}]),
        function_case("oneHot", lambda a: F.one_hot(a), [integers]),
        function_case("oneHot", lambda a: F.one_hot(a, 5), [integers], [5]),
        function_case("dropout", lambda a: F.dropout(a, 1.0), [x], [1]),
        function_case("dropout", lambda a: F.dropout(a, 0.5, training=False), [x], [0.5, {"training": False}]),
    ]


def init_case(name, shape, call, arguments=()):
    runs = []
    for dtype in DTYPES:
        for seed in [0, 777]:
            torch.manual_seed(seed)
            t = torch.full(shape, 9.0, dtype=dtype)
            call(t)
            # The next draw shows that as many numbers were taken.
            runs.append({"seed": seed, "result": entry(t), "next": torch.rand(1, dtype=torch.float64).item()})
    return {"name": name, "arguments": list(arguments), "runs": runs}


def init():
    i = nn.init
    return [
        init_case("uniform_", (2, 3), lambda t: i.uniform_(t, -2, 3), [-2, 3]),
        init_case("normal_", (2, 3), lambda t: i.normal_(t, 5, 2), [5, 2]),
        init_case("normal_", (4, 5), lambda t: i.normal_(t)),
        init_case("constant_", (2, 2), lambda t: i.constant_(t, 0.3), [0.3]),
        init_case("ones_", (2, 2), i.ones_),
        init_case("zeros_", (2, 2), i.zeros_),
        init_case("eye_", (2, 3), i.eye_),
        init_case("dirac_", (4, 2, 3), i.dirac_),
        init_case("dirac_", (4, 3, 2, 3), lambda t: i.dirac_(t, 2), [2]),
        init_case("dirac_", (2, 2, 1, 2, 3), i.dirac_),
        init_case("xavierUniform_", (5, 4), i.xavier_uniform_),
        init_case("xavierUniform_", (3, 2, 2), lambda t: i.xavier_uniform_(t, 1.5), [{"gain": 1.5}]),
        init_case("xavierNormal_", (5, 4), lambda t: i.xavier_normal_(t, 2), [{"gain": 2}]),
        init_case("kaimingUniform_", (5, 4), i.kaiming_uniform_),
        init_case(
            "kaimingUniform_",
            (3, 2, 2),
            lambda t: i.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"),
            [{"mode": "fanOut", "nonlinearity": "relu"}],
        ),
        init_case("kaimingNormal_", (5, 4), lambda t: i.kaiming_normal_(t, 0.3), [{"a": 0.3}]),
        init_case("kaimingNormal_", (3, 2), lambda t: i.kaiming_normal_(t, nonlinearity="tanh"), [{"nonlinearity": "tanh"}]),
        init_case("truncNormal_", (5, 4), i.trunc_normal_),
        init_case(
            "truncNormal_",
            (4, 4),
            lambda t: i.trunc_normal_(t, 1, 0.5, 0.2, 1.3),
            [{"mean": 1, "std": 0.5, "a": 0.2, "b": 1.3}],
        ),
        init_case(
            "truncNormal_",
            (4, 4),
            lambda t: i.trunc_normal_(t, 2, 0.5, 2.5, 4),
            [{"mean": 2, "std": 0.5, "a": 2.5, "b": 4}],
        ),
        init_case("orthogonal_", (4, 4), i.orthogonal_),
        init_case("orthogonal_", (5, 3), i.orthogonal_),
        init_case("orthogonal_", (2, 3, 2), lambda t: i.orthogonal_(t, 2), [{"gain": 2}]),
        init_case("sparse_", (5, 4), lambda t: i.sparse_(t, 0.5), [0.5]),
        init_case("sparse_", (10, 2), lambda t: i.sparse_(t, 0.05, 2), [0.05, {"std": 2}]),
    ]


def layer_case(name, positional, options=None):
    runs = []
    for seed in [0, 777]:
        torch.manual_seed(seed)
        layer = getattr(nn, name)(*positional, **options_for(options or {}, torch.float32))
        state = {k: entry(v) for k, v in layer.state_dict().items()}
        runs.append({"seed": seed, "state": state, "next": torch.rand(1, dtype=torch.float64).item()})
    return {"name": name, "positional": positional, "options": options or {}, "runs": runs}


def layers():
    return [
        layer_case("Linear", [5, 3]),
        layer_case("Conv1d", [4, 3, 5]),
        layer_case("Conv2d", [3, 4, (2, 3)], {"padding": 1}),
        layer_case("Conv2d", [6, 4, 3], {"groups": 2, "bias": False}),
    ]


def gains():
    names = {"linear": "linear", "conv2d": "conv2d", "convTranspose3d": "conv_transpose3d", "sigmoid": "sigmoid"}
    names |= {"tanh": "tanh", "relu": "relu", "leakyRelu": "leaky_relu", "selu": "selu"}
    calls = [{"arguments": [ours], "gain": nn.init.calculate_gain(theirs)} for ours, theirs in names.items()]
    return calls + [{"arguments": ["leakyRelu", 0.2], "gain": nn.init.calculate_gain("leaky_relu", 0.2)}]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 3)
        self.rest = nn.Sequential(nn.ReLU(inplace=True), nn.Dropout(0.2))

    def extra_repr(self):
        return "width=3"


class Lines(nn.Module):
    def extra_repr(self):
        return "a=1\nb=2"


def printing():
    trees = {
        "sequential": nn.Sequential(nn.Linear(2, 10), nn.Sigmoid(), nn.Linear(10, 1, bias=False)),
        "empty": nn.Sequential(),
        "nested": nn.Sequential(nn.Sequential(nn.Tanh(), nn.Sequential(nn.ReLU())), nn.Flatten()),
        "list": nn.ModuleList([nn.Linear(1, 2), nn.Tanh()]),
        "dict": nn.ModuleDict({"a": nn.Linear(2, 3), "b": nn.Sequential(nn.ReLU())}),
        "own": Net(),
        "lines": Lines(),
        "parameters": nn.ParameterList([torch.zeros(2, 3), torch.ones(4)]),
        "parameter inside": nn.Sequential(nn.ParameterList([torch.zeros(2)])),
        "inplace": nn.Sequential(nn.ReLU6(True), nn.LeakyReLU(0.5, True), nn.SiLU(True), nn.Hardtanh(inplace=True)),
    }
    return {name: repr(tree) for name, tree in trees.items()}


if __name__ == "__main__":
    write("nn/modules.json", modules())
    write("nn/functions.json", functions())
    write("nn/init.json", {"fills": init(), "layers": layers(), "gains": gains()}, ['{"name"'])
    write("nn/printing.json", printing())
