r"""Sums and products of functions, taken at a place: (f + g)(x) = f(x) + g(x), (f g)(x) = f(x) g(x).

Read as a product of what is in the brackets, the left side of either is another thing than is meant, and a right claim
would be refuted. Who writes a letter of the first bracket before the second one elsewhere means functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.notes.interpreting.names import is_transposed
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["function_taken"]

_NUMBER = r"(?-i:(?<![A-Za-z\\]){0}(?![A-Za-z])[^$\n]{{0,20}}\\in\s*\\mathbb\s*\{{?[RNZQ])"
_SCALING = ("", r"\cdot", "*", r"\times")


def function_taken(left: Node, right: Node, signature: Signature) -> str | None:
    """A letter of a sum or a product that is taken at a place, where the letter itself is taken there, too."""
    pairs = [pair for side in (left, right) for pair in _pairs(side)]
    applied = {(head.name, place) for head, place in pairs if isinstance(head, ast.Symbol)}
    for head, place in pairs:
        if isinstance(head, ast.Group) and head.body is not None:
            letters, own = _letters(head), _letters(place)
            if letters & own or _is_of_matrices(head):
                continue  # (x + 1)(x - 1) and (A + A^T)(x - m) are products
            functions = (
                n for n in letters if (n, place) in applied and not signature.says(_NUMBER.format(re.escape(n)))
            )
            found = min(functions, default=None)
            if found is not None:
                return found
    return None


def _is_of_matrices(head: Node) -> bool:
    """Whether something in a bracket is transposed, which no function is."""
    return any(is_transposed(n) for n in walk(head))


def _letters(node: Node) -> set[str]:
    return {n.name for n in walk(node) if isinstance(n, ast.Symbol)}


def _pairs(side: Node) -> Iterator[tuple[Node, ast.Group]]:
    """What stands right before a bracket, and the bracket."""
    for product in (n for n in walk(side) if isinstance(n, ast.Product)):
        for one, other in zip(product.factors, product.factors[1:], strict=False):
            match one.body, other:
                case (ast.Symbol() | ast.Group("(")) as head, ast.Factor("", "", ast.Group("(") as place):
                    if isinstance(head, ast.Symbol) or _is_of_functions(head.body):
                        yield head, place


def _is_of_functions(inside: Node | None) -> bool:
    """Whether a bracket holds a sum or a product of more than one thing, as (f + g) and (2 f) do."""
    match inside:
        case ast.Sum(terms):
            return len(terms) > 1
        case ast.Product(factors):
            return len(factors) > 1 and all(f.operator in _SCALING for f in factors)
    return False
