r"""A quantity found again inside an expression: what is written as σ(w·x_i + b) is ŷ_i where ŷ_i was defined so.

To take ∂C/∂ŷ_i where C was written with σ(z_i), every occurrence of the value of ŷ, at whatever index, is replaced by
the name. Matching is structural, with the name's own indices as the only wildcards and bound indices up to renaming;
what is not found stays, and the derivative is then refused by the calculus where a path is left over.
"""

from __future__ import annotations

import sympy as sp

from derivations.atoms import free_atoms, label_of
from derivations.indexed import expand_definitions
from derivations.kernels import charge
from derivations.notes.interpreting.scope import Entry, Scope

__all__ = ["folded", "is_same_data", "label_if_named", "occurs"]


def label_if_named(expr: sp.Expr) -> sp.Symbol | None:
    if isinstance(expr, sp.Indexed):
        label: sp.Symbol = expr.base.label
        return label
    return expr if isinstance(expr, sp.Symbol) else None


def is_same_data(parameter: sp.Expr, argument: sp.Expr) -> bool:
    """Whether an argument is the parameter at any sample: x_i for x, but not z_2 for z_1."""
    if label_if_named(parameter) is None or label_if_named(parameter) != label_if_named(argument):
        return False
    numbers = [[i if i.is_Integer else None for i in getattr(e, "indices", ())] for e in (parameter, argument)]
    return numbers[0] == numbers[1]


def occurs(label: sp.Symbol, expr: sp.Expr, scope: Scope) -> bool:
    """Whether a name occurs in an expression, through definitions too."""
    exprs = [expr, *(e.definition.value for e in scope.definitions_of(expr) if e.definition is not None)]
    return any(label == label_of(a) for e in exprs for a in free_atoms(e))


def folded(expr: sp.Expr, entry: Entry, scope: Scope) -> sp.Expr:
    """`expr` with the value of `entry` replaced by its name, once the names above it are written out."""
    if occurs(entry.symbol, expr, scope):
        return expr
    definition = entry.definition
    assert definition is not None
    own = tuple(definition.target.indices) if isinstance(definition.target, sp.Indexed) else ()
    below = {e.symbol for e in scope.definitions_of(definition.value)}
    above = [e.definition for e in scope.definitions_of(expr) if e.symbol not in below and e.definition is not None]
    written_out = expand_definitions(expr, tuple(above))
    found = _replace(written_out, definition.value, own, entry)
    if found == written_out and below:  # σ(w·x + b), where the name is σ(z) and z is w·x + b
        inner = tuple(e.definition for e in scope.definitions_of(definition.value) if e.definition is not None)
        found = _replace(written_out, expand_definitions(definition.value, inner), own, entry)
    return expr if found == written_out else found


def _replace(expr: sp.Expr, pattern: sp.Expr, own: tuple[sp.Symbol, ...], entry: Entry) -> sp.Expr:
    charge()
    bound: dict[sp.Basic, sp.Basic] = {}
    if type(expr) is type(pattern) and _matches(pattern, expr, frozenset(own), bound) and set(own) <= set(bound):
        return entry.at(tuple(bound[s] for s in own))
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    if isinstance(expr, sp.Sum | sp.Product):
        return expr.func(_replace(expr.function, pattern, own, entry), *expr.limits)
    args = [_replace(a, pattern, own, entry) if isinstance(a, sp.Expr) else a for a in expr.args]
    return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)


def _matches(p: sp.Basic, e: sp.Basic, own: frozenset[sp.Symbol], bound: dict[sp.Basic, sp.Basic]) -> bool:
    charge()
    if p in own:
        return bool(bound.setdefault(p, e) == e)
    if p in bound:
        return bool(bound[p] == e)
    if type(p) is not type(e):
        return False
    if isinstance(p, sp.Sum) and isinstance(e, sp.Sum):
        if len(p.limits) != 1 or len(e.limits) != 1:
            return bool(p == e)
        (k, lower, upper), (l, low, high) = p.limits[0], e.limits[0]
        if not _matches(lower, low, own, bound) or not _matches(upper, high, own, bound):
            return False
        before = bound.get(k)
        bound[k] = l
        same = _matches(p.function, e.function, own - {k}, bound)
        if before is None:
            del bound[k]
        else:
            bound[k] = before
        return same
    if not p.args:
        return bool(p == e)
    if len(p.args) != len(e.args):
        return False
    if isinstance(p, sp.Add | sp.Mul):
        return _matches_any_order(list(p.args), list(e.args), own, bound)
    return all(_matches(a, b, own, bound) for a, b in zip(p.args, e.args, strict=True))


def _matches_any_order(
    ps: list[sp.Basic], es: list[sp.Basic], own: frozenset[sp.Symbol], bound: dict[sp.Basic, sp.Basic]
) -> bool:
    if not ps:
        return True
    first, rest = ps[0], ps[1:]
    for position, e in enumerate(es):
        attempt = dict(bound)
        if _matches(first, e, own, attempt) and _matches_any_order(
            rest, es[:position] + es[position + 1 :], own, attempt
        ):
            bound.clear()
            bound.update(attempt)
            return True
    return False
