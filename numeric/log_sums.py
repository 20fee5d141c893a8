r"""A sum of softplus over samples, with one logarithm for sixteen of them.

    Σ a softplus(u) + b softplus(−u)  =  Σ ( a max(u, 0) + b max(−u, 0) )  +  w Σ log(1 + e^{−|u|}),    w = a + b

    log(1 + p) + log(1 + q)  =  log(1 + p ∘ q),    p ∘ q = p + q + p q

Cross-entropy −y log σ(z) − (1 − y) log σ(−z) is such a sum: a = 1 − y, b = y, and w = 1 is a number. Without
logarithms of its own for each sample, a loss costs little more than the gradient beside it.

Accuracy: all of p, q are in [0, 1] and no operation subtracts. So p ∘ q has a relative error of at most 3ε/2 more
than the sum of those of p and q, a group of 16 one below 25ε and less than 2^16, and log(1 + ·) makes no relative
error larger: a loss of 1e-12 keeps its digits as one of 1 does.

Left out: a w that depends on the sample (sample weights), whose logarithms are taken one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from jax import lax

from derivations.functions import softplus
from numeric.indexing import Axis, Environment
from numeric.named import VECTOR, Named, elementwise, sum_all
from numeric.patterns import SignedLogit
from numeric.stable import StableForms

__all__ = ["LogSums", "softplus_sum"]


@partial(jax.custom_jvp, nondiff_argnums=(3,))
def softplus_sum(u: Any, up: Any, down: Any, weight: float) -> Any:
    """Σ up·softplus(u) + down·softplus(−u), where up + down is the number `weight` everywhere.

    >>> u = jnp.array([-2.0, 0.0, 3.0])
    >>> bool(jnp.allclose(softplus_sum(u, 2.0, -1.0, 1.0), jnp.sum(2*jax.nn.softplus(u) - jax.nn.softplus(-u))))
    True
    """
    linear = up * jnp.maximum(u, 0) + down * jnp.maximum(-u, 0)
    return sum_all(linear) + weight * _sum_log1p(jnp.exp(-jnp.abs(u)))


@softplus_sum.defjvp
def _softplus_sum_jvp(weight: float, primals: Any, tangents: Any) -> tuple[Any, Any]:
    (u, up, down), (du, dup, ddown) = primals, tangents
    slope = up * jax.nn.sigmoid(u) - down * jax.nn.sigmoid(-u)
    tangent = jnp.sum(slope * du + jax.nn.softplus(u) * dup + jax.nn.softplus(-u) * ddown)
    return softplus_sum(u, up, down, weight), tangent


def _sum_log1p(p: jax.Array) -> jax.Array:
    """Σ log(1 + p) for p in [0, 1]."""
    flat = p.reshape(-1)
    rows = jnp.pad(flat, (0, -flat.size % VECTOR)).reshape(VECTOR, -1)
    while len(rows) > 1:
        a, b = jnp.split(rows, 2)
        rows = a + b + a * b
    return jnp.sum(lax.optimization_barrier(jnp.log1p(rows[0])))


@dataclass
class _Group:
    """Terms up·softplus(u) + down·softplus(−u) of one u, and how they were written."""

    up: sp.Expr = sp.S.Zero
    down: sp.Expr = sp.S.Zero
    written: sp.Expr = sp.S.Zero


class LogSums(StableForms):
    """The part of the evaluation that takes the logarithms of a sum together."""

    def _contract(self, body: sp.Expr, summed: dict[sp.Symbol, Axis], masks: list[Named], env: Environment) -> Named:
        if masks or any(axis.clip is not None or not axis.size for axis in summed.values()):
            return super()._contract(body, summed, masks, env)
        groups, rest = self._grouped(body)
        parts = []
        for u, group in groups.items():
            weight = sp.expand(group.up + group.down)
            logits = self._value(u, env) if weight.is_Number and weight != 0 else Named(0.0)
            if set(logits.labels) != set(summed):
                rest += group.written
                continue
            coefficients = (self._value(f, env) for f in (group.up, group.down))
            total = elementwise(lambda z, a, b, w=float(weight): softplus_sum(z, a, b, w), logits, *coefficients)
            parts.append(Named(total.value))
        if not parts:
            return super()._contract(body, summed, masks, env)
        return self._total(parts if rest == 0 else [*parts, super()._contract(rest, summed, masks, env)])

    def _grouped(self, body: sp.Expr) -> tuple[dict[sp.Expr, _Group], sp.Expr]:
        """(u → its terms, all other terms)."""
        groups: dict[sp.Expr, _Group] = {}
        rest = sp.S.Zero
        for term in sp.Add.make_args(body):
            factors = sp.Mul.make_args(term)
            found = [(f, form) for f in factors if (form := self._softplus(f)) is not None]
            if len(found) != 1:
                rest += term
                continue
            factor, (sign, logit) = found[0]
            coefficient = sign * sp.Mul(*(f for f in factors if f is not factor))
            group = groups.setdefault(logit.argument, _Group())
            group.written += term
            if logit.sign > 0:
                group.up += coefficient
            else:
                group.down += coefficient
        return groups, rest

    def _softplus(self, f: sp.Expr) -> tuple[int, SignedLogit] | None:
        """(±1, ±u) where f is ±softplus(±u) by form."""
        sign, u = 1, None
        if isinstance(f, softplus):
            u = f.args[0]
        elif isinstance(f, sp.log):
            if (logit := self.forms.logit(f.args[0])) is not None:  # log σ(u) = −softplus(−u)
                return -1, logit.flipped()
            u = self.forms.one_plus_exp(f.args[0])
        if u is None:
            return None
        return sign, SignedLogit(-u, -1) if u.could_extract_minus_sign() else SignedLogit(u)
