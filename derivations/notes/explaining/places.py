r"""The places of an expression: every node that may be changed, the indices in scope there, and the whole rebuilt.

A place knows how the expression looks with another node in its stead, in the order and the form in which its author
left it. Nothing under a derivative that is still to be taken, and no index, bound or array name, is a place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import sympy as sp

from derivations.atoms import free_symbols, peel
from derivations.functions import Partial, Unknown

__all__ = ["Place", "Rebuild", "Scope", "is_index", "places_of", "product", "same_place", "terms_of", "with_argument"]

MAX_TERMS = 16
_BIG = (sp.Sum, sp.Product)

Rebuild = Callable[[sp.Expr], sp.Expr]
Scope = dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]


@dataclass(frozen=True)
class Place:
    """A node, the indices in scope there, and how the whole looks with another node in its place."""

    node: sp.Expr
    scope: Scope
    rebuild: Rebuild


def places_of(e: sp.Expr, scope: Scope, rebuild: Rebuild) -> Iterator[Place]:
    """Every place in an expression, from the outside in; `scope`: what is in scope around it."""
    if not isinstance(e, sp.Expr) or isinstance(e, Partial | Unknown | sp.Limit):
        return
    yield Place(e, scope, rebuild)
    if isinstance(e, _BIG):
        body, k, lower, upper = peel(e)
        yield from places_of(body, {**scope, k: (lower, upper)}, lambda new: rebuild(e.func(new, (k, lower, upper))))
    elif not isinstance(e, sp.Indexed | sp.KroneckerDelta):
        for at, a in enumerate(e.args):
            yield from places_of(a, scope, partial(_replaced, e, at, rebuild))


def _replaced(e: sp.Expr, at: int, rebuild: Rebuild, new: sp.Expr) -> sp.Expr:
    return rebuild(with_argument(e, at, new))


def with_argument(e: sp.Expr, at: int, new: sp.Expr) -> sp.Expr:
    """`e` with one argument replaced, in the order and the form in which its author left it."""
    args = (*e.args[:at], new, *e.args[at + 1 :])
    if isinstance(e, sp.Add | sp.Mul) and new not in (0, 1) and e.func(*e.args).args != e.args:
        return e.func(*args, evaluate=False)
    return e.func(*args)


def terms_of(e: sp.Expr) -> list[sp.Expr]:
    """The terms of an expression, through the sums and the products around them."""
    if isinstance(e, sp.Add):
        return [t for a in e.args for t in terms_of(a)]
    if isinstance(e, sp.Sum):
        body, *bound = peel(e)
        return [sp.Sum(t, tuple(bound)) for t in terms_of(body)]
    if isinstance(e, sp.Mul):
        for at, factor in enumerate(e.args):
            inside = terms_of(factor)
            if 1 < len(inside) <= MAX_TERMS:
                return [sp.Mul(*e.args[:at], t, *e.args[at + 1 :]) for t in inside]
    return [e]


def product(factors: list[sp.Expr]) -> sp.Expr:
    return sp.Mul(*factors, evaluate=False) if len(factors) > 1 else sp.Mul(*factors)


def is_index(e: sp.Expr) -> bool:
    return isinstance(e, sp.Symbol) and bool(e.is_integer)


def same_place(e: sp.Expr) -> frozenset[sp.Expr]:
    """The indices at which a quantity stands: only quantities of one place can be taken for each other."""
    return frozenset(free_symbols(e) - {s for s in free_symbols(e) if not s.is_integer})
