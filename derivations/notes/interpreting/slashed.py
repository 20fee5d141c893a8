r"""Derivatives written with a slash, brought to fractions before anything is interpreted.

    \partial L / \partial z \cdot \partial z / \partial w     \frac{∂L}{∂z} \cdot \frac{∂z}{∂w}
    {\partial L}/{\partial z} \, x                            \frac{∂L}{∂z} x
    \partial^2 L / \partial w_i \partial w_j                  \frac{∂²L}{∂w_i ∂w_j}
    dL/da \cdot da/dz                                         \frac{dL}{da} \cdot \frac{da}{dz}

By the rules of arithmetic alone, a product with several of them would be divided by the last variable only. Left as it
stands is what may be meant otherwise: ∂L/∂z x, ∂L/∂z (a - y).
"""

from __future__ import annotations

from derivations.notes.interpreting.quotients import is_d, leading
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["with_slashed"]


def with_slashed(node: ast.Product) -> Node:
    """The product with its derivatives written with a slash as fractions."""
    factors: list[ast.Factor] = []
    at = 0
    while at < len(node.factors):
        found = _braced(node.factors, at) or _plain(node.factors, at)
        first = node.factors[at]
        factors.append(first if found is None else ast.Factor(first.operator, first.sign, found[0]))
        at += 1 if found is None else found[1]
    if len(factors) == len(node.factors):
        return node
    only = factors[0]
    if len(factors) == 1 and not only.sign and not only.operator:
        return only.body
    return ast.Product(tuple(factors), span=node.span)


def _braced(factors: tuple[ast.Factor, ...], at: int) -> tuple[Node, int] | None:
    r"""The derivative {\partial L}/{\partial z} that begins at a factor, and how many factors it takes."""
    if at + 1 >= len(factors) or factors[at + 1].operator != "/" or factors[at + 1].sign:
        return None
    above, below = factors[at].body, factors[at + 1].body
    if not all(isinstance(side, ast.Group) and side.opening == "{" and leading(side) for side in (above, below)):
        return None
    assert isinstance(above, ast.Group) and isinstance(below, ast.Group)
    if above.body is None or below.body is None:
        return None
    return ast.Fraction(above.body, below.body, span=above.span), 2


def _plain(factors: tuple[ast.Factor, ...], at: int) -> tuple[Node, int] | None:
    r"""The derivative \partial L / \partial z that begins at a factor, and how many factors it takes."""
    if not is_d(factors[at].body):
        return None
    slash = at + 1
    while slash < len(factors) and not factors[slash].operator and not factors[slash].sign:
        if is_d(factors[slash].body):
            return None
        slash += 1
    if slash == at + 1 or not _divides(factors, slash):
        return None
    end = slash + 2
    while end + 1 < len(factors) and is_d(factors[end].body) and not _divides(factors, end + 2):  # ∂w_i ∂w_j
        if any(f.operator or f.sign for f in factors[end : end + 2]):
            break
        end += 2
    if end < len(factors) and not (factors[end].operator or factors[end].sign or is_d(factors[end].body)):
        return None
    above = ast.Product((ast.Factor("", "", factors[at].body), *factors[at + 1 : slash]))
    below = ast.Product((ast.Factor("", "", factors[slash].body), *factors[slash + 1 : end]))
    return ast.Fraction(above, below, span=factors[at].body.span), end - at


def _divides(factors: tuple[ast.Factor, ...], at: int) -> bool:
    """Whether a factor is the ∂ of what is divided by, with its variable behind it."""
    if at + 1 >= len(factors) or factors[at].operator != "/" or factors[at].sign or not is_d(factors[at].body):
        return False
    behind = factors[at + 1]
    return isinstance(behind.body, ast.Symbol | ast.Scripted) and not behind.operator and not behind.sign
