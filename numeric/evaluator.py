r"""The walk over an expression: each node becomes an array over the indices that are in scope.

    Σ_k x[i, k] w[k] + b      contract(x (i, k), w (k)) + b, an array over i

Definitions are computed once and read like variables; equal subexpressions under equal index ranges are
computed once. Forms that floating point can't take as they stand are those of `numeric.patterns`. Sums
with bounds that depend on other indices run over the hull of their bounds, masked.

Left out: simplification of any kind, conditions (`Piecewise`), and functions outside `_UNARY`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jax import lax

from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.indexed import UnsupportedExpressionError, free_symbols, peel, substitute
from derivations.ranges import fresh_index
from numeric.indexing import Axis, Clip, Environment, KeptAxis, integer_values, read, spread
from numeric.named import Named, contract, elementwise, multiply, widen
from numeric.patterns import Forms, SignedLogit, SoftmaxEntry
from numeric.scope import Scope

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

_TOTAL = (sp.Add, sp.Mul, sp.Symbol, sp.Indexed, sp.Number, sp.KroneckerDelta, sp.Abs, sp.sign, sp.tanh, sigmoid)
"""Nodes that are finite wherever their arguments are: a mask may multiply them."""


class Evaluator:
    """One evaluation: arrays and sizes are fixed, results are remembered.

    dtype: the precision of every operation but the reading of an input.
    """

    def __init__(self, scope: Scope, arrays: Mapping[sp.Expr, Any], sizes: Mapping[sp.Symbol, Any], dtype: Any):
        self.scope = scope
        self.arrays = arrays
        self.sizes = sizes
        self.dtype = dtype
        self.forms = Forms(scope.head)
        self._values: dict[Any, Named] = {}
        self._defined: dict[sp.Expr, tuple[Named, tuple[int, ...]]] = {}
        self._free: dict[sp.Expr, frozenset[sp.Symbol]] = {}

    def evaluate(self, e: sp.Expr, env: Environment) -> Named:
        """The values of e over those indices of env that it depends on; inputs keep their own dtype."""
        env = self._visible(e, env)
        key = (e, frozenset(env.items()))
        if key not in self._values:
            self._values[key] = self._evaluate(e, env)
        return self._values[key]

    def axis(self, lower: sp.Expr, upper: sp.Expr) -> Axis:
        """The range of an index whose bounds depend on sizes alone."""
        return self._bound_axis(sp.Dummy(), lower, upper, {}, True)[0]

    def _value(self, e: sp.Expr, env: Environment) -> Named:
        return widen(self.evaluate(e, env), self.dtype)

    def _apply(self, fn: Callable[..., Any], *arguments: Named) -> Named:
        return elementwise(fn, *(Named(self._array(a), a.labels) for a in arguments))

    def _array(self, a: Named) -> Any:
        return jnp.asarray(a.value, self.dtype)

    def _visible(self, e: sp.Expr, env: Environment) -> dict[sp.Symbol, Axis]:
        if e not in self._free:
            self._free[e] = frozenset(free_symbols(e))
        return {s: env[s] for s in self._free[e] if s in env}

    def _evaluate(self, e: sp.Expr, env: Environment) -> Named:
        if isinstance(e, sp.Number | sp.NumberSymbol):
            if not e.is_finite:
                raise UnsupportedExpressionError(f"{e} is not a finite number")
            return Named(float(e))
        if isinstance(e, sp.Symbol):
            return self._symbol(e, env)
        if isinstance(e, sp.Indexed):
            array, lowers = self._base(e.base, e)
            return read(array, e.indices, lowers, env, self.sizes, e)
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

    def _base(self, key: sp.Expr, source: sp.Expr) -> tuple[Any, tuple[int, ...]]:
        """The array that a name stands for, with the first entry of each axis."""
        if key in self.arrays:
            slot = self.scope.slots_by_key[key]
            return self.arrays[key], tuple(self.axis(lower, lower).lower for lower in slot.lowers)
        if key not in self._defined:
            definition = self.scope.definition(key, source)
            indices = tuple(definition.target.indices) if isinstance(definition.target, sp.Indexed) else ()
            axes = {k: self.axis(*self.scope.index_range(k, definition.value)) for k in indices}
            value = self._value(definition.value, axes)
            missing = [k for k in indices if k not in value.labels]
            ones = [Named(jnp.ones(axes[k].size, self.dtype), (k,)) for k in missing]
            value = multiply([value, *ones])
            order = [value.axis(k) for k in indices]
            array = value.value if order == sorted(order) else jnp.transpose(value.value, order)
            self._defined[key] = Named(array), tuple(axes[k].lower for k in indices)
        named, lowers = self._defined[key]
        return named.value, lowers

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

    def _total(self, terms: list[Named]) -> Named:
        ordered = sorted(terms, key=lambda t: t.count)
        return reduce(lambda a, b: elementwise(lambda u, v: u + v, a, b), ordered)

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

    def _log_quotient(
        self, exponents: tuple[sp.Expr, ...], normalisers: tuple[tuple[sp.Expr, int], ...], env: Environment
    ) -> Named:
        terms = [self._value(u, env) for u in exponents]
        for base, power in normalisers:
            log_base = self._log(base, env)
            terms.append(elementwise(lambda v, p=power: -p * v, log_base))
        return self._total(terms)

    def _is_label(self, f: sp.Expr) -> bool:
        """y or 1 − y, for a variable y that takes the values 0 and 1 only."""
        if isinstance(f, sp.Add) and len(f.args) == 2 and f.args[0] == 1:
            f = -f.args[1]
        key = f.base if isinstance(f, sp.Indexed) else f
        slot = self.scope.slots_by_key.get(key)
        return slot is not None and slot.domain in (Domain.BINARY, Domain.ONE_HOT)

    def _guarded_log(self, argument: sp.Expr, labels: list[sp.Expr], env: Environment) -> Named:
        """log of the argument where all labels are nonzero; elsewhere y·log p is 0, also at p = 0."""
        stable = self._stable_log(argument, env)
        if stable is not None:
            return stable
        label = multiply(self._value(y, env) for y in labels)
        inside = elementwise(lambda y, p: jnp.where(y != 0, p, 1), label, self._value(argument, env))
        return self._apply(jnp.log, inside)

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

    def _integer_power(self, base: Named, power: int) -> Named:
        if base.is_number:
            return Named(float(base.value) ** power if base.value or power >= 0 else math.inf)
        return elementwise(lambda v: lax.integer_pow(v, power), base)

    # stable forms

    def _sigmoid(self, logit: SignedLogit, env: Environment) -> Named:
        return self._apply(lambda z: jax.nn.sigmoid(logit.sign * z), self._value(logit.argument, env))

    def _log_sigmoid(self, logit: SignedLogit, env: Environment) -> Named:
        return self._apply(lambda z: jax.nn.log_sigmoid(logit.sign * z), self._value(logit.argument, env))

    def _softmax(self, entry: SoftmaxEntry, env: Environment, fn: Callable[..., Any]) -> Named:
        """softmax or log_softmax over the whole range of the index, then read at the entry."""
        k = entry.index
        argument = entry.argument
        if k in env:
            k = fresh_index(k, set(env) | free_symbols(argument))
            argument = substitute(argument, {entry.index: k})
        axis, mask = self._bound_axis(k, entry.lower, entry.upper, env, True)
        if mask is not None:
            raise UnsupportedExpressionError(f"a softmax over {k} in {entry.lower}..{entry.upper}: constant bounds only")
        logits = self._value(argument, {**env, k: axis})
        values = fn(self._array(logits), axis=logits.axis(k))
        at: list[sp.Expr | KeptAxis] = [entry.entry if s == k else KeptAxis(s) for s in logits.labels]
        lowers = [axis.lower if s == k else 1 for s in logits.labels]
        return read(values, at, lowers, env, self.sizes, sp.exp(entry.argument))

    def _log(self, e: sp.Expr, env: Environment) -> Named:
        stable = self._stable_log(e, env)
        return stable if stable is not None else self._apply(jnp.log, self._value(e, env))

    def _stable_log(self, expr: sp.Expr, env: Environment) -> Named | None:
        """log(expr) from its form, where that loses nothing to rounding; None where log is taken as it stands."""
        e = self.scope.head(expr)
        logit = self.forms.logit(e)
        if logit is not None:
            return self._log_sigmoid(logit, env)
        if isinstance(e, sp.exp):
            return self._value(e.args[0], env)
        if isinstance(e, sp.Add):
            return self._stable_log_of_add(e, env)
        if isinstance(e, sp.Sum) and self.forms.is_exponential(e):
            return self._log_sum_exp(e, env)
        if isinstance(e, sp.Product) and self._is_positive(peel(e)[0]):
            body, k, lower, upper = peel(e)
            return self._value(sp.Sum(sp.log(body), (k, lower, upper)), env)
        if isinstance(e, sp.Pow) and (inner := self._stable_log(e.base, env)) is not None:
            return elementwise(lambda p, v: p * v, self._value(e.exp, env), inner)
        if isinstance(e, sp.Mul | sp.Pow):
            return self._stable_log_of_product(e, env)
        return None

    def _stable_log_of_add(self, e: sp.Add, env: Environment) -> Named | None:
        u = self.forms.one_plus_exp(e)
        if u is not None:
            return self._apply(jax.nn.softplus, self._value(u, env))
        difference = self.forms.one_minus_exp(e)
        if difference is not None:
            sign, u = difference
            exponent = self._value(u, env)
            if sign > 0:
                return self._apply(_log1mexp, exponent)
            return self._apply(lambda v: v + _log1mexp(-v), exponent)
        pair = self.forms.sigmoid_difference(e)
        if pair is not None:
            a, b = pair
            gap = b.sign * b.argument - a.sign * a.argument
            parts = (self._log_sigmoid(a, env), self._log_sigmoid(b.flipped(), env))
            return self._total([*parts, self._apply(_log1mexp, self._value(gap, env))])
        if self.forms.is_exponential(e):
            return reduce(lambda a, b: self._apply(jnp.logaddexp, a, b), (self._log(t, env) for t in e.args))
        return None

    def _stable_log_of_product(self, e: sp.Expr, env: Environment) -> Named | None:
        q = self.forms.quotient(e)
        terms = [self._log_sigmoid(logit, env) for logit in q.logits]
        terms += [self._softmax(entry, env, jax.nn.log_softmax) for entry in q.softmax]
        if q.normalisers:
            terms.append(self._log_quotient(q.exponents, q.normalisers, env))
        rest = []
        if isinstance(e, sp.Mul):
            for factor in q.plain:
                stable = self._stable_log(factor, env)
                if stable is None:
                    rest.append(self._value(factor, env))
                else:
                    terms.append(stable)
        if not terms:
            return None
        if rest:
            terms.append(self._apply(jnp.log, multiply(rest)))
        return self._total(terms)

    def _log_sum_exp(self, e: sp.Sum, env: Environment) -> Named:
        body, summed, masks, inner = self._open(e, env, total=False)
        value = self._log(body, inner)
        for mask in masks:
            value = elementwise(lambda keep, v: jnp.where(keep, v, -jnp.inf), mask, value)
        count = math.prod(a.size for k, a in summed.items() if k not in value.labels)
        present = [k for k in summed if k in value.labels]
        if present:
            axes = tuple(value.axis(k) for k in present)
            labels = tuple(s for s in value.labels if s not in present)
            value = Named(jax.scipy.special.logsumexp(value.value, axis=axes), labels)
        return value if count == 1 else self._total([value, Named(math.log(count) if count else -math.inf)])

    def _is_positive(self, expr: sp.Expr) -> bool:
        """Whether expr > 0 by its form or by a domain: log of a product may then be split."""
        e = self.scope.head(expr)
        if e.is_positive or self.forms.logit(e) is not None or self.forms.is_exponential(e):
            return True
        if isinstance(e, sp.Mul):
            return all(self._is_positive(a) for a in e.args)
        return isinstance(e, sp.Pow) and self._is_positive(e.base)

    # bound indices

    def _open(
        self, e: sp.Sum, env: Environment, total: bool | None = None
    ) -> tuple[sp.Expr, dict[sp.Symbol, Axis], list[Named], dict[sp.Symbol, Axis]]:
        """A sum, with those directly inside it, as (body, summed indices, masks, everything in scope)."""
        inner = dict(env)
        summed: dict[sp.Symbol, Axis] = {}
        masks: list[Named] = []
        body: sp.Expr = e
        while isinstance(body, sp.Sum):
            body, k, lower, upper = peel(body)
            if k in inner:
                renamed = fresh_index(k, set(inner) | free_symbols(body))
                body, k = substitute(body, {k: renamed}), renamed
            axis, mask = self._bound_axis(k, lower, upper, inner, self._is_total(body) if total is None else total)
            inner[k] = summed[k] = axis
            masks += [mask] if mask is not None else []
        return body, summed, masks, inner

    def _bound_axis(
        self, k: sp.Symbol, lower: sp.Expr, upper: sp.Expr, env: Environment, total: bool
    ) -> tuple[Axis, Named | None]:
        """The range of k, and where in it k is within bounds that depend on other indices."""
        (low, low_labels), (high, high_labels) = (integer_values(b, env, self.sizes) for b in (lower, upper))
        if not low_labels and not high_labels:
            return Axis(int(low), int(high)), None
        labels = (*dict.fromkeys((*low_labels, *high_labels)), k)
        if not low.size or not high.size:
            return Axis(1, 0), None
        first, last = int(low.min()), int(high.max())
        values = np.arange(first, last + 1, dtype=np.int32)
        low, high = spread((low, low_labels), labels), spread((high, high_labels), labels)
        mask = Named(jnp.asarray((values >= low) & (values <= high)), labels)
        clip = None if total else Clip(np.clip(np.clip(values, low, high), first, last), labels)
        return Axis(first, last, masked=True, clip=clip), mask

    def _is_total(self, e: sp.Expr) -> bool:
        if isinstance(e, sp.Sum):
            return self._is_total(peel(e)[0])
        if isinstance(e, sp.Pow):
            return isinstance(e.exp, sp.Integer) and int(e.exp) > 0 and self._is_total(e.base)
        if isinstance(e, sp.Indexed | sp.KroneckerDelta):
            return True
        return isinstance(e, _TOTAL) and all(self._is_total(a) for a in e.args)

    def _contract(
        self, body: sp.Expr, summed: dict[sp.Symbol, Axis], masks: list[Named], env: Environment
    ) -> Named:
        """The sum of the body over `summed`."""
        if any(axis.size == 0 for axis in summed.values()):
            return Named(0.0)
        if any(axis.clip is not None for axis in summed.values()):
            value = self._value(body, env)
            for mask in masks:
                value = elementwise(lambda keep, v: jnp.where(keep, v, 0), mask, value)
            return self._sum_product([value], summed)
        terms = None if masks else self._without_delta(body, summed, env)
        if terms is not None:
            return self._total([self._contract(t, over, masks, inner) for t, over, inner in terms] or [Named(0.0)])
        if isinstance(body, sp.Add):
            outer = [t for t in body.args if self._is_outer(t, env)]
            if outer:
                rest = [t for t in body.args if t not in outer]
                parts = [*outer, sp.Add(*rest)] if rest else outer
                return self._total([self._contract(t, summed, masks, env) for t in parts])
        factors = self._factors(self._inlined(body, env), env) if isinstance(body, sp.Mul | sp.Indexed) else None
        kept = [Named(m.value.astype(self.dtype), m.labels) for m in masks]
        return self._sum_product([*(factors or [self.evaluate(body, env)]), *kept], summed)

    def _sum_product(self, factors: list[Named], summed: dict[sp.Symbol, Axis]) -> Named:
        return contract(factors, set(summed), {k: a.size for k, a in summed.items()}, self.dtype)

    def _is_outer(self, e: sp.Expr, env: Environment) -> bool:
        """Whether computing e over all of its indices at once makes an array larger than each of its factors."""
        if not isinstance(e, sp.Mul):
            return False
        joint = self._visible(e, env).keys()
        return not any(self._visible(f, env).keys() == joint for f in e.args)

    def _inlined(self, body: sp.Expr, env: Environment) -> sp.Expr:
        """The body with names of outer products replaced by their factors, so that they contract unmaterialised."""
        factors: list[sp.Expr] = []
        for f in sp.Mul.make_args(body):
            h = self.scope.head(f)
            factors += h.args if h is not f and self._is_outer(h, env) else [f]
        return body if tuple(factors) == sp.Mul.make_args(body) else sp.Mul(*factors, evaluate=False)

    def _without_delta(
        self, body: sp.Expr, summed: dict[sp.Symbol, Axis], env: Environment
    ) -> list[tuple[sp.Expr, dict[sp.Symbol, Axis], Environment]] | None:
        """Σ_k δ(k, t) f(k) = f(t), where all values of t lie in the range of k; None where no δ goes away.

        A list of terms, each with what is still to be summed: (δ(k, t) − p_k) f(k) is two terms.
        """
        factors = sp.Mul.make_args(body)
        for position, factor in enumerate(factors):
            rest = (*factors[:position], *factors[position + 1 :])
            if isinstance(factor, sp.Add) and any(
                self._solve_delta(f, summed, env) for t in factor.args for f in sp.Mul.make_args(t)
            ):
                return [(sp.Mul(*rest, t), summed, env) for t in factor.args]
            solved = self._solve_delta(factor, summed, env)
            if solved is not None:
                k, t, is_inside = solved
                if not is_inside:
                    return []
                left = {s: a for s, a in summed.items() if s != k}
                inner = {s: a for s, a in env.items() if s != k}
                return [(substitute(sp.Mul(*rest), {k: t}), left, inner)]
        return None

    def _solve_delta(
        self, delta: sp.Expr, summed: dict[sp.Symbol, Axis], env: Environment
    ) -> tuple[sp.Symbol, sp.Expr, bool] | None:
        """(k, t, whether t is in the range of k) where delta is 1 exactly at k = t."""
        if not isinstance(delta, sp.KroneckerDelta):
            return None
        difference = sp.expand(delta.args[0] - delta.args[1])
        for k, axis in summed.items():
            coefficient = difference.coeff(k)
            if coefficient not in (1, -1) or axis.masked:
                continue
            t = k - coefficient * difference
            if k in free_symbols(t):
                continue
            values, _ = integer_values(t, env, self.sizes)
            if values.size == 0 or (values.min() >= axis.lower and values.max() <= axis.upper):
                return k, t, True
            if values.max() < axis.lower or values.min() > axis.upper:
                return k, t, False
        return None

    def _product(self, e: sp.Product, env: Environment) -> Named:
        body, k, lower, upper = peel(e)
        if k in env:
            renamed = fresh_index(k, set(env) | free_symbols(body))
            body, k = substitute(body, {k: renamed}), renamed
        axis, mask = self._bound_axis(k, lower, upper, env, False)
        value = self._value(body, {**env, k: axis})
        if mask is not None:
            value = elementwise(lambda keep, v: jnp.where(keep, v, 1), mask, value)
        if k not in value.labels:
            return self._integer_power(value, axis.size)
        labels = tuple(s for s in value.labels if s != k)
        return Named(jnp.prod(value.value, axis=value.axis(k)), labels)

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


def _log1mexp(u: Any) -> Any:
    """log(1 − e^u) for u < 0: −expm1 keeps the digits of a small difference (Mächler 2012, eq. 7)."""
    near = u > -math.log(2)
    first = jnp.log(-jnp.expm1(jnp.where(near, u, -1.0)))
    return jnp.where(near, first, jnp.log1p(-jnp.exp(jnp.where(near, -1.0, u))))

