r"""Linear regression: of the features as they are, of their powers, or with a line for each category.

    plain         ŷ = Σ_k w_k x_k + b
    degree = D    ŷ = Σ_k Σ_{d=1..D} w_kd x_k^d + b
    category = c  ŷ = Σ_g δ_{x_c, g} (Σ_{k≠c} w_gk x_k + b_g)

Powers and interactions are columns of a design matrix, on which the plain model is trained: its proof holds for any
features. Left out: products of different features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from numeric.training.estimators.base import ProvedEstimator

__all__ = ["LinearRegression"]


@dataclass(kw_only=True, eq=False, repr=False)
class LinearRegression(RegressorMixin, ProvedEstimator):
    """Least squares, ridge (l2) or lasso (l1).

    degree: highest power of each feature. category: the column that holds a category, or None.
    Learned: coef_ (of the design's columns), intercept_; with a category also categories_, slopes_ (G, m − 1) and
    intercepts_ (G,).

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = LinearRegression(degree=2).fit(X, X[:, 0] ** 2 - 1)
    >>> model.predict([[4.0]]).round(6).tolist()
    [15.0]
    """

    degree: int = 1
    category: int | None = None

    _loss = "linear_regression.mean"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LinearRegression:
        """Fits to X (n, m) and y (n,), sample i counting sample_weight[i] times."""
        X, y, weights = self._validated(X, y, sample_weight, y_numeric=True)
        y = np.asarray(y, X.dtype)
        if not isinstance(self.degree, int | np.integer) or self.degree < 1:
            raise ValueError(f"degree is {self.degree!r}: required an integer from 1")
        if self.category is not None:
            if not -X.shape[1] <= self.category < X.shape[1]:
                raise ValueError(f"category is column {self.category}, and X has {X.shape[1]} columns")
            self.categories_ = np.unique(X[:, self.category])
        design = self._design(X)
        # Centred and scaled columns are the same model without a penalty, and a Hessian that can be inverted; with one,
        # only centring is.
        centre, scale = self._standardisation(design, weights)
        if self.l1 or self.l2:
            scale = np.ones_like(scale)
        middle = np.average(y, weights=weights)
        size = max(float(np.max(np.abs(y - middle), initial=0.0)), np.finfo(X.dtype).tiny) if not self.l1 else 1.0
        found = self._train({"x": (design - centre) / scale}, (y - middle) / size, weights).parameters
        self.coef_ = found["w"] * size / scale
        self.intercept_ = found["b"] * size + middle - centre @ self.coef_
        if self.category is not None:
            table = self.coef_.reshape(len(self.categories_), -1)
            self.slopes_, self.intercepts_ = table[:, 1:], table[:, 0] + self.intercept_
        return self

    def predict(self, X: Any) -> Any:
        """ŷ of each row."""
        check_is_fitted(self)
        X = self._validated_rows(X)
        if self.category is not None:
            unknown = sorted(set(np.unique(X[:, self.category])) - set(self.categories_))
            if unknown:
                raise ValueError(f"column {self.category} has categories that fit did not see: {unknown[:5]}")
        return self._design(X) @ self.coef_ + self.intercept_

    def _design(self, X: Any) -> Any:
        rest = X if self.category is None else np.delete(X, self.category, axis=1)
        powers = np.concatenate([rest**d for d in range(1, self.degree + 1)], axis=1)
        if self.category is None:
            return powers
        one_hot = (X[:, self.category][:, None] == self.categories_).astype(X.dtype)
        lines = np.concatenate([np.ones((len(X), 1), X.dtype), powers], axis=1)
        return (one_hot[:, :, None] * lines[:, None, :]).reshape(len(X), -1)
