"""Estimators that follow scikit-learn's conventions and train with proved gradients (extra `sklearn`)."""

from numeric.training.estimators.classifiers import LogisticRegression, NetworkClassifier, SoftmaxRegression
from numeric.training.estimators.linear import LinearRegression
from numeric.training.estimators.ordinal import OrdinalRegression

__all__ = ["LinearRegression", "LogisticRegression", "NetworkClassifier", "OrdinalRegression", "SoftmaxRegression"]
