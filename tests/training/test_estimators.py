"""Estimators: scikit-learn's own checks, the same coefficients as scikit-learn's, weights, penalties, pipelines."""

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from numeric.training.estimators import (
    LinearRegression,
    LogisticRegression,
    NetworkClassifier,
    OrdinalRegression,
    SoftmaxRegression,
)

ALL = [
    LinearRegression(),
    LogisticRegression(l2=0.01),
    SoftmaxRegression(l2=0.01),
    OrdinalRegression(l2=0.01),
    NetworkClassifier(hidden=4, l2=1e-3, random_state=0),
]


@pytest.mark.slow
@parametrize_with_checks(ALL)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


RNG = np.random.default_rng(0)


def test_diabetes():
    x, y = load_diabetes(return_X_y=True)
    plain, ridge = LinearRegression().fit(x, y), LinearRegression(l2=2 * 0.5 / len(y)).fit(x, y)
    lasso = LinearRegression(l1=2 * 0.1, tolerance=1e-5).fit(x, y)
    theirs = linear_model.LinearRegression().fit(x, y)
    np.testing.assert_allclose(plain.coef_, theirs.coef_, rtol=1e-6)
    np.testing.assert_allclose(plain.intercept_, theirs.intercept_, rtol=1e-8)
    np.testing.assert_allclose(ridge.coef_, linear_model.Ridge(alpha=0.5).fit(x, y).coef_, rtol=1e-5)
    theirs = linear_model.Lasso(alpha=0.1, tol=1e-10, max_iter=100_000).fit(x, y)
    np.testing.assert_allclose(lasso.coef_, theirs.coef_, atol=0.05)
    np.testing.assert_array_equal(lasso.coef_ == 0, theirs.coef_ == 0)


def test_breast_cancer():
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    ours = LogisticRegression(l2=1 / len(y), tolerance=1e-9).fit(x, y)
    theirs = linear_model.LogisticRegression(tol=1e-10, max_iter=10_000).fit(x, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-4)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-6)
    assert ours.score(x, y) == theirs.score(x, y) > 0.98


def test_digits():
    x, y = load_digits(return_X_y=True)
    x = x / 16
    ours = SoftmaxRegression(l2=1 / len(y), tolerance=1e-8).fit(x, y)
    theirs = linear_model.LogisticRegression(tol=1e-9, max_iter=10_000).fit(x, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-4)
    assert ours.score(x, y) == theirs.score(x, y) > 0.97


def test_sample_weights_are_repeats():
    x, y = load_iris(return_X_y=True)
    x, y = x[50:], y[50:]
    repeats = RNG.integers(0, 3, len(y))
    first = LogisticRegression(l2=0.1, tolerance=1e-10).fit(x, y, sample_weight=repeats)
    second = LogisticRegression(l2=0.1, tolerance=1e-10).fit(np.repeat(x, repeats, axis=0), np.repeat(y, repeats))
    np.testing.assert_allclose(first.coef_, second.coef_, rtol=1e-7)


def test_categories_have_lines_of_their_own():
    x = RNG.normal(size=60)
    group = RNG.integers(0, 3, 60).astype(float)
    slopes, starts = np.array([1.0, -2.0, 0.5]), np.array([0.0, 3.0, 1.0])
    y = slopes[group.astype(int)] * x + starts[group.astype(int)]
    X = np.column_stack([group, x])
    model = LinearRegression(category=0).fit(X, y)
    np.testing.assert_allclose(model.slopes_[:, 0], slopes, atol=1e-6)
    np.testing.assert_allclose(model.intercepts_, starts, atol=1e-6)
    with pytest.raises(ValueError, match=r"categories that fit did not see: \[np\.float64\(7\.0\)\]"):
        model.predict([[7.0, 1.0]])
    from numeric.training import fit

    one_hot = np.eye(3)[group.astype(int)]
    proved = fit(
        "linear_regression.interaction.mean", {"x": x, "h": one_hot, "y": y}, optimizer="newton", tolerance=1e-9
    )
    np.testing.assert_allclose(proved.parameters["w"], model.slopes_[:, 0], atol=1e-6)
    np.testing.assert_allclose(proved.parameters["b"], model.intercepts_, atol=1e-6)


def test_ordered_classes():
    x = RNG.normal(size=(400, 2))
    latent = x @ [2.0, -1.0] + RNG.logistic(size=400)
    y = np.digitize(latent, [-1.0, 1.0])
    model = OrdinalRegression().fit(x, y)
    np.testing.assert_allclose(model.coef_, [2, -1], atol=0.4)
    np.testing.assert_allclose(model.thresholds_, [-1, 1], atol=0.4)
    np.testing.assert_allclose(model.predict_proba(x).sum(axis=1), 1)


def test_in_a_pipeline_and_cross_validation():
    x, y = load_breast_cancer(return_X_y=True)
    scores = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression(l2=0.01)), x, y, cv=4)
    assert scores.min() > 0.95


@pytest.mark.parametrize(
    ("model", "y", "message"),
    [
        (LogisticRegression(), [0, 1, 2, 0], "Only binary classification is supported"),
        (LogisticRegression(), [1, 1, 1, 1], "y has one class only"),
        (SoftmaxRegression(), ["a"] * 4, "y has one class only"),
        (SoftmaxRegression(), [0.5, 1.5, 2.25, 3.0], "Unknown label type"),
        (LinearRegression(degree=0), [0, 1, 2, 3], "degree is 0"),
        (LinearRegression(category=9), [0, 1, 2, 3], "category is column 9, and X has 2 columns"),
        (LinearRegression(l2=-1.0), [0, 1, 2, 3], "lambda is -1.0: required lambda ≥ 0"),
    ],
)
def test_bad_input(model, y, message):
    with pytest.raises(ValueError, match=message):
        model.fit(RNG.normal(size=(4, 2)), y)
