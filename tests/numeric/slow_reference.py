"""A slow, direct evaluation of expressions: explicit loops over indices in float64, nothing shared with the compiler.

Written for the tests alone: every node is computed as it stands, at one value of every index.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import sympy as sp

from derivations.functions import sigmoid, softplus

_FUNCTIONS = {
    sp.exp: math.exp,
    sp.log: math.log,
    sp.tanh: math.tanh,
    sp.Abs: abs,
    sp.sign: lambda v: (v > 0) - (v < 0),
    sigmoid: lambda v: 1 / (1 + math.exp(-v)) if v > -700 else 0.0,
    softplus: lambda v: math.log1p(math.exp(v)) if v < 30 else v,
}


class Reference:
    """arrays: SymPy base or symbol → NumPy array, counted from 1. sizes: symbol → int."""

    def __init__(self, statement, inputs, sizes):
        self.arrays = {
            (v.base if v.axes else v.label): np.asarray(inputs[v.name], np.float64)
            for v in statement.variables
            if v.name in inputs
        }
        self.definitions = {d.key: d for d in statement.definitions}
        self.sizes = sizes

    def table(self, expr, free, ranges):
        """The values for all free indices, as an array."""
        spans = [range(self.value(lo, {}), self.value(hi, {}) + 1) for lo, hi in ranges]
        values = [self.value(expr, dict(zip(free, at, strict=True))) for at in itertools.product(*spans)]
        return np.array(values, np.float64).reshape([len(s) for s in spans])

    def value(self, e, at):
        if isinstance(e, sp.Integer):
            return int(e)
        if isinstance(e, sp.Number | sp.NumberSymbol):
            return float(e)
        if isinstance(e, sp.Symbol):
            for known in (at, self.sizes):
                if e in known:
                    return known[e]
            return float(self.arrays[e]) if e in self.arrays else self.value(self.definitions[e].value, {})
        if isinstance(e, sp.Indexed):
            indices = [self.value(a, at) for a in e.indices]
            if e.base in self.arrays:
                assert min(indices) >= 1
                return float(self.arrays[e.base][tuple(a - 1 for a in indices)])
            definition = self.definitions[e.base]
            return self.value(definition.value, dict(zip(definition.target.indices, indices, strict=True)))
        if isinstance(e, sp.Add):
            return sum(self.value(a, at) for a in e.args)
        if isinstance(e, sp.Mul):
            return math.prod(self.value(a, at) for a in e.args)
        if isinstance(e, sp.Pow):
            return self.value(e.base, at) ** self.value(e.exp, at)
        if isinstance(e, sp.Sum | sp.Product):
            combine = sum if isinstance(e, sp.Sum) else math.prod
            return combine(self.value(e.function, inner) for inner in self._points(list(e.limits)[::-1], at))
        if isinstance(e, sp.KroneckerDelta):
            return int(self.value(e.args[0], at) == self.value(e.args[1], at))
        if isinstance(e, sp.Max):
            return max(self.value(a, at) for a in e.args)
        return _FUNCTIONS[type(e)](self.value(e.args[0], at))

    def _points(self, limits, at):
        if not limits:
            yield at
            return
        (k, lower, upper), *rest = limits
        for value in range(self.value(lower, at), self.value(upper, at) + 1):
            yield from self._points(rest, {**at, k: value})
