"""Batches and strategies: in their domain, of every regime, a function of the seed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.domain import Domain
from derivations.statement import Statement, index, size, variable
from numeric.inputs import (
    dense_batch,
    shape_buckets,
    shape_of,
    statement_batch,
    step_scale,
)
from numeric.strategies import inputs_strategy, sizes_strategy

n, m, K, i = size("n"), size("m"), size("K"), index("i")
STATEMENT = Statement(
    "all",
    "example",
    "",
    "",
    (
        variable("x", n, m, role="feature"),
        variable("z", n, K, role="logit"),
        variable("y", n, K, role="label", domain=Domain.ONE_HOT),
        variable("theta", K - 1, role="threshold", domain=Domain.INCREASING),
        variable("t", n, role="label", domain=Domain.SIGNS),
        variable("p", n, role="prediction", domain=Domain.UNIT),
        variable("lam", role="penalty", domain=Domain.NONNEGATIVE),
    ),
    minimum=((K, 2),),
)


def exact(array: np.ndarray) -> dict[tuple[int, ...], Fraction]:
    return {tuple(k + 1 for k in e): Fraction(float(v)) for e, v in np.ndenumerate(array)}


@given(st.data(), st.sampled_from(["float32", "float64"]))
@settings(max_examples=60, deadline=None)
def test_drawn_inputs_lie_in_their_domains(data: st.DataObject, dtype: str) -> None:
    sizes = data.draw(sizes_strategy(STATEMENT))
    assert sizes[K] >= 2
    drawn = data.draw(inputs_strategy(STATEMENT, sizes, dtype))
    for v in STATEMENT.variables:
        array = drawn[v.name]
        assert array.shape == shape_of(v, sizes)
        assert array.dtype == dtype
        assert np.isfinite(array).all()
        assert v.domain.contains(exact(array))


@pytest.mark.parametrize("domain", list(Domain))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batches_lie_in_their_domain(domain: Domain, dtype: str) -> None:
    batch = dense_batch((2, 3), domain, count=60, seed=3, dtype=dtype, is_logit=domain is Domain.REAL)
    assert batch.dtype == dtype
    assert np.isfinite(batch).all()
    if domain is Domain.INCREASING and dtype == "float32":  # neighbours that are close become equal in float32
        assert (np.diff(batch, axis=-1) >= 0).all()
    else:
        assert all(domain.contains(exact(point)) for point in batch)


@pytest.mark.parametrize("domain", [d for d in Domain if d.is_continuous])
def test_steps_of_an_eighth_of_the_scale_stay_in_the_domain(domain: Domain) -> None:
    batch = dense_batch((3,), domain, count=120, seed=1)
    scale = step_scale(batch, domain)
    for k in range(3):
        for sign in (-1, 1):
            moved = batch.copy()
            moved[:, k] += sign * scale[:, k] / 8
            kept = [domain.contains(exact(a)) for a, b in zip(moved, batch, strict=True) if np.all(b != 0)]
            assert len(kept) > 60
            assert all(kept)


def test_batches_are_a_function_of_the_seed() -> None:
    sizes = shape_buckets(STATEMENT)[0]
    first, again, other = (statement_batch(STATEMENT, sizes, 50, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[k], again[k]) for k in first)
    assert not np.array_equal(first["x"], other["x"])


def test_buckets_are_distinct_sizes_then_the_least() -> None:
    distinct, least = shape_buckets(STATEMENT)
    assert sorted(distinct.values()) == [2, 3, 4]
    assert least == {n: 1, m: 1, K: 2}


def test_every_regime_is_met() -> None:
    z = dense_batch((4,), count=600, seed=0, is_logit=True)
    assert (z == 0).any()
    assert ((z != 0) & (np.abs(z) < 1e-9)).any()
    assert (np.abs(z) > 1e100).any()
    assert ((z == np.round(z)) & (z != 0)).any()
    assert (z[np.abs(z) > 10] > 0).any()
    assert (z[np.abs(z) > 10] < 0).any()


def test_rows_of_a_scalar_are_refused() -> None:
    with pytest.raises(ValueError, match="need an axis"):
        dense_batch((), Domain.ONE_HOT, count=3)
