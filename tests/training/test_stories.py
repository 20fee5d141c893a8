"""The stories that notes on regression tell, run with proved gradients, each with the outcome that it claims."""

import numpy as np
import pytest
from optima import allowed, assert_same, classes, squares

from numeric.training import fit
from numeric.training.estimators import LinearRegression


def test_the_least_squares_line_is_the_closed_form():
    """Slope Σ(x − x̄)(y − ȳ)/Σ(x − x̄)² and intercept ȳ − slope·x̄, where the gradient is zero."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 150)
    y = 1.7 * x - 3 + rng.normal(size=150)
    found = one_line(x, y)
    slope = np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2)
    closed = squares(x[:, None], y, slope, y.mean() - slope * x.mean())
    assert_same(squares(x[:, None], y, found.parameters["w"], found.parameters["b"]), closed)


def one_line(x, y):
    found = fit("linear_regression.simple.mean", {"x": x, "y": y}, optimizer="gradient_descent", tolerance=1e-9)
    assert found.converged, found.reason
    return found


def test_a_higher_degree_fits_better_and_predicts_worse_until_it_is_penalised():
    """Training error falls with the degree; test error falls, then rises; λ brings it down again."""
    rng = np.random.default_rng(3)
    x, unseen = rng.uniform(-1, 1, (20, 1)), np.linspace(-1, 1, 200)[:, None]

    def truth(at):
        return np.sin(3 * at[:, 0])

    y = truth(x) + 0.2 * rng.normal(size=20)

    def powers(at, degree):  # columns of zeros up to the twelfth, so that all degrees share one compiled loop
        return np.where(np.arange(1, 13) <= degree, at ** np.arange(1, 13), 0)

    def errors(degree, l2=0.0):
        model = LinearRegression(l2=l2, tolerance=1e-9).fit(powers(x, degree), y)
        predicted = model.predict(powers(unseen, degree))
        return np.mean((model.predict(powers(x, degree)) - y) ** 2), np.mean((predicted - truth(unseen)) ** 2)

    by_degree = {degree: errors(degree) for degree in (1, 3, 12)}
    training = [e for e, _ in by_degree.values()]
    assert (np.diff(training) < 0).all()
    assert by_degree[3][1] < by_degree[1][1]  # a line is too stiff
    assert by_degree[12][1] > 3 * by_degree[3][1]  # and degree 12 follows the noise
    penalised = errors(12, l2=1e-3)
    assert penalised[0] > by_degree[12][0]
    assert penalised[1] < by_degree[12][1] / 3


def test_a_hidden_category_is_found_through_its_delta():
    """One line for all mixes up three; with δ(category) the slope and intercept of each appear."""
    rng = np.random.default_rng(1)
    group, x = rng.integers(0, 3, 150), rng.uniform(-2, 2, 150)
    slopes, intercepts = np.array([2.0, -1.0, 0.5]), np.array([0.0, 4.0, -3.0])
    y = slopes[group] * x + intercepts[group] + 0.1 * rng.normal(size=150)
    one, one_hot = one_line(x, y), np.eye(3)[group]
    each = fit("linear_regression.interaction.mean", {"x": x, "h": one_hot, "y": y}, tolerance=1e-8)
    assert each.converged, each.reason
    assert one.loss > 100 * each.loss
    assert each.loss < 0.02  # the noise alone has variance 0.01
    design = np.column_stack([one_hot * x[:, None], one_hot])
    error = 0.1 * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))  # of least squares, with noise of this size
    assert (np.abs(np.append(each.parameters["w"], each.parameters["b"]) - [*slopes, *intercepts]) <= 4 * error).all()
    assert error.max() < 0.02


@pytest.mark.parametrize("step", [1.0, 4.0])
def test_from_a_bad_start_cross_entropy_needs_far_fewer_steps(step):
    """All samples on the wrong side at z ≈ ∓20: σ − y is ±1 there, (σ − y)σ(1 − σ) is nothing."""
    x = np.concatenate([np.linspace(-2, -1, 20), np.linspace(1, 2, 20)])[:, None]
    y = (x[:, 0] > 0).astype(float)

    def steps_until_right(loss):
        start = {"w": np.array([-15.0]), "b": 0.0}
        data = {"x": x, "y": y}
        found = fit(loss, data, optimizer="gradient_descent", step=step, steps=2000, tolerance=0.0, init=start)
        right = np.flatnonzero(found.losses < 0.1)
        return found, int(right[0]) if len(right) else None

    entropy, soon = steps_until_right("logistic_regression.mean")
    squared, never = steps_until_right("squared_error_on_sigmoid.mean")
    assert soon is not None
    assert soon <= 20
    assert never is None  # 2,000 steps, and it has hardly moved
    assert squared.parameters["w"][0] < -14.9
    assert entropy.parameters["w"][0] > 0
    assert squared.gradient_norms[0] < 1e-5 < 1 < entropy.gradient_norms[0]


def test_one_unit_fails_at_xor_and_a_cascade_succeeds():
    """A line separates at most three of the four points; with a zero gradient the single unit says ½ everywhere."""
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0.0, 1, 1, 0])
    single = fit(
        "logistic_regression.mean",
        {"x": x, "y": y},
        optimizer="gradient_descent",
        step=1.0,
        init={"w": np.array([1.0, -2.0])},
        tolerance=1e-8,
    )
    assert single.converged
    found = classes(x, y.astype(int), single.parameters["w"][None], single.parameters["b"][None])
    nothing = classes(x, y.astype(int), np.zeros((1, 2)), np.zeros(1))
    assert np.linalg.norm(found.at) <= allowed(found, nothing) <= 1e-6
    assert single.loss == pytest.approx(
        np.log(2), abs=np.linalg.norm(found.gradient) * np.linalg.norm(found.at) + 1e-15
    )
    cascade = fit("neural_network.softmax", {"x": x, "y": np.eye(2)[y.astype(int)]}, sizes={"H": 4}, tolerance=1e-3)
    hidden = 1 / (1 + np.exp(-(x @ cascade.parameters["W1"].T + cascade.parameters["b1"])))
    z = hidden @ cascade.parameters["W2"].T + cascade.parameters["b2"]
    np.testing.assert_array_equal(z.argmax(axis=1), y)
    assert cascade.loss < 0.05
