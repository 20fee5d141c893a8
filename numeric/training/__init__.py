"""Training with proved gradients: the compiled loop, one pass over the data, devices and files."""

from numeric.training.checkpoint import CheckpointError
from numeric.training.fit import DivergenceError, FitResult, fit
from numeric.training.inputs import DataError
from numeric.training.parallel import use_every_core
from numeric.training.problem import Problem, problem

__all__ = [
    "CheckpointError",
    "DataError",
    "DivergenceError",
    "FitResult",
    "Problem",
    "fit",
    "problem",
    "use_every_core",
]
