r"""From an expression over a statement to a JAX function of arrays.

    lambdify(Sum((p[i] − y[i])·x[i, j], (i, 1, n))/n, statement, free=(j,))   is   {x, y, …} ↦ rᵀX / n

The function walks the SymPy tree when it is traced, on arrays whose axes carry the index symbols
(`numeric.evaluator`): no source text is generated and nothing is evaluated as code, so what came from a
note can't be executed, and the walk costs nothing once compiled. Sizes are read from the shapes. Results
follow the dtype of the inputs; bfloat16 and float16 are accumulated in float32.

Left out: simplification (what is proved is what runs), and float64 where JAX hasn't been told to admit it
(`numeric.precision`): NumPy's float64 arrays become float32 outside such a scope, as everywhere in JAX.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp

from derivations.functions import Partial
from derivations.indexed import resolve
from derivations.statement import Statement
from numeric.evaluator import Evaluator
from numeric.named import arrange
from numeric.scope import Scope
from numeric.shapes import InputError, Slot, read_inputs

__all__ = ["CompiledExpression", "CompiledExpressions", "InputError", "lambdify", "lambdify_many"]


@dataclass(frozen=True, eq=False)
class CompiledExpressions:
    """Several expressions of one statement as one pure function of arrays; make them with `lambdify_many`.

    outputs: (name, expression, free indices), one per result. required: the names of the inputs that must be given.
    """

    statement: Statement
    outputs: tuple[tuple[str, sp.Expr, tuple[sp.Symbol, ...]], ...]
    scope: Scope = field(repr=False)
    required: frozenset[str]
    sizes: frozenset[sp.Symbol] = field(repr=False)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every input that is admitted, with its axes."""
        return self.scope.slots

    def __call__(self, inputs: Mapping[str, Any], sizes: Mapping[str, Any] | None = None) -> dict[str, jax.Array]:
        """The results by name. sizes: sizes given rather than read from the shapes; a traced number is admitted.

        Raises `InputError`, naming each fault, if the arrays don't fit the statement, and
        `UnsupportedExpressionError` if an index leaves its array at these sizes.
        """
        by_name = {s.name: s for s in self.sizes.union(*(a.free_symbols for slot in self.slots for a in slot.axes))}
        given = {by_name[name]: value for name, value in (sizes or {}).items() if name in by_name}
        arrays, read = read_inputs(self.statement, self.slots, self.required, self.sizes, inputs, given)
        used = [array for name, array in arrays.items() if name in self.required]
        dtype = jnp.result_type(*used) if used else jnp.zeros(()).dtype
        accumulate = jnp.promote_types(dtype, jnp.float32)
        by_key = {slot.key: arrays[slot.name] for slot in self.slots if slot.name in arrays}
        evaluator = Evaluator(self.scope, by_key, read, accumulate)
        results = {}
        for name, expr, free in self.outputs:
            axes = {k: evaluator.axis(*self.scope.index_range(k, expr)) for k in free}
            shape = tuple(axes[k].size for k in free)
            results[name] = arrange(evaluator.evaluate(expr, axes), free, shape, dtype)
        return results


@dataclass(frozen=True, eq=False)
class CompiledExpression:
    """One expression as a pure function of arrays; make it with `lambdify`."""

    together: CompiledExpressions

    @property
    def expr(self) -> sp.Expr:
        return self.together.outputs[0][1]

    @property
    def free(self) -> tuple[sp.Symbol, ...]:
        return self.together.outputs[0][2]

    @property
    def required(self) -> frozenset[str]:
        return self.together.required

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.together.slots

    def __call__(self, inputs: Mapping[str, Any], sizes: Mapping[str, Any] | None = None) -> jax.Array:
        return self.together(inputs, sizes)[self.together.outputs[0][0]]


def lambdify(
    expr: Any, statement: Statement, free: Iterable[sp.Symbol] = (), *, held: Iterable[sp.Expr] = ()
) -> CompiledExpression:
    r"""A pure, jittable, vmappable function `fn(inputs)` of the expression's value.

    expr: over the statement's variables, definitions and sizes; stated derivatives (`Partial`) are taken.
    free: the indices that stay, one axis of the result each, in this order; their ranges are the statement's.
    held: keys of definitions (z for z[i]) that become inputs of their own, instead of being computed.
    inputs: name → float array of the variable's axes: (n, m) for x[i, k], () for a scalar.

    Raises `UnsupportedExpressionError` for what has no compiled form, and at the call `InputError` for arrays
    that don't fit: missing, of other shapes or of an integer dtype.

    >>> from derivations.statement import index, size, variable
    >>> n, m, i, j = size("n"), size("m"), index("i"), index("j")
    >>> x, r = variable("x", n, m, role="feature"), variable("r", n, role="logit")
    >>> s = Statement("sums", "example", "Sums", "", (x, r), ranges=((i, 1, n), (j, 1, m)))
    >>> fn = lambdify(sp.Sum(r[i]*x[i, j], (i, 1, n))/n, s, free=(j,))
    >>> fn({"x": jnp.eye(2), "r": jnp.array([2.0, 4.0])}).tolist()
    [1.0, 2.0]
    """
    return CompiledExpression(lambdify_many({"value": (expr, tuple(free))}, statement, held=held))


def lambdify_many(
    outputs: Mapping[str, tuple[Any, Iterable[sp.Symbol]]],
    statement: Statement,
    *,
    held: Iterable[sp.Expr] = (),
    given: Iterable[sp.Symbol] = (),
) -> CompiledExpressions:
    """One function of several expressions, name → (expression, free indices); what they share is computed once.

    held: as in `lambdify`. given: sizes that no shape tells, to be said at each call.
    """
    scope, given = Scope(statement, held), tuple(given)
    prepared = []
    for name, (expr, free) in outputs.items():
        e = sp.sympify(expr, strict=True)
        prepared.append((name, resolve(e, statement) if e.has(Partial) else e, tuple(free)))
    required: set[str] = set()
    sizes: set[sp.Symbol] = set()
    for _, e, free in prepared:
        bounds = [end for k in free for end in scope.index_range(k, e)]
        for exprs, bound in (([e], free), (bounds, ())):
            names, found = scope.survey(exprs, bound, given)
            required |= names
            sizes |= found
    return CompiledExpressions(statement, tuple(prepared), scope, frozenset(required), frozenset(sizes))
