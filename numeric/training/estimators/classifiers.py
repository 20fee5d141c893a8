r"""Classifiers: logistic regression, softmax regression, and a cascade of logistic units.

    LogisticRegression   P(y = 1) = σ(w·x + b)                    two classes
    SoftmaxRegression    P(y = c) = softmax(x W + b)_c             two classes or more
    NetworkClassifier    P(y = c) = softmax(W₂ σ(W₁ x + b₁) + b₂)_c

Left out: class weights (give sample weights), several hidden layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from scipy.special import softmax as softmax_of
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from numeric.training.estimators.base import ProvedEstimator

__all__ = ["Classifier", "LogisticRegression", "NetworkClassifier", "SoftmaxRegression"]


class Classifier(ClassifierMixin, ProvedEstimator):
    """What the classifiers share: classes, and predictions from probabilities."""

    def _classes_of(self, y: Any) -> Any:
        """The index of each label's class; `classes_` is set."""
        check_classification_targets(y)
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"{type(self).__name__}: y has one class only ({self.classes_[0]!r}); required at least 2")
        return index

    def _one_hot(self, y: Any, dtype: Any) -> Any:
        """A row for each label, with a one in the column of its class; `classes_` is set."""
        index = self._classes_of(y)
        return np.eye(len(self.classes_), dtype=dtype)[index]

    def predict(self, X: Any) -> Any:
        """The most probable class of each row."""
        probabilities = self.predict_proba(X)
        return self.classes_[np.argmax(probabilities, axis=1)]

    def predict_log_proba(self, X: Any) -> Any:
        """log P(class) of each row, (n, K)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict_proba(self, X: Any) -> Any:
        """P(class) of each row, (n, K)."""
        raise NotImplementedError


class LogisticRegression(Classifier):
    """Two classes by one logit; l2 is 1/(nC) of scikit-learn's.

    Learned: coef_ (1, m), intercept_ (1,), classes_.

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> LogisticRegression(l2=0.1).fit(X, ["no", "no", "yes", "yes"]).predict([[0.2], [2.8]]).tolist()
    ['no', 'yes']
    """

    _loss = "logistic_regression.mean"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LogisticRegression:
        """Fits to X (n, m) and y (n,) of two classes."""
        X, y, weights = self._validated(X, y, sample_weight)
        check_classification_targets(y)
        if type_of_target(y, input_name="y") != "binary" and len(np.unique(y)) > 2:
            raise ValueError(
                f"Only binary classification is supported. y has {len(np.unique(y))} classes; use SoftmaxRegression."
            )
        label = self._classes_of(y).astype(X.dtype)
        found = self._train({"x": X}, label, weights).parameters
        self.coef_, self.intercept_ = found["w"][None, :], found["b"].reshape(1)
        return self

    def decision_function(self, X: Any) -> Any:
        """The logit of each row, positive for `classes_[1]`."""
        check_is_fitted(self)
        return self._validated_rows(X) @ self.coef_[0] + self.intercept_[0]

    def predict_proba(self, X: Any) -> Any:
        """P(class) of each row, (n, 2)."""
        z = self.decision_function(X)
        return np.stack([expit(-z), expit(z)], axis=1)


class SoftmaxClassifier(Classifier):
    """What the classifiers with a logit for each class share."""

    def decision_function(self, X: Any) -> Any:
        """The logits, (n, K); for two classes their difference, (n,)."""
        z = self._logits(X)
        return z[:, 1] - z[:, 0] if len(self.classes_) == 2 else z

    def predict_proba(self, X: Any) -> Any:
        """P(class) of each row, (n, K)."""
        return softmax_of(self._logits(X), axis=1)

    def _logits(self, X: Any) -> Any:
        """(n, K), of validated rows."""
        raise NotImplementedError


class SoftmaxRegression(SoftmaxClassifier):
    """K classes by K logits; l2 is 1/(nC) of scikit-learn's.

    Learned: coef_ (K, m), intercept_ (K,), classes_. Without a penalty the shortest of the equivalent weights.

    >>> X = np.array([[0.0], [1.0], [5.0], [6.0], [9.0], [10.0]])
    >>> SoftmaxRegression(l2=0.01).fit(X, [0, 0, 1, 1, 2, 2]).predict([[0.0], [5.5], [10.0]]).tolist()
    [0, 1, 2]
    """

    _loss = "softmax_regression"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SoftmaxRegression:
        """Fits to X (n, m) and y (n,) of any number of classes."""
        X, y, weights = self._validated(X, y, sample_weight)
        label = self._one_hot(y, X.dtype)
        found = self._train({"x": X}, label, weights).parameters
        self.coef_, self.intercept_ = found["W"].T, found["b"]
        return self

    def _logits(self, X: Any) -> Any:
        check_is_fitted(self)
        return self._validated_rows(X) @ self.coef_.T + self.intercept_

    def _parameter_count(self, features: Any) -> int:
        return super()._parameter_count(features) * len(self.classes_)


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkClassifier(SoftmaxClassifier):
    """A hidden layer of logistic units and a softmax output, trained by backpropagation as it was proved.

    hidden: units of the hidden layer. Learned: coefs_ (W₁ (H, m), W₂ (K, H)), intercepts_ (b₁, b₂), classes_.
    The features are standardised inside, where the units are sensitive.

    >>> X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> NetworkClassifier(hidden=4, random_state=0).fit(X, [0, 1, 1, 0]).predict(X).tolist()
    [0, 1, 1, 0]
    """

    hidden: int = 8
    tolerance: float = 1e-4

    _loss = "neural_network.softmax"
    _has_hessian = False

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> NetworkClassifier:
        """Fits to X (n, m) and y (n,) of any number of classes."""
        X, y, weights = self._validated(X, y, sample_weight)
        label = self._one_hot(y, X.dtype)
        self.mean_, self.scale_ = self._standardisation(X, weights)
        found = self._train({"x": (X - self.mean_) / self.scale_}, label, weights, {"H": self.hidden}).parameters
        self.coefs_, self.intercepts_ = [found["W1"], found["W2"]], [found["b1"], found["b2"]]
        return self

    def _logits(self, X: Any) -> Any:
        check_is_fitted(self)
        x = (self._validated_rows(X) - self.mean_) / self.scale_
        return expit(x @ self.coefs_[0].T + self.intercepts_[0]) @ self.coefs_[1].T + self.intercepts_[1]
