r"""What the estimators share: validated data, weights of mean one, and the call of `fit`.

    minimise  (1/n) Σ_i s_i ℓ_i  +  (λ₂/2) Σ W²  +  λ₁ Σ |W|,     Σ_i s_i = n

Each trains the weighted and penalised form of a catalogue entry, which is stated and proved (`Problem.general`). Small
data are padded to a round number of rows with weight zero, so that the folds of a cross-validation share one compiled
loop. λ₂ is scikit-learn's 1/(nC), or α/n of its ridge with the factor 2 of the mean squared error: 2α/n.

Left out: sparse input; a multi-output target.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import _check_sample_weight, validate_data

from numeric.training.fit import FitResult, fit
from numeric.training.problem import Problem, problem

__all__ = ["ProvedEstimator"]

_SMALL = 4096
_NEWTON = 256  # parameters up to which the cost of a Hessian, n·m², and its eigenvectors, m³, is worth it


@dataclass(kw_only=True, eq=False, repr=False)  # scikit-learn reads the parameters from the signature of `__init__`
class ProvedEstimator(BaseEstimator):
    """The base: parameters that all of them have, and what they learn beside coefficients.

    l2, l1: λ₂ and λ₁ of the module's formula; biases and thresholds are not penalised. optimizer: "auto" is Newton for
    few parameters, else L-BFGS, and proximal with an L1 penalty. tolerance: of the largest entry of the gradient.
    step: learning rate of optimisers that have one. random_state: of everything random.

    Learned: n_iter_, loss_, result_ (a `FitResult`), fingerprints_ (of the proofs whose expressions ran).
    """

    l2: float = 0.0
    l1: float = 0.0
    optimizer: str = "auto"
    step: float | None = None
    max_iter: int | None = None
    tolerance: float = 1e-6
    random_state: int | None = None

    _loss: ClassVar[str]
    _has_hessian: ClassVar[bool] = True

    @property
    def problem(self) -> Problem:
        """The loss that is trained, with the proofs of its gradients."""
        return problem(self._loss).general

    def _validated(self, X: Any, y: Any, sample_weight: Any, **options: Any) -> tuple[Any, Any, Any]:
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32], **options)
        weights = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
        if not weights.sum() > 0:
            raise ValueError("sample_weight is zero for every sample: at least one has to count")
        return X, y, weights

    def _validated_rows(self, X: Any) -> Any:
        return validate_data(self, X, dtype=[np.float64, np.float32], reset=False)

    def _standardisation(self, X: Any, weights: Any) -> tuple[Any, Any]:
        """(mean, standard deviation or 1 where that is zero) of each column; `ValueError` where squares overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            mean = np.average(X, axis=0, weights=weights)
            spread = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weights))
        if not np.isfinite(spread).all():
            column = int(np.flatnonzero(~np.isfinite(spread))[0])
            raise ValueError(f"{type(self).__name__}: squares of column {column} of the design overflow; rescale X")
        return mean, np.where(spread > 0, spread, 1)

    def _train(
        self, features: Mapping[str, Any], label: Any, weights: Any, sizes: Mapping[str, int] | None = None
    ) -> FitResult:
        of = self.problem
        rows = {**features, of.label.name: label, "s": weights}
        count = len(weights)
        padded = _round_up(count) if count < _SMALL else count
        rows = {name: _padded(a, padded, of.label.name == name) for name, a in rows.items()}
        rows["s"] = rows["s"] * (padded / weights.sum())
        optimizer = self._chosen_optimizer(features)
        seed = 0 if self.random_state is None else int(np.random.default_rng(_seed(self.random_state)).integers(2**31))
        result = fit(
            of,
            {**rows, "lambda": self.l2},
            optimizer=optimizer,
            step=self.step,
            steps=self.max_iter,
            tolerance=self.tolerance,
            l1=self.l1,
            seed=seed,
            sizes=sizes,
        )
        if not result.converged and not result.reason.startswith("the loss decreases no further"):
            warnings.warn(
                f"{type(self).__name__}: {result.reason}; raise max_iter or tolerance", ConvergenceWarning, stacklevel=3
            )
        self.result_ = result
        self.n_iter_ = max(result.steps, 1)
        self.loss_ = result.loss
        self.fingerprints_ = result.fingerprints
        return result

    def _chosen_optimizer(self, features: Mapping[str, Any]) -> str:
        if self.optimizer != "auto":
            return self.optimizer
        if self.l1:
            return "proximal"
        return "newton" if self._has_hessian and self._parameter_count(features) <= _NEWTON else "lbfgs"

    def _parameter_count(self, features: Mapping[str, Any]) -> int:
        return int(sum(a.shape[1] + 1 for a in features.values() if a.ndim == 2))


def _seed(random_state: Any) -> Any:
    return random_state.randint(2**31) if hasattr(random_state, "randint") else random_state


def _round_up(count: int) -> int:
    """The next number of rows that is compiled for: a power of two, from 32."""
    return max(32, 1 << (count - 1).bit_length())


def _padded(array: Any, count: int, is_label: bool) -> Any:
    """The array with rows added: copies of the first, so that labels stay in their domain; their weight is zero."""
    missing = count - len(array)
    if missing == 0:
        return array
    added = np.repeat(array[:1], missing, axis=0) if is_label else np.zeros((missing, *array.shape[1:]), array.dtype)
    return np.concatenate([array, added])
