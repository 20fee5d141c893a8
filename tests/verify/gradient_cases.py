"""Losses over many of JAX's functions: gradients that are right, which are never refuted, and wrong ones, which are.

A case is (loss, gradient, inputs, options). The right gradients are written otherwise than autodiff writes them, where
that is possible, and with the other choice at kinks and ties. Over 500 lines, because it is one table of cases.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import jax.scipy.special as jsp
import numpy as np

from derivations.domain import Domain

RNG = np.random.default_rng(0)
Case = tuple[Any, Any, tuple[Any, ...], dict[str, Any]]
CORRECT: dict[str, Case] = {}
WRONG: dict[str, Case] = {}


def right(name: str, loss: Any, gradient: Any, *inputs: Any, **options: Any) -> None:
    CORRECT[name] = (loss, gradient, inputs, options)


def wrong(name: str, loss: Any, gradient: Any, *inputs: Any, **options: Any) -> None:
    WRONG[name] = (loss, gradient, inputs, options)


def f32(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def f64(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


def hot(x: Any, at: Any) -> Any:
    return jax.nn.one_hot(at, x.size, dtype=x.dtype)


def first(x: Any) -> Any:
    """The subgradient of max at the first of its places; autodiff shares it among them."""
    return hot(x, jnp.argmax(x))


V32, V64 = f32(5), f64(5)
X, Y = f64(20, 3), (RNG.random(20) < 0.5).astype(float)
X32, Y32 = X.astype(np.float32), Y.astype(np.float32)
SQUARE, SPD = f64(3, 3), np.eye(3) * 2 + 0.3 * np.ones((3, 3))
TIED = np.array([1, 1, 1, 0, -1], np.float32)
BF16 = jnp.ones(6, jnp.bfloat16)

# ------------------------------------------------------------------ choices, ties and kinks
right("max, ties in float32", jnp.max, first, TIED)
right("max, ties in bfloat16", jnp.max, first, BF16)
right("max, ties in float16", jnp.max, first, TIED.astype(np.float16))
right(
    "max of saturated",
    lambda x: jnp.max(jax.nn.sigmoid(x)),
    lambda x: first(x) * jax.nn.sigmoid(x) * jax.nn.sigmoid(-x),
    V64,
)
right("max of tanh in float32", lambda x: jnp.max(jnp.tanh(x)), lambda x: first(x) * (1 - jnp.tanh(x) ** 2), V32)
right("min", jnp.min, lambda x: hot(x, jnp.argmin(x)), TIED)
right("max of |x|", lambda x: jnp.max(jnp.abs(x)), lambda x: first(jnp.abs(x)) * jnp.where(x >= 0, 1, -1), TIED)
right("maximum of two", lambda x: jnp.sum(jnp.maximum(x, x**2)), lambda x: jnp.where(x >= x**2, 1.0, 2 * x), V64)
right(
    "abs",
    lambda x: jnp.sum(jnp.abs(x)),
    lambda x: jnp.where(x >= 0, 1.0, -1.0).astype(x.dtype),
    np.zeros(5, np.float32),
)
right("relu", lambda x: jnp.sum(jax.nn.relu(x)), lambda x: (x >= 0).astype(x.dtype), np.zeros(5, np.float32))
right(
    "relu of a layer", lambda w: jnp.sum(jax.nn.relu(X @ w)), lambda w: X.T @ (X @ w > 0).astype(w.dtype), np.zeros(3)
)
right(
    "leaky relu", lambda x: jnp.sum(jax.nn.leaky_relu(x, 0.1)), lambda x: jnp.where(x > 0, 1, 0.1).astype(x.dtype), V32
)
right(
    "hinge",
    lambda w: jnp.mean(jnp.maximum(0, 1 - (2 * Y - 1) * (X @ w))),
    lambda w: -X.T @ jnp.where((2 * Y - 1) * (X @ w) < 1, 2 * Y - 1, 0.0) / 20,
    np.zeros(3),
)
right(
    "sort",
    lambda x: jnp.sum(jnp.sort(x) * jnp.arange(5.0)),
    lambda x: jnp.argsort(jnp.argsort(x)).astype(x.dtype),
    TIED,
)
right(
    "sort of saturated",
    lambda x: jnp.sort(jnp.tanh(x))[3],
    lambda x: hot(x, jnp.argsort(x)[3]) * (1 - jnp.tanh(x) ** 2),
    V64,
)
right("median", jnp.median, lambda x: hot(x, jnp.argsort(x)[2]), TIED)
right(
    "top k", lambda x: jnp.sum(jax.lax.top_k(x, 2)[0]), lambda x: jnp.zeros_like(x).at[jnp.argsort(-x)[:2]].set(1), TIED
)
right("clip", lambda x: jnp.sum(jnp.clip(x, 0, 1) ** 2), lambda x: jnp.where((x >= 0) & (x <= 1), 2 * x, 0.0), V32)
right(
    "cross-entropy clipped at a threshold that rounds",
    lambda p: -jnp.sum(jnp.log(jnp.clip(p, 1e-7, 1 - 1e-7))),
    lambda p: jnp.where((p > 1e-7) & (p < 1 - 1e-7), -1 / p, 0.0),
    np.full(4, 0.5, np.float32),
)
right(
    "where at 0.3 in float32",
    lambda x: jnp.sum(jnp.where(x > 0.3, x**2, 0.0)),
    lambda x: jnp.where(x >= 0.3, 2 * x, 0.0),
    np.full(4, 0.3, np.float32),
)
right(
    "square root behind where",
    lambda x: jnp.sum(jnp.where(x > 0, jnp.sqrt(x), 0.0)),
    lambda x: jnp.where(x > 0, 0.5 / jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
    np.ones(4),
)
right(
    "huber", lambda x: jnp.sum(jnp.where(jnp.abs(x) < 1, x**2 / 2, jnp.abs(x) - 0.5)), lambda x: jnp.clip(x, -1, 1), V64
)
right("rounded", lambda x: jnp.sum(jnp.round(x * 8) / 8 + jnp.floor(x) + x), jnp.ones_like, V32)
right("argmax", lambda x: x[jnp.argmax(jnp.tanh(x))], first, V64)
right(
    "to integers",
    lambda x: jnp.sum(x * (x * 3).astype(int)),
    lambda x: (x * 3).astype(int).astype(x.dtype),
    np.full(4, 0.5, np.float32),
    domain=Domain.UNIT,
)
right("remainder", lambda x: jnp.sum((x % 0.7) ** 2), lambda x: 2 * (x % 0.7), V64)
right(
    "norm at 0",
    lambda x: jnp.sqrt(jnp.sum(x**2)),
    lambda x: x / jnp.maximum(jnp.sqrt(jnp.sum(x**2)), 1e-300),
    np.zeros(3),
)
right("linalg.norm", jnp.linalg.norm, lambda x: x / jnp.linalg.norm(x), V32)
right(
    "segment sum of squares",
    lambda x: jnp.sum(jax.ops.segment_sum(x, jnp.array([0, 1, 0, 2, 1]), 3) ** 2),
    lambda x: 2 * jax.ops.segment_sum(x, jnp.array([0, 1, 0, 2, 1]), 3)[jnp.array([0, 1, 0, 2, 1])],
    V32,
)
right(
    "segment max",
    lambda x: jnp.sum(jax.ops.segment_max(x, jnp.array([0, 1, 0, 1, 1]), 2)),
    lambda x: (x == jax.ops.segment_max(x, jnp.array([0, 1, 0, 1, 1]), 2)[jnp.array([0, 1, 0, 1, 1])]).astype(x.dtype),
    V64,
)

# ------------------------------------------------------------------ sums, transforms, matrices
right("cumsum", lambda x: jnp.sum(jnp.cumsum(x) ** 2), lambda x: 2 * jnp.cumsum(jnp.cumsum(x)[::-1])[::-1], V32)
right("cumprod", lambda x: jnp.sum(jnp.cumprod(x)), jax.grad(lambda x: x[0] * (1 + x[1] * (1 + x[2]))), f64(3))
right("power spectrum", lambda x: jnp.sum(jnp.abs(jnp.fft.fft(x)) ** 2), lambda x: 2 * x.size * x, f32(8))
right(
    "part of a spectrum",
    lambda x: jnp.sum(jnp.fft.rfft(x).real ** 2),
    lambda x: 2 * jnp.cos(2 * np.pi * np.outer(np.arange(7), np.arange(4)) / 7) @ jnp.fft.rfft(x).real,
    f64(7),
)
right("fft there and back", lambda x: jnp.sum(jnp.fft.ifft(jnp.fft.fft(x)).real ** 2), lambda x: 2 * x, f64(6))
right("fft of two axes", lambda x: jnp.sum(jnp.abs(jnp.fft.fft2(x)) ** 2), lambda x: 2 * x.size * x, f32(3, 4))
right(
    "complex intermediates",
    lambda x: jnp.abs(jnp.sum(jnp.exp(1j * x))) ** 2,
    lambda x: 2 * (jnp.cos(x) * jnp.sum(jnp.sin(x)) - jnp.sin(x) * jnp.sum(jnp.cos(x))),
    V64,
)
right(
    "solve",
    lambda b: jnp.sum(jnp.linalg.solve(SPD, b) ** 2),
    lambda b: 2 * jnp.linalg.solve(SPD.T, jnp.linalg.solve(SPD, b)),
    f64(3),
)
right(
    "inverse",
    lambda A: jnp.sum(jnp.linalg.inv(A)),
    lambda A: -(jnp.linalg.inv(A).T @ jnp.ones((3, 3), A.dtype) @ jnp.linalg.inv(A).T),
    SQUARE,
)
right(
    "determinant",
    jnp.linalg.det,
    lambda A: jnp.stack([jnp.cross(A[1], A[2]), jnp.cross(A[2], A[0]), jnp.cross(A[0], A[1])]),
    SQUARE,
)
right("slogdet", lambda A: jnp.linalg.slogdet(A)[1], lambda A: jnp.linalg.inv(A).T, SQUARE)
right(
    "cholesky",
    lambda x: jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(SPD + jnp.diag(x**2))))),
    lambda x: x * jnp.diag(jnp.linalg.inv(SPD + jnp.diag(x**2))),
    f64(3),
)
right("singular values", lambda A: jnp.sum(jnp.linalg.svd(A, compute_uv=False) ** 2), lambda A: 2 * A, SQUARE)
right(
    "eigenvalues",
    lambda x: jnp.sum(jnp.linalg.eigvalsh(SPD + jnp.diag(x)) ** 2),
    lambda x: 2 * jnp.diag(SPD) + 2 * x,
    f64(3),
)
right(
    "triangular solve",
    lambda b: jnp.sum(jsl.solve_triangular(np.tril(SPD), b, lower=True) ** 2),
    lambda b: 2 * jsl.solve_triangular(np.tril(SPD).T, jsl.solve_triangular(np.tril(SPD), b, lower=True)),
    f64(3),
)
right(
    "convolution",
    lambda x: jnp.sum(jnp.convolve(x, jnp.array([1.0, 2.0, -1.0])) ** 2),
    lambda x: 2 * jnp.correlate(jnp.convolve(x, jnp.array([1.0, 2.0, -1.0])), jnp.array([1.0, 2.0, -1.0]), "valid"),
    f64(6),
)

# ------------------------------------------------------------------ special functions, overflow and scales
right("logsumexp", jax.nn.logsumexp, jax.nn.softmax, V32)
right("logsumexp written out", lambda z: jnp.log(jnp.sum(jnp.exp(z))), lambda z: jnp.exp(z) / jnp.sum(jnp.exp(z)), V32)
right("log softmax", lambda z: -jax.nn.log_softmax(z)[2], lambda z: jax.nn.softmax(z) - hot(z, 2), V32)
right("softmax", lambda z: jax.nn.softmax(z)[0], lambda z: jax.nn.softmax(z)[0] * (hot(z, 0) - jax.nn.softmax(z)), V32)
right("softplus written out", lambda z: jnp.sum(jnp.log(1 + jnp.exp(z))), jax.nn.sigmoid, V32)
right(
    "log sigmoid written out", lambda z: jnp.sum(-jnp.log(1 / (1 + jnp.exp(-z)))), lambda z: jax.nn.sigmoid(z) - 1, V32
)
right("x to the 20", lambda x: jnp.sum(x**20), lambda x: 20 * x**19, np.full(4, 0.1, np.float32))
right("expm1", lambda x: jnp.sum(jnp.exp(x) - 1 - x), jnp.expm1, V32)
right("sin of 1000 x", lambda x: jnp.sum(jnp.sin(1000 * x)), lambda x: 1000 * jnp.cos(1000 * x), V32)
right("sin of 1e9 x", lambda x: jnp.sum(jnp.sin(1e9 * x)), lambda x: 1e9 * jnp.cos(1e9 * x), V64)
right("double angle", lambda x: jnp.sum(jnp.sin(2 * x)), lambda x: 2 * jnp.cos(x) ** 2 - 2 * jnp.sin(x) ** 2, V32)
right("tan", lambda x: jnp.sum(jnp.tan(x)), lambda x: 1 / jnp.cos(x) ** 2, V32)
right("erf", lambda x: jnp.sum(jsp.erf(x)), lambda x: 2 / np.sqrt(np.pi) * jnp.exp(-(x**2)), V32)
right(
    "log ndtr",
    lambda x: jnp.sum(jsp.log_ndtr(x)),
    lambda x: jnp.exp(-(x**2) / 2 - jsp.log_ndtr(x)) / np.sqrt(2 * np.pi),
    V64,
)
right("gammaln", lambda x: jnp.sum(jsp.gammaln(x)), jsp.digamma, np.full(3, 1.5), domain=Domain.POSITIVE)
right("gammaln everywhere in float32", lambda x: jnp.sum(jsp.gammaln(x)), jsp.digamma, V32)
right("atan2", lambda x: jnp.arctan2(x[0], x[1]), lambda x: jnp.stack([x[1], -x[0]]) / (x[0] ** 2 + x[1] ** 2), f32(2))
right("logarithm, half of the points outside", lambda x: jnp.sum(jnp.log(x)), lambda x: 1 / x, np.ones(4, np.float32))
right("powers", lambda x: jnp.sum(x**1.5), lambda x: 1.5 * jnp.sqrt(x), np.ones(3, np.float32), domain=Domain.POSITIVE)
right("product", jnp.prod, lambda x: jnp.prod(x) / x, f32(6))
right("variance", jnp.var, lambda x: 2 * (x - jnp.mean(x)) / x.size, 1000 + f32(50))
right(
    "variance written out",
    lambda x: jnp.mean(x**2) - jnp.mean(x) ** 2,
    lambda x: 2 * (x - jnp.mean(x)) / x.size,
    1000 + f32(50),
)
right("cancellation", lambda x: jnp.sum((x + 1e8) - 1e8), jnp.ones_like, V32)
right("huge scale", lambda x: 1e30 * jnp.sum(x**2), lambda x: 2e30 * x, V64)
right("tiny scale", lambda x: 1e-30 * jnp.sum(x**2), lambda x: 2e-30 * x, V32)
right("tiny scale, normal numbers lost", lambda x: jnp.sum((1e-25 * x) ** 2), lambda x: 2e-25 * (1e-25 * x), V32)
right("almost a kink", lambda x: jnp.sum(jnp.sqrt(x**2 + 1e-12)), lambda x: x / jnp.sqrt(x**2 + 1e-12), V32)
right(
    "flat",
    lambda x: jnp.sum(jnp.exp(-1 / (x**2 + 1e-3))),
    lambda x: 2 * x / (x**2 + 1e-3) ** 2 * jnp.exp(-1 / (x**2 + 1e-3)),
    V64,
)

# ------------------------------------------------------------------ control flow, rules, casts
right(
    "scan",
    lambda x: jax.lax.scan(lambda c, v: (c * v + 1, None), 1.0, x)[0],
    jax.grad(lambda x: ((x[0] + 1) * x[1] + 1) * x[2] + 1),
    f64(3),
)
right(
    "while",
    lambda x: jax.lax.while_loop(lambda c: c[1] < 5, lambda c: (c[0] * 1.1, c[1] + 1), (jnp.sum(x), 0))[0],
    lambda x: jnp.full_like(x, 1.1**5),
    V32,
)
right(
    "while until small",
    lambda x: jax.lax.while_loop(lambda c: c > 1, lambda c: c / 3, jnp.sum(x**2)),
    lambda x: 2 * x / 3.0 ** jnp.maximum(jnp.ceil(jnp.log(jnp.sum(x**2)) / np.log(3) - 1e-12), 0),
    V64,
)
right(
    "cond",
    lambda x: jax.lax.cond(x[0] > 0, lambda: jnp.sum(x**2), lambda: jnp.sum(x**3)),
    lambda x: jnp.where(x[0] >= 0, 2 * x, 3 * x**2),
    V32,
)
right(
    "switch",
    lambda x, k: jax.lax.switch(k, [jnp.sum, lambda v: jnp.sum(v**2)], x),
    lambda x, k: 2 * x,
    V32,
    np.int32(1),
)
right("checkpoint", jax.checkpoint(lambda x: jnp.sum(jnp.sin(x) ** 2)), lambda x: jnp.sin(2 * x), V32)
right("stop_gradient undone", lambda x: jnp.sum(x * jax.lax.stop_gradient(x)), lambda x: 2 * x, V32)
right("straight through", lambda x: jnp.sum(x + jax.lax.stop_gradient(jnp.round(x) - x)), jnp.zeros_like, V32)
right("a cast to bfloat16", lambda x: jnp.sum(x.astype(jnp.bfloat16).astype(x.dtype) ** 2), lambda x: 2 * x, V32)


@jax.custom_vjp
def wrong_rule(x):
    return jnp.sum(x**2)


wrong_rule.defvjp(lambda x: (jnp.sum(x**2), x), lambda x, g: (3 * x * g,))


@jax.custom_vjp
def inconsistent_rule(x):
    return jnp.sum(x**2)


inconsistent_rule.defvjp(lambda x: (jnp.sum(x**3), x), lambda x, g: (2 * x * g,))


@jax.custom_jvp
def wrong_sign(x):
    return jnp.sum(jnp.sin(x))


@wrong_sign.defjvp
def _wrong_sign(primals, tangents):
    return wrong_sign(*primals), -jnp.sum(jnp.cos(primals[0]) * tangents[0])


right("a wrong custom rule undone", wrong_rule, lambda x: 2 * x, V32)
right("a custom rule of another value", inconsistent_rule, lambda x: 2 * x, V32)
right("a wrong custom_jvp undone", wrong_sign, jnp.cos, V64)
right(
    "a wrong rule in a scan undone",
    lambda x: jax.lax.scan(lambda c, v: (c + wrong_sign(v), None), 0.0, x)[0],
    jnp.cos,
    V64,
)

# ------------------------------------------------------------------ inputs: types, sizes, keys, data
KEY, OLD_KEY = jax.random.key(3), jax.random.PRNGKey(3)
NOISE = jax.random.normal(KEY, (5,), jnp.float32)
right(
    "a key as input",
    lambda x, k: jnp.sum(x * jax.random.normal(k, (5,))),
    lambda x, k: jax.random.normal(k, (5,)),
    V32,
    KEY,
)
right(
    "an old key as input",
    lambda x, k: jnp.sum(x**2 * jax.random.uniform(k, (5,))),
    lambda x, k: 2 * x * jax.random.uniform(k, (5,)),
    V32,
    OLD_KEY,
)
right(
    "a key closed over",
    lambda x: jnp.sum(x * jax.random.normal(KEY, (5,))),
    lambda x: jax.random.normal(KEY, (5,)),
    V32,
)
right("noise drawn before", lambda x: jnp.sum(x * jax.random.normal(KEY, (5,))), lambda x: NOISE, V32)
right(
    "dropout",
    lambda x, k: jnp.sum(jnp.where(jax.random.bernoulli(k, 0.5, (5,)), x**2, 0.0)),
    lambda x, k: jnp.where(jax.random.bernoulli(k, 0.5, (5,)), 2 * x, 0.0),
    V32,
    KEY,
)
right("integers", lambda w, k: jnp.sum(w**2 * k), lambda w, k: 2 * w * k, f32(4), np.arange(4))
right(
    "classes",
    lambda W, x, y: -jnp.mean(jax.nn.log_softmax(x @ W)[jnp.arange(20), y]),
    lambda W, x, y: x.T @ (jax.nn.softmax(x @ W) - jax.nn.one_hot(y, 4)) / 20,
    f32(3, 4),
    X32,
    RNG.integers(0, 4, 20),
)
right("logistic in bfloat16", lambda z: jnp.sum(jax.nn.softplus(z)), jax.nn.sigmoid, BF16)
right("softmax in float16", jax.nn.logsumexp, jax.nn.softmax, TIED.astype(np.float16))
right("mean in bfloat16", lambda x: jnp.mean(x**2), lambda x: 2 * x / x.size, BF16)
right("one element", lambda x: jnp.sum(x**3), lambda x: 3 * x**2, np.ones(1, np.float32))
right("a scalar", lambda x: jnp.sin(x), jnp.cos, np.float32(0.5))
right(
    "an empty array beside",
    lambda p: jnp.sum(p["w"] ** 2) + jnp.sum(p["e"]),
    lambda p: {"w": 2 * p["w"], "e": jnp.ones((0,), p["e"].dtype)},
    {"w": V32, "e": np.zeros(0, np.float32)},
)
right(
    "a pytree",
    lambda p: jnp.sum(p["a"][0] * p["b"]) + p["a"][1] ** 2,
    lambda p: {"a": (p["b"], 2 * p["a"][1]), "b": p["a"][0]},
    {"a": (V64, np.float64(1)), "b": f64(5)},
)
right(
    "NaN in the data, masked",
    lambda w, x: jnp.sum(jnp.where(jnp.isnan(x), 0.0, w * jnp.nan_to_num(x))),
    lambda w, x: jnp.nan_to_num(x),
    V32,
    np.array([1, np.nan, 2, 3, np.nan], np.float32),
)
right(
    "infinity in the point",
    lambda w: jnp.sum(jnp.tanh(w)),
    lambda w: 1 - jnp.tanh(w) ** 2,
    np.array([np.inf, 0.0, 1.0]),
)
right("constant", lambda w: 0 * jnp.sum(w) + 3.0, jnp.zeros_like, V32)
right(
    "data of float64, weights of float32",
    lambda w: jnp.mean(jax.nn.softplus(X @ w) - Y * (X @ w)),
    lambda w: (X.T @ (jax.nn.sigmoid(X @ w) - Y) / 20).astype(w.dtype),
    np.zeros(3, np.float32),
)
right("squares at n = 1000 in float32", lambda w: jnp.sum(w**2), lambda w: 2 * w, f32(1000))

# ------------------------------------------------------------------ wrong


def squares(w):
    return jnp.sum(w**2)


def logistic(w):
    return jnp.mean(jax.nn.softplus(X32 @ w) - Y32 * (X32 @ w))


def residual(w):
    return jax.nn.sigmoid(X32 @ w) - Y32


def one_changed(position: int, change: Any) -> Any:
    return lambda w: (2 * w).at[position].apply(change)


W1000, W3 = f32(1000), np.zeros(3, np.float32)
for factor in (2, 0, -1, 1.01):
    wrong(f"factor {factor} at n = 1000", squares, lambda w, c=factor: c * 2 * w, W1000)
wrong("offset 1e-6 in float64", squares, lambda w: 2 * w * (1 + 1e-6), f64(1000))
wrong("offset 1e-6 in float32", squares, lambda w: 2 * w * (1 + 1e-6), W1000)
wrong("one of 10,000 zeroed", squares, one_changed(7777, lambda v: 0 * v), f64(10_000))
wrong("one of 1000 off by 10", squares, one_changed(3, lambda v: v + 10), W1000)
wrong("one of 1000 doubled", squares, one_changed(998, lambda v: 2 * v), W1000)
wrong("zero beyond a logit of 10", logistic, lambda w: X32.T @ jnp.where(X32 @ w > 10, 0.0, residual(w)) / 20, W3)
wrong("missing 1/n", logistic, lambda w: X32.T @ residual(w), W3)
wrong("missing label", logistic, lambda w: X32.T @ jax.nn.sigmoid(X32 @ w) / 20, W3)
wrong("one sample left out", logistic, lambda w: X32[1:].T @ residual(w)[1:] / 20, W3)
wrong("a sample twice", logistic, lambda w: (X32.T @ residual(w) + X32[7] * residual(w)[7]) / 20, W3)
wrong(
    "derivative of the sigmoid in excess",
    logistic,
    lambda w: X32.T @ (residual(w) * jax.nn.sigmoid(X32 @ w) * jax.nn.sigmoid(-X32 @ w)) / 20,
    W3,
)
wrong("only at |x| > 1e4", squares, lambda x: jnp.where(jnp.abs(x) > 1e4, 0.0, 2 * x), f64(10))
wrong("only at |x| > 1e4, float32", squares, lambda x: jnp.where(jnp.abs(x) > 1e4, 0.0, 2 * x), f32(10))
wrong("only at |x| > 1e8", squares, lambda x: jnp.clip(2 * x, -2e8, 2e8), f32(10))
wrong("only at |x| < 1e-8", squares, lambda x: jnp.where(jnp.abs(x) < 1e-8, 0.0, 2 * x), f64(10))
wrong("only for negative", lambda x: jnp.sum(x**3), lambda x: 3 * x * jnp.abs(x), f32(5))
wrong("only for positive", lambda x: jnp.sum(jax.nn.relu(x)), lambda x: (x > 0) * 0.999, f64(5))
wrong("relu the other way", lambda x: jnp.sum(jax.nn.relu(x)), lambda x: (x < 0).astype(x.dtype), f32(5))
wrong(
    "transposed", lambda A: jnp.sum(A * np.arange(9.0).reshape(3, 3)), lambda A: jnp.arange(9.0).reshape(3, 3).T, SQUARE
)
wrong("transposed in a matrix square", lambda A: jnp.trace(A @ A), lambda A: 2 * A, SQUARE)
wrong("the other operand", lambda x, y: jnp.sum(x * y**2), lambda x, y: 2 * x * y, f64(3), f64(3))
wrong(
    "wrong at one class",
    lambda W: -jnp.mean(jax.nn.log_softmax(X32 @ W)[:, 2]),
    lambda W: (X32.T @ (jax.nn.softmax(X32 @ W) - jnp.eye(4)[2]) / 20).at[:, 1].multiply(1.1),
    f32(3, 4),
)
wrong(
    "softmax as if independent",
    lambda z: jax.nn.softmax(z)[0],
    lambda z: hot(z, 0) * jax.nn.softmax(z) * (1 - jax.nn.softmax(z)),
    f64(4),
)
wrong("softmax without its label", jax.nn.logsumexp, lambda z: jax.nn.softmax(z) - hot(z, 0), f32(4))
wrong("regulariser missing", lambda w: jnp.sum((X @ w) ** 2) + 1e-3 * squares(w), lambda w: 2 * X.T @ (X @ w), f64(3))
wrong(
    "bias regularised",
    lambda p: squares(p["w"]) + p["b"],
    lambda p: {"w": 2 * p["w"], "b": 1 + 1e-4 * p["b"]},
    {"w": f64(3), "b": np.float64(0)},
)
wrong(
    "pytree swapped",
    lambda p: jnp.sum(p["a"]) + 2 * jnp.sum(p["b"]),
    lambda p: {"a": 2 + 0 * p["a"], "b": 1 + 0 * p["b"]},
    {"a": f64(2), "b": f64(2)},
)
wrong("stop_gradient in the loss", lambda w: jnp.sum(w * jax.lax.stop_gradient(w)), lambda w: w, f32(10))
wrong("stop_gradient, own gradient", lambda w: jnp.sum(w * jax.lax.stop_gradient(w)), None, f64(1000))
wrong("straight through", lambda x: jnp.sum(x + jax.lax.stop_gradient(jnp.round(x) - x)), jnp.ones_like, V32)
wrong("a wrong custom rule", wrong_rule, None, V32)
wrong("a wrong custom rule, by hand", wrong_rule, lambda x: 3 * x, V32)
wrong("a wrong custom_jvp", wrong_sign, lambda x: -jnp.cos(x), V64)
wrong(
    "a wrong rule in a scan",
    lambda x: jax.lax.scan(lambda c, v: (c + wrong_sign(v), None), 0.0, x)[0],
    lambda x: -jnp.cos(x),
    V64,
)
wrong("max without its place", jnp.max, lambda x: jnp.ones_like(x) / x.size, f32(5))
wrong("second largest", jnp.max, lambda x: hot(x, jnp.argsort(x)[-2]), f64(5))
wrong("max in bfloat16", jnp.max, lambda x: 2 * first(x), BF16)
wrong("sort unsorted", lambda x: jnp.sum(jnp.sort(x) * jnp.arange(5.0)), lambda x: jnp.arange(5.0, dtype=x.dtype), V32)
wrong("clip forgotten", lambda x: jnp.sum(jnp.clip(x, -1, 1) ** 2), lambda x: 2 * x, f64(4))
wrong("cumsum the wrong way", lambda x: jnp.sum(jnp.cumsum(x) ** 2), lambda x: 2 * jnp.cumsum(jnp.cumsum(x)), V32)
wrong("spectrum without its length", lambda x: jnp.sum(jnp.abs(jnp.fft.fft(x)) ** 2), lambda x: 2 * x, f32(8))
wrong("spectrum at half", lambda x: jnp.sum(jnp.abs(jnp.fft.rfft(x)) ** 2), lambda x: 2 * x.size * x, f64(8))
wrong("inverse not transposed", lambda A: jnp.linalg.slogdet(A)[1], lambda A: jnp.linalg.inv(A), SQUARE)
wrong(
    "solve with the sign lost",
    lambda A: jnp.sum(jnp.linalg.solve(A, jnp.ones(3, A.dtype))),
    lambda A: jnp.outer(jnp.linalg.solve(A.T, jnp.ones(3, A.dtype)), jnp.linalg.solve(A, jnp.ones(3, A.dtype))),
    SPD,
)
wrong("singular values not squared", lambda A: jnp.sum(jnp.linalg.svd(A, compute_uv=False) ** 2), lambda A: A, SQUARE)
wrong("erf without its factor", lambda x: jnp.sum(jsp.erf(x)), lambda x: jnp.exp(-(x**2)), V32)
wrong("gammaln by a logarithm", lambda x: jnp.sum(jsp.gammaln(x)), jnp.log, np.full(3, 1.5), domain=Domain.POSITIVE)
wrong("sin of 1000 x without 1000", lambda x: jnp.sum(jnp.sin(1000 * x)), lambda x: jnp.cos(1000 * x), V32)
wrong("variance without its mean", jnp.var, lambda x: 2 * x / x.size, f32(50))
wrong("tiny scale off by half", lambda x: 1e-30 * jnp.sum(x**2), lambda x: 3e-30 * x, V64)
wrong(
    "not finite for large logits",
    lambda z: jnp.sum(jax.nn.softplus(z)),
    lambda z: jnp.exp(z) / (1 + jnp.exp(z)),
    f32(3),
)
wrong("NaN at one class", lambda z: jax.nn.logsumexp(z), lambda z: jax.nn.softmax(z).at[1].set(jnp.nan), f32(3))
wrong("bfloat16, factor", lambda x: jnp.sum(x**2), lambda x: 3 * x, BF16)
wrong("integer input ignored", lambda w, k: jnp.sum(w**2 * k), lambda w, k: 2 * w, f32(4), np.arange(4))
wrong(
    "key used twice",
    lambda x, k: jnp.sum(x**2 * jax.random.normal(k, (5,))),
    lambda x, k: x * jax.random.normal(k, (5,)),
    V32,
    KEY,
)
wrong(
    "scan one step short",
    lambda x: jax.lax.scan(lambda c, v: (c * 0.5 + v, None), 0.0, x)[0],
    lambda x: 0.5 ** jnp.arange(5, 0, -1).astype(x.dtype),
    V32,
)
wrong(
    "one branch of cond",
    lambda x: jax.lax.cond(x[0] > 0, lambda: jnp.sum(x**2), lambda: jnp.sum(x**3)),
    lambda x: 2 * x,
    V32,
)
wrong("one scalar, sign", lambda x: jnp.sin(x), lambda x: -jnp.cos(x), np.float32(0.5))
