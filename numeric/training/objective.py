r"""Loss and gradient of a problem on given data, in one pass, as functions that are traced into a loop.

    (C, ∂C/∂θ) = Σ_blocks (c, ∂c/∂θ) + (R, ∂R/∂θ)

Left out: anything about optimisation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from numeric.training.problem import LOSS, Problem
from numeric.training.streaming import RowSum, Source

__all__ = ["Objective", "flatten_parameters"]

Parameters = dict[str, jax.Array]


@dataclass(frozen=True, eq=False)
class Objective:
    """A problem with its data: made inside a traced function, never kept.

    arrays: of the source. constants: name → number, such as λ. l1: strength of the L1 penalty, which is no part of
    the loss here. stride: every how many blocks of rows are read; more than 1 for a sample, of which it is the mean.
    """

    problem: Problem
    source: Source
    arrays: Any
    constants: Mapping[str, Any]
    l1: Any = 0.0
    stride: Any = 1

    def value_and_grad(self, parameters: Parameters) -> tuple[jax.Array, Parameters]:
        """The loss and its proved gradient, one pass over the data."""
        count = self._count(parameters)
        total = self._total(lambda p, rows: self.problem.block(p, rows, count), parameters)
        rest = self.problem.rest(parameters, self.constants, count)
        both = {name: total[name] + rest[name] for name in total}
        return both[LOSS], {name: both[name].astype(parameters[name].dtype) for name in parameters}

    def batch_gradient(self, parameters: Parameters, rows: Mapping[str, Any]) -> tuple[jax.Array, Parameters]:
        """The same for the mean over some rows: an unbiased estimate where these are drawn at random."""
        count = jnp.asarray(next(iter(rows.values())).shape[0], _accumulator(parameters))
        total = self.problem.block(parameters, rows, count)
        rest = self.problem.rest(parameters, self.constants, count)
        return total[LOSS] + rest[LOSS], {name: total[name] + rest[name] for name in parameters}

    def hessian(self, parameters: Parameters) -> jax.Array:
        """The proved second derivative as one symmetric matrix, parameters raveled in the problem's order."""
        _, sums = self.problem.hessian
        count = self._count(parameters)
        total = self._total(lambda p, rows: sums.block({**p, **rows}, count), parameters)
        rest = sums.rest({**parameters, **self.constants}, count)
        names = [v.name for v in self.problem.parameters]
        size = {name: parameters[name].size for name in names}
        rows = []
        for u in names:
            row = []
            for v in names:
                key = f"{u} {v}"
                first, second = (u, v) if key in total else (v, u)
                block = (total[f"{first} {second}"] + rest[f"{first} {second}"]).reshape(size[first], size[second])
                row.append(block if key in total else block.T)
            rows.append(jnp.concatenate(row, axis=1))
        return jnp.concatenate(rows, axis=0)

    def _total(self, fn: RowSum, parameters: Parameters) -> Any:
        return self.source.total(fn, parameters, self.arrays, self.stride)

    def _count(self, parameters: Parameters) -> jax.Array:
        return jnp.asarray(self.source.used(self.stride), _accumulator(parameters))


def flatten_parameters(problem: Problem, parameters: Parameters) -> tuple[jax.Array, Callable[[jax.Array], Parameters]]:
    """(one vector in the problem's order, its inverse)."""
    names = [v.name for v in problem.parameters]
    shapes = {name: parameters[name].shape for name in names}
    flat = jnp.concatenate([parameters[name].reshape(-1) for name in names])

    def back(vector: jax.Array) -> Parameters:
        result, start = {}, 0
        for name in names:
            size = parameters[name].size
            result[name] = vector[start : start + size].reshape(shapes[name])
            start += size
        return result

    return flat, back


def _accumulator(parameters: Parameters) -> Any:
    return jnp.result_type(*parameters.values())
