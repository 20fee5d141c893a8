"""What every part of the evaluation shares: the arrays, the sizes, and node by node evaluation with memory.

`numeric.stable` (forms), `numeric.sums` (bound indices) and `numeric.evaluator` (everything else) build on it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numeric.indexing import Axis, Environment
from numeric.named import Named, elementwise, widen
from numeric.patterns import Forms
from numeric.scope import Scope

__all__ = ["Walk"]


class Walk(ABC):
    """One evaluation: arrays and sizes are fixed, results are remembered.

    arrays: SymPy object of an input → array. dtype: the precision of every operation but the reading of an input.
    """

    def __init__(self, scope: Scope, arrays: Mapping[sp.Expr, Any], sizes: Mapping[sp.Symbol, Any], dtype: Any) -> None:
        self.scope = scope
        self.arrays = arrays
        self.sizes = sizes
        self.dtype = dtype
        self.forms = Forms(scope.head)
        self._values: dict[Any, Named] = {}
        self._stored: dict[sp.Expr, tuple[Any, tuple[int, ...], tuple[int, ...]]] = {}
        self._free: dict[sp.Expr, frozenset[sp.Symbol]] = {}

    @abstractmethod
    def _evaluate(self, e: sp.Expr, env: Environment) -> Named:
        """The values of e, by its outermost node."""

    @abstractmethod
    def _factors(self, e: sp.Expr, env: Environment) -> list[Named]:
        """The factors of a product, by their meaning; inputs keep their own dtype."""

    def evaluate(self, e: sp.Expr, env: Environment) -> Named:
        """The values of e over those indices of env that it depends on; inputs keep their own dtype."""
        env = self._visible(e, env)
        key = (e, frozenset(env.items()))
        if key not in self._values:
            self._values[key] = self._evaluate(e, env)
        return self._values[key]

    def _value(self, e: sp.Expr, env: Environment) -> Named:
        return widen(self.evaluate(e, env), self.dtype)

    def _apply(self, fn: Callable[..., Any], *arguments: Named) -> Named:
        return elementwise(fn, *(Named(self._array(a), a.labels) for a in arguments))

    def _array(self, a: Named) -> Any:
        return jnp.asarray(a.value, self.dtype)

    def _visible(self, e: sp.Expr, env: Environment) -> dict[sp.Symbol, Axis]:
        if e not in self._free:
            self._free[e] = self.scope.dependencies(e)
        return {s: env[s] for s in self._free[e] if s in env}

    def _total(self, terms: list[Named]) -> Named:
        ordered = sorted(terms, key=lambda t: t.count)
        return reduce(lambda a, b: elementwise(lambda u, v: u + v, a, b), ordered)
