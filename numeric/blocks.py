r"""A sum over samples, block of rows by block of rows, from the same expression.

    (1/n) Σ_{i=1..n} f_i + 2λ w_j   =   Σ_blocks ( (1/n) Σ_{i in block} f_i )  +  2λ w_j

`sum_over_samples` splits an expression that is linear in its sums over samples into the part of a block and
the rest. The block's part is a function of the rows at hand and of n, which is said and not counted. Whoever
streams the data adds the blocks up.

Refused, with the reason: what isn't a sum over samples (log of one, a product of two), a body that looks at
other rows than its own (x̄, x[i + 1], i as a number), and results with one entry per sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_symbols, peel
from derivations.indexed import substitute
from derivations.statement import Definition, Statement
from numeric.lambdify import CompiledExpressions, lambdify_many
from numeric.scope import Scope

__all__ = ["SampleSum", "sum_over_samples"]

_ROWS = sp.Symbol("rows", integer=True, positive=True)


@dataclass(frozen=True, eq=False)
class SampleSum:
    """Expressions as sums over samples; make it with `sum_over_samples`.

    samples: the size that is streamed over. sampled: the names of the inputs whose leading axis it is.
    """

    samples: sp.Symbol
    sampled: frozenset[str]
    block_fn: CompiledExpressions = field(repr=False)
    rest_fn: CompiledExpressions = field(repr=False)

    def block(self, inputs: Mapping[str, Any], count: Any) -> dict[str, jax.Array]:
        """What the given rows contribute, by name. count: n, of all the data; may be traced."""
        return self.block_fn(inputs, {self.samples.name: count})

    def rest(self, inputs: Mapping[str, Any], count: Any) -> dict[str, jax.Array]:
        """What is no sum over samples, by name; of the inputs, those that are not `sampled`."""
        given = {name: value for name, value in inputs.items() if name not in self.sampled}
        return self.rest_fn(given, {self.samples.name: count})


def sum_over_samples(
    outputs: Mapping[str, tuple[Any, Iterable[sp.Symbol]]], statement: Statement, samples: sp.Symbol
) -> SampleSum:
    """Name → (expression, free indices), split along the axis of size `samples`.

    Raises `UnsupportedExpressionError` if one of them is no sum over samples.

    >>> from derivations.statement import index, size, variable
    >>> n, i = size("n"), index("i")
    >>> y = variable("y", n, role="label")
    >>> s = Statement("mean", "example", "", "", (y,), ranges=((i, 1, n),))
    >>> mean = sum_over_samples({"mean": (sp.Sum(y[i], (i, 1, n))/n, ())}, s, n)
    >>> [float(mean.block({"y": jax.numpy.array(rows)}, 4)["mean"]) for rows in ([1.0, 2.0], [3.0, 4.0])]
    [0.75, 1.75]
    """
    splitter = _Splitter(statement, samples)
    block: dict[str, tuple[sp.Expr, tuple[sp.Symbol, ...]]] = {}
    rest: dict[str, tuple[sp.Expr, tuple[sp.Symbol, ...]]] = {}
    for name, (expr, free) in outputs.items():
        free = tuple(free)
        splitter.refuse_free(free, expr)
        in_block, elsewhere = splitter.split(sp.sympify(expr, strict=True))
        block[name], rest[name] = (in_block, free), (elsewhere, free)
    rows = splitter.rows_statement()
    sampled = splitter.sampled
    rest_fn = lambdify_many(rest, rows, given=(samples,))
    for name in sorted(rest_fn.required & sampled):
        raise UnsupportedExpressionError(f"{name} is read outside a sum over samples: it cannot be streamed")
    return SampleSum(samples, sampled, lambdify_many(block, rows, given=(samples,)), rest_fn)


class _Splitter:
    def __init__(self, statement: Statement, samples: sp.Symbol) -> None:
        self.statement, self.samples = statement, samples
        self.scope = Scope(statement)
        self.sampled = frozenset(v.name for v in statement.variables if samples in v.axes)
        for v in statement.variables:
            if any(samples in a.free_symbols for a in v.axes[1:]) or (
                v.axes and samples != v.axes[0] and samples in v.axes[0].free_symbols
            ):
                raise UnsupportedExpressionError(
                    f"{v.name} has axes {v.axes}: only a leading axis {samples} is streamed"
                )

    def rows_statement(self) -> Statement:
        """The statement with as many samples as a block has rows."""
        counted = {self.samples: _ROWS}
        variables = tuple(replace(v, axes=tuple(a.xreplace(counted) for a in v.axes)) for v in self.statement.variables)
        ranges = tuple((k, lo, sp.sympify(hi, strict=True).xreplace(counted)) for k, lo, hi in self.statement.ranges)
        return replace(self.statement, variables=variables, ranges=ranges)

    def refuse_free(self, free: tuple[sp.Symbol, ...], expr: sp.Expr) -> None:
        for k in free:
            if any(self.samples in end.free_symbols for end in self.scope.index_range(k, expr)):
                raise UnsupportedExpressionError(f"{expr} has one entry per sample (index {k}): it is no sum over them")

    def split(self, e: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """(what a block contributes, what is no sum over samples)."""
        if not self._sums_samples(e):
            return sp.S.Zero, e
        head = self.scope.head(e)
        if head is not e:
            return self.split(head)
        if isinstance(e, sp.Add):
            parts = [self.split(a) for a in e.args]
            return sp.Add(*(p for p, _ in parts)), sp.Add(*(r for _, r in parts))
        if isinstance(e, sp.Mul):
            summing = [a for a in e.args if self._sums_samples(a)]
            if len(summing) == 1:
                others = sp.Mul(*(a for a in e.args if a is not summing[0]))
                block, rest = self.split(summing[0])
                return others * block, others * rest
        if isinstance(e, sp.Sum):
            body, k, lower, upper = peel(e)
            if upper == self.samples and lower == 1:
                if self._sums_samples(body):
                    raise UnsupportedExpressionError(f"{e} sums over samples inside a sum over samples")
                self._check_rows(body, k, ())
                return sp.Sum(body, (k, 1, _ROWS)), sp.S.Zero
            if self.samples not in free_symbols(lower) | free_symbols(upper):
                block, rest = self.split(body)
                return tuple(p if p == 0 else sp.Sum(p, (k, lower, upper)) for p in (block, rest))  # type: ignore[return-value]
        raise UnsupportedExpressionError(
            f"{e} is no sum over samples (index up to {self.samples}): it cannot be streamed"
        )

    def _sums_samples(self, e: sp.Expr, active: tuple[sp.Expr, ...] = ()) -> bool:
        """Whether e, through all definitions, has a sum or a product whose range depends on the samples."""
        definition = self._definition(e)
        if definition is not None and definition.key not in active:
            return self._sums_samples(definition.value, (*active, definition.key))
        if isinstance(e, sp.Sum | sp.Product):
            body, _, lower, upper = peel(e)
            return self.samples in free_symbols(lower) | free_symbols(upper) or self._sums_samples(body, active)
        return not isinstance(e, sp.Indexed) and any(self._sums_samples(a, active) for a in e.args)

    def _check_rows(self, e: sp.Expr, row: sp.Symbol, active: tuple[sp.Expr, ...]) -> None:
        """Refuses a body that depends on which row it stands at, or reads another one."""
        if isinstance(e, sp.Indexed):
            self._check_read(e, row, active)
            return
        if e == row:
            raise UnsupportedExpressionError(
                f"the sum over samples uses its index {row} as a number: it cannot be streamed"
            )
        definition = self._definition(e)
        if definition is not None and definition.key not in active:
            self._check_rows(definition.value, row, (*active, definition.key))
        if isinstance(e, sp.Sum | sp.Product):
            body, k, lower, upper = peel(e)
            if k == row:  # hides the row's index
                renamed = sp.Dummy(k.name, integer=True)
                body = substitute(body, {k: renamed})
            for part in (body, lower, upper):
                self._check_rows(part, row, active)
            return
        for a in e.args:
            self._check_rows(a, row, active)

    def _check_read(self, e: sp.Indexed, row: sp.Symbol, active: tuple[sp.Expr, ...]) -> None:
        definition = self._definition(e)
        slot = self.scope.slots_by_key.get(e.base)
        per_sample = []
        if slot is not None:
            per_sample = [p for p, a in enumerate(slot.axes) if self.samples in a.free_symbols]
        elif definition is not None:
            ranges = [self.scope.index_range(k, definition.value) for k in definition.target.indices]
            per_sample = [p for p, (_, hi) in enumerate(ranges) if self.samples in hi.free_symbols]
        for position, index in enumerate(e.indices):
            if (position in per_sample) != (index == row) or (index != row and row in free_symbols(index)):
                raise UnsupportedExpressionError(
                    f"{e} in a sum over samples {row} reads another row: it cannot be streamed"
                )
        if definition is not None and definition.key not in active:
            own = [definition.target.indices[p] for p in per_sample]
            inside = own[0] if own else sp.Dummy("row")
            self._check_rows(definition.value, inside, (*active, definition.key))

    def _definition(self, e: sp.Expr) -> Definition | None:
        key = e.base if isinstance(e, sp.Indexed) else e
        return self.statement.definition(key) if isinstance(e, sp.Indexed | sp.Symbol) else None
