"""Coefficients beside scikit-learn's at the same objective, on its own data sets: the largest difference, and scores.

    python benchmarks/coefficients.py

Both fits go as far as float64 lets them, so that what is left between them is rounding and how far each stopped. A
score is R² for diabetes, accuracy elsewhere, on the data of the fit. No result is stored: every number is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import linear_model
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.preprocessing import StandardScaler

from numeric.training.estimators import LinearRegression, LogisticRegression, SoftmaxRegression


def fits() -> Iterator[tuple[str, str, Any, Any, Any, Any]]:
    """(data, objective, X, y, our estimator, scikit-learn's); C = 1 is a λ of 1/n, α of ridge 2α/n, α of lasso 2α."""
    x, y = load_diabetes(return_X_y=True)
    yield "diabetes", "squares", x, y, LinearRegression(), linear_model.LinearRegression()
    yield "diabetes", "squares + l2", x, y, LinearRegression(l2=2 * 0.5 / len(y)), linear_model.Ridge(alpha=0.5)
    lasso = linear_model.Lasso(alpha=0.1, tol=1e-12, max_iter=1_000_000)
    yield "diabetes", "squares + l1", x, y, LinearRegression(l1=2 * 0.1, tolerance=1e-10, max_iter=100_000), lasso
    exact = {"tol": 1e-12, "max_iter": 100_000}
    x, y = load_breast_cancer(return_X_y=True)
    x, ours = StandardScaler().fit_transform(x), LogisticRegression(l2=1 / len(y), tolerance=1e-12)
    theirs = linear_model.LogisticRegression(solver="newton-cholesky", **exact)
    yield "breast cancer", "logistic + l2", x, y, ours, theirs
    for name, load, scale in (("iris", load_iris, 1), ("digits", load_digits, 16)):
        x, y = load(return_X_y=True)
        theirs = linear_model.LogisticRegression(solver="newton-cholesky", **exact)
        yield name, "softmax + l2", x / scale, y, SoftmaxRegression(l2=1 / len(y), tolerance=1e-12), theirs


def main() -> None:
    print(f"{'data':<15}{'objective':<15}{'n':>6}{'m':>4}{'coefficients':>14}{'difference':>12}", end="")
    print(f"{'largest':>10}{'ours':>8}{'theirs':>8}   optimizer")
    for name, objective, x, y, ours, theirs in fits():
        ours.fit(x, y), theirs.fit(x, y)
        intercepts = [np.atleast_1d(model.intercept_) for model in (ours, theirs)]
        if len(intercepts[0]) > 1:
            intercepts = [b - b.mean() for b in intercepts]  # the same number added to all changes nothing
        first, second = (np.append(np.ravel(m.coef_), b) for m, b in zip((ours, theirs), intercepts, strict=True))
        apart, largest = np.abs(first - second).max(), np.abs(second).max()
        print(f"{name:<15}{objective:<15}{len(y):>6}{x.shape[1]:>4}{first.size:>14}{apart:>12.1e}", end="")
        print(f"{largest:>10.4g}{ours.score(x, y):>8.4f}{theirs.score(x, y):>8.4f}   {ours.result_.optimizer}")


if __name__ == "__main__":
    main()
