r"""Ordinal regression: classes in an order, one direction, a threshold between each two (proportional odds).

    P(class ≤ t) = σ(θ_t − w·x),   θ_1 < … < θ_{K−1}

Left out: other links than the logistic, slopes that differ between classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.utils.validation import check_is_fitted

from numeric.training.estimators.classifiers import Classifier

__all__ = ["OrdinalRegression"]


class OrdinalRegression(Classifier):
    """K ordered classes, in the order in which `numpy.unique` sorts the labels.

    Learned: coef_ (m,), thresholds_ (K − 1,), classes_.

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> OrdinalRegression(l2=0.01).fit(X, [0, 0, 1, 1, 2, 2]).predict([[0.0], [2.5], [5.0]]).tolist()
    [0, 1, 2]
    """

    _loss = "ordinal_regression"
    _has_hessian = False

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # on classes without an order
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> OrdinalRegression:
        """Fits to X (n, m) and y (n,) of ordered classes."""
        X, y, weights = self._validated(X, y, sample_weight)
        label = self._one_hot(y, X.dtype)
        found = self._train({"x": X}, label, weights).parameters
        self.coef_, self.thresholds_ = found["w"], found["theta"]
        return self

    def decision_function(self, X: Any) -> Any:
        """Two classes: w·x − θ, (n,). More: log P(class), (n, K)."""
        check_is_fitted(self)
        if len(self.classes_) == 2:
            return self._validated_rows(X) @ self.coef_ - self.thresholds_[0]
        return self.predict_log_proba(X)

    def predict_proba(self, X: Any) -> Any:
        """P(class) of each row, (n, K)."""
        check_is_fitted(self)
        score = self._validated_rows(X) @ self.coef_
        above = expit(score[:, None] - self.thresholds_)  # P(class > t), of which each class is a difference
        edges = np.concatenate([np.ones((len(score), 1)), above, np.zeros((len(score), 1))], axis=1)
        return edges[:, :-1] - edges[:, 1:]
