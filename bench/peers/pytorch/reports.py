"""What PyTorch and the libraries below it say of themselves; ../../pytorch-title.ts makes a title of it."""

import ctypes
import re
import subprocess

import torch


def openblas():
    """The OpenBLAS that PyTorch multiplies with; null where it has none. NumPy and SciPy bring others, for themselves."""
    if re.search(r"BLAS_INFO=mkl", torch.__config__.show()):
        return None
    try:
        with open("/proc/self/maps") as maps:
            paths = set(re.findall(r"\S*openblas\S*", maps.read()))
    except OSError:
        return None
    for path in sorted(path for path in paths if not re.search(r"(numpy|scipy)\.libs", path)):
        try:
            config = ctypes.CDLL(path).openblas_get_config
        except (OSError, AttributeError):
            continue
        config.restype = ctypes.c_char_p
        return config().decode()
    return None


def compiler():
    """The C++ compiler that torch.compile calls, after it has compiled something. Raises where it cannot."""
    torch.compile(lambda x: x.sin() + 1)(torch.ones(4))
    from torch._inductor.cpp_builder import get_cpp_compiler

    name = get_cpp_compiler()
    return subprocess.run([name, "--version"], capture_output=True, text=True).stdout.splitlines()[0].strip()


def report(compiled):
    return {
        "version": torch.__version__,
        "config": torch.__config__.show(),
        "openblas": openblas(),
        "compiler": compiler() if compiled else None,
    }
