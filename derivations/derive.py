r"""A gradient derived for a loss whose author did not write one.

The derivative is taken through the definitions, which keep their names (∂C/∂p_i · ∂p_i/∂z_i · ∂z_i/∂w_j with
each factor taken), values of definitions are folded back into names (σ(z_i) into p_i), and each
summand is brought over a common denominator and cancelled. None of this is trusted: the result is a
`Derivation` like any other, and is worth what `prove` says of it.
"""

from __future__ import annotations

import sympy as sp

from .atoms import atoms_of, free_symbols, label_of, peel
from .functions import Partial, sigmoid
from .indexed import differentiate, statement_ranges, substitute
from .ranges import Ranges
from .statement import Definition, Derivation, Statement, Step

__all__ = ["derive"]


def derive(statement: Statement, loss: sp.Expr, parameter: sp.Expr, name: str | None = None) -> Derivation:
    """∂loss/∂parameter as a two-line derivation: the chain rule, then its cancelled form.

    parameter: a symbol, or an indexed symbol at a free index that `statement.ranges` declares.
    Raises `UnsupportedExpressionError` where a function has no derivative rule.
    """
    ranges = statement_ranges(statement)
    raw = _through_names(loss, parameter, statement, ranges, ())
    final = _fold(_cancelled(_fold(raw, statement)), statement)
    steps = (Step(raw, "chain_rule"), Step(final, "algebra")) if raw != final else (Step(final, "chain_rule"),)
    label = label_of(parameter)
    return Derivation(
        name or f"{statement.name}.{label}", statement, f"derived: ∂{loss}/∂{label}", Partial(loss, parameter), steps
    )


def _through_names(
    expr: sp.Expr, v: sp.Expr, statement: Statement, ranges: Ranges, active: tuple[sp.Expr, ...]
) -> sp.Expr:
    """The total derivative, with defined names kept as names in the result."""
    names = [d for d in statement.definitions if _mentions(expr, d) and d.key not in active]
    key = v.base if isinstance(v, sp.Indexed) else v
    relevant = [d for d in names if d.key != key]
    if not relevant:
        return differentiate(expr, v, ranges)
    if expr == relevant[0].target or (isinstance(expr, sp.Symbol) and expr == relevant[0].key):
        return _through_names(relevant[0].value, v, statement, ranges, (*active, relevant[0].key))
    total = differentiate(expr, v, ranges)
    for d in relevant:
        total += _by_chain_rule(expr, d, v, statement, ranges)
    return total


def _by_chain_rule(expr: sp.Expr, definition: Definition, v: sp.Expr, statement: Statement, ranges: Ranges) -> sp.Expr:
    """Σ over the target's indices of ∂expr/∂q · ∂q/∂v, contracted where q occurs under a sum."""
    marker = sp.Dummy("t", real=True)

    def walk(e: sp.Expr, inner: Ranges) -> sp.Expr:
        if isinstance(e, sp.Symbol) and e == definition.key:
            return e + marker * _through_names(definition.value, v, statement, inner, (definition.key,))
        if isinstance(e, sp.Indexed) and e.base == definition.key:
            mapping = dict(zip(definition.target.indices, e.indices, strict=True))
            value = substitute(definition.value, mapping)
            return e + marker * _through_names(value, v, statement, inner, (definition.key,))
        if isinstance(e, sp.Sum | sp.Product):
            body, k, lower, upper = peel(e)
            if k in free_symbols(v):
                renamed = sp.Symbol(f"{k.name}_", integer=True)
                body, k = substitute(body, {k: renamed}), renamed
            return e.func(walk(body, inner.with_index(k, lower, upper)), (k, lower, upper))
        if not e.args or isinstance(e, sp.Indexed):
            return e
        return e.func(*(walk(a, inner) for a in e.args))

    return differentiate(walk(expr, ranges), marker, ranges).subs(marker, 0)


def _mentions(expr: sp.Expr, definition: Definition) -> bool:
    return bool(expr.has(definition.key))


