r"""Claims about stated derivatives, as functions of arrays.

`Partial(f, v[j])` names a number for each j; as arrays, it is the derivative of f, an array over its own
free indices, by the whole array v. Here f is compiled (`lambdify`) as a function of that array; where v is a
defined quantity, with v held as an input, and its value computed from the others. The left side of a claim is
then either that array itself, or an expression in which each derivative is an input of its own.

Every expression is walked once, to a jaxpr, and differentiated as such. Left out: a derivative inside an
expression that is differentiated again, and ranges of a derivative's indices that don't start at 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_symbols
from derivations.functions import Partial
from derivations.statement import Derivation, Statement, Variable

from .autodiff import Mode
from .inputs import shape_of
from .jacobians import jacobian
from .lambdify import lambdify, lambdify_many
from .rounding import trace
from .shapes import InputError
from .sharing import Composition, by_output, replayed, without_repeats

__all__ = ["ClaimCompiler", "CompiledClaim", "StatedDerivative", "TracedFunction"]

Inputs = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class StatedDerivative:
    """One stated derivative: f over the indices `free`, by the arrays of `by` in turn (innermost first)."""

    partial: sp.Expr
    f: sp.Expr
    free: tuple[sp.Symbol, ...]
    by: tuple[sp.Expr, ...]

    @property
    def keys(self) -> tuple[sp.Expr, ...]:
        """The arrays that it is taken by, each once."""
        return tuple(dict.fromkeys(_key(v) for v in self.by))


@dataclass(frozen=True, eq=False)
class TracedFunction:
    """A function of named arrays as its jaxpr, walked once, however often it is used or differentiated.

    names: of its arguments, in their order.
    """

    closed: jex.ClosedJaxpr
    names: tuple[str, ...]

    def __call__(self, inputs: Inputs) -> list[Any]:
        """Its outputs."""
        arguments = [jnp.asarray(inputs[name]) for name in self.names]
        return replayed(self.closed, arguments)

    def within(self, program: Composition, values: Inputs) -> list[Any]:
        """Its outputs as part of a program. values: those of the program that its arguments are."""
        return program.apply(self.closed, [values[name] for name in self.names])


@dataclass(eq=False)
class CompiledClaim:
    derivation: Derivation
    left: sp.Expr
    free: tuple[sp.Symbol, ...]
    derivatives: list[StatedDerivative]
    right_fn: TracedFunction  # the form that is compiled: the stable one, where the derivation has one
    last_fn: TracedFunction  # the last line of the derivation; the same function where there is no stable form
    outer_fn: TracedFunction | None  # None: the left side is the derivative itself


class ClaimCompiler:
    """The functions of one statement, each made once."""

    def __init__(self, statement: Statement, sizes: Mapping[sp.Symbol, int]) -> None:
        self.statement = statement
        self.sizes = sizes
        self.specs = {v.name: self._shape(v) for v in statement.variables}
        self._made: dict[Any, Any] = {}

    def _shape(self, v: Variable) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(shape_of(v, self.sizes), np.dtype(np.float64))

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made at the first call with this key."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def indices(self, expr: sp.Expr) -> tuple[sp.Symbol, ...]:
        declared = [k for k, _, _ in self.statement.ranges]
        found = free_symbols(expr)
        return tuple(k for k in declared if k in found)

    def claim(self, derivation: Derivation) -> CompiledClaim:
        left, last = derivation.left, derivation.right
        right = last if derivation.stable is None else derivation.stable
        partials, derivatives, free = self._outline(derivation)
        for d in derivatives:
            self._function(d)  # traced here, so that what can't be compiled is known per claim
        forms = (self._lambdify(right, free), self._lambdify(last, free))
        if partials == [left] and free == _axes_of(derivatives[0]):
            return CompiledClaim(derivation, left, free, derivatives, *forms, None)
        extra = tuple(self._placeholder(d, number) for number, d in enumerate(derivatives))
        replaced = left.xreplace(
            {d.partial: v[_index_of(d)] if v.axes else v() for d, v in zip(derivatives, extra, strict=True)}
        )
        wider = replace(self.statement, variables=(*self.statement.variables, *extra))
        outer = self._traced(lambdify(replaced, wider, free), {v.name: self._shape(v) for v in extra})
        return CompiledClaim(derivation, left, free, derivatives, *forms, outer)

    def prepare(self, derivations: Iterable[Derivation]) -> None:
        """Traces the right sides of these derivations together: the names that they share are walked once.

        What can't be compiled is left to `claim`, and then so are the others.
        """
        wanted: dict[str, tuple[sp.Expr, tuple[sp.Symbol, ...]]] = {}
        try:
            for derivation in derivations:
                free = self._outline(derivation)[2]
                for expr in (derivation.right, derivation.stable):
                    if expr is not None and (expr, free) not in wanted.values():
                        wanted[str(len(wanted))] = expr, free
            compiled = lambdify_many(wanted, self.statement)
            traced = self._traced(lambda inputs: list(compiled(inputs).values()), {})
        except (UnsupportedExpressionError, InputError):
            return
        for key, closed in zip(wanted.values(), by_output(traced.closed), strict=True):
            self._made[key] = replace(traced, closed=closed)

    def _outline(self, derivation: Derivation) -> tuple[list[sp.Expr], list[StatedDerivative], tuple[sp.Symbol, ...]]:
        """The derivatives on the left side of a claim, and the indices over which its sides are arrays."""
        partials = _maximal_partials(derivation.left)
        derivatives = [self._derivative(p) for p in partials]
        sides = derivation.right, derivation.right if derivation.stable is None else derivation.stable
        if partials == [derivation.left]:
            axes = _axes_of(derivatives[0])
            if axes is not None and set(axes) >= {k for e in sides for k in self.indices(e)}:
                return partials, derivatives, axes
        present = {k for e in (derivation.left, *sides) for k in self.indices(e)}
        return partials, derivatives, tuple(k for k, _, _ in self.statement.ranges if k in present)

    def positive_fns(self) -> list[TracedFunction]:
        """What the statement says is positive, each over its own free indices."""
        return [self._lambdify(e, self.indices(e)) for e in self.statement.positive]

    def _lambdify(self, expr: sp.Expr, free: Iterable[sp.Symbol]) -> TracedFunction:
        free = tuple(free)
        return self.once((expr, free), lambda: self._traced(lambdify(expr, self.statement, free), {}))

    def _traced(self, fn: Callable[[Inputs], Any], held: Mapping[str, jax.ShapeDtypeStruct]) -> TracedFunction:
        specs = {**self.specs, **held}
        return TracedFunction(without_repeats(trace(fn, specs), differentiated=True), tuple(sorted(specs)))

    def _derivative(self, partial: sp.Expr) -> StatedDerivative:
        by: list[sp.Expr] = []
        f = partial
        while isinstance(f, Partial):
            by.insert(0, f.variable)
            f = f.function
        if f.has(Partial):
            raise UnsupportedExpressionError(f"{partial}: a derivative within an expression that is differentiated")
        return StatedDerivative(partial, f, self.indices(f), tuple(by))

    def _slot_axes(self, v: sp.Expr) -> tuple[sp.Expr, ...]:
        key = _key(v)
        for variable in self.statement.variables:
            if key == (variable.base if variable.axes else variable.label):
                return variable.axes
        return next(s.axes for s in lambdify(sp.S.Zero, self.statement, held=(key,)).slots if s.key == key)

    def _placeholder(self, d: StatedDerivative, number: int) -> Variable:
        ranges = {k: (lower, upper) for k, lower, upper in self.statement.ranges}
        axes: list[sp.Expr] = []
        for k in d.free:
            if sp.sympify(ranges[k][0], strict=True) != 1:
                raise UnsupportedExpressionError(f"{d.partial}: {k} does not start at 1")
            axes.append(sp.sympify(ranges[k][1], strict=True))
        for v in d.by:
            axes += self._slot_axes(v)
        return Variable(f"derivative_{number}", tuple(axes), "derivative")

    def held_value(self, key: sp.Expr) -> TracedFunction:
        definition = self.statement.definition(key)
        assert definition is not None
        target = definition.target
        return self._lambdify(target, tuple(target.indices) if isinstance(target, sp.Indexed) else ())

    def held_arrays(self, derivatives: Iterable[StatedDerivative]) -> dict[str, TracedFunction]:
        """The values of what these derivatives hold, by the name of the input that stands for it."""
        found: dict[str, TracedFunction] = {}
        for d in derivatives:
            names = self._function(d)[1]
            found.update({names[k]: self.held_value(k) for k in self._held(d)})
        return found

    def _held(self, d: StatedDerivative) -> tuple[sp.Expr, ...]:
        return tuple(k for k in d.keys if self.statement.definition(k) is not None)

    def _function(self, d: StatedDerivative) -> tuple[TracedFunction, dict[sp.Expr, str]]:
        """(f with what is held as inputs, key → name of each input): one for all that it is taken by."""
        held = self._held(d)

        def make() -> Any:
            compiled = lambdify(d.f, self.statement, d.free, held=held)
            names = {slot.key: slot.name for slot in compiled.slots}
            values = {names[k]: self.held_value(k).closed.out_avals[0] for k in held}
            specs = {name: jax.ShapeDtypeStruct(a.shape, a.dtype) for name, a in values.items()}
            return self._traced(compiled, specs), names

        return self.once((d.f, d.free, held), make)

    def jacobians(
        self, derivatives: Iterable[StatedDerivative], mode: Mode
    ) -> list[tuple[TracedFunction, dict[sp.Expr, int]]]:
        """All of these derivatives, as functions of the inputs with `held_arrays`: each with the outputs that they are.

        First derivatives of one function are taken together.
        """
        together: dict[Any, list[StatedDerivative]] = {}
        for d in derivatives:
            key = (d.f, d.free, self._held(d)) if len(d.by) == 1 else d
            together.setdefault(key, []).append(d)
        found = []
        for group in together.values():
            apart = len(group[0].by) == 1
            every = replace(group[0], by=tuple({d.keys[0]: d.by[0] for d in group}.values())) if apart else group[0]
            outputs = {d.partial: every.keys.index(d.keys[0]) if apart else 0 for d in group}
            found.append((self.jacobian(every, mode, apart), outputs))
        return found

    def jacobian(self, d: StatedDerivative, mode: Mode, apart: bool = False) -> TracedFunction:
        """The derivative as an array: the axes of f, then those of each array it is taken by.

        apart: by each of these arrays on its own, an output each.
        """
        f, names = self._function(d)
        by = [f.names.index(names[_key(v)]) for v in d.by]

        def taken() -> TracedFunction:
            if apart:
                return replace(f, closed=jacobian(f.closed, by, mode))
            closed = jacobian(f.closed, by[:1], mode)
            for position in by[1:]:
                closed = jacobian(closed, [position], "forward")
            return replace(f, closed=closed)

        return self.once(("jacobian", d.f, d.free, tuple(_key(v) for v in d.by), mode, apart), taken)

    def inner(self, d: StatedDerivative) -> tuple[TracedFunction, str]:
        """What finite differences differentiate by the last array: f, or its reverse-mode derivative.

        Returns (a function of the inputs with `held_arrays`, the last array's name).
        """
        f, names = self._function(d)
        function = self.jacobian(replace(d, by=d.by[:-1]), "reverse") if len(d.by) > 1 else f
        return function, names[_key(d.by[-1])]


def _maximal_partials(expr: sp.Expr) -> list[sp.Expr]:
    if isinstance(expr, Partial):
        return [expr]
    found: list[sp.Expr] = []
    for a in expr.args:
        found += [p for p in _maximal_partials(a) if p not in found]
    return found


def _axes_of(d: StatedDerivative) -> tuple[sp.Symbol, ...] | None:
    """The indices of a derivative's axes, if they are distinct plain symbols."""
    indices = [*d.free, *(k for v in d.by if isinstance(v, sp.Indexed) for k in v.indices)]
    if not all(isinstance(k, sp.Symbol) for k in indices) or len(set(indices)) != len(indices):
        return None
    return tuple(indices)


def _index_of(d: StatedDerivative) -> tuple[sp.Expr, ...]:
    return (*d.free, *(k for v in d.by if isinstance(v, sp.Indexed) for k in v.indices))


def _key(v: sp.Expr) -> sp.Expr:
    return v.base if isinstance(v, sp.Indexed) else v
