r"""Times of a recurrence: where h_t = f(W h_{t-1} + U x_t), h_t, h_{t-1} and x_t are names, and t is no index of them.

Read as an index, t would make a vector h_t a number. At each time a name is one of its own, h_t and h_{t-1}, as h_1 and
h_2 are. What is summed over t is left as it is written: \sum_t \frac{∂L_t}{∂W} is of every time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.render import render

__all__ = ["time_of", "with_times"]

_TIMES = frozenset("tT")
_ACTIVATIONS = frozenset(("tanh", r"\tanh", r"\sigma", "sigmoid", "f", "g", r"\phi", "relu", "ReLU"))
_ONE = ast.Number("1")


def time_of(chains: Iterable[ast.Chain]) -> str:
    """The letter of time of a document, in which something at a time is given by itself at the time before; or none."""
    chains = list(chains)
    for chain in chains:
        head = chain.members[0] if len(chain.members) > 1 else None
        letter = _time(head) if isinstance(head, ast.Symbol) else None
        if letter is None or not isinstance(head, ast.Symbol):
            continue
        before = ast.Sum((ast.Term("", ast.Symbol(letter)), ast.Term("-", _ONE)))
        values = [n for m in chain.members[1:] if m is not None for n in walk(m) if isinstance(n, ast.Symbol)]
        if any(v.name == head.name and v.subscripts == (before,) for v in values):
            matrices = any(v.name.isupper() and letter not in map(_time_of, v.subscripts) for v in values)
            named = (n for m in chain.members[1:] if m for n in walk(m) if isinstance(n, ast.Function | ast.Symbol))
            is_said = matrices or not _ACTIVATIONS.isdisjoint(n.name for n in named)
            return letter if is_said and not _has_entries(chains, letter) else ""
    return ""


def _has_entries(chains: Iterable[ast.Chain], letter: str) -> bool:
    """Whether entries are written as y_{t_k}: there t is an index, and is left one."""
    symbols = (n for c in chains for m in c.members if m for n in walk(m) if isinstance(n, ast.Symbol))
    below = (part for symbol in symbols for part in symbol.subscripts if isinstance(part, ast.Symbol))
    return any(part.name == letter and part.subscripts for part in below)


def _time(symbol: ast.Symbol) -> str | None:
    """The t of h_t, which has no other index."""
    return _time_of(symbol.subscripts[0]) if len(symbol.subscripts) == 1 and not symbol.superscripts else None


def _time_of(below: Node) -> str | None:
    is_time = isinstance(below, ast.Symbol) and below.name in _TIMES and below == ast.Symbol(below.name)
    return below.name if is_time and isinstance(below, ast.Symbol) else None


def with_times(side: Node, letter: str) -> Node:
    """The side with the time of each name as a part of its name, where nothing in it runs over the times."""
    bound = (n.lower for n in walk(side) if isinstance(n, ast.BigOperator) and n.lower is not None)
    if any(isinstance(n, ast.Symbol) and n.name == letter for lower in bound for n in walk(lower)):
        return side

    def named(node: Node) -> Node:
        if not isinstance(node, ast.Symbol) or not node.subscripts or not _is_at(node.subscripts[0], letter):
            return node
        mark = ast.Text(render(node.subscripts[0]).replace(" ", ""))
        return replace(node, subscripts=(mark, *node.subscripts[1:]))

    found: Node = mapped(side, named, 0)
    return found


def _is_at(below: Node, letter: str) -> bool:
    """Whether an index is t, or a number of steps from it: t - 1."""
    match below:
        case ast.Symbol():
            return below == ast.Symbol(letter)
        case ast.Sum((ast.Term("", ast.Symbol() as first), ast.Term(_, ast.Number()))):
            return first == ast.Symbol(letter)
    return False
