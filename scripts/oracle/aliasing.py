"""Records random programs of views and in-place ops for test/autograd/aliasing.oracle.test.ts.

    python3 scripts/oracle/aliasing.py [programs] [seed] [file]    (writes test/fixtures/aliasing.json)

A program is a list of steps on a growing list of tensors: views of several layers, ops, ops in place, hooks. Recorded are the steps
that PyTorch refuses, what every tensor holds and is at the end, and first and second gradients of a weighted sum of some of them.

Programs in which PyTorch computes something that depends on the order of its loops (it does not look for overlaps of tensors with gaps) are left out.
"""

import json
import math
import random
import sys
import warnings

import torch
from fixture import write
warnings.simplefilter("ignore")
torch.set_num_threads(1)

FLOATS = {"float32": torch.float32, "float64": torch.float64}
DTYPES = {**FLOATS, "int64": torch.int64}
SHAPES = [[], [1], [3], [2, 3], [3, 3], [2, 1, 3], [4, 2], [0, 2], [3, 0]]


def numbers(shape, dtype, rng):
    count = math.prod(shape)
    values = [rng.randrange(-3, 4) for _ in range(count)]
    if dtype != torch.int64:
        values = [v / 2 + 0.25 for v in values]
    return torch.tensor(values, dtype=dtype).reshape(shape).clone()


def weights(x, k):
    """Weights of the elements of tensor number k in the loss; none of them is 0."""
    w = [((7 * i + 3 * k) % 5 + 1) / 4 for i in range(x.numel())]
    return torch.tensor(w, dtype=torch.float64).reshape(x.shape)


def entry(x):
    """More digits than these are not compared."""
    digits = 8 if x.dtype == torch.float32 else 13
    data = [float(f"{v:.{digits}g}") for v in x.detach().flatten().tolist()]
    return {"shape": list(x.shape), "dtype": str(x.dtype).removeprefix("torch."), "data": data}


def shares_memory(x, y):
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


VIEWS = {
    "select": lambda x, d, i: x.select(d, i),
    "slice": lambda x, d, a, b, s: x[(slice(None),) * d + (slice(a, b, s),)],
    "transpose": lambda x, a, b: x.transpose(a, b),
    "view": lambda x, shape: x.view(shape),
    "unsqueeze": lambda x, d: x.unsqueeze(d),
    "expand": lambda x, shape: x.expand(shape),
    "unbind": lambda x, d, i: x.unbind(d)[i],
    "detach": lambda x: x.detach(),
}

OPS = {
    "mul": torch.mul,
    "add": torch.add,
    "sub": torch.sub,
    "div": torch.div,
    "maximum": torch.maximum,
    "sin": torch.sin,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "square": torch.square,
    "clone": torch.clone,
    "relu": torch.relu,
    "floor": torch.floor,
}
BINARY = ["mul", "add", "sub", "div", "maximum"]
UNARY = [name for name in OPS if name not in BINARY]

IN_PLACE = {
    "mul_": lambda x, y: x.mul_(y),
    "add_": lambda x, y: x.add_(y),
    "sub_": lambda x, y: x.sub_(y),
    "div_": lambda x, y: x.div_(y),
    "copy_": lambda x, y: x.copy_(y),
    "fill_": lambda x, y: x.fill_(y),
    "zero_": lambda x: x.zero_(),
    "sin_": lambda x: x.sin_(),
    "sigmoid_": lambda x: x.sigmoid_(),
    "exp_": lambda x: x.exp_(),
    "square_": lambda x: x.square_(),
    "relu_": lambda x: x.relu_(),
    "floor_": lambda x: x.floor_(),
    # PyTorch keeps the source for its shape alone, and would refuse changes of it.
    "indexAdd_": lambda x, y, d, at: x.index_add_(d, torch.tensor(at, dtype=torch.int64), y if shares_memory(x, y) else y * 1),
    "scatter_": lambda x, y, d, at: x.scatter_(d, torch.tensor(at, dtype=torch.int64).expand(y.shape), y),
    "indexPut_": lambda x, y, at: x.index_put_((torch.tensor(at, dtype=torch.int64),), y),
}


def usable(x):
    """False for a view that cannot be used any more, since its base has been changed."""
    try:
        x * 1
        return True
    except RuntimeError:
        return False


