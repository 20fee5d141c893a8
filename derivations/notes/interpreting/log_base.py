r"""What base a logarithm has where words give another one than e: "logarithms to base 2", "以2为底的对数".

The words may be of one formula only, so that \log is read in both ways (`checking`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["base_said", "with_base"]

_NUMBERS = {"2": "2", "two": "2", "zwei": "2", "dos": "2", "deux": "2", "10": "10", "ten": "10", "zehn": "10"}
_NUMBER = rf"\$?\s*({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?!\d|\.\d)\s*\$?"
_BASE = re.compile(
    rf"\bbas(?:e|is)[\s-]+(?:de\s+)?{_NUMBER}\s*\w{{0,3}}\s*(?:\\?log|对数|logar)?"
    rf"|основани\w*\s+{_NUMBER}|以\s*{_NUMBER}\s*为底|底\s*(?:が|は|を|数为)\s*{_NUMBER}|밑(?:이|을)\s*{_NUMBER}",
    re.I,
)
_LOGARITHM = re.compile(r"\\?log|\blg\b|对数|対数|로그|логариф", re.I)
_NEAR = 60  # characters


def base_said(words: str) -> str:
    """The base that words near a logarithm speak of, as a numeral; "" for none."""
    for match in _BASE.finditer(words):
        around = words[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        if _LOGARITHM.search(around):
            return _NUMBERS[next(group for group in match.groups() if group).lower()]
    return ""


def with_base(node: Node, base: str) -> Node:
    r"""A product with a base below every \log that has none; \ln is what it is."""
    if not isinstance(node, ast.Product):
        return node
    return replace(node, factors=tuple(replace(f, body=_with_base(f.body, base)) for f in node.factors))


def _with_base(node: Node, base: str) -> Node:
    match node:
        case ast.Function("log", ()):
            return replace(node, subscripts=(ast.Number(base),))
    return node
