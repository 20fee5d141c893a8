r"""What an error of x becomes in f(x): by the mean value theorem, e · sup |f'| over [x − e, x + e].

The slope at x alone says nothing where e is large, as for sin(1000 x) in float32. Rounding is no matter here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from .array_module import is_of, xp

__all__ = ["MOVES", "added_to", "modulus", "power_moved", "sum_of"]


def modulus(x: Any) -> Any:
    """|x| in float64, of real and of complex numbers."""
    if is_of(x.dtype, jnp.complexfloating):
        return xp.asarray(xp.abs(x), dtype=xp.float64)
    return xp.abs(xp.asarray(x, dtype=xp.float64))


def added_to(total: Any, *terms: Any) -> Any:
    """A bound that nothing else holds yet, and these added: in its place, a new array being slower than the sum."""
    for t in terms:
        if t is not None:
            total += t
    return total


def sum_of(*terms: Any) -> Any:
    """The sum of the bounds that there are."""
    present = [t for t in terms if t is not None]
    return sum(present[1:], start=present[0])


def _nearest(x: Any, e: Any) -> Any:
    """The least |t| for |t − x| ≤ e: where functions that flatten outwards are steepest."""
    return xp.maximum(modulus(x) - e, 0.0)


def _saturating(x: Any, r: Any, e: Any) -> Any:
    u = xp.exp(-_nearest(x, e))  # σ' = u/(1 + u)²
    return e * u / (1 + u) ** 2


def _from_pole(x: Any, r: Any, e: Any) -> Any:
    c = modulus(xp.cos(x))  # tan a − tan b = sin(a − b)/(cos a · cos b)
    return xp.where(c > e, e / (c * (c - e)), xp.inf)


def _root_of_inverse(x: Any, r: Any, e: Any) -> Any:
    room = modulus(x) - e
    return xp.where(room > 0, e / (2 * room * xp.sqrt(xp.maximum(room, 0.0))), xp.inf)


def _cube_root(x: Any, r: Any, e: Any) -> Any:
    room = modulus(x) - e
    return xp.where(room > 0, e / (3 * xp.cbrt(room) ** 2), 2 * xp.cbrt(e))


def _inside_one(power: float) -> Callable[..., Any]:
    def moved(x: Any, r: Any, e: Any) -> Any:
        room = 1 - (modulus(x) + e) ** 2
        return xp.where(room > 0, e / xp.maximum(room, 0.0) ** power, xp.inf)

    return moved


MOVES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "square": lambda x, r, e: (2 * modulus(x) + e) * e,
    "rsqrt": _root_of_inverse,
    "cbrt": _cube_root,
    "expm1": lambda x, r, e: modulus(r + 1) * xp.expm1(e),
    "exp2": lambda x, r, e: modulus(r) * xp.expm1(e * np.log(2)),
    "tanh": lambda x, r, e: 4 * _saturating(2 * x, r, 2 * e) / 2,
    "logistic": _saturating,
    "sin": lambda x, r, e: xp.minimum((modulus(xp.cos(x)) + e / 2) * e, 2.0),
    "cos": lambda x, r, e: xp.minimum((modulus(xp.sin(x)) + e / 2) * e, 2.0),
    "tan": _from_pole,
    "asin": _inside_one(0.5),
    "acos": _inside_one(0.5),
    "atan": lambda x, r, e: e / (1 + _nearest(x, e) ** 2),
    "sinh": lambda x, r, e: xp.cosh(modulus(x) + e) * e,
    "cosh": lambda x, r, e: xp.sinh(modulus(x) + e) * e,
    "asinh": lambda x, r, e: e / xp.sqrt(1 + _nearest(x, e) ** 2),
    "acosh": lambda x, r, e: xp.where(x - e > 1, e / xp.sqrt(xp.maximum((x - e) ** 2 - 1, 0.0)), xp.inf),
    "atanh": _inside_one(1.0),
    "erf": lambda x, r, e: 1.13 * xp.exp(-(_nearest(x, e) ** 2)) * e,
    "erfc": lambda x, r, e: 1.13 * xp.exp(-(_nearest(x, e) ** 2)) * e,
}
"""What an error e of x is moved to, r being the computed value: at least sup |f(t) − f(x)| over |t − x| ≤ e."""


def power_moved(x: Any, y: Any, e: Any) -> Any:
    """|t^y − x^y| for |t − x| ≤ e, x ≥ 0: e·|y| times the power y − 1 at the steeper end."""
    steepest = xp.where(y >= 1, x + e, xp.maximum(x - e, 0.0))
    return xp.where(y == 0, 0.0, xp.abs(y) * xp.power(steepest, y - 1) * e)
