r"""Bound indices: sums and products over ranges, fixed or dependent on other indices, and δ.

A sum of products is contracted (`numeric.named`) and never spread out over all of its indices, unless a
single factor is. Where δ(k, t) stands under Σ_k and every value of t lies in the range of k, the term at
k = t is all there is. Bounds that depend on other indices (l ≤ k) become a range over their hull and a mask:
it multiplies what is finite everywhere, and elsewhere the index is also clipped to its bounds, so that what
the mask discards is a value of the formula, and no NaN returns through a derivative.

Left out: δ under a masked sum, which is compared entry by entry.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import sympy as sp
from jax import lax

from derivations.atoms import free_symbols, peel
from derivations.functions import sigmoid
from derivations.indexed import substitute
from derivations.ranges import fresh_index
from numeric.indexing import Axis, Clip, Environment, integer_values, spread
from numeric.named import Named, contract, elementwise
from numeric.walk import Walk

__all__ = ["Sums"]

_TOTAL = (sp.Add, sp.Mul, sp.Symbol, sp.Indexed, sp.Number, sp.KroneckerDelta, sp.Abs, sp.sign, sp.tanh, sigmoid)
"""Nodes that are finite wherever their arguments are: a mask may multiply them."""


class Sums(Walk):
    """The part of the evaluation that opens and closes index ranges."""

    def axis(self, lower: sp.Expr, upper: sp.Expr) -> Axis:
        """The range of an index whose bounds depend on sizes alone."""
        return self._bound_axis(sp.Dummy(), lower, upper, {}, True)[0]

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

    def _contract(self, body: sp.Expr, summed: dict[sp.Symbol, Axis], masks: list[Named], env: Environment) -> Named:
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

    def _integer_power(self, base: Named, power: int) -> Named:
        if base.is_number:
            return Named(float(base.value) ** power if base.value or power >= 0 else math.inf)
        return elementwise(lambda v: lax.integer_pow(v, power), base)
