"""float64 for a scope: JAX's 64-bit switch as a context manager, never thrown globally.

Left out: a default. Outside the scope arrays keep JAX's 32 bits, whatever NumPy handed over.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import jax

__all__ = ["float64_enabled"]


def float64_enabled() -> AbstractContextManager[Any]:
    """A scope in which arrays may be float64 (thread-local, and part of the key of compiled functions).

    >>> import jax.numpy as jnp, numpy as np
    >>> with float64_enabled():
    ...     print(jnp.asarray(np.ones(2)).dtype)
    float64
    >>> print(jnp.asarray(np.ones(2)).dtype)
    float32
    """
    if hasattr(jax, "enable_x64"):  # JAX ≥ 0.8
        return jax.enable_x64(True)
    from jax.experimental import enable_x64  # type: ignore[attr-defined]

    return enable_x64(True)
