r"""Entries by number of vectors that stand whole elsewhere: w_1 and x_1 beside w^\top x, x_1^{(i)} beside x^{(i)}.

Where nothing is written whole, w_1 and w_2 are names as a and b are. This is only notation and decides no equation.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.notes.interpreting.names import TRANSPOSES
from derivations.notes.interpreting.signature import WEIGHTS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["entries_of_vectors", "numbered_layers"]


def entries_of_vectors(symbols: Sequence[ast.Symbol]) -> frozenset[tuple[str, bool]]:
    r"""w and x where w_1 and x_1 stand beside w^\top x: the entries of vectors, which are never transposed."""
    uses: dict[str, set[tuple[str, bool]]] = {}
    for symbol in (s for s in symbols if s.name in WEIGHTS | {"x"}):
        above = [s for s in symbol.superscripts if not (isinstance(s, ast.Symbol) and s.name in TRANSPOSES)]
        if symbol.name == "x" and len(above) == 1 and _is_sample(above[0]):
            above = []
        below = ["number" if isinstance(n, ast.Number) else "other" for n in symbol.subscripts]
        kind = "other" if above or len(below) > 1 else below[0] if below else "whole"
        is_turned = any(isinstance(s, ast.Symbol) and s.name in TRANSPOSES for s in symbol.superscripts)
        uses.setdefault(symbol.name, set()).add((kind, is_turned))
    plain = {("number", False), ("whole", False), ("whole", True)}
    entries = {name for name, found in uses.items() if ("number", False) in found and found <= plain}
    weights = {name for name in entries & WEIGHTS if ("whole", True) in uses[name]}
    is_whole = "x" in entries and ("whole", False) in uses["x"]
    return frozenset((name, True) for name in (*weights, "x")) if weights and is_whole else frozenset()


def _is_sample(above: Node) -> bool:
    """Whether a superscript says of which sample a name is: (i)."""
    return isinstance(above, ast.Group) and above.opening == "(" and isinstance(above.body, ast.Symbol)


def numbered_layers(sides: list[Node]) -> frozenset[str]:
    """Names of layers where X W_1 + b_1 and a_1 W_2 + b_2 stand: z_1 and z_2 are no entries then, though z_k is one."""
    numbers: set[str] = set()
    for terms in (n.terms for side in sides for n in walk(side) if isinstance(n, ast.Sum)):
        parts = [n for term in terms for n in walk(term.body) if isinstance(n, ast.Symbol)]
        found = [
            {s.text for n in parts if n.name == name for s in n.subscripts if isinstance(s, ast.Number)}
            for name in ("W", "b")
        ]
        numbers |= found[0] & found[1]
    return frozenset("Wbzahso") if len(numbers) > 1 else frozenset()
