"""What an expression is made of: its outermost sum, the symbols and the entries of arrays that stand in it.

These are asked for again and again of the same expressions, and are remembered.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from .functions import Unknown

__all__ = [
    "UnsupportedExpressionError",
    "atoms_of",
    "free_atoms",
    "free_symbols",
    "interned",
    "label_of",
    "labels_in",
    "labels_in_order",
    "peel",
]


class UnsupportedExpressionError(ValueError):
    """The expression is outside the language; the message says which part."""


def peel(expr: sp.Sum) -> tuple[sp.Expr, sp.Symbol, sp.Expr, sp.Expr]:
    """A sum as its outermost index over the rest: (body, k, lower, upper)."""
    *inner, outer = expr.limits
    if len(outer) != 3:
        raise UnsupportedExpressionError(f"a sum needs bounds, got {expr}: write Sum(f, (k, 1, m))")
    body = expr.func(expr.function, *inner) if inner else expr.function
    return body, outer[0], outer[1], outer[2]


@lru_cache(maxsize=50_000)
def free_symbols(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """Symbols that occur free: sizes, scalars and indices (array names are not symbols here)."""
    if isinstance(expr, sp.Symbol):
        return frozenset([expr])
    if isinstance(expr, sp.Indexed):
        return frozenset().union(*(free_symbols(a) for a in expr.indices))
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        return (free_symbols(body) - {k}) | free_symbols(lower) | free_symbols(upper)
    if isinstance(expr, Unknown):
        _, _, argument, (k, lower, upper) = expr.args
        return (free_symbols(argument) - {k}) | free_symbols(lower) | free_symbols(upper)
    return frozenset().union(*(free_symbols(a) for a in expr.args))


@lru_cache(maxsize=50_000)
def free_atoms(expr: sp.Basic) -> tuple[sp.Expr, ...]:
    """Every symbol and indexed symbol that occurs, once, in order; bound indices included as they stand."""
    if isinstance(expr, sp.Symbol | sp.Indexed):
        return (expr,)
    parts: tuple[sp.Basic, ...] = expr.args
    if isinstance(expr, sp.Sum | sp.Product):
        body, _, lower, upper = peel(expr)
        parts = (body, lower, upper)
    elif isinstance(expr, Unknown):
        parts = (expr.args[2],)
    return tuple(dict.fromkeys(atom for part in parts for atom in free_atoms(part)))


def label_of(atom: sp.Expr) -> sp.Symbol:
    """The array of an entry; a plain symbol itself."""
    return atom.base.label if isinstance(atom, sp.Indexed) else atom


@lru_cache(maxsize=50_000)
def labels_in_order(expr: sp.Basic) -> tuple[sp.Symbol, ...]:
    """The arrays and the plain symbols that occur, once, in order."""
    return tuple(dict.fromkeys(map(label_of, free_atoms(expr))))


@lru_cache(maxsize=50_000)
def labels_in(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """The arrays and the plain symbols that occur."""
    return frozenset(labels_in_order(expr))


@lru_cache(maxsize=50_000)
def atoms_of(expr: sp.Basic, *kinds: type[sp.Basic]) -> frozenset[sp.Basic]:
    """`expr.atoms(*kinds)`."""
    return frozenset(expr.atoms(*kinds))


@lru_cache(maxsize=50_000)
def interned(expr: sp.Expr) -> sp.Expr:
    """The first of the expressions equal to this one: what is asked of it again is found without comparing the two."""
    return expr
