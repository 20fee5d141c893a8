r"""Statements: a loss, its symbols with their domains, and the derivations that are claimed of it.

A `Statement` says once what a loss is: variables (role, axes, domain), definitions in order,
conventions, source. A `Derivation` claims, of such a statement, a chain

    left  =  steps[0].expr  =  steps[1].expr  =  …

each link named by a rule. Everything else of the project (assumptions, proofs, strategies, JAX
code, pages) is generated from these two. Expressions are SymPy's: `Sum(x[i, k]*w[k], (k, 1, m))`
over `IndexedBase` variables, with sizes n, m, K symbolic; indices count from 1.

>>> n, i = size("n"), index("i")
>>> y, p = variable("y", n, role="label"), variable("p", n, role="prediction")
>>> C = sp.Symbol("C", real=True)
>>> mse = Statement(
...     name="mse", family="example", title="Mean squared error", source="Gauss 1809",
...     variables=(y, p), ranges=((i, 1, n),),
...     definitions=(Definition(C, sp.Sum((p[i] - y[i])**2, (i, 1, n))/n),))
>>> mse.variable("y").axes
(n,)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

import sympy as sp

from .domain import Domain

__all__ = ["Definition", "Derivation", "Statement", "Step", "Variable", "array", "index", "scalar", "size", "variable"]


@lru_cache(maxsize=1_000)
def size(name: str) -> sp.Symbol:
    """A symbolic size such as n (samples), m (features), K (classes)."""
    return sp.Symbol(name, integer=True, positive=True)


@lru_cache(maxsize=1_000)
def index(name: str) -> sp.Symbol:
    """An index symbol; where it runs is said by the sum over it, or by the statement's `ranges`.

    It is not assumed to be positive: of a positive k, SymPy makes δ(k, 0) = 0 and |k| = k, also where k begins at 0.
    """
    return sp.Symbol(name, integer=True)


@lru_cache(maxsize=10_000)
def array(label: sp.Symbol) -> sp.IndexedBase:
    """The array that a symbol names, remembered: SymPy deduces the assumptions anew for every `IndexedBase`."""
    return sp.IndexedBase(label, shape=None)


@lru_cache(maxsize=50_000)
def element(label: sp.Symbol, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    """The element of an array at these indices, remembered as `array` is; without any, the symbol itself."""
    return array(label)[indices] if indices else label


@dataclass(frozen=True)
class Variable:
    """An input of a statement: `variable[i, k]` is an indexed symbol, `variable()` a scalar one.

    role: "feature", "label", "weight", "bias", "threshold", "penalty", "logit", "prediction", …
    axes: the sizes of its axes, in order; () for a scalar. domain: where its entries lie.
    """

    name: str
    axes: tuple[sp.Expr, ...]
    role: str
    domain: Domain = Domain.REAL
    latex: str | None = None

    @property
    def label(self) -> sp.Symbol:
        return sp.Symbol(self.latex or self.name, **self.domain.assumptions)

    @property
    def base(self) -> sp.IndexedBase:
        return array(self.label)

    def __getitem__(self, indices: Any) -> sp.Expr:
        indices = indices if isinstance(indices, tuple) else (indices,)
        if len(indices) != len(self.axes):
            raise IndexError(f"{self.name} has {len(self.axes)} axes, indexed with {len(indices)}: {indices}")
        return element(self.label, indices)

    def __call__(self) -> sp.Symbol:
        if self.axes:
            raise TypeError(f"{self.name} has axes {self.axes}: index it, {self.name}[…]")
        return self.label


def variable(name: str, *axes: sp.Expr, role: str, domain: Domain = Domain.REAL, latex: str | None = None) -> Variable:
    """A variable with the given axes: `variable("x", n, m, role="feature")` is x of shape (n, m)."""
    return Variable(name, tuple(sp.sympify(a, strict=True) for a in axes), role, domain, latex)


def scalar(name: str, *, role: str, domain: Domain = Domain.REAL, latex: str | None = None) -> Variable:
    """A scalar variable; write `b()` for its symbol."""
    return Variable(name, (), role, domain, latex)


@dataclass(frozen=True)
class Definition:
    """`target` stands for `value`: `Definition(z[i], Sum(w[k]*x[i, k], (k, 1, m)) + b)`.

    The target is a symbol, or an indexed symbol with distinct plain indices, each of which the
    value may use. `role` is what a reader would call it (logit, prediction, loss).
    """

    target: sp.Expr
    value: sp.Expr
    role: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.target, sp.Indexed):
            ok = all(isinstance(a, sp.Symbol) for a in self.target.indices)
            if not ok or len(set(self.target.indices)) != len(self.target.indices):
                raise ValueError(f"definition of {self.target}: its indices must be distinct plain symbols")
        elif not isinstance(self.target, sp.Symbol):
            raise ValueError(f"definition of {self.target}: only a symbol or an indexed symbol can be defined")

    @property
    def key(self) -> sp.Expr:
        """What identifies the name: the base of an indexed target, or the symbol itself."""
        return self.target.base if isinstance(self.target, sp.Indexed) else self.target


@dataclass(frozen=True)
class Statement:
    """A loss, or any quantity with definitions, stated once.

    ranges: (index, lower, upper) for each index that occurs free in a claim.
    minimum: least value of a size, where it is not 1 (K ≥ 2).
    positive: expressions that the domain makes positive, beyond single variables (p_i > 0 since θ increases).
    nonzero: expressions assumed ≠ 0 (Σ(x_i − x̄)² ≠ 0: not all x equal); shown with every proof that needs them.
    convention: ½ or not, mean or sum, bias penalised or not, in words.
    """

    name: str
    family: str
    title: str
    source: str
    variables: tuple[Variable, ...]
    definitions: tuple[Definition, ...] = ()
    ranges: tuple[tuple[sp.Symbol, Any, Any], ...] = ()
    minimum: tuple[tuple[sp.Symbol, int], ...] = ()
    positive: tuple[sp.Expr, ...] = ()
    nonzero: tuple[sp.Expr, ...] = ()
    convention: str = ""

    def variable(self, name: str) -> Variable:
        for v in self.variables:
            if v.name == name:
                return v
        raise KeyError(f"{self.name} has no variable {name!r}; it has {[v.name for v in self.variables]}")

    def definition(self, key: sp.Expr) -> Definition | None:
        """The definition of a name (an `IndexedBase` or a symbol), or None."""
        return self._definitions.get(key)

    @cached_property
    def _definitions(self) -> dict[sp.Expr, Definition]:
        return {d.key: d for d in reversed(self.definitions)}  # the first of a name


Kind = Literal["equation", "limit", "sign"]
Relation = Literal["=", ">=", ">", "<=", "<"]


@dataclass(frozen=True)
class Step:
    """One line of a derivation: equal to the line before it, by the rule named (`rules.RULES`)."""

    expr: sp.Expr
    rule: str
    note: str = ""


@dataclass(frozen=True)
class Derivation:
    """A claim about a statement, with its steps.

    kind "equation": left = steps[0] = … = steps[-1].
    kind "limit":    left is a SymPy `Limit(f, z, ±oo)`, and the chain ends in its value.
    kind "sign":     left = … = steps[-1], and steps[-1] `relation` 0, by its form (weights and squares);
                     with relation "<" the claim is existential and `witness` gives the point.
    stable: a form equal to the last step that stays finite in floating point, where the last step's
    own does not; it is proved equal before it is compiled.
    """

    name: str
    statement: Statement
    title: str
    left: sp.Expr
    steps: tuple[Step, ...]
    kind: Kind = "equation"
    relation: Relation = "="
    stable: sp.Expr | None = None
    witness: dict[str, Any] = field(default_factory=dict, hash=False)
    source: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError(f"{self.name}: a derivation needs at least one step, the right side of its claim")
        allowed = (">=", ">", "<=", "<") if self.kind == "sign" else ("=",)
        if self.relation not in allowed:
            raise ValueError(
                f"{self.name}: kind={self.kind!r} has no relation {self.relation!r}; use {' or '.join(allowed)}"
            )

    @property
    def right(self) -> sp.Expr:
        """The final form, which is what gets compiled."""
        return self.steps[-1].expr

    @property
    def family(self) -> str:
        return self.statement.family
