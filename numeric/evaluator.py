r"""The walk over an expression: each node becomes an array over the indices that are in scope.

    Σ_k x[i, k] w[k] + b      contract(x (i, k), w (k)) + b, an array over i

Definitions are computed once and read like variables; equal subexpressions under equal index ranges are
computed once. Sums are `numeric.sums`; forms that floating point can't take as they stand, `numeric.stable`.

Left out: simplification of any kind, conditions (`Piecewise`), and functions outside `_UNARY`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from jax import lax

from derivations.atoms import UnsupportedExpressionError, free_symbols
from derivations.functions import sigmoid, softplus
from numeric.indexing import Environment, integer_values, read
from numeric.log_sums import LogSums
from numeric.named import Named, elementwise, multiply, rows_last, widen

__all__ = ["Evaluator"]

_UNARY: dict[type[sp.Basic], Callable[[Any], Any]] = {
    sp.exp: jnp.exp,
    sp.tanh: jnp.tanh,
    sp.sin: jnp.sin,
    sp.cos: jnp.cos,
    sp.Abs: jnp.abs,
    sp.sign: jnp.sign,
    sigmoid: jax.nn.sigmoid,
    softplus: jax.nn.softplus,
}


Stored = tuple[Any, tuple[int, ...], tuple[int, ...]]
"""An array, the first entry of each of its axes, and which index of the name each axis is."""


class Evaluator(LogSums):
    """One evaluation of expressions of a statement, at given arrays and sizes; `evaluate` is the way in."""

    def _evaluate(self, e: sp.Expr, env: Environment) -> Named:
        if isinstance(e, sp.Number | sp.NumberSymbol):
            if not e.is_finite:
                raise UnsupportedExpressionError(f"{e} is not a finite number")
            return Named(float(e))
        if isinstance(e, sp.Symbol | sp.Indexed) and self.scope.is_inlined(e.base if isinstance(e, sp.Indexed) else e):
            return self.evaluate(self.scope.head(e), env)
        if isinstance(e, sp.Symbol):
            return self._symbol(e, env)
        if isinstance(e, sp.Indexed):
            array, lowers, order = self._base(e.base, e)
            return read(array, [e.indices[a] for a in order], lowers, env, self.sizes, e)
        if isinstance(e, sp.Add):
            return self._add(e, env)
        if isinstance(e, sp.Mul):
            return multiply(widen(f, self.dtype) for f in self._factors(e, env))
        if isinstance(e, sp.Pow):
            return self._power(e, env)
        if isinstance(e, sp.log):
            stable = self._stable_log(e.args[0], env)
            return stable if stable is not None else self._apply(jnp.log, self._value(e.args[0], env))
        if isinstance(e, sp.Sum):
            body, summed, masks, inner = self._open(e, env)
            return self._contract(body, summed, masks, inner)
        if isinstance(e, sp.Product):
            return self._product(e, env)
        if isinstance(e, sp.KroneckerDelta):
            return self._delta(e, env)
        if isinstance(e, sp.Max | sp.Min):
            fn = jnp.maximum if isinstance(e, sp.Max) else jnp.minimum
            return reduce(lambda a, b: self._apply(fn, a, b), (self._value(a, env) for a in e.args))
        if type(e) in _UNARY:
            return self._apply(_UNARY[type(e)], self._value(e.args[0], env))
        raise UnsupportedExpressionError(f"{type(e).__name__} cannot be compiled: {e}")

    # names

    def _symbol(self, e: sp.Symbol, env: Environment) -> Named:
        if e in env:
            values, labels = integer_values(e, env, self.sizes)
            if env[e].clip is None:
                return Named(lax.iota(self.dtype, len(values)) + env[e].lower, labels)
            return Named(jnp.asarray(values, self.dtype), labels)
        if e in self.sizes:
            size = self.sizes[e]
            return Named(float(size) if isinstance(size, int) else jnp.asarray(size, self.dtype))
        return Named(self._base(e, e)[0])

    def _base(self, key: sp.Expr, source: sp.Expr) -> Stored:
        """The array that a name stands for."""
        if key not in self._stored:
            self._stored[key] = self._input(key) if key in self.arrays else self._defined(key, source)
        return self._stored[key]

    def _input(self, key: sp.Expr) -> Stored:
        slot = self.scope.slots_by_key[key]
        lowers = [self.axis(lower, lower).lower for lower in slot.lowers]
        value = rows_last(Named(self.arrays[key], tuple(range(len(lowers)))))
        return value.value, tuple(lowers[a] for a in value.labels), value.labels

    def _defined(self, key: sp.Expr, source: sp.Expr) -> Stored:
        definition = self.scope.definition(key, source)
        indices = tuple(definition.target.indices) if isinstance(definition.target, sp.Indexed) else ()
        axes = {k: self.axis(*self.scope.index_range(k, definition.value)) for k in indices}
        value = self._value(definition.value, axes)
        missing = [k for k in indices if k not in value.labels]
        value = multiply([value, *(Named(jnp.ones(axes[k].size, self.dtype), (k,)) for k in missing)])
        order = tuple(indices.index(k) for k in value.labels)
        return value.value, tuple(axes[k].lower for k in value.labels), order

    # sums, products, powers of names

    def _add(self, e: sp.Add, env: Environment) -> Named:
        complement = self.forms.complement(e)
        if complement is not None:
            return self._sigmoid(complement, env)
        difference = self.forms.one_minus_exp(e)
        if difference is not None:
            sign, u = difference
            return self._apply(lambda v: -sign * jnp.expm1(v), self._value(u, env))
        return self._total([self._value(term, env) for term in e.args])

    def _factors(self, e: sp.Expr, env: Environment) -> list[Named]:
        """The factors of a product, by their meaning; inputs keep their own dtype."""
        q = self.forms.quotient(e)
        labels = [f for f in q.plain if self._is_label(f)]
        factors = [
            self._guarded_log(f.args[0], labels, env) if labels and isinstance(f, sp.log) else self.evaluate(f, env)
            for f in q.plain
        ]
        factors += [self._sigmoid(logit, env) for logit in q.logits]
        factors += [self._softmax(entry, env, jax.nn.softmax) for entry in q.softmax]
        if q.exponents or q.normalisers:
            factors.append(self._apply(jnp.exp, self._log_quotient(q.exponents, q.normalisers, env)))
        return factors

    def _power(self, e: sp.Pow, env: Environment) -> Named:
        if not self.forms.quotient(e).is_plain:
            return multiply(widen(f, self.dtype) for f in self._factors(e, env))
        base, exponent = self._value(e.base, env), e.exp
        if isinstance(exponent, sp.Integer):
            return self._integer_power(base, int(exponent))
        if exponent == sp.S.Half:
            return self._apply(jnp.sqrt, base)
        if isinstance(exponent, sp.Number):
            return self._apply(lambda v: jnp.power(v, float(exponent)), base)
        if all(s in env or isinstance(self.sizes.get(s), int) for s in free_symbols(exponent)) and not (
            exponent.atoms(sp.Indexed) or exponent.atoms(sp.Function)
        ):
            values, labels = integer_values(exponent, env, self.sizes)
            power = Named(jnp.asarray(values, jnp.int32), labels)
            return elementwise(jnp.power, Named(self._array(base), base.labels), power)
        return self._apply(jnp.power, base, self._value(exponent, env))

    def _delta(self, e: sp.KroneckerDelta, env: Environment) -> Named:
        a, b = (self._index_array(x, env) for x in e.args[:2])
        if not a.labels and not b.labels:
            return Named(float(int(a.value) == int(b.value)))
        return elementwise(lambda u, v: (u == v).astype(self.dtype), a, b)

    def _index_array(self, index: sp.Expr, env: Environment) -> Named:
        values, labels = integer_values(index, env, self.sizes)
        if not labels:
            return Named(int(values))
        if index in env and env[index].clip is None:
            return Named(lax.iota(jnp.int32, len(values)) + env[index].lower, labels)
        return Named(jnp.asarray(values), labels)
