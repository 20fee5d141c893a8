"""NumPy, or `jax.numpy` while a program and its error bounds are traced together: one set of rules for both.

A rule says `xp.maximum(a, b)`. On the host that is NumPy's, and under `traced()` it is JAX's, so that the rule
becomes part of a compiled program. Shapes and other static numbers stay NumPy's.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jax.numpy as jnp
import numpy as np

__all__ = ["HostOnlyError", "is_of", "is_traced", "traced", "xp"]

_TRACED: ContextVar[bool] = ContextVar("traced", default=False)


class HostOnlyError(NotImplementedError):
    """This operation has an error rule on the host only."""


def is_traced() -> bool:
    """Whether rules are being traced rather than evaluated."""
    return _TRACED.get()


@contextmanager
def traced() -> Iterator[None]:
    """Within: `xp` is `jax.numpy`."""
    token = _TRACED.set(True)
    try:
        yield
    finally:
        _TRACED.reset(token)


@functools.cache
def is_of(dtype: Any, kind: Any) -> bool:
    """`jnp.issubdtype`, asked once of each type: rules ask it of every operation."""
    return bool(jnp.issubdtype(dtype, kind))


class _ArrayModule:
    def __getattr__(self, name: str) -> Any:
        return getattr(jnp if _TRACED.get() else np, name)


xp = _ArrayModule()
