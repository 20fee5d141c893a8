r"""The exact zero test: whether an expression is zero for every size, on its domain.

Four means, each sound by itself, tried in this order:

1. *normal form* (`normal_form`), with as few label relations as suffice: none, then Σ_c y_c = 1, then y² = y;
2. *one denominator*: sums whose denominators differ are brought over their least common multiple, where
   the map f ↦ Σ_i f/D is injective on monomials, and compared there;
3. *index coincidence*: where δ(i, j) of free indices remains, i = j and i ≠ j are decided apart;
4. *label cases*: a sum over samples is zero if its summand is, and a summand is zero if it is for every
   value that a label can take.

`Zero(True)` is a proof. `Zero(False)` says only that no proof was found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from .atoms import free_atoms, free_symbols, label_of, peel
from .domain import Domain
from .indexed import expand_definitions, statement_ranges, substitute
from .inverses import Inverse
from .kernels import BudgetExceededError, Kernel, OutOfSlotsError, Rat, render
from .normal_form import Level, Normalizer, RestartError
from .ranges import Ranges
from .statement import Definition, Statement

__all__ = ["Context", "Zero", "normalizer_for", "zero_test"]

# generators of a field, doubled when they do not suffice: starting again costs more than arithmetic with unused ones
FIRST_SLOTS, MAX_SLOTS = 64, 256
MAX_CASES = 64


@dataclass(frozen=True)
class Context:
    """What is known while one equation is decided.

    arrays: label of an `IndexedBase`, or a symbol → (domain, axes). positive: expressions that the
    domain makes positive. inverses: arrays that are inverses of matrices. pool: the normalizers in use, one a
    level; equations decided in one context share their normal forms (`dataclasses.replace` starts an empty pool,
    since facts may differ).
    """

    ranges: Ranges
    arrays: Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]] = field(default_factory=dict)
    positive: tuple[sp.Expr, ...] = ()
    inverses: tuple[Inverse, ...] = ()
    pool: dict[int, Normalizer] = field(default_factory=dict, init=False, repr=False, compare=False)
    within: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def expanded(self, definitions: tuple[Definition, ...], keep: frozenset[sp.Expr]) -> Context:
        """The same facts about expressions in which all names but `keep` are replaced by their values."""
        if not definitions:
            return self
        known = "expanded", definitions, keep
        if known not in self.within:
            positive = tuple(expand_definitions(e, definitions, keep) for e in self.positive)
            inverses = tuple(replace(i, value=expand_definitions(i.value, definitions, keep)) for i in self.inverses)
            self.within[known] = replace(self, positive=positive, inverses=inverses)
        found: Context = self.within[known]
        return found

    def enter(self, expr: sp.Sum | sp.Product) -> tuple[sp.Expr, Context]:
        """The body of a sum, with its index declared; renamed where that name stands for something else here."""
        found = self.within.get(expr)
        if found is None:
            body, k, lower, upper = peel(expr)
            taken = k in self.ranges.bounds or any(k in free_symbols(e) for e in self.positive)
            if self.ranges.mentions(k) or (taken and self.ranges.bounds.get(k) != (lower, upper)):
                renamed = _unused(k.name, self.ranges, body, *self.positive)
                body, k = substitute(body, {k: renamed}), renamed
            bound = (k, lower, upper)
            inner = self.within.get(bound)
            if inner is None:
                inner = self.within[bound] = replace(self, ranges=self.ranges.with_index(*bound))
            found = self.within[expr] = body, inner
        return found

    @classmethod
    def of(cls, statement: Statement) -> Context:
        arrays = {v.label: (v.domain, v.axes) for v in statement.variables}
        return cls(statement_ranges(statement), arrays, statement.positive)


@dataclass(frozen=True)
class Zero:
    """is_zero: proved zero. used: label relations and case splits that the proof needed.

    reduced: the normal form that was left, as text ("0" where proved).
    holds_for: where only some index coincidences are zero, those cases ("i ≠ j").
    """

    is_zero: bool
    method: str
    used: tuple[str, ...] = ()
    reduced: str = "0"
    holds_for: tuple[str, ...] = ()
    fails_for: tuple[str, ...] = ()


def normalizer_for(context: Context, level: int, work: Callable[[Normalizer], Any]) -> Any:
    """`work` on the context's normalizer, on a new one when it needs more generators or finer exponents."""
    slots, denominator = FIRST_SLOTS, 1
    while True:
        pooled = context.pool.pop(level, None)
        normalizer = pooled
        try:
            if normalizer is None:
                normalizer = Normalizer(context.ranges, context.arrays, level, slots, denominator, context.inverses)
                for expr in context.positive:
                    normalizer.assume_positive(expr)
            normalizer.used = set()
            result = work(normalizer)
            context.pool[level] = normalizer
            return result
        except OutOfSlotsError:
            if pooled is None:  # one that served other equations may be full of their kernels: start it anew first
                slots *= 2
            if slots > MAX_SLOTS:
                raise BudgetExceededError(f"more than {MAX_SLOTS} independent quantities") from None
        except RestartError as restart:
            denominator = restart.denominator
            if denominator > 10_000:
                raise BudgetExceededError("exponents with very large denominators") from None