class Program:
    def __init__(self, rng):
        self.rng = rng
        self.tensors = []
        self.given = []
        self.steps = []
        self.refused = []
        self.log = []
        self.has_forgotten = False
        dtype = rng.choice([torch.float64, torch.float64, torch.float32])
        for k in range(rng.randrange(2, 4)):
            own = rng.choice(list(FLOATS.values())) if rng.random() < 0.25 else dtype
            if k > 0 and rng.random() < 0.1:
                own = torch.int64
            x = numbers(rng.choice(SHAPES if k == 0 or rng.random() < 0.4 else [list(self.tensors[0].shape)]), own, rng)
            wants = own != torch.int64 and (k == 0 or rng.random() < 0.6)
            self.given.append({**entry(x), "requiresGrad": wants})
            self.tensors.append(x.requires_grad_(wants))
        for i in range(rng.randrange(3)):
            self.add(rng.choice([["mul", 0, 0], ["sin", 0], ["clone", 0], ["sub", 0, 1]]) if i == 0 else ["add", self.pick(), self.pick()])

    def pick(self):
        # The later ones more often, so that chains come about.
        rng = self.rng
        return rng.choice([rng.randrange(len(self.tensors)), len(self.tensors) - 1 - rng.randrange(min(3, len(self.tensors)))])

    def view_step(self):
        rng, i = self.rng, self.pick()
        x = self.tensors[i]
        rank = x.dim()
        dim = rng.randrange(rank) if rank else None
        name = rng.choice(["select", "select", "slice", "slice", "transpose", "view", "unsqueeze", "expand", "unbind", "detach"])
        if rank == 0 and name not in ("unsqueeze", "expand", "detach", "view"):
            return None
        if name in ("select", "unbind"):
            return None if x.size(dim) == 0 else [name, i, dim, rng.randrange(x.size(dim))]
        if name == "slice":
            a = rng.randrange(x.size(dim) + 1)
            b = rng.randrange(a, x.size(dim) + 1)
            return [name, i, dim, a, b, rng.choice([1, 2]) if b - a > 2 else 1]
        if name == "transpose":
            return [name, i, dim, rng.randrange(rank)]
        if name == "view":
            if x.numel() == 0:
                return None
            shape = rng.choice([[x.numel()], [1, x.numel()], [x.numel(), 1]] + [[n, x.numel() // n] for n in (2, 3) if x.numel() % n == 0])
            return [name, i, shape]
        if name == "unsqueeze":
            return [name, i, rng.randrange(rank + 1)]
        if name == "expand":
            return [name, i, [rng.choice([1, 2, 3]), *[rng.choice([2, 3]) if n == 1 else n for n in x.shape]]]
        return [name, i]

    def op_step(self):
        name = self.rng.choice(UNARY + BINARY * 2)
        i = self.pick()
        if name in UNARY:
            return [name, i]
        return [name, i, self.pick() if self.rng.random() < 0.7 else i]

    def is_leaf_memory(self, i):
        x = self.tensors[i]
        base = x if x._base is None else x._base
        return base.requires_grad and base.is_leaf

    def in_place_step(self):
        rng = self.rng
        # Most leaves are left alone: that they cannot be changed is soon said.
        i = next((i for i in (self.pick() for _ in range(6)) if not self.is_leaf_memory(i)), 0)
        name = rng.choice([*IN_PLACE, "mul_", "add_", "copy_", "mul_", "sub_"])
        x = self.tensors[i]
        if name in ("mul_", "add_", "sub_", "div_", "copy_"):
            return [name, i, rng.choice([2, 3, -1]) if rng.random() < 0.3 and name != "copy_" else {"tensor": self.pick()}]
        if name == "fill_":
            return [name, i, 2]
        if name in ("indexAdd_", "scatter_", "indexPut_"):
            j = self.pick()
            y = self.tensors[j]
            if x.dim() == 0 or x.dim() != y.dim() or x.dtype != y.dtype or 0 in (*x.shape, *y.shape):
                return None
            if name == "indexPut_":
                return [name, i, {"tensor": j}, rng.sample(range(x.size(0)), y.size(0))] if y.size(0) <= x.size(0) else None
            dim = rng.randrange(x.dim())
            if name == "scatter_":
                if any(y.size(d) > x.size(d) for d in range(x.dim())):
                    return None
                at = rng.sample(range(x.size(dim)), y.size(dim))
                index = torch.tensor(at).reshape([-1 if d == dim else 1 for d in range(x.dim())])
                return [name, i, {"tensor": j}, dim, index.tolist()]
            return [name, i, {"tensor": j}, dim, [rng.randrange(x.size(dim)) for _ in range(y.size(dim))]]
        return [name, i]

    def run(self, step, tensors, log):
        name, i, *rest = step
        without_gradients = name.startswith("noGrad ")
        if without_gradients:
            name = name.removeprefix("noGrad ")
        rest = [tensors[r["tensor"]] if isinstance(r, dict) else r for r in rest]
        with torch.set_grad_enabled(not without_gradients):
            if name in VIEWS:
                tensors.append(VIEWS[name](tensors[i], *rest))
            elif name in OPS:
                tensors.append(OPS[name](tensors[i], *[tensors[j] for j in rest]))
            elif name in IN_PLACE:
                IN_PLACE[name](tensors[i], *rest)
            elif name == "retainGrad":
                tensors[i].retain_grad()
            elif name == "requiresGrad_":
                tensors[i].requires_grad_()
            else:
                number = len(self.steps)
                tensors[i].register_hook(lambda dy: (log.append([number, entry(dy)]), dy * 2)[1])

    def extend(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            step = self.view_step()
        elif kind < 0.6:
            step = self.op_step()
        elif kind < 0.93:
            step = self.in_place_step()
        else:
            name = rng.choice(["retainGrad", "hook", "hook", "requiresGrad_"])
            i = self.pick()
            x = self.tensors[i]
            # A view made before what it shows came to require gradients has none in PyTorch until its memory is changed.
            if name == "requiresGrad_" and any(y._base is x for y in self.tensors):
                return
            if self.is_lost(i) or not usable(x) or (name == "requiresGrad_") == x.requires_grad or x.dtype == torch.int64:
                return
            step = [name, i]
        if step is None:
            return
        if kind < 0.93 and step[0] != "detach" and rng.random() < 0.1:
            step[0] = "noGrad " + step[0]
        self.add(step)

    def add(self, step):
        reads = [r["tensor"] for r in step[2:] if isinstance(r, dict)]
        if step[0] in OPS:
            reads += [r for r in step[1:]]
        elif step[0].removeprefix("noGrad ") not in IN_PLACE:
            reads.append(step[1])
        if any(self.is_lost(k) for k in reads) or not self.is_plain(step):
            return
        count = len(self.tensors)
        try:
            self.run(step, self.tensors, self.log)
        except (RuntimeError, IndexError) as error:
            text = str(error)
            if "view(" in text or "broadcast" in text or "must match" in text or "expanded size" in text or "shape" in text:
                return  # The shapes do not fit; nothing that is looked for here.
            if "can't be cast" in text or "expected scalar type" in text or "dtype" in text.lower():
                return
            if "a leaf Variable" in text and self.tensors[step[1]]._is_view() and self.tensors[step[1]]._base.grad_fn is not None:
                self.has_forgotten = None  # The memory has got a history; PyTorch still calls the view a leaf.
            self.refused.append(len(self.steps))
        self.steps.append(step)
        if step[0].removeprefix("noGrad ") in IN_PLACE and len(self.steps) - 1 not in self.refused:
            self.note_untracked(step)
        # PyTorch keeps the layout of an operand, Xorch's results lie in row-major order: of what overlaps, other things can be told.
        unlike = step[0].removeprefix("noGrad ") in OPS and not self.tensors[-1].is_contiguous()
        if len(self.tensors) > count and (unlike or self.tensors[-1].numel() > 40):
            self.tensors.pop()
            self.steps.pop()

    def note_untracked(self, step):
        """
        PyTorch makes the history of a view anew after every change of its memory, also one that it has not recorded: hooks and retained
        gradients then no longer belong to it, and views that it cannot follow are refused. Xorch does so where the history has changed.
        """
        x = self.tensors[step[1]]
        recorded = x.requires_grad and not step[0].startswith("noGrad ")
        base = x if x._base is None else x._base
        for y in self.tensors:
            if y._is_view() and y.requires_grad and shares_memory(x, y) and not (recorded and y._base is base):
                self.has_forgotten = True

    def is_lost(self, i):
        """PyTorch says of a view that was made without gradients that it requires them, but none arrives anywhere."""
        x = self.tensors[i]
        try:
            return x.requires_grad and x.is_leaf and x._is_view() and not self.is_own_leaf(i)
        except RuntimeError:
            return False  # What it shows has been changed since: every use is refused.

    def is_own_leaf(self, i):
        return any(step == ["requiresGrad_", i] for step in self.steps)

    def is_plain(self, step):
        """Whether a step in place gives what it gives when the operand is read before anything is written."""
        name, i, *rest = step
        name = name.removeprefix("noGrad ")
        operand = next((r["tensor"] for r in rest if isinstance(r, dict)), None)
        if name not in IN_PLACE or operand is None:
            return True
        if self.tensors[i].numel() == 1 and shares_memory(self.tensors[i], self.tensors[operand]):
            return False  # Whether PyTorch sees the same tensor depends on strides that mean nothing.
        with torch.no_grad():
            memory = [x.detach() for x in self.tensors]
            saved = [x.clone() for x in memory]
            try:
                apart = memory[i].clone()
                # As laid out, so that repeated elements stay repeated.
                IN_PLACE[name](apart, *[saved[r["tensor"]] if isinstance(r, dict) else r for r in rest])
            except (RuntimeError, IndexError):
                return True
            x = self.tensors[i]
            span = torch.as_strided(x.detach(), (x.untyped_storage().nbytes() // x.element_size(),), (1,), 0)
            kept = span.clone()
            try:
                # detach() so that no history comes about; versions are put back by the copy of the whole program below.
                y = torch.as_strided(kept, x.shape, x.stride(), x.storage_offset())
                other = self.tensors[operand].detach()
                if other.untyped_storage().data_ptr() == x.untyped_storage().data_ptr():
                    other = torch.as_strided(kept, other.shape, other.stride(), other.storage_offset())
                IN_PLACE[name](y, *[other if isinstance(r, dict) else r for r in rest])
            except (RuntimeError, IndexError):
                return True
            return torch.equal(y.nan_to_num(), apart.nan_to_num())

    def finish(self):
        rng, tensors = self.rng, self.tensors
        if self.has_forgotten is None:
            return None
        if self.has_forgotten and any(name in ("hook", "retainGrad", "unbind") or name.startswith("noGrad ") for name, *_ in self.steps):
            return None
        alive = [usable(x) for x in tensors]
        if not all(x.detach().double().abs().lt(100).all() for x in tensors if x.numel()):
            return None
        state = []
        for x, can in zip(tensors, alive):
            if not can:
                state.append({**entry(x), "usable": False})
                continue
            state.append({**entry(x), "requiresGrad": (x * 1).requires_grad and not self.is_lost(len(state))})
        candidates = [k for k, x in enumerate(state) if x.get("requiresGrad")]
        if not candidates:
            return None
        used = sorted(rng.sample(candidates, min(len(candidates), rng.randrange(1, 4))))
        loss = sum((tensors[k].double() * weights(tensors[k], k)).sum() for k in used)
        if not loss.requires_grad:
            return None
        leaves = [k for k, x in enumerate(tensors) if alive[k] and x.requires_grad and x.is_leaf and (k < len(self.given) or self.is_own_leaf(k))]
        result = {"tensors": self.given, "steps": self.steps, "refused": self.refused, "state": state, "used": used, "leaves": leaves}
        del self.log[:]
        try:
            loss.backward(retain_graph=True)
        except RuntimeError as error:
            if "unsupported operation" in str(error):
                return None  # What was overwritten repeats its elements: PyTorch has no gradient for that.
            if not any(text in str(error) for text in ("modified by an inplace", "modified inplace", "graph interior")):
                raise
            return {**result, "backward": None}
        grads = [None if (g := tensors[k].grad) is None else entry(g) for k in leaves]
        retained = []
        for s, (name, i, *_) in enumerate(self.steps):
            if name == "retainGrad" and s not in self.refused and alive[i] and not tensors[i].is_leaf:
                g = tensors[i].grad
                retained.append([i, None if g is None else entry(g)])
        hooks = list(self.log)
        first = torch.autograd.grad(loss, [tensors[k] for k in leaves], create_graph=True, allow_unused=True)
        total = sum((g.double() * weights(g, k)).square().sum() for k, g in zip(leaves, first) if g is not None)
        second = None
        if isinstance(total, torch.Tensor) and total.requires_grad:
            found = torch.autograd.grad(total, [tensors[k] for k in leaves], allow_unused=True)
            second = [None if g is None else entry(g) for g in found]
        return {**result, "backward": {"grads": grads, "retained": retained, "hooks": hooks, "second": second}}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 160
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 777
    programs = []
    number = seed * 1_000_000
    while len(programs) < count:
        number += 1
        program = Program(random.Random(number))
        for _ in range(program.rng.randrange(3, 14)):
            program.extend()
        found = program.finish()
        if found is not None and "NaN" not in json.dumps(found) and "Infinity" not in json.dumps(found):
            programs.append({"number": number, **found})
    write(sys.argv[3] if len(sys.argv) > 3 else "aliasing.json", programs)


main()
