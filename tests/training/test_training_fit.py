"""Fits against closed forms and scikit-learn, the way in, divergence, the kept iterate, bad input."""

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import optax
import pytest
import sympy as sp
from optima import assert_same, classes, squares
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from derivations import Partial, prove
from derivations.catalog import find
from derivations.statement import Derivation, Step
from numeric.gradient import UnprovedGradientError
from numeric.training import CheckpointError, DataError, DivergenceError, fit, problem
from numeric.training.checkpoint import write_atomically

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + 3 + 0.1 * RNG.normal(size=60)
LABELS = (X @ [1.0, -1.0, 0.0] + RNG.normal(size=60) > 0).astype(float)


def assert_is_the_plane(found, x=X, y=Y, **options):
    *w, b = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    assert_same(squares(x, y, w, b), squares(x, y, found.parameters["w"], found.parameters["b"]), **options)


@pytest.mark.parametrize("optimizer", ["newton", "lbfgs", "gradient_descent", "momentum", "adam", "proximal"])
def test_every_optimizer_finds_the_least_squares_plane(optimizer):
    step = 0.1 if optimizer == "adam" else None
    found = fit("linear_regression.mean", {"x": X, "y": Y}, optimizer=optimizer, step=step, tolerance=1e-8)
    assert found.converged, found.reason
    assert_is_the_plane(found)


def test_minibatches_find_the_plane_that_all_points_are_on():
    """Without noise every minibatch has the same optimum, so that the steps end in it; rows mixed up have none."""
    y = X @ [1.0, -2.0, 0.5] + 3
    settings = {"optimizer": "sgd", "step": 0.1, "batch_size": 8, "tolerance": 1e-9}
    found = fit("linear_regression.mean", {"x": X, "y": y}, **settings)
    assert_is_the_plane(found, y=y)
    again = fit("linear_regression.mean", {"x": X, "y": y}, **settings)
    assert (again.losses == found.losses).all()


def test_an_optax_transformation_is_a_method_too():
    found = fit("linear_regression.mean", {"x": X, "y": Y}, optimizer=optax.adagrad(0.5), tolerance=1e-6)
    assert found.converged
    assert_is_the_plane(found)