def zero_test(expr: sp.Expr, context: Context, brief: bool = False) -> Zero:
    """Whether `expr` (resolved: no `Partial`, no defined names) is zero wherever it is defined.

    brief: look for the normal form and the coincidences in which it vanishes only; for what is known not to be zero.
    Raises `UndefinedError` when the expression is nowhere defined, `UnsupportedExpressionError`
    outside the language, `BudgetExceededError` when the named budget is spent.
    """
    return _zero(expr, context, depth=3 if brief else 0, brief=brief)


def _zero(expr: sp.Expr, context: Context, depth: int, brief: bool = False) -> Zero:
    if expr == 0:
        return Zero(True, "normal form")
    levels = [Level.NONE]
    labels = _label_domains(expr, context)
    if Domain.ONE_HOT in labels:
        levels.append(Level.SUMS_TO_ONE)
    if labels:
        levels.append(Level.ALL)
    for level in levels[-1:] if brief else levels:
        found, deltas = normalizer_for(context, level, _attempting(expr, level == levels[-1]))
        if found.is_zero:
            return found
    if depth < 4:
        split = _split_coincidence(expr, context, deltas, depth) if deltas else None
        if split is not None and (split.is_zero or split.holds_for):
            return split
        if labels and not brief:
            cases = _label_cases(expr, context, depth)
            if cases is not None and cases.is_zero:
                return cases
    return found


def _attempting(expr: sp.Expr, shown: bool) -> Callable[[Normalizer], tuple[Zero, list[tuple[sp.Expr, sp.Expr]]]]:
    return lambda normalizer: _attempt(normalizer, expr, shown)


def _attempt(normalizer: Normalizer, expr: sp.Expr, shown: bool) -> tuple[Zero, list[tuple[sp.Expr, sp.Expr]]]:
    r = normalizer.relate(normalizer.normalize(expr))
    used = tuple(sorted(normalizer.used))
    if r.is_zero:
        return Zero(True, "normal form", used), []
    if _over_one_denominator(normalizer, r):
        return Zero(True, "normal form over one denominator", tuple(sorted(normalizer.used))), []
    deltas = [k.args for k in normalizer.field.kernels_of(r.n) if k.kind == "delta"]
    return Zero(False, "normal form", used, render(r) if shown else ""), deltas


def _label_domains(expr: sp.Expr, context: Context) -> set[Domain]:
    found = set()
    for atom in free_atoms(expr):
        label = label_of(atom)
        domain, _ = context.arrays.get(label, (Domain.REAL, ()))
        if not domain.is_continuous:
            found.add(domain)
    return found


