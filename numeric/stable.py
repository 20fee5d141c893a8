r"""Stable forms, computed: σ, log σ, softmax, log Σ exp, wherever `numeric.patterns` finds them.

Values and derivatives are finite for arguments up to 1e4 in float32, and to rounding they are those of the
formula. `y·log p` with a label y that may be 0 is 0 there, also where p has underflowed to 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp

from derivations.atoms import free_symbols, peel
from derivations.domain import Domain
from derivations.indexed import substitute
from derivations.ranges import fresh_index
from numeric.indexing import Environment, KeptAxis, read
from numeric.named import Named, elementwise, multiply
from numeric.patterns import SignedLogit, SoftmaxEntry
from numeric.sums import Sums

__all__ = ["StableForms"]


class StableForms(Sums):
    """The part of the evaluation that knows what must not be computed as it stands."""

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
        if mask is not None:  # bounds that depend on other indices: as e^{u − log Σ e^u}
            total = sp.Sum(sp.exp(argument), (k, entry.lower, entry.upper))
            log_value = self._log_quotient((substitute(argument, {k: entry.entry}),), ((total, 1),), env)
            return log_value if fn is jax.nn.log_softmax else self._apply(jnp.exp, log_value)
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

    def _is_positive(self, expr: sp.Expr) -> bool:
        """Whether expr > 0 by its form or by a domain: log of a product may then be split."""
        e = self.scope.head(expr)
        if e.is_positive or self.forms.logit(e) is not None or self.forms.is_exponential(e):
            return True
        if isinstance(e, sp.Mul):
            return all(self._is_positive(a) for a in e.args)
        return isinstance(e, sp.Pow) and self._is_positive(e.base)


def _log1mexp(u: Any) -> Any:
    """log(1 − e^u) for u < 0: −expm1 keeps the digits of a small difference (Mächler 2012, eq. 7)."""
    near = u > -math.log(2)
    first = jnp.log(-jnp.expm1(jnp.where(near, u, -1.0)))
    return jnp.where(near, first, jnp.log1p(-jnp.exp(jnp.where(near, -1.0, u))))
