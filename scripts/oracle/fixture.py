"""Writes recorded answers into test/fixtures, each file with the version of PyTorch that gave them."""

import json
from pathlib import Path

import torch

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"


def write(name, content, starts=()):
    """
    Under `recorded` in the file `name`. A list takes a line for each item, anything else begins a new line before each of
    the texts `starts`, so that a change shows as a change of those lines.
    """
    compact = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)  # noqa: E731
    text = "[\n" + ",\n".join(map(compact, content)) + "\n]" if isinstance(content, list) else compact(content)
    for start in starts:
        text = text.replace(start, "\n" + start)
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{"torch":"{torch.__version__}","recorded":{text}}}\n')
    print(name, len(content))
