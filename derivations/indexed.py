r"""The calculus of indexed symbols: substitution, differentiation, and the meaning of `Partial`.

The rules, for symbolic sizes:

    ∂ x[i, k] / ∂ x[a, b] = δ(i, a) δ(k, b)          (the derivative is taken at *fresh* free indices)
    ∂ Σ_k f(k) / ∂ v      = Σ_k ∂ f(k) / ∂ v         (k is renamed first where v mentions it)
    Σ_{k=lo..hi} δ(k, t) f(k) = f(t)                 only where lo ≤ t ≤ hi is proved

SymPy differentiates scalar functions (`Function.fdiff`) and nothing else: its own derivative of a
`Sum` captures bound indices, and its own δ-summation ignores shifts. Substitution never lets an
index be captured. Left out: derivatives by an index, and by a size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sympy as sp

from .atoms import UnsupportedExpressionError, atoms_of, free_atoms, free_symbols, peel
from .functions import Partial, Unknown
from .kernels import charge
from .ranges import Ranges, fresh_index
from .statement import Definition, Statement

__all__ = [
    "AmbiguousPartialError",
    "check_language",
    "differentiate",
    "expand_definitions",
    "resolve",
    "statement_ranges",
    "substitute",
    "take_partials",
]


class AmbiguousPartialError(UnsupportedExpressionError):
    """∂f/∂v where f depends on v's own inputs by another path: which of them is held fixed is not said."""

    def __init__(self, partial: Partial, names: Sequence[str]) -> None:
        super().__init__(partial, names)
        self.partial, self.names = partial, names

    def __str__(self) -> str:
        of, by = self.partial.function, self.partial.variable
        named = of.is_Atom or isinstance(of, sp.Indexed)  # SymPy takes long to write a long expression down
        what = f"{self.partial}: {of}" if named else f"∂/∂{by}: what is differentiated"
        through = f"depends on {', '.join(self.names)} both through {by} and directly"
        return f"{what} {through}; say which is held fixed"


def substitute(expr: sp.Expr, mapping: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """`expr` with free symbols replaced at once; bound indices are renamed before they could capture.

    >>> i, k, n, x = *sp.symbols("i k n", integer=True, positive=True), sp.IndexedBase("x")
    >>> substitute(sp.Sum(x[i, k], (k, 1, n)), {i: k})
    Sum(x[k, k1], (k1, 1, n))
    """
    if not mapping or isinstance(expr, sp.Number):
        return expr
    if isinstance(expr, sp.Symbol):
        return mapping.get(expr, expr)
    if isinstance(expr, sp.Indexed):
        return _indexed(expr.base, tuple(substitute(a, mapping) for a in expr.indices))
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        inner = {s: e for s, e in mapping.items() if s != k}
        incoming = set().union(*(free_symbols(e) for e in inner.values())) if inner else set()
        if k in incoming:
            renamed = fresh_index(k, incoming | free_symbols(body) | set(inner))
            inner[k] = renamed
        else:
            renamed = k
        return expr.func(substitute(body, inner), (renamed, substitute(lower, mapping), substitute(upper, mapping)))
    if isinstance(expr, Unknown):
        name, derivative, argument, (k, lower, upper) = expr.args
        as_sum = substitute(sp.Sum(argument, (k, lower, upper)), mapping)
        if not isinstance(as_sum, sp.Sum):
            raise UnsupportedExpressionError(f"cannot substitute into {expr}")
        return Unknown(name, derivative, as_sum.function, as_sum.limits[0])
    if not expr.args:
        return expr
    args = [substitute(a, mapping) for a in expr.args]
    return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)