def _fold(expr: sp.Expr, statement: Statement) -> sp.Expr:
    """Values of definitions written as their names again: σ(z_i) as p_i, e^{z_c} as p_c·Σ_d e^{z_d}."""
    for d in statement.definitions:
        pattern, image = _pattern(d)
        if isinstance(expr, pattern.func) and isinstance(pattern, sigmoid | sp.exp | sp.tanh):
            mapping = _match(pattern, expr)
            if mapping is not None and free_symbols(d.target) <= set(mapping) | free_symbols(expr):
                return substitute(image, mapping)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    if isinstance(expr, sp.Sum | sp.Product):
        if any(expr == below for d in statement.definitions for below in [_normaliser(expr, d)]):
            return expr
        body, k, lower, upper = peel(expr)
        return expr.func(_fold(body, statement), (k, lower, upper))
    return expr.func(*(_fold(a, statement) for a in expr.args))


def _pattern(definition: Definition) -> tuple[sp.Expr, sp.Expr]:
    """(f, g) with f = g by the definition, f a single function: (σ(z_i), p_i) or (e^{z_c}, p_c·Σ_d e^{z_d})."""
    above, below = definition.value.as_numer_denom()
    return above, definition.target * below


def _normaliser(expr: sp.Expr, definition: Definition) -> sp.Expr | None:
    """The sum under a definition's fraction bar, at the indices at which it stands in `expr`."""
    _, below = definition.value.as_numer_denom()
    if not isinstance(below, sp.Sum) or not isinstance(expr, sp.Sum):
        return None
    mapping = _match(peel(below)[0], substitute(peel(expr)[0], {peel(expr)[1]: peel(below)[1]}))
    return None if mapping is None else substitute(below, mapping).xreplace({peel(below)[1]: peel(expr)[1]})


def _match(pattern: sp.Expr, expr: sp.Expr) -> dict[sp.Symbol, sp.Expr] | None:
    """Indices for which the one indexed symbol of `pattern` gives `expr`."""
    ours, theirs = list(atoms_of(expr, sp.Indexed)), list(atoms_of(pattern, sp.Indexed))
    if not theirs:
        return {} if expr == pattern else None
    if len(ours) != 1 or len(theirs) != 1 or ours[0].base != theirs[0].base:
        return None
    mapping = dict(zip(theirs[0].indices, ours[0].indices, strict=True))
    return mapping if substitute(pattern, mapping) == expr else None


def _cancelled(expr: sp.Expr) -> sp.Expr:
    """Each summand over one denominator and cancelled; sums are opaque to their surroundings."""
    if isinstance(expr, sp.Sum):
        body, k, lower, upper = peel(expr)
        factors = sp.Mul.make_args(_cancelled(body))
        outside = [f for f in factors if k not in free_symbols(f)]
        inside = sp.Mul(*(f for f in factors if k in free_symbols(f)))
        return sp.Mul(*outside, sp.Sum(inside, (k, lower, upper)))
    expr = _merged(sp.expand_mul(expr, deep=False))
    for s in [s for s in atoms_of(expr, sp.Sum) if not _inside_other(s, expr)]:
        expr = expr.xreplace({s: _cancelled(s)})
    inner = {s: sp.Dummy(real=True) for s in atoms_of(expr, sp.Sum) if not _inside_other(s, expr)}
    back = {dummy: s for s, dummy in inner.items()}
    return sp.factor_terms(sp.cancel(expr.xreplace(inner))).xreplace(back)


def _merged(expr: sp.Expr) -> sp.Expr:
    """a Σ_i f + b Σ_i g = Σ_i (a f + b g) for numbers and sizes a, b."""
    groups: dict[tuple[sp.Expr, ...], sp.Expr] = {}
    rest = sp.S.Zero
    for term in sp.Add.make_args(expr):
        sums = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.Sum)]
        factor = term / sums[0] if len(sums) == 1 else term
        if len(sums) != 1 or atoms_of(factor, sp.Indexed):
            rest += term
            continue
        body, *over = peel(sums[0])
        groups[tuple(over)] = groups.get(tuple(over), sp.S.Zero) + factor * body
    total = rest
    for limits, body in groups.items():
        body = sp.factor_terms(body)
        outside = [f for f in sp.Mul.make_args(body) if limits[0] not in free_symbols(f)]
        inside = sp.Mul(*(f for f in sp.Mul.make_args(body) if limits[0] in free_symbols(f)))
        total += sp.Mul(*outside, sp.Sum(inside, limits))
    return total


def _inside_other(inner: sp.Sum, expr: sp.Expr) -> bool:
    return any(inner != outer and inner in atoms_of(outer, sp.Sum) for outer in atoms_of(expr, sp.Sum))