def _over_one_denominator(normalizer: Normalizer, r: Rat) -> bool:
    """Whether the numerator vanishes once its sums stand over common denominators, range by range."""
    f = normalizer.field
    groups: dict[tuple[Any, ...], list[Kernel]] = {}
    for kernel in f.kernels_of(r.n):
        if kernel.kind == "sum":
            limits = kernel.args[0]
            names = {b[0]: sp.Symbol(f"%%{p}", integer=True) for p, b in enumerate(limits)}
            signature = tuple((lo.xreplace(names), hi.xreplace(names)) for _, lo, hi in limits)
            groups.setdefault(signature, []).append(kernel)
    images: dict[Kernel, Rat] = {}
    for signature, kernels in groups.items():
        if not any(k.args[2] for k in kernels):
            continue
        shared = [sp.Symbol(f"%%{p}", integer=True) for p in range(len(signature))]
        bodies = []
        for kernel in kernels:
            renaming = {b[0]: name for b, name in zip(kernel.args[0], shared, strict=True)}
            top = normalizer.from_mono((normalizer.rename(k, renaming), e) for k, e in kernel.args[1])
            below = {normalizer.rename_key(p, renaming): e for p, e in kernel.args[2]}
            bodies.append((kernel, top, below))
        common: dict[Any, int] = {}
        for _, _, below in bodies:
            for p, e in below.items():
                common[p] = max(common.get(p, 0), e)
        for kernel, top, below in bodies:
            for p, e in common.items():
                top = top * normalizer.from_key(p) ** (e - below.get(p, 0))
            images[kernel] = _spread(normalizer, top, signature, frozenset(shared))
        size = signature[0][1]
        if len(signature) == 1 and signature[0][0] == 1 and size.is_Symbol:
            top = f.one  # n itself is Σ_{i=1..n} 1
            for p, e in common.items():
                top = top * normalizer.from_key(p) ** e
            images[f.kernel("sym", size)] = _spread(normalizer, top, signature, frozenset(shared))
    if not images:
        return False
    total = f.zero
    for mono, coefficient in f.terms(r.n):
        term = f.constant(coefficient)
        for kernel, e in mono:
            term = term * images.get(kernel, f.of(kernel)) ** e
        total = total + term
    return normalizer.relate(total).is_zero


def _spread(normalizer: Normalizer, top: Rat, signature: tuple[Any, ...], names: frozenset[sp.Symbol]) -> Rat:
    """Σ top/D as a combination of new generators, one for each monomial in the bound indices."""
    f = normalizer.field
    total = f.zero
    for mono, coefficient in f.terms(top.n):
        inside = tuple((k, e) for k, e in mono if k.indices & names)
        outside = [(k, e) for k, e in mono if not k.indices & names]
        generator = f.of(f.kernel("spread", str(signature), inside))
        total = total + generator * normalizer.from_mono(outside) * f.constant(coefficient)
    return total


def _split_coincidence(
    expr: sp.Expr, context: Context, deltas: list[tuple[sp.Expr, sp.Expr]], depth: int
) -> Zero | None:
    for a, b in deltas:
        equal = _as_substitution(a, b, context.ranges)
        if equal is None:
            continue
        symbol, value = equal
        ranges = context.ranges
        same = _zero(
            substitute(expr, {symbol: value}),
            replace(
                context,
                ranges=ranges.without_index(symbol),
                positive=tuple(substitute(p, {symbol: value}) for p in context.positive),
            ),
            depth + 1,
        )
        apart = _zero(expr, replace(context, ranges=ranges.with_distinct(a, b)), depth + 1)
        is_case, not_case = f"{a} = {b}", f"{a} ≠ {b}"
        used = tuple(sorted({*same.used, *apart.used}))
        if same.is_zero and apart.is_zero:
            return Zero(True, f"{same.method}, {is_case} and {not_case} apart", used)
        if same.is_zero:
            return Zero(False, same.method, used, apart.reduced, (is_case,), (not_case,))
        if apart.is_zero:
            return Zero(False, apart.method, used, same.reduced, (not_case,), (is_case,))
    return None


def _as_substitution(a: sp.Expr, b: sp.Expr, ranges: Ranges) -> tuple[sp.Symbol, sp.Expr] | None:
    for x, y in ((b, a), (a, b)):
        if isinstance(x, sp.Symbol) and x in ranges.bounds and x not in y.free_symbols:
            return x, y
        symbols = [s for s in x.free_symbols if s in ranges.bounds]
        if len(symbols) == 1 and symbols[0] not in y.free_symbols and (x - symbols[0]).is_Integer:
            return symbols[0], y - (x - symbols[0])
    return None


def _label_cases(expr: sp.Expr, context: Context, depth: int) -> Zero | None:
    """Zero for every value that the labels of one summand can take, hence zero."""
    body, ranges = _common_summand(expr, context.ranges)
    context = replace(context, ranges=ranges)
    rows = {_row_of(a, context) for a in free_atoms(body) if _is_label(a, context)}
    if len(rows) != 1:
        return None
    (row,) = rows
    label, domain, leading = row
    if set().union(*(s.free_symbols for s in leading)) & _bound_within(body):
        return None  # a sum in the body runs over several rows, whose labels differ
    used: set[str] = {domain.condition(str(label))}
    for value, case_context in _values_of(label, domain, leading, context):
        replaced = _replace_label(body, label, value)
        case = _zero(replaced, case_context, depth + 1)
        if not case.is_zero:
            return None
        used |= set(case.used)
    return Zero(True, f"case by case over the values of {label}", tuple(sorted(used)))


