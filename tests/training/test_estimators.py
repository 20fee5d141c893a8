"""Estimators: scikit-learn's own checks, the same coefficients as scikit-learn's, weights, penalties, pipelines."""

import numpy as np
import pytest
from optima import UNIT, allowed, assert_same, classes, squares
from scipy.special import expit
from sklearn import linear_model
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from numeric.training import DivergenceError, fit
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


RNG = np.random.default_rng(0)

WITHOUT_FITTING = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
    estimator_checks.check_estimators_unfitted,
    estimator_checks.check_mixin_order,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_complex_data,
    estimator_checks.check_estimators_empty_data_messages,
    estimator_checks.check_fit1d,
    estimator_checks.check_requires_y_none,
    estimator_checks.check_supervised_y_no_nan,
]
"""Checks of parameters and of input that is refused, which take no time."""
OF_FITTING = [
    estimator_checks.check_estimators_pickle,
    estimator_checks.check_dict_unchanged,
    estimator_checks.check_methods_subset_invariance,
    estimator_checks.check_fit_idempotent,
    estimator_checks.check_classifiers_one_label,
    estimator_checks.check_fit2d_1sample,
    estimator_checks.check_estimators_nan_inf,
]
"""A few of the checks that fit, for one estimator; the slow test runs them all, for each."""


@pytest.mark.slow
@parametrize_with_checks(ALL)
def test_all_of_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", OF_FITTING, ids=lambda check: check.__name__)
def test_checks_of_fitting(check):
    check("LogisticRegression", clone(ALL[1]))


@pytest.mark.parametrize("check", WITHOUT_FITTING, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_checks_without_fitting(estimator, check):
    check(type(estimator).__name__, clone(estimator))


def test_linear_regression_on_diabetes():
    x, y = load_diabetes(return_X_y=True)
    for l2, theirs in ((0.0, linear_model.LinearRegression()), (2 * 0.5 / len(y), linear_model.Ridge(alpha=0.5))):
        ours, theirs = LinearRegression(l2=l2).fit(x, y), theirs.fit(x, y)
        assert_same(*(squares(x, y, model.coef_, model.intercept_, l2) for model in (ours, theirs)))


def test_lasso_on_diabetes():
    """Optimal is where every subgradient is zero: −λ sign(w_j) where w_j isn't, within ±λ where it is."""
    x, y = load_diabetes(return_X_y=True)
    l1, tolerance = 2 * 0.1, 1e-10  # far below what differences of the loss could tell
    model = LinearRegression(l1=l1, tolerance=tolerance).fit(x, y)
    assert model.result_.converged
    at = squares(x, y, model.coef_, model.intercept_)
    grad, kept, allowed = at.gradient[:-1], model.coef_ != 0, tolerance + at.rounding
    np.testing.assert_allclose(grad[kept], -l1 * np.sign(model.coef_[kept]), rtol=0, atol=allowed)
    assert np.abs(grad[~kept]).max() <= l1 + allowed
    assert abs(at.gradient[-1]) <= allowed
    theirs = linear_model.Lasso(alpha=0.1, tol=1e-10, max_iter=100_000).fit(x, y)
    np.testing.assert_array_equal(kept, theirs.coef_ != 0)


def test_logistic_regression_on_breast_cancer():
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    ours = LogisticRegression(l2=1 / len(y), tolerance=1e-9).fit(x, y)
    theirs = linear_model.LogisticRegression(tol=1e-10, max_iter=10_000).fit(x, y)
    first, second = (classes(x, y, model.coef_, model.intercept_, 1 / len(y)) for model in (ours, theirs))
    assert_same(first, second)
    assert ours.score(x, y) == theirs.score(x, y) > 0.98
    steepest = np.linalg.norm(np.column_stack([x, np.ones(len(x))]), axis=1) / 4  # |∂σ(z)/∂(w, b)| ≤ |x̃|/4
    apart = np.abs(ours.predict_proba(x) - theirs.predict_proba(x)).max(axis=1)
    assert (apart <= steepest * allowed(first, second)).all()


@pytest.mark.parametrize(("load", "scale"), [(load_iris, 1), (load_digits, 16)])
def test_softmax_regression_on_iris_and_digits(load, scale):
    x, y = load(return_X_y=True)
    x = x / scale
    ours = SoftmaxRegression(l2=1 / len(y), tolerance=1e-10).fit(x, y)
    theirs = linear_model.LogisticRegression(tol=1e-11, solver="newton-cg", max_iter=10_000).fit(x, y)
    assert_same(*(classes(x, y, model.coef_, model.intercept_, 1 / len(y)) for model in (ours, theirs)))
    assert ours.score(x, y) == theirs.score(x, y) > 0.97


def test_sample_weights_are_repeats():
    x, y = load_iris(return_X_y=True)
    x, y = x[50:], y[50:] - 1
    repeats = RNG.integers(0, 3, len(y))
    often, labels = np.repeat(x, repeats, axis=0), np.repeat(y, repeats)
    first = LogisticRegression(l2=0.1, tolerance=1e-10).fit(x, y, sample_weight=repeats)
    second = LogisticRegression(l2=0.1, tolerance=1e-10).fit(often, labels)
    assert_same(*(classes(often, labels, model.coef_, model.intercept_, 0.1) for model in (first, second)))


def test_categories_have_lines_of_their_own():
    """y is exactly Dθ for the design D of the lines, so the error of θ is at most the residual's by σ_min(D)."""
    x = RNG.normal(size=60)
    group = RNG.integers(0, 3, 60)
    slopes, starts = np.array([1.0, -2.0, 0.5]), np.array([0.0, 3.0, 1.0])
    y = slopes[group] * x + starts[group]
    one_hot = np.eye(3)[group]
    design = np.column_stack([one_hot * x[:, None], one_hot])
    model = LinearRegression(category=0).fit(np.column_stack([group, x]), y)
    proved = fit(
        "linear_regression.interaction.mean", {"x": x, "h": one_hot, "y": y}, optimizer="newton", tolerance=1e-9
    )
    smallest = np.linalg.svd(design, compute_uv=False)[-1]
    for found in (
        np.append(model.slopes_[:, 0], model.intercepts_),
        np.append(proved.parameters["w"], proved.parameters["b"]),
    ):
        residual = np.linalg.norm(design @ found - y)
        assert residual <= 1e-9 * np.linalg.norm(y)
        error = np.linalg.norm(found - np.append(slopes, starts))
        assert error <= residual / smallest + 64 * UNIT * np.linalg.norm(y) / smallest
    with pytest.raises(ValueError, match=r"categories that fit did not see: \[np\.float64\(7\.0\)\]"):
        model.predict([[7.0, 1.0]])


def test_ordered_classes():
    """The likelihood is concave, so where its gradient is zero is its maximum; the truth is within four errors of it.

    With a = σ(θ_c − η) and b = σ(θ_{c−1} − η), −log(a − b) has the slopes 1 − a − b by η, −a(1 − a)/(a − b) by θ_c and
    b(1 − b)/(a − b) by θ_{c−1}. The sum of their products over samples estimates the information.
    """
    x = RNG.normal(size=(400, 2))
    truth = np.array([2.0, -1.0, -1.0, 1.0])
    y = np.digitize(x @ truth[:2] + RNG.logistic(size=400), truth[2:])
    model = OrdinalRegression(tolerance=1e-7).fit(x, y)
    assert model.result_.converged
    edges = np.concatenate([[-np.inf], model.thresholds_, [np.inf]])
    a, b = (expit(edges[at] - x @ model.coef_) for at in (y + 1, y))
    upper, lower = a * (1 - a) / (a - b), b * (1 - b) / (a - b)
    slopes = np.column_stack([(1 - a - b)[:, None] * x, *(lower * (y == t + 1) - upper * (y == t) for t in range(2))])
    assert np.abs(slopes.mean(axis=0)).max() <= 1e-7 + 400 * UNIT * np.abs(slopes).max()
    error = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)))
    assert error.max() < 0.2
    assert (np.abs(np.concatenate([model.coef_, model.thresholds_]) - truth) <= 4 * error).all()
    np.testing.assert_allclose(model.predict_proba(x).sum(axis=1), 1, rtol=8 * UNIT)


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
        (LinearRegression(), [0, 1, 2, np.nan], "y contains NaN"),
        (LinearRegression(), ["a", "b", "c", "d"], "could not convert string to float"),
        (LinearRegression(), [0, 1, 2], "inconsistent numbers of samples"),
        (LinearRegression(optimizer="magic"), [0, 1, 2, 3], "required one of gradient_descent"),
        (OrdinalRegression(), [1, 1, 1, 1], "y has one class only"),
        (NetworkClassifier(), [0.5, 1.5, 2.25, 3.0], "Unknown label type"),
    ],
)
def test_bad_input(model, y, message):
    with pytest.raises(ValueError, match=message):
        model.fit(RNG.normal(size=(4, 2)), y)


