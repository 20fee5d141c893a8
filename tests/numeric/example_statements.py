"""Statements on which the compiler is tested, apart from the catalogue: small, and each with its own shape of sum."""

from __future__ import annotations

import numpy as np
import sympy as sp

from derivations.domain import Domain
from derivations.functions import sigmoid
from derivations.statement import Definition, Statement, index, scalar, size, variable

n, m, K, H = size("n"), size("m"), size("K"), size("H")
i, j, k, l, c, d, t, h = (index(s) for s in "ijklcdth")
C = sp.Symbol("C", real=True)


def name(text):
    return sp.IndexedBase(text, real=True)


x = variable("x", n, m, role="feature")
y = variable("y", n, role="label", domain=Domain.BINARY)
target = variable("y", n, role="label")
hot = variable("y", n, K, role="label", domain=Domain.ONE_HOT)
w, b = variable("w", m, role="weight"), scalar("b", role="bias")
W, bias = variable("W", m, K, role="weight"), variable("b", K, role="bias")
theta = variable("theta", K - 1, role="threshold", domain=Domain.INCREASING)
penalty = scalar("lam", role="penalty", domain=Domain.NONNEGATIVE)
z, p, eta, a = name("z"), name("p"), name("eta"), name("a")

_linear = sp.Sum(w[k] * x[i, k], (k, 1, m)) + b()
_ranges = ((i, 1, n), (j, 1, m))

mse = Statement(
    "mse", "example", "Mean squared error", "", (x, target, w, b),
    (Definition(z[i], _linear), Definition(C, sp.Sum((z[i] - target[i]) ** 2, (i, 1, n)) / n)),
    ranges=_ranges,
)  # fmt: skip
logistic = Statement(
    "logistic", "example", "Cross-entropy", "", (x, y, w, b, penalty),
    (
        Definition(z[i], _linear),
        Definition(p[i], sigmoid(z[i])),
        Definition(
            C,
            -sp.Sum(y[i] * sp.log(p[i]) + (1 - y[i]) * sp.log(1 - p[i]), (i, 1, n)) / n
            + penalty() * sp.Sum(w[k] ** 2, (k, 1, m)),
        ),
    ),
    ranges=_ranges,
)  # fmt: skip
softmax = Statement(
    "softmax", "example", "Categorical cross-entropy", "", (x, hot, W, bias),
    (
        Definition(z[i, c], sp.Sum(W[k, c] * x[i, k], (k, 1, m)) + bias[c]),
        Definition(p[i, c], sp.exp(z[i, c]) / sp.Sum(sp.exp(z[i, d]), (d, 1, K))),
        Definition(C, -sp.Sum(hot[i, c] * sp.log(p[i, c]), (c, 1, K), (i, 1, n)) / n),
    ),
    ranges=(*_ranges, (c, 1, K)),
    minimum=((K, 2),),
)  # fmt: skip
ordinal = Statement(
    "ordinal", "example", "Proportional odds", "", (x, hot, w, theta),
    (
        Definition(eta[i], sp.Sum(w[k] * x[i, k], (k, 1, m))),
        Definition(
            p[i],
            sp.Sum((hot[i, t] - hot[i, t + 1]) * sigmoid(theta[t] - eta[i]), (t, 1, K - 1)) + hot[i, K],
        ),
        Definition(C, -sp.Sum(sp.log(p[i]), (i, 1, n)) / n),
    ),
    ranges=(*_ranges, (t, 1, K - 1)),
    minimum=((K, 2),),
)  # fmt: skip
V, v0 = variable("V", H, m, role="weight"), variable("v0", H, role="bias")
u, u0 = variable("u", H, role="weight"), scalar("u0", role="bias")
network = Statement(
    "network", "example", "Two layers", "", (x, y, V, v0, u, u0),
    (
        Definition(a[i, h], sigmoid(sp.Sum(V[h, k] * x[i, k], (k, 1, m)) + v0[h])),
        Definition(z[i], sp.Sum(u[h] * a[i, h], (h, 1, H)) + u0()),
        Definition(p[i], sigmoid(z[i])),
        Definition(C, -sp.Sum(y[i] * sp.log(p[i]) + (1 - y[i]) * sp.log(1 - p[i]), (i, 1, n)) / n),
    ),
    ranges=(*_ranges, (h, 1, H)),
)  # fmt: skip

GRADIENTS = {
    "mse.w": (mse, w[j], 2 * sp.Sum((z[i] - target[i]) * x[i, j], (i, 1, n)) / n),
    "mse.b": (mse, b(), 2 * sp.Sum(z[i] - target[i], (i, 1, n)) / n),
    "logistic.w": (logistic, w[j], sp.Sum((p[i] - y[i]) * x[i, j], (i, 1, n)) / n + 2 * penalty() * w[j]),
    "logistic.b": (logistic, b(), sp.Sum(p[i] - y[i], (i, 1, n)) / n),
    "softmax.W": (softmax, W[j, c], sp.Sum((p[i, c] - hot[i, c]) * x[i, j], (i, 1, n)) / n),
    "softmax.b": (softmax, bias[c], sp.Sum(p[i, c] - hot[i, c], (i, 1, n)) / n),
    "network.u": (network, u[h], sp.Sum((p[i] - y[i]) * a[i, h], (i, 1, n)) / n),
    "network.V": (
        network, V[h, j],
        sp.Sum((p[i] - y[i]) * u[h] * a[i, h] * (1 - a[i, h]) * x[i, j], (i, 1, n)) / n,
    ),
}  # fmt: skip
"""name → (statement, parameter, the gradient of its loss C)."""

STATEMENTS = {s.name: s for s in (mse, logistic, softmax, ordinal, network)}


def draw(statement, sizes, seed=0, dtype=np.float64, scale=1.0):
    """Random inputs of a statement at the given sizes, each in its domain."""
    rng = np.random.default_rng(seed)
    inputs = {}
    for v in statement.variables:
        shape = tuple(int(axis.subs(sizes)) for axis in v.axes)
        if v.domain is Domain.BINARY:
            array = rng.integers(0, 2, shape)
        elif v.domain is Domain.ONE_HOT:
            array = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
        elif v.domain is Domain.INCREASING:
            array = np.cumsum(rng.uniform(0.2, 1.5, shape), axis=-1) - 1
        elif v.domain is Domain.NONNEGATIVE:
            array = rng.uniform(0, 2, shape)
        else:
            array = scale * rng.normal(size=shape)
        inputs[v.name] = np.asarray(array, dtype)
    return inputs
