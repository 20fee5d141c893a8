"""Derivatives as fractions are written: what is above and below the bar, and of what it is the derivative."""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = [
    "gradient_of",
    "is_d",
    "is_differential",
    "leading",
    "operand_of",
    "product_of",
    "subject_of",
    "with_bare_operators",
]


def is_d(node: Node) -> bool:
    plain = isinstance(node, ast.Symbol) and node.name == "d" and not node.subscripts and not node.primes
    return isinstance(node, ast.Partial) or plain


def leading(node: Node) -> tuple[ast.Factor, ...] | None:
    """The factors after a leading ∂ or d; None where there is none."""
    if is_d(node):
        return ()
    if isinstance(node, ast.Group) and node.opening == "{" and node.body is not None:
        return leading(node.body)
    if isinstance(node, ast.Product) and is_d(node.factors[0].body) and not node.factors[0].sign:
        return node.factors[1:]
    return None


def is_differential(node: Node) -> bool:
    """Whether a factor is a derivative written as a fraction."""
    return isinstance(node, ast.Fraction) and leading(node.numerator) is not None


def subject_of(node: Node) -> Node | None:
    """What a derivative is of, where it is a name: C in ∂C/∂w_j."""
    if not isinstance(node, ast.Fraction):
        return None
    above, below = leading(node.numerator), leading(node.denominator)
    if not above or not below:
        return None
    return above[0].body if len(above) == 1 else ast.Product((replace(above[0], operator=""), *above[1:]))


def gradient_of(node: Node) -> Node | None:
    r"""What a gradient is of, where it is a name: L in \nabla L, L(w) in \nabla_w L(w)."""
    match node:
        case ast.Product((ast.Factor("", "", ast.Nabla()), ast.Factor("", "", ast.Symbol() as name))):
            return name
        case ast.Product(
            (ast.Factor("", "", ast.Nabla()), ast.Factor("", "", ast.Symbol()), ast.Factor("", "", ast.Group("(")))
        ):
            return replace(node, factors=node.factors[1:])
    return None


def operand_of(node: Node) -> tuple[tuple[ast.Factor, ...], Node] | None:
    r"""What stands below in \frac{\partial}{\partial v} E, or \frac{\partial E}{\partial v}, and E."""
    if isinstance(node, ast.Fraction):
        above, below = leading(node.numerator), leading(node.denominator)
        return None if not above or not below else (below, product_of(above))
    if not isinstance(node, ast.Product) or node.factors[0].sign or len(node.factors) < 2:
        return None
    first = node.factors[0].body
    if not isinstance(first, ast.Fraction) or leading(first.numerator) != ():
        return None
    below = leading(first.denominator)
    return (below, product_of(node.factors[1:])) if below else None


def with_bare_operators(node: ast.Product) -> ast.Product:
    r"""The product with \frac{\partial}{\partial v} E for (\frac{\partial}{\partial v}) E."""
    factors = list(node.factors)
    for at, factor in enumerate(factors[:-1]):
        inside = factor.body.body if isinstance(factor.body, ast.Group) and factor.body.opening in "([" else None
        is_operator = isinstance(inside, ast.Fraction) and leading(inside.numerator) == ()
        if inside is not None and is_operator and not factors[at + 1].sign:
            factors[at] = replace(factor, body=inside)
            factors[at + 1] = replace(factors[at + 1], operator="")
    return replace(node, factors=tuple(factors))


def product_of(factors: tuple[ast.Factor, ...]) -> Node:
    """Factors as a node: a single one by itself."""
    first = replace(factors[0], operator="")
    return first.body if len(factors) == 1 and not first.sign else ast.Product((first, *factors[1:]))
