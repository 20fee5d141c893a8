"""Hypothesis strategies from a statement's domains: what a test fails with shrinks to small integers.

Apart from `inputs`, so that the commands, which draw dense batches, need not load Hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import numpy as np
import sympy as sp

from derivations.domain import Domain
from derivations.statement import Statement, Variable

from .inputs import shape_of, sizes_of

__all__ = ["inputs_strategy", "sizes_strategy"]


def sizes_strategy(statement: Statement, largest: int = 4) -> st.SearchStrategy[dict[sp.Symbol, int]]:
    """Sizes, pairwise free, each from its minimum on (n = 1 and K = 2 are among them)."""
    least = sizes_of(statement)
    return st.fixed_dictionaries({s: st.integers(low, max(low, largest)) for s, low in least.items()})


def _entries(domain: Domain, is_logit: bool, bits: int) -> st.SearchStrategy[float]:
    width: Any = bits
    match domain:
        case Domain.BINARY:
            return st.sampled_from([0.0, 1.0])
        case Domain.SIGNS:
            return st.sampled_from([-1.0, 1.0])
        case Domain.UNIT:
            return st.floats(0.0009765625, 0.9990234375, width=width)
        case Domain.POSITIVE:
            return st.integers(1, 4).map(float) | st.floats(0.0009765625, 8192.0, width=width)
        case Domain.NONNEGATIVE:
            return st.integers(0, 4).map(float) | st.floats(0.0, 8192.0, width=width)
    small = st.integers(-4, 4).map(float)
    kinks = st.sampled_from([0.0, 2.0**-40, -(2.0**-40), 2.0**-10, -(2.0**-10)])
    top = float(np.finfo(np.float64 if bits == 64 else np.float32).max) / 16 if is_logit else 8192.0
    return small | kinks | st.floats(-4.0, 4.0, width=width) | st.floats(-top, top, width=width)


def _array(variable: Variable, shape: tuple[int, ...], dtype: Any) -> st.SearchStrategy[np.ndarray]:
    bits = np.dtype(dtype).itemsize * 8
    count = int(np.prod(shape, dtype=np.int64))
    if variable.domain is Domain.ONE_HOT:
        hot = st.lists(st.integers(0, shape[-1] - 1), min_size=count // shape[-1], max_size=count // shape[-1])
        return hot.map(lambda rows: np.eye(shape[-1], dtype=dtype)[np.array(rows, int)].reshape(shape))
    if variable.domain is Domain.INCREASING:
        gaps = st.lists(st.floats(0.125, 4.0, width=16), min_size=count, max_size=count)
        return gaps.map(lambda g: np.cumsum(np.reshape(np.array(g, dtype), shape), axis=-1) - 3)
    one = _entries(variable.domain, variable.role == "logit", bits)
    entries = st.lists(one, min_size=count, max_size=count)
    return entries.map(lambda values: np.reshape(np.array(values, dtype), shape))


def inputs_strategy(
    statement: Statement, sizes: Mapping[sp.Symbol, int], dtype: Any = np.float64
) -> st.SearchStrategy[dict[str, np.ndarray]]:
    """Inputs of a statement at given sizes: name → array, in the domain; shrinks to small integers."""
    return st.fixed_dictionaries({v.name: _array(v, shape_of(v, sizes), dtype) for v in statement.variables})
