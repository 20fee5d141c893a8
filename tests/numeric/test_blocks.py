"""Sums over samples in blocks: the blocks and the rest add up to the whole, or are refused with a reason."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from example_statements import GRADIENTS, STATEMENTS, C, H, K, draw, hot, i, j, k, m, mse, n, target, w, x, z

from derivations.atoms import UnsupportedExpressionError
from derivations.statement import Definition, Statement
from numeric.blocks import sum_over_samples
from numeric.lambdify import lambdify
from numeric.precision import float64_enabled

SIZES = {n: 12, m: 3, K: 4, H: 2}
OUTPUTS = {key: (s, expr, tuple(getattr(v, "indices", ()))) for key, (s, v, expr) in GRADIENTS.items()}
OUTPUTS |= {f"{s.name} loss": (s, C, ()) for s in STATEMENTS.values()}


@pytest.mark.parametrize("rows", [1, 4, 12])
@pytest.mark.parametrize("key", OUTPUTS)
def test_blocks_and_the_rest_add_up_to_the_whole(key, rows):
    statement, expr, free = OUTPUTS[key]
    pieces = sum_over_samples({"out": (expr, free)}, statement, n)
    inputs = draw(statement, SIZES)
    with float64_enabled():
        block = jax.jit(pieces.block)
        total = pieces.rest(inputs, 12)["out"]
        for start in range(0, 12, rows):
            part = {name: a[start : start + rows] if name in pieces.sampled else a for name, a in inputs.items()}
            total = total + block(part, jnp.asarray(12))["out"]
        np.testing.assert_allclose(total, lambdify(expr, statement, free)(inputs), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("key", OUTPUTS)
def test_many_rows_of_few_columns_are_as_computed_column_by_column(key, monkeypatch):
    statement, expr, free = OUTPUTS[key]
    inputs = draw(statement, {**SIZES, n: 150})
    with float64_enabled():
        fn = lambdify(expr, statement, free)
        found = fn(inputs)
        monkeypatch.setattr("numeric.named.VECTOR", 1)  # no axis is shorter
        np.testing.assert_allclose(found, fn(inputs), rtol=1e-11, atol=1e-13)


def test_the_penalty_is_added_once():
    pieces = sum_over_samples({"w": (GRADIENTS["logistic.w"][2], (j,))}, GRADIENTS["logistic.w"][0], n)
    assert pieces.sampled == {"x", "y"}
    assert pieces.rest_fn.required == {"lam", "w"}


def test_the_order_of_sums_does_not_matter():
    pieces = sum_over_samples(
        {"out": (sp.Sum(hot[i, k] * sp.log(2), (i, 1, n), (k, 1, K)), ())}, STATEMENTS["softmax"], n
    )
    inputs = draw(STATEMENTS["softmax"], SIZES, dtype=np.float32)
    np.testing.assert_allclose(pieces.block({"y": inputs["y"]}, 12)["out"], 12 * np.log(2), rtol=1e-6)


mean = sp.Symbol("mean", real=True)
centered = Statement(
    "centered", "example", "", "", (x, target, w),
    (Definition(mean, sp.Sum(target[i], (i, 1, n)) / n),), ranges=((i, 1, n), (j, 1, m)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "statement", "reason"),
    [
        (sp.log(sp.Sum(z[i], (i, 1, n))), mse, "is no sum over samples"),
        (sp.Sum(z[i], (i, 1, n)) * sp.Sum(x[i, 1], (i, 1, n)), mse, "is no sum over samples"),
        (sp.Sum(z[i], (i, 2, n)), mse, "is no sum over samples"),
        (sp.Sum((target[i] - mean) ** 2, (i, 1, n)), centered, "inside a sum over samples"),
        (sp.Sum(i * target[i], (i, 1, n)), centered, "uses its index i as a number"),
        (sp.Sum(target[i] * target[n + 1 - i], (i, 1, n)), centered, "reads another row"),
        (sp.Sum(target[i] * target[1], (i, 1, n)), centered, "reads another row"),
        (target[1] + sp.Sum(target[i], (i, 1, n)), centered, "y is read outside a sum over samples"),
    ],
    ids=str,
)
def test_what_cannot_be_streamed_is_refused(expr, statement, reason):
    with pytest.raises(UnsupportedExpressionError, match=reason):
        sum_over_samples({"out": (expr, ())}, statement, n)


def test_one_entry_per_sample_is_refused():
    with pytest.raises(UnsupportedExpressionError, match="one entry per sample"):
        sum_over_samples({"out": (z[i], (i,))}, mse, n)