@pytest.mark.parametrize("optimizer", ["newton", "lbfgs"])
def test_breast_cancer_as_scikit_learn(optimizer):
    x, y = load_breast_cancer(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    of = problem("logistic_regression.mean").penalised
    found = fit(of, {"x": x, "y": y, "lambda": 1 / len(y)}, optimizer=optimizer, tolerance=1e-8)
    reference = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(x, y)
    ours = classes(x, y, found.parameters["w"][None], found.parameters["b"][None], 1 / len(y))
    assert_same(ours, classes(x, y, reference.coef_, reference.intercept_, 1 / len(y)))


def test_iris_as_scikit_learn():
    x, y = load_iris(return_X_y=True)
    of = problem("softmax_regression").penalised
    found = fit(of, {"x": x, "y": np.eye(3)[y], "lambda": 1 / len(y)}, optimizer="newton", tolerance=1e-9)
    reference = LogisticRegression(C=1.0, tol=1e-10, solver="newton-cg", max_iter=10_000).fit(x, y)
    ours = classes(x, y, found.parameters["W"].T, found.parameters["b"], 1 / len(y))
    assert_same(ours, classes(x, y, reference.coef_, reference.intercept_, 1 / len(y)))


def test_the_safe_step_descends_and_is_the_bound():
    found = fit("logistic_regression.mean", {"x": X, "y": LABELS}, optimizer="gradient_descent", steps=200)
    design = np.column_stack([X, np.ones(60)])
    largest = np.linalg.eigvalsh(design.T @ design / (4 * 60))[-1]
    assert largest <= found.bound <= 1.01 * largest  # a Rayleigh quotient, plus at most a hundredth of it
    assert (np.diff(found.losses) <= 0).all()


def test_the_bound_counts_weights_and_penalty():
    s = RNG.uniform(0.5, 1.5, size=60)
    of = problem("logistic_regression.mean").general
    data = {"x": X, "y": LABELS, "s": s, "lambda": 0.3}
    found = fit(of, data, optimizer="gradient_descent", steps=100)
    design = np.column_stack([X, np.ones(60)])
    curvature = design.T @ (s[:, None] * design) / (4 * 60) + np.diag([0.3, 0.3, 0.3, 0])
    assert found.bound >= np.linalg.eigvalsh(curvature)[-1]
    assert (np.diff(found.losses) <= 0).all()


def test_divergence_says_which_step_is_safe_and_keeps_the_best_point():
    with pytest.raises(DivergenceError, match=r"diverges with step 1e\+03 .* the proved bound allows 0\.\d+") as caught:
        fit("linear_regression.mean", {"x": X, "y": Y}, optimizer="gradient_descent", step=1e3, steps=40)
    result = caught.value.result
    assert result.loss == np.nanmin(result.losses)
    assert np.isfinite(result.parameters["w"]).all()


def test_the_best_iterate_is_kept():
    found = fit("logistic_regression.mean", {"x": X, "y": LABELS}, optimizer="adam", step=1.0, steps=30)
    assert found.loss == found.losses.min()


def test_no_default_step_where_no_bound_is_proved():
    data = {"x": X, "y": np.eye(2)[LABELS.astype(int)]}
    with pytest.raises(ValueError, match="no bound of the curvature is proved"):
        fit("softmax_regression", data, optimizer="gradient_descent")


def test_l1_sets_weights_to_zero_and_is_optimal():
    found = fit("linear_regression.mean", {"x": X, "y": Y}, optimizer="proximal", l1=1.5, tolerance=1e-7)
    assert found.converged
    residual = X @ found.parameters["w"] + found.parameters["b"] - Y
    grad = 2 / 60 * X.T @ residual
    assert found.parameters["w"][2] == 0
    assert abs(grad[2]) <= 1.5
    np.testing.assert_allclose(grad[:2], -1.5 * np.sign(found.parameters["w"][:2]), rtol=0, atol=1e-7 + 1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_follows_the_data(dtype):
    found = fit("linear_regression.mean", {"x": X.astype(dtype), "y": Y.astype(dtype)}, optimizer="newton")
    assert found.parameters["w"].dtype == dtype


def test_bfloat16_data_are_accumulated_in_float32():
    x, y = X.astype(ml_dtypes.bfloat16), Y.astype(np.float32)
    found = fit("linear_regression.mean", {"x": x, "y": y}, optimizer="newton")
    assert found.parameters["w"].dtype == np.float32
    assert_is_the_plane(found, x.astype(float), y.astype(float), meaningful=1e-5)


def test_layers_and_their_sizes():
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    found = fit(
        "neural_network.cross_entropy", {"x": x, "y": np.array([0.0, 1, 1, 0])}, sizes={"H": 3}, seed=1, steps=500
    )
    assert found.parameters["W1"].shape == (3, 2)
    assert found.loss < 0.05
    with pytest.raises(DataError, match="size H is told by no data"):
        fit("neural_network.cross_entropy", {"x": x, "y": np.array([0.0, 1, 1, 0])})


def test_diabetes_by_polynomials_of_one_feature():
    x, y = load_diabetes(return_X_y=True)
    feature = x[:, 2] * 20
    found = fit("linear_regression.polynomial.mean", {"x": feature, "y": y}, sizes={"m": 3}, optimizer="newton")
    powers, (b, *w) = feature[:, None] ** [1, 2, 3], np.polyfit(feature, y, 3)[::-1]
    assert_same(squares(powers, y, w, b), squares(powers, y, found.parameters["w"], found.parameters["b"]))


# The way in.


@pytest.mark.parametrize(
    "gradient",
    [lambda inputs: inputs["x"].sum(), sp.Symbol("z"), [sp.Symbol("z")], find("logistic_regression.mean.w")],
    ids=["function", "expression", "list", "derivation"],
)
def test_what_is_not_proved_is_not_trained_with(gradient):
    with pytest.raises(UnprovedGradientError, match=r"derivations\.proof\.prove"):
        fit(gradient, {"x": X, "y": LABELS})


def test_a_wrong_gradient_is_refused_with_the_reason():
    right = find("logistic_regression.mean.w")
    wrong = Derivation("wrong", right.statement, "", right.left, (Step(2 * right.right, "chain_rule"),))
    with pytest.raises(UnprovedGradientError, match="wrong is refuted, not proved"):
        fit([prove(wrong), prove(find("logistic_regression.mean.b"))], {"x": X, "y": LABELS})


def test_a_parameter_without_gradient_is_named():
    with pytest.raises(ValueError, match="no gradient by b was given"):
        fit([prove(find("logistic_regression.mean.w"))], {"x": X, "y": LABELS})


def test_a_loss_of_ones_own():
    from derivations import Definition, Statement, derive, index, scalar, size, variable

    n, i = size("n"), index("i")
    y, b, C = variable("y", n, role="label"), scalar("b", role="bias"), sp.Symbol("C", real=True)
    cosh = sp.exp(b() - y[i]) + sp.exp(y[i] - b())
    s = Statement("center", "mine", "", "", (y, b), definitions=(Definition(C, sp.Sum(cosh, (i, 1, n)) / n),))
    found = fit([prove(derive(s, C, b()))], {"y": np.array([-1.0, 1.0])}, init={"b": 3.0})
    assert found.converged
    assert abs(found.parameters["b"]) <= 1e-4 / 2  # by the gradient's size and C'' = C ≥ 2
    assert isinstance(found.problem.gradients["b"].derivation.left, Partial)


# Bad input: one error that names the fault.

GOOD = {"x": X, "y": LABELS}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.where(X[4, 1] == X, np.nan, X)}, r"x\[4, 1\] is nan: every value has to be finite"),
        ({"x": np.where(X[4, 1] == X, np.inf, X)}, r"x\[4, 1\] is inf"),
        ({"y": LABELS + 1}, r"y\[\d+\] is 2.0: required y ∈ \{0, 1\}"),
        ({"y": np.zeros(60)}, "y has one class only"),
        ({"x": X[:0], "y": LABELS[:0]}, "x has no rows.*; y has no rows"),
        ({"x": X[:50]}, "rows differ: x has 50, y has 60"),
        ({"x": X[:, 0]}, r"x has shape \(60,\): required numbers of shape \(n, m\)"),
        ({"y": np.array(["a"] * 60)}, "y has dtype <U1.*encode text"),
        ({"x": X.astype(complex)}, "x has dtype complex128"),
        ({"v": X}, "v is no input: logistic_regression.mean has x, y"),
    ],
)
def test_bad_data_is_named(change, message):
    with pytest.raises(DataError, match=message):
        fit("logistic_regression.mean", {**GOOD, **change})


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("settings", [{}, {"optimizer": "gradient_descent"}, {"steps": 0}], ids=str)
def test_large_features_are_named_by_their_first_gradient(value, settings, monkeypatch):
    monkeypatch.setattr("numeric.training.inputs._PARALLEL_BYTES", 1)
    x = np.where(X[4, 1] == X, value, X)
    with pytest.raises(DataError, match=rf"x\[4, 1\] is {value}: every value has to be finite"):
        fit("logistic_regression.mean", {"x": x, "y": LABELS}, **settings)