@lru_cache(maxsize=100_000)
def _indexed(base: sp.IndexedBase, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    """base[indices], remembered: SymPy deduces the assumptions anew for every `Indexed`."""
    return base[indices]


def contract_sum(body: sp.Expr, k: sp.Symbol, lower: sp.Expr, upper: sp.Expr, ranges: Ranges) -> sp.Expr:
    """Σ_{k=lower..upper} body, with δ(k, t) contracted where t is proved to lie in the range.

    Where t is proved to lie outside the term is 0; where neither is proved the sum is kept.
    """
    if body == 0:
        return sp.S.Zero
    if isinstance(body, sp.Add):
        return sp.Add(*(contract_sum(term, k, lower, upper, ranges) for term in body.args))
    factors = sp.Mul.make_args(body)
    for position, factor in enumerate(factors):
        if isinstance(factor, sp.Add) and any(d.has(k) for d in atoms_of(factor, sp.KroneckerDelta)):
            rest = sp.Mul(*factors[:position], *factors[position + 1 :])
            return contract_sum(sp.Add(*(rest * term for term in factor.args)), k, lower, upper, ranges)
        if isinstance(factor, sp.KroneckerDelta):
            solved = _solve_delta(factor, k)
            if solved is None:
                continue
            inside = ranges.contains(solved, lower, upper)
            if inside is None:
                continue
            if inside is False:
                return sp.S.Zero
            rest = sp.Mul(*factors[:position], *factors[position + 1 :])
            return substitute(rest, {k: solved})
    free = [f for f in factors if k not in free_symbols(f)]
    bound = sp.Mul(*(f for f in factors if k in free_symbols(f)))
    return sp.Mul(*free, sp.Sum(bound, (k, lower, upper)))


def _solve_delta(delta: sp.KroneckerDelta, k: sp.Symbol) -> sp.Expr | None:
    """t with δ = 1 exactly at k = t, for δ(k + c, u) with u free of k; None for any other shape."""
    a, b = delta.args[:2]
    if k in free_symbols(b):
        a, b = b, a
    if k in free_symbols(b) or k not in free_symbols(a):
        return None
    offset = a - k
    return b - offset if k not in free_symbols(offset) else None


def differentiate(expr: sp.Expr, v: sp.Expr, ranges: Ranges, definitions: tuple[Definition, ...] = ()) -> sp.Expr:
    """∂expr/∂v for a symbol or an indexed symbol v, all other atoms held fixed.

    A name that `definitions` define is differentiated through its value (the chain rule) and keeps its
    name in the result; v itself is an independent variable even where it is defined.

    >>> i, j, n, z = *sp.symbols("i j n", integer=True, positive=True), sp.IndexedBase("z", real=True)
    >>> differentiate(sp.Sum(z[i]**2, (i, 1, n)), z[i], Ranges({i: (sp.Integer(1), n)}))
    2*z[i]
    """
    charge()
    if isinstance(v, sp.Symbol) and v.is_integer:
        raise UnsupportedExpressionError(f"no derivative by the index or size {v}")
    if isinstance(expr, sp.Number | sp.NumberSymbol | sp.KroneckerDelta):
        return sp.S.Zero
    if isinstance(expr, sp.Symbol):
        if expr == v:
            return sp.S.One
        found = _definition_of(expr, definitions)
        return sp.S.Zero if found is None else differentiate(found.value, v, ranges, definitions)
    if isinstance(expr, sp.Indexed):
        if any(a.has(sp.Indexed) for a in expr.indices):
            raise UnsupportedExpressionError(f"no derivative through the index of {expr}")
        if not isinstance(v, sp.Indexed) or v.base != expr.base:
            found = _definition_of(expr.base, definitions)
            if found is None:
                return sp.S.Zero
            return differentiate(_value_at(found, found.value, expr.indices), v, ranges, definitions)
        if len(v.indices) != len(expr.indices):
            raise UnsupportedExpressionError(f"{expr} and {v} have different numbers of indices")
        return sp.Mul(*(sp.KroneckerDelta(a, b) for a, b in zip(expr.indices, v.indices, strict=True)))
    if isinstance(expr, sp.Add):
        return sp.Add(*(differentiate(a, v, ranges, definitions) for a in expr.args))
    if isinstance(expr, sp.Mul):
        terms = []
        for position, factor in enumerate(expr.args):
            d = differentiate(factor, v, ranges, definitions)
            if d != 0:
                terms.append(sp.Mul(*expr.args[:position], d, *expr.args[position + 1 :]))
        return sp.Add(*terms)
    if isinstance(expr, sp.Pow):
        base, exponent = expr.args
        d_base, d_exponent = (
            differentiate(base, v, ranges, definitions),
            differentiate(exponent, v, ranges, definitions),
        )
        d = sp.S.Zero if d_base == 0 else exponent * base ** (exponent - 1) * d_base
        return d if d_exponent == 0 else d + expr * sp.log(base) * d_exponent
    if isinstance(expr, sp.Sum):
        _refuse_capture(expr, definitions)
        body, k, lower, upper = _apart_from(expr, v, ranges)
        inner = ranges.with_index(k, lower, upper)
        return contract_sum(differentiate(body, v, inner, definitions), k, lower, upper, ranges)
    if isinstance(expr, sp.Product):
        _refuse_capture(expr, definitions)
        body, k, lower, upper = _apart_from(expr, v, ranges)
        inner = ranges.with_index(k, lower, upper)
        return expr * contract_sum(differentiate(body, v, inner, definitions) / body, k, lower, upper, ranges)
    if isinstance(expr, Unknown):
        _, derivative, argument, (k, lower, upper) = expr.args
        renamed = fresh_index(k, free_symbols(v) | free_symbols(argument) | set(ranges.bounds))
        inner = ranges.with_index(renamed, lower, upper)
        d = differentiate(substitute(argument, {k: renamed}), v, inner, definitions)
        return contract_sum(derivative[renamed] * d, renamed, lower, upper, ranges)
    if isinstance(expr, sp.Abs):
        d = differentiate(expr.args[0], v, ranges, definitions)
        return sp.sign(expr.args[0]) * d if d != 0 else d
    if isinstance(expr, sp.sign):
        return sp.S.Zero  # away from the kink, where a declared convention takes over
    if isinstance(expr, sp.Max) and len(expr.args) == 2:
        a, b = expr.args
        one, other = (differentiate(e, v, ranges, definitions) for e in (a, b))
        return (one + other) / 2 + sp.sign(a - b) * (one - other) / 2 if one != other else one
    if isinstance(expr, sp.Function) and len(expr.args) == 1:
        d = differentiate(expr.args[0], v, ranges, definitions)
        return expr.fdiff(1) * d if d != 0 else d
    raise UnsupportedExpressionError(f"no rule differentiates {type(expr).__name__}: {expr}")


def _refuse_capture(expr: sp.Sum | sp.Product, definitions: tuple[Definition, ...]) -> None:
    """Refuse a sum over an index that the value of a name under it has, where the name itself has not."""
    _, k, _, _ = peel(expr)
    if not any(k in _extra_indices(d) for d in definitions):
        return
    waiting, seen = [expr], set()
    while waiting:
        for atom in free_atoms(waiting.pop()):
            found = _definition_of(_name(atom), definitions)
            if found is None or found.key in seen:
                continue
            if k in _extra_indices(found):
                raise UnsupportedExpressionError(_captured(found, {k}))
            seen.add(found.key)
            waiting.append(found.value)


@lru_cache(maxsize=1024)
def _extra_indices(definition: Definition) -> frozenset[sp.Symbol]:
    own = set(definition.target.indices) if isinstance(definition.target, sp.Indexed) else set()
    return frozenset(free_symbols(definition.value) - own)


def _captured(definition: Definition, indices: set[sp.Symbol] | frozenset[sp.Symbol]) -> str:
    return (
        f"the value of {definition.target} has the index {', '.join(sorted(map(str, indices)))}, which is not in its "
        f"name and would be captured here: write {definition.target} with that index"
    )


def _apart_from(expr: sp.Sum | sp.Product, v: sp.Expr, ranges: Ranges) -> tuple[sp.Expr, sp.Symbol, sp.Expr, sp.Expr]:
    """`peel(expr)` with its index renamed where v, or a known fact about other indices, is about that name."""
    body, k, lower, upper = peel(expr)
    taken = free_symbols(v)
    if k in taken or ranges.mentions(k):
        facts = {s for pair in ranges.bounds.values() for b in pair for s in b.free_symbols}
        renamed = fresh_index(k, taken | free_symbols(body) | set(ranges.bounds) | facts)
        body, k = substitute(body, {k: renamed}), renamed
    return body, k, lower, upper


def _value_at(definition: Definition, value: sp.Expr, indices: Sequence[sp.Expr]) -> sp.Expr:
    """The value of a defined entry at other indices."""
    own = definition.target.indices
    if len(own) != len(indices):
        raise UnsupportedExpressionError(f"{definition.target.base} has {len(own)} indices, and {len(indices)} here")
    return substitute(value, dict(zip(own, indices, strict=True)))


def _definition_of(key: sp.Expr, definitions: tuple[Definition, ...]) -> Definition | None:
    return next((d for d in definitions if d.key == key), None)


def statement_ranges(statement: Statement) -> Ranges:
    """The index ranges and least sizes that a statement declares."""
    ranges = Ranges(minimum=dict(statement.minimum))
    for symbol, lower, upper in statement.ranges:
        ranges = ranges.with_index(symbol, lower, upper)
    return ranges


def expand_definitions(
    expr: sp.Expr, definitions: tuple[Definition, ...], keep: frozenset[sp.Expr] = frozenset()
) -> sp.Expr:
    """`expr` with every defined name replaced by its value, but for those whose key is in `keep`.

    Definitions may use earlier ones; a cycle is an error. So is a value with an index that is not in its
    target (z for z_i, at a fixed i) where a sum around the name, or a target with that index, would capture it.
    """
    by_key = {d.key: d for d in definitions if d.key not in keep}

    def walk(e: sp.Expr, active: tuple[sp.Expr, ...], bound: frozenset[sp.Symbol] = frozenset()) -> sp.Expr:
        charge()
        key = e.base if isinstance(e, sp.Indexed) else e
        found = by_key.get(key) if isinstance(e, sp.Indexed | sp.Symbol) else None
        if found is not None:
            if key in active:
                chain = " → ".join(str(a) for a in (*active, key))
                raise UnsupportedExpressionError(f"{key} is defined by itself: {chain}")
            value = found.value
            own = set(found.target.indices) if isinstance(found.target, sp.Indexed) else set()
            captured = (free_symbols(value) - own) & bound
            if captured:
                raise UnsupportedExpressionError(_captured(found, captured))
            if isinstance(found.target, sp.Indexed):
                actual = tuple(walk(a, active, bound) for a in e.indices)
                value = _value_at(found, value, actual)
            return walk(value, (*active, key), bound | own)
        if isinstance(e, sp.Indexed):
            return _indexed(e.base, tuple(walk(a, active, bound) for a in e.indices))
        if isinstance(e, Partial):
            raise UnsupportedExpressionError(f"{e}: resolve derivatives before expanding definitions")
        if isinstance(e, Unknown):
            name, derivative, argument, limit = e.args
            return Unknown(name, derivative, walk(argument, active, bound | {limit[0]}), limit)
        if isinstance(e, sp.Sum | sp.Product):
            body, k, lower, upper = peel(e)
            return e.func(walk(body, active, bound | {k}), (k, walk(lower, active, bound), walk(upper, active, bound)))
        if not e.args:
            return e
        args = [walk(a, active, bound) for a in e.args]
        return e if all(a is b for a, b in zip(args, e.args, strict=True)) else e.func(*args)

    return walk(expr, ())


def resolve(expr: sp.Expr, statement: Statement, ranges: Ranges | None = None) -> sp.Expr:
    """`expr` over the statement's variables alone: derivatives taken (`take_partials`), definitions expanded."""
    return expand_definitions(take_partials(expr, statement, ranges), statement.definitions)


def take_partials(expr: sp.Expr, statement: Statement, ranges: Ranges | None = None) -> sp.Expr:
    """`expr` with its derivatives taken, by the chain rule through the definitions, which keep their names.

    ∂f/∂v holds every input of f fixed but v, where v itself is held as an independent variable.
    Raises `AmbiguousPartialError` when v is a defined quantity and f depends on a parameter of v by
    another path as well.
    """
    check_definitions(statement)
    check_language(expr, *(symbol for symbol, _, _ in statement.ranges), *(d.value for d in statement.definitions))
    return _take_partials(expr, statement, ranges or statement_ranges(statement))


@lru_cache(maxsize=64)
def check_definitions(statement: Statement) -> None:
    """Refuse names that do not mean one thing: given twice, defined by themselves, or with an index that is hidden.

    z with the value w·x_i, at a fixed i, is one quantity; p_i computed from it is none: its i would have
    to be two different ones.
    """
    seen: set[sp.Expr] = set()
    for name in (*(v.label for v in statement.variables), *(_label(d.key) for d in statement.definitions)):
        if name in seen:
            raise UnsupportedExpressionError(f"{statement.name}: {name} is defined twice")
        seen.add(name)
    by_key = {d.key: d for d in statement.definitions}
    below = {key: _names_below(key, by_key) for key in by_key}
    for d in statement.definitions:
        if d.key in below[d.key]:
            raise UnsupportedExpressionError(f"{statement.name}: {d.target} is defined by itself")
        own = set(d.target.indices) if isinstance(d.target, sp.Indexed) else set()
        for name in below[d.key]:
            hidden = _extra_indices(by_key[name]) & own
            if hidden:
                raise UnsupportedExpressionError(f"{statement.name}: {d.target}: {_captured(by_key[name], hidden)}")


@lru_cache(maxsize=512)
def check_language(*exprs: sp.Expr) -> None:
    """Refuse what would be read as something else.

    Symbols that are no real numbers; two indices or sizes of one name, which SymPy takes for different where
    their assumptions differ; δ limited to a range of its own.
    """
    integers: dict[str, sp.Symbol] = {}
    for e in exprs:
        symbols, deltas = _symbols_and_deltas(e)
        for symbol in symbols:
            if not symbol.is_commutative or symbol.is_real is False:
                raise UnsupportedExpressionError(f"{symbol} is no real number, or does not commute")
            if symbol.is_integer and integers.setdefault(symbol.name, symbol) != symbol:
                raise UnsupportedExpressionError(f"two different symbols are called {symbol}: make it once")
        for delta in deltas:
            if len(delta.args) != 2:
                raise UnsupportedExpressionError(f"{delta}: write δ of two indices, without a range of its own")


@lru_cache(maxsize=4096)
def _symbols_and_deltas(expr: sp.Expr) -> tuple[list[sp.Symbol], list[sp.KroneckerDelta]]:
    atoms = expr.atoms(sp.Symbol, sp.KroneckerDelta)
    symbols = [a for a in atoms if isinstance(a, sp.Symbol) and not isinstance(a, sp.Dummy)]
    return symbols, [a for a in atoms if isinstance(a, sp.KroneckerDelta)]


def _names_below(key: sp.Expr, by_key: Mapping[sp.Expr, Definition]) -> frozenset[sp.Expr]:
    """The keys of all definitions that a definition is computed from."""
    found: set[sp.Expr] = set()
    waiting = [key]
    while waiting:
        for atom in free_atoms(by_key[waiting.pop()].value):
            name = _name(atom)
            if name in by_key and name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _take_partials(expr: sp.Expr, statement: Statement, ranges: Ranges) -> sp.Expr:
    if isinstance(expr, Partial):
        v = expr.variable
        key = _name(v)
        f = _take_partials(expr.function, statement, ranges)
        _refuse_unknown_dependence(expr, _inputs(f, statement, frozenset({key})), statement)
        definition = statement.definition(key)
        if definition is not None:
            _refuse_left_over_path(expr, f, definition, statement)
        return differentiate(f, v, ranges, statement.definitions)
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        return expr.func(_take_partials(body, statement, ranges.with_index(k, lower, upper)), (k, lower, upper))
    if not expr.has(Partial):
        return expr
    return expr.func(*(_take_partials(a, statement, ranges) for a in expr.args))


_DATA = frozenset({"feature", "label", "penalty"})
"""Roles of what is given rather than computed: sharing them is no second path to an intermediate quantity."""


def _name(atom: sp.Expr) -> sp.Expr:
    return atom.base if isinstance(atom, sp.Indexed) else atom


def _label(key: sp.Expr) -> sp.Expr:
    """The symbol that a name is written with: an array and a scalar can't share it."""
    return key.label if isinstance(key, sp.IndexedBase) else key


def _inputs(expr: sp.Expr, statement: Statement, keep: frozenset[sp.Expr] = frozenset()) -> set[sp.Expr]:
    """The names that `expr` depends on once every definition is expanded, but for those in `keep`."""
    found: set[sp.Expr] = set()
    waiting, seen = [expr], set(keep)
    while waiting:
        for atom in free_atoms(waiting.pop()):
            name = _name(atom)
            definition = None if name in seen else statement.definition(name)
            if definition is not None:
                seen.add(name)
                waiting.append(definition.value)
            elif name in keep or statement.definition(name) is None:
                found.add(name)
    return found


def _refuse_unknown_dependence(partial: Partial, inputs: set[sp.Expr], statement: Statement) -> None:
    """A name without a value, and the derivative of an unknown function, may depend on anything: their ∂ is not 0."""
    known = {v.base if v.axes else v.label for v in statement.variables} | {_name(partial.variable)}
    for name in sorted(inputs - known, key=str):
        if not (isinstance(name, sp.Symbol) and name.is_integer):
            raise UnsupportedExpressionError(f"{partial}: {name} is neither a variable nor defined")


def _refuse_left_over_path(partial: Partial, f: sp.Expr, definition: Definition, statement: Statement) -> None:
    names = {v.base: v.name for v in statement.variables if v.axes and v.role not in _DATA}
    names |= {v.label: v.name for v in statement.variables if not v.axes and v.role not in _DATA}
    own = _inputs(definition.value, statement)
    both = own & _inputs(f, statement, _siblings(definition, statement)) & set(names)
    if both:
        raise AmbiguousPartialError(partial, sorted(names[b] for b in both))


def _siblings(definition: Definition, statement: Statement) -> frozenset[sp.Expr]:
    """The key of a definition, with those of the names beside it: neither is computed from the other.

    In C(u, l), ∂C/∂u holds l fixed, whatever u and l are both computed from.
    """
    by_key = {d.key: d for d in statement.definitions}

    beneath = _names_below(definition.key, by_key)
    return frozenset(
        k for k in by_key if k == definition.key or (k not in beneath and definition.key not in _names_below(k, by_key))
    )
