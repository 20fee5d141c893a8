"""Random points of a statement's domain, at given sizes."""

import random

import numpy as np


def random_inputs(statement, sizes, seed=0):
    rng = np.random.default_rng(seed)
    found = {}
    for v in statement.variables:
        shape = tuple(int(axis.subs({s: sizes[s.name] for s in axis.free_symbols})) for axis in v.axes)
        exact = v.domain.sample(random.Random(seed), shape)
        array = np.array([float(exact[e]) for e in sorted(exact)]).reshape(shape)
        if v.domain.name == "REAL":
            array = rng.normal(size=shape)
        if v.domain.name == "INCREASING":
            array = np.sort(rng.normal(size=shape), axis=-1) + np.arange(shape[-1]) * 0.1
        found[v.name] = array
    return found