def test_features_that_a_gradient_multiplies():
    names = {"linear_regression.mean": ["x"], "softmax_regression": ["x"], "linear_regression.polynomial.mean": []}
    assert {name: [v.name for v in problem(name).multiplied] for name in names} == names


def test_all_faults_are_named_at_once():
    with pytest.raises(DataError, match=r"y is missing.*; x\[0, 0\] is nan"):
        fit("logistic_regression.mean", {"x": np.full((3, 2), np.nan)})


def test_one_row_is_fitted_by_the_shortest_weights():
    found = fit("linear_regression.mean", {"x": X[:1], "y": Y[:1]}, optimizer="newton", tolerance=1e-8)
    assert found.converged
    residual = X[:1] @ found.parameters["w"] + found.parameters["b"] - Y[:1]
    assert abs(2 * residual) <= 1e-8 + 1e-14  # ∂C/∂b


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "magic"}, "required one of gradient_descent"),
        ({"step": -1.0}, "step is -1.0: required a positive number"),
        ({"l1": 0.1}, "l1 is 0.1 with lbfgs"),
        ({"steps": -1, "tolerance": -1.0}, "steps is -1.*; tolerance is -1.0"),
        ({"init": {"w": np.zeros(2)}}, r"init w has shape \(2,\): required \(3,\)"),
        ({"sizes": {"Q": 3}}, "no size is called Q"),
        ({"devices": []}, "devices is empty"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        fit("logistic_regression.mean", GOOD, **settings)


def test_ctrl_c_returns_what_was_found():
    def stop(step, loss, norm):
        raise KeyboardInterrupt

    found = fit("logistic_regression.mean", GOOD, optimizer="gradient_descent", tolerance=0.0, progress=stop)
    assert found.interrupted
    assert "Ctrl-C" in found.reason
    assert found.loss < found.losses[0]


def test_bfloat16_data_are_summed_in_float32():
    """A sum in bfloat16 stops growing at 256; 4,000 rows summed so would be far off."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4000, 3)).astype(ml_dtypes.bfloat16)
    y = (x.astype(np.float64) @ [1.0, -1.0, 0.5] + rng.logistic(size=4000) > 0).astype(ml_dtypes.bfloat16)
    narrow = fit("logistic_regression.mean", {"x": x, "y": y}, tolerance=1e-5)
    wide = fit("logistic_regression.mean", {"x": x.astype(np.float32), "y": y.astype(np.float32)}, tolerance=1e-5)
    assert narrow.parameters["w"].dtype == np.float32
    x, y = x.astype(float), y.astype(int)
    first, second = (classes(x, y, f.parameters["w"][None], f.parameters["b"][None]) for f in (wide, narrow))
    assert_same(first, second, meaningful=1e-3)


def test_jax_arrays_are_checked_too():
    x = jnp.asarray(X.astype(np.float32)).at[7, 1].set(jnp.inf)
    with pytest.raises(DataError, match=r"x\[7, 1\] is inf"):
        fit("logistic_regression.mean", {"x": x, "y": LABELS.astype(np.float32)})


def test_large_finite_values_are_finite():
    """Their sum overflows, they don't."""
    x = np.full((4, 1), 3e38, np.float32)
    fit("linear_regression.mean", {"x": x, "y": np.ones(4, np.float32)}, steps=0)


def test_a_write_that_fails_or_is_stopped_leaves_what_was_there(tmp_path):
    path = tmp_path / "state.npz"
    path.write_text("old")

    def write(error):
        def begin(file):
            file.write(b"x" * 10_000)
            raise error

        return begin

    with pytest.raises(CheckpointError, match="No space left on device; what was there is kept"):
        write_atomically(path, write(OSError(28, "No space left on device")))
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, write(KeyboardInterrupt()))
    assert [p.name for p in tmp_path.iterdir()] == ["state.npz"]
    assert path.read_text() == "old"


def test_a_start_that_is_too_large_is_said():
    with pytest.raises(DataError, match=r"the loss is inf at the start.*too large for float32; rescale the data"):
        fit("linear_regression.mean", {"x": np.ones((4, 1), np.float32), "y": np.full(4, 1e30, np.float32)})
    theta = {"theta": np.array([1.0, 0.0])}  # thresholds in the wrong order: classes of negative probability
    with pytest.raises(DataError, match=r"the loss is nan at the start.*give another init"):
        fit("ordinal_regression", {"x": X, "Y": np.eye(3)[np.arange(60) % 3]}, init=theta)


def test_more_classes_than_rows_are_said():
    with pytest.raises(DataError, match="rows differ"):
        fit("softmax_regression", {"x": X[:2], "y": np.eye(3)})
    few = fit("softmax_regression", {"x": X[:2], "y": np.eye(5)[:2]}, steps=3)  # five classes, two rows
    assert np.isfinite(few.loss)
