r"""σ where a document says it is another function than the logistic one: \sigma(z) = \tanh(z), \max(0, z).

It is then read as any function that is defined, under a name of its own, which is shown as \sigma again. That is done
for documents that say so once, and nowhere speak of the logistic function; in a list of several functions called σ
nothing says which of them a formula means (`kinds.other_sigma` leaves these open).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["LOGISTIC", "is_exponential", "is_sigma_of_name", "said_to_be_another", "with_other_sigma"]

LOGISTIC = re.compile(r"sigmoid|logisti|сигмоид|логист|シグモイド|ロジスティック|시그모이드|로지스틱|逻辑|邏輯", re.I)
_SIGMA = r"\sigma"
_OTHER = r"\sigma°"  # rendered without the mark


def said_to_be_another(chains: Iterable[ast.Chain], words: str) -> bool:
    r"""Whether \sigma(z) is set equal to one thing, made of z alone and without e^z, and no words call it a sigmoid.

    A tanh may be that of half the argument, with which the logistic function is written: \sigma is then what it is.
    """
    found: list[Node] = []
    for chain in chains:
        for first, second in itertools.pairwise(chain.members):
            if first is not None and second is not None and is_sigma_of_name(first):
                found.append(second)
    if len(found) != 1 or LOGISTIC.search(words):
        return False
    (value,) = found
    parts = list(walk(value))
    letters = {n.name for n in parts if isinstance(n, ast.Symbol)}
    functions = {n.name for n in parts if isinstance(n, ast.Function | ast.BigOperator)}
    functions |= {n.environment for n in parts if isinstance(n, ast.Matrix)}
    is_halved = "tanh" in functions and any(isinstance(n, ast.Number) for n in parts)
    return len(letters) == 1 and bool(functions) and not is_halved and not any(map(is_exponential, parts))


def with_other_sigma(node: Node) -> Node:
    """The name σ of a function that is not the logistic one."""
    return replace(node, name=_OTHER) if isinstance(node, ast.Symbol) and node.name == _SIGMA else node


def is_sigma_of_name(left: Node) -> bool:
    r"""\sigma(z)."""
    if not isinstance(left, ast.Product) or len(left.factors) != 2:
        return False
    name, group = (f.body for f in left.factors)
    plain = isinstance(name, ast.Symbol) and name.name == _SIGMA and not name.primes
    return plain and isinstance(group, ast.Group) and isinstance(group.body, ast.Symbol)


def is_exponential(node: object) -> bool:
    r"""e, \exp, and the logistic function itself."""
    named = isinstance(node, ast.Function) and node.name == "exp"
    return named or isinstance(node, ast.Symbol) and node.name in ("e", _SIGMA, "sigmoid", "logistic")