GOOD = RNG.normal(size=(4, 2))


@pytest.mark.parametrize("model", ALL, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.where(GOOD[1, 1] == GOOD, np.nan, GOOD), "X contains NaN"),
        (np.where(GOOD[1, 1] == GOOD, np.inf, GOOD), "X contains infinity"),
        (GOOD[:0], r"Found array with 0 sample\(s\)"),
        (GOOD[:, 0], "Expected 2D array, got 1D array"),
        (GOOD[:, :, None], "Found array with dim 3"),
        (GOOD[:3], "inconsistent numbers of samples"),
        (np.full((4, 2), "red"), "could not convert string to float"),
        (GOOD * 1j, "Complex data not supported"),
    ],
)
def test_bad_features(model, X, message):
    with pytest.raises(ValueError, match=message):
        clone(model).fit(X, [0, 1, 0, 1][: max(len(X), 1)] if len(X) != 3 else [0, 1, 0, 1])


def test_values_whose_squares_overflow_are_said():
    for model in (LinearRegression(), NetworkClassifier()):
        with pytest.raises(ValueError, match="squares of column 1 of the design overflow; rescale X"):
            model.fit([[1.0, 1e200], [2.0, 3.0]], [0, 1])


def test_a_constant_target_and_one_row_are_fitted():
    constant = LinearRegression().fit(GOOD, [3.0] * 4)
    assert constant.coef_.tolist() == [0, 0]
    assert constant.intercept_ == 3
    assert LinearRegression().fit(GOOD[:1], [2.0]).predict(GOOD[:1]) == 2


def test_divergence_says_which_step_is_safe():
    model = LogisticRegression(optimizer="gradient_descent", step=1e6, l2=0.01, max_iter=50)
    with pytest.raises(DivergenceError, match=r"diverges with step 1e\+06 .* the proved bound allows \d"):
        model.fit(GOOD, [0, 1, 1, 0])