def _bound_within(expr: sp.Expr) -> set[sp.Symbol]:
    return {limit[0] for e in sp.preorder_traversal(expr) if isinstance(e, sp.Sum | sp.Product) for limit in e.limits}


def _is_label(atom: sp.Expr, context: Context) -> bool:
    label = label_of(atom)
    domain, _ = context.arrays.get(label, (Domain.REAL, ()))
    return not domain.is_continuous


def _row_of(atom: sp.Expr, context: Context) -> tuple[Any, Domain, tuple[sp.Expr, ...]]:
    label = label_of(atom)
    domain, _ = context.arrays[label]
    indices = tuple(atom.indices) if isinstance(atom, sp.Indexed) else ()
    return label, domain, indices[:-1] if domain is Domain.ONE_HOT else indices


def _values_of(
    label: Any, domain: Domain, leading: tuple[sp.Expr, ...], context: Context
) -> Iterator[tuple[Callable[[sp.Expr], sp.Expr], Context]]:
    if domain in (Domain.BINARY, Domain.SIGNS):
        for value in (0, 1) if domain is Domain.BINARY else (-1, 1):
            yield _constantly(sp.Integer(value)), context
        return
    classes = context.arrays[label][1][-1]
    last = classes
    least = context.ranges.minimum.get(last, 1) if isinstance(last, sp.Symbol) else 1
    yield (lambda c: sp.KroneckerDelta(c, 1)), context
    if least >= 2:
        yield (lambda c: sp.KroneckerDelta(c, last)), context
    observed = _unused("%c", context.ranges)
    interior = context.ranges.with_index(observed, 2, last - 1)
    if isinstance(last, sp.Symbol):
        interior = interior.with_minimum(last, max(least, 3))
    if least >= 2:
        yield (lambda c: sp.KroneckerDelta(c, observed)), replace(context, ranges=interior)
    else:
        whole = context.ranges.with_index(observed, 1, last)
        yield (lambda c: sp.KroneckerDelta(c, observed)), replace(context, ranges=whole)


def _unused(stem: str, ranges: Ranges, *exprs: sp.Expr) -> sp.Symbol:
    """An index of which nothing is known yet."""
    facts = {s for b in ranges.bounds.values() for e in b for s in e.free_symbols}
    taken = {s.name for s in facts.union(ranges.bounds, *(e.free_symbols for e in exprs))}
    number = next(k for k in itertools.count() if f"{stem}{k}" not in taken)
    return sp.Symbol(f"{stem}{number}", integer=True)


def _constantly(value: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda _: value


def _replace_label(expr: sp.Expr, label: Any, value: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    if isinstance(expr, sp.Indexed):
        return value(expr.indices[-1]) if expr.base.label == label else expr
    if expr == label:
        return value(expr)
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        return expr.func(_replace_label(body, label, value), (k, lower, upper))
    if not expr.args:
        return expr
    return expr.func(*(_replace_label(a, label, value) for a in expr.args))


def _common_summand(expr: sp.Expr, ranges: Ranges) -> tuple[sp.Expr, Ranges]:
    """B(i) with expr = Σ_i B(i), where all terms of expr are multiples of sums over one range; else expr."""
    while True:
        parts = []
        limits = set()
        for term in sp.Add.make_args(sp.expand_mul(expr, deep=False)):
            sums = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.Sum)]
            if len(sums) != 1:
                return expr, ranges
            body, k, lower, upper = peel(sums[0])
            parts.append((term / sums[0], body, k))
            limits.add((lower, upper))
        if len(limits) != 1:
            return expr, ranges
        lower, upper = limits.pop()
        index = _unused("%s", ranges, expr)
        expr = sp.Add(*(factor * substitute(body, {k: index}) for factor, body, k in parts))
        ranges = ranges.with_index(index, lower, upper)
        if expr == 0:
            return expr, ranges
