r"""Losses as JAX functions that carry their proved gradient, for models and optimisers of your own.

    logistic(z, y)       −y log σ(z) − (1 − y) log(1 − σ(z))      ∂/∂z = σ(z) − y
    softmax(z, y)        log Σ_c e^{z_c} − z_y                     ∂/∂z_c = p_c − y_c
    brier(z, y)          (σ(z) − y)²                               ∂/∂z = 2(σ(z) − y) σ(z)(1 − σ(z))
    squared(ŷ, y)        (ŷ − y)²                                  ∂/∂ŷ = 2(ŷ − y)
    ordinal(η, θ, y)     −log P(class y), proportional odds        by η and by θ

Each is a `jax.custom_vjp`: `jax.grad` of anything built on it (optax, Flax, Equinox) gets the expression that
was proved, in its stable form. Values and gradients are finite for logits up to ±1e4 and beyond; at ±inf they are the
limits, where these exist, and NaN where they don't (two logits of +inf). 16-bit arguments are computed with in float32.
An integer label that is no class makes NaN; what a cotangent of zero leaves out has gradient zero, NaN or not.

Left out: gradients by labels, which nobody proved: asking for one is an error, not zero; forward mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from jax.custom_derivatives import SymbolicZero

from derivations.catalog import find
from derivations.proof import Proof, prove
from numeric.gradient import UnprovedGradientError, proved_form
from numeric.lambdify import lambdify

__all__ = ["brier", "logistic", "ordinal", "softmax", "squared"]

Array = Any


def logistic(logits: Array, labels: Array) -> jax.Array:
    """Cross-entropy of each logit, of any shape, with its label in [0, 1].

    >>> z = jnp.array([0.0, 1e4, -jnp.inf])
    >>> logistic(z, jnp.array([1.0, 1.0, 0.0])).tolist()[1:]
    [0.0, 0.0]
    >>> jax.grad(lambda z: logistic(z, jnp.zeros(3)).sum())(z).tolist()
    [0.5, 1.0, 0.0]
    """
    return _elementwise("logistic", logits, labels)


def brier(logits: Array, labels: Array) -> jax.Array:
    """Squared error (σ(z) − y)² of each logit with its label in [0, 1]."""
    return _elementwise("brier", logits, labels)


def squared(predictions: Array, targets: Array) -> jax.Array:
    """Squared error (ŷ − y)² of each prediction."""
    predictions, targets = _floating(predictions, targets)
    return _per_row("squared", 1)({"yhat": predictions[..., None]}, {"y": targets[..., None]})


def softmax(logits: Array, labels: Array, where: Array | None = None) -> jax.Array:
    """Cross-entropy over the last axis, one number for each row.

    logits: (…, K). labels: (…, K) one-hot, or (…,) integers. where: (…, K), False for classes that don't take part:
    their probability and gradient are zero; a label among them has loss inf.

    >>> softmax(jnp.array([[1e4, 0.0, 0.0]]), jnp.array([0])).tolist()
    [0.0]
    """
    logits = jnp.asarray(logits)
    if jnp.issubdtype(jnp.asarray(labels).dtype, jnp.integer) and jnp.ndim(labels) == logits.ndim - 1:
        labels = _one_hot(labels, logits.shape[-1], logits.dtype)
    if where is not None:
        logits = jnp.where(where, logits, -jnp.inf)
    logits, labels = _floating(logits, labels)
    if logits.ndim == 0 or logits.shape[-1] < 2:
        raise ValueError(f"softmax: logits have shape {logits.shape}; required (…, K) with K ≥ 2 classes")
    return _per_row("softmax", 1)({"z": logits}, {"y": labels})


def ordinal(scores: Array, thresholds: Array, labels: Array) -> jax.Array:
    """Proportional odds: −log P(class) of each score η (…,), with K − 1 increasing thresholds.

    labels: (…,) integers 0 … K − 1, or (…, K) one-hot rows.
    """
    scores, thresholds = jnp.asarray(scores), jnp.asarray(thresholds)
    classes = thresholds.shape[-1] + 1
    if jnp.issubdtype(jnp.asarray(labels).dtype, jnp.integer) and jnp.ndim(labels) == scores.ndim:
        labels = _one_hot(labels, classes, scores.dtype)
    rows = jnp.broadcast_to(thresholds, (*scores.shape, classes - 1))
    return _per_row("ordinal", 0)({"eta": scores, "theta": rows}, {"Y": jnp.asarray(labels)})


_CLAIMS: Mapping[str, tuple[str | None, Mapping[str, str]]] = {
    "logistic": ("logistic_regression.softplus", {"z": "logistic_regression.z"}),
    "brier": (None, {"z": "squared_error_on_sigmoid.z"}),
    "squared": (None, {"yhat": "linear_regression.mean.yhat"}),
    "softmax": ("softmax_regression.sample.loss", {"z": "softmax_regression.sample.z"}),
    "ordinal": (
        "ordinal_regression.sample.loss",
        {"eta": "ordinal_regression.sample.eta", "theta": "ordinal_regression.sample.theta"},
    ),
}
"""Loss → (claim of the form that computes it, or None for its definition; claims of its gradients by argument)."""


@cache
def _compiled(name: str) -> tuple[Callable[..., Any], dict[str, Callable[..., Any]]]:
    """(loss, gradient by argument) of one sample, from proofs only."""
    form, gradients = _CLAIMS[name]
    proofs = {argument: _proved(claim) for argument, claim in gradients.items()}
    first = next(iter(proofs.values())).derivation
    held = [sp.Symbol("eta", real=True)] if "eta" in gradients else []
    expr = first.left.args[0] if form is None else proved_form(_proved(form))
    loss = lambdify(expr, first.statement, held=held)
    found = {}
    for argument, proof in proofs.items():
        v = proof.derivation.left.variable
        free = tuple(v.indices) if isinstance(v, sp.Indexed) else ()
        found[argument] = lambdify(proved_form(proof), first.statement, free, held=held)
    return loss, dict(found)


def _proved(name: str) -> Proof:
    proof = prove(find(name))
    if not proof.is_proved:
        raise UnprovedGradientError(f"{name} is {proof.verdict.status.value}, not proved: no loss carries it")
    return proof


@cache
def _attached(name: str) -> Callable[[dict[str, Array], dict[str, Array]], jax.Array]:
    """The loss of one sample with its gradient; the first argument is differentiated, the second holds labels."""
    loss, gradients = _compiled(name)

    def value(arguments: dict[str, Array], labels: dict[str, Array]) -> jax.Array:
        finite, large, undefined = _within_reach(_wide(arguments))
        found = _limit(loss({**finite, **_wide(labels)}), large)
        return jnp.where(undefined, jnp.nan, found).astype(jnp.result_type(*arguments.values()))

    attached = jax.custom_vjp(value)

    def forward(arguments: dict[str, Any], labels: dict[str, Any]) -> tuple[jax.Array, Any]:
        if any(label.perturbed for label in labels.values()):
            raise TypeError(f"{name}: no gradient by the labels is proved; pass jax.lax.stop_gradient(labels)")
        plain = {k: a.value for k, a in arguments.items()}
        known = {k: a.value for k, a in labels.items()}
        return value(plain, known), (plain, known)

    def backward(kept: Any, cotangent: Any) -> tuple[dict[str, Array], dict[str, Array]]:
        plain, known = kept
        zeros = {k: jnp.zeros_like(a) for k, a in known.items()}
        if isinstance(cotangent, SymbolicZero):
            return {k: jnp.zeros_like(a) for k, a in plain.items()}, zeros
        finite, large, undefined = _within_reach(_wide(plain))
        grads = {k: _limit(fn({**finite, **_wide(known)}), large) for k, fn in gradients.items()}
        found = {k: cotangent * jnp.where(undefined, jnp.nan, g) for k, g in grads.items()}
        return {k: jnp.where(cotangent == 0, 0, g).astype(plain[k].dtype) for k, g in found.items()}, zeros

    attached.defvjp(forward, backward, symbolic_zeros=True)
    return attached


def _within_reach(arguments: dict[str, Array]) -> tuple[dict[str, Array], jax.Array, jax.Array]:
    """(arguments with ±inf replaced by a number that acts like it, that number or 0, whether there is no limit)."""
    dtype = jnp.result_type(*arguments.values())
    big = jnp.asarray(jnp.finfo(dtype).max / 64, dtype)
    infinite = jnp.stack([jnp.isinf(a).any() for a in arguments.values()]).any()
    above = sum((jnp.sum(jnp.isposinf(a)) for a in arguments.values()), jnp.asarray(0))
    below = jnp.stack(
        [jnp.isneginf(a).all() & jnp.asarray(a.ndim > 0 and a.size > 1) for a in arguments.values()]
    ).any()
    finite = {k: jnp.where(jnp.isinf(a), jnp.sign(a) * big, a) for k, a in arguments.items()}
    return finite, jnp.where(infinite, big, 0), (above > 1) | below


def _limit(found: jax.Array, large: jax.Array) -> jax.Array:
    """±inf for what grows with the number that stands for an infinite argument."""
    return jnp.where((large > 0) & (jnp.abs(found) > jnp.sqrt(large)), jnp.sign(found) * jnp.inf, found)


def _wide(arrays: dict[str, Array]) -> dict[str, Array]:
    return {k: a.astype(jnp.promote_types(a.dtype, jnp.float32)) for k, a in arrays.items()}


def _one_hot(labels: Array, classes: int, dtype: Any) -> jax.Array:
    """(…, K) of integers 0 … K − 1; NaN for what is none of them, which would be a row of zeros."""
    labels = jnp.asarray(labels)
    known = (labels >= 0) & (labels < classes)
    return jnp.where(known[..., None], jax.nn.one_hot(labels, classes, dtype=dtype), jnp.nan)


def _elementwise(name: str, logits: Array, labels: Array) -> jax.Array:
    logits, labels = _floating(logits, labels)
    logits, labels = jnp.broadcast_arrays(logits, labels)
    return _per_row(name, 0)({"z": logits}, {"y": labels})


def _per_row(name: str, axes: int) -> Callable[[dict[str, Array], dict[str, Array]], jax.Array]:
    """The loss of one sample over all leading axes; `axes` of the first argument belong to a sample."""
    one = _attached(name)

    def rows(arguments: dict[str, Array], labels: dict[str, Array]) -> jax.Array:
        first = next(iter(arguments.values()))
        fn: Callable[..., jax.Array] = one
        for _ in range(first.ndim - axes):
            fn = jax.vmap(fn)
        return fn(arguments, labels)

    return rows


def _floating(*arrays: Array) -> tuple[jax.Array, jax.Array]:
    """Logits and labels in the precision of the logits."""
    logits, labels = map(jnp.asarray, arrays)
    if not jnp.issubdtype(logits.dtype, jnp.floating):
        raise TypeError(f"logits have dtype {logits.dtype}: required floating-point numbers")
    return logits, labels.astype(logits.dtype)
