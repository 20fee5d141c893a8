"""Where rows are many, a fit begins on a sample of them: it ends where one on all rows does, only sooner."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numeric.training import DataError, fit, parallel, streaming
from numeric.training.files import FileSource
from numeric.training.streaming import ArraySource

RNG = np.random.default_rng(5)
ROWS = 128 * 144 + 57  # blocks of 128 rows, of which every 16th is in the sample, and 57 rows after the last
SAMPLE = 128 * 9 + 57
X = RNG.normal(size=(ROWS, 4)) * [1.0, 0.5, 2.0, 1.0]
Y = (X @ [1.0, -2.0, 0.5, 0.0] + RNG.logistic(size=ROWS) > 0).astype(float)
ZERO = {"w": np.zeros(4), "b": np.zeros(())}
fitting = importlib.import_module("numeric.training.fit")


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(streaming, "block_rows", lambda count, width: 128 if count > 256 else count)


def in_sample(count=ROWS):
    whole = np.arange(count) < count // 128 * 128
    return ~whole | (np.arange(count) // 128 % 16 == 0)


class Reader:
    """An array that says which rows are asked for."""

    def __init__(self, array):
        self.array, self.shape, self.dtype, self.asked = array, array.shape, array.dtype, []

    def __getitem__(self, rows):
        self.asked.append(rows.start)
        return self.array[rows]


@pytest.mark.parametrize("stride", [1, 3, 16, 1000])
@pytest.mark.parametrize("rows", [ROWS, 128 * 5, 100])
def test_a_stride_leaves_every_so_many_th_block_and_the_rows_after_the_last(rows, stride):
    x = jnp.arange(float(rows), dtype=jnp.float32)
    source = ArraySource.of({"x": x})
    found = jax.jit(lambda s: source.total(lambda p, r: r["x"].sum(), None, {"x": x}, s))(stride)
    length = source.block_length
    number = np.arange(rows) // length
    kept = (number % stride == 0) | (number == rows // length)
    np.testing.assert_allclose(found, np.arange(rows)[kept].sum(), rtol=1e-5)
    assert source.used(stride) == kept.sum()


def test_each_device_has_a_sample_of_its_share():
    x = np.arange(128 * 40 + 1, dtype=np.float32)
    source, arrays = parallel.placed({"x": x}, jax.devices()[:1])
    one = jax.sharding.Mesh(np.array(jax.devices()[:1]), ("samples",))
    shared = parallel.SharedSource(one, source, None)
    found = jax.jit(lambda s: shared.total(lambda p, r: r["x"].sum(), None, {"shared": arrays, "left": {}}, s))(16)
    np.testing.assert_allclose(found, x[in_sample(len(x))].sum(), rtol=1e-5)
    assert shared.used(16) == in_sample(len(x)).sum()


def test_a_file_is_read_where_the_sample_is():
    reader = Reader(np.arange(100, dtype=np.float32))
    source = FileSource({"x": reader}, np.float32, 5)
    total = jax.jit(lambda s: source.total(lambda p, r: r["x"].sum(), None, {}, s))
    for _ in range(3):
        assert float(total(4)) == sum(np.arange(100)[k : k + 5].sum() for k in range(0, 100, 20))
    source._thread.shutdown()
    assert set(reader.asked) <= {5, *range(0, 100, 20)}  # the block after the first is begun before a stride is known
    assert len(reader.asked) <= 3 * 5 + 2


@pytest.mark.parametrize("optimizer", ["lbfgs", "newton"])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_a_fit_that_begins_on_a_sample_ends_at_the_optimum_of_all_rows_sooner(optimizer, precision):
    data = {"x": X.astype(precision), "y": Y.astype(precision)}
    found = fit("logistic_regression.mean", data, optimizer=optimizer, tolerance=1e-6)
    other = fit("logistic_regression.mean", data, optimizer=optimizer, tolerance=1e-6, init=ZERO)
    assert (found.sample, other.sample) == (SAMPLE, 0)
    assert found.converged
    assert found.steps < other.steps
    assert len(found.losses) == found.steps + 1
    assert found.losses[0] < other.losses[0]
    for k in ("w", "b"):
        np.testing.assert_allclose(found.parameters[k], other.parameters[k], atol=2e-5)


@pytest.mark.parametrize("settings", [{"optimizer": "gradient_descent"}, {"init": ZERO}, {"steps": 0}])
def test_no_sample_where_a_start_or_every_step_is_the_users(settings):
    assert fit("logistic_regression.mean", {"x": X, "y": Y}, **{"steps": 3, **settings}).sample == 0


def test_no_sample_of_few_rows():
    few = 128 * 127
    assert fit("logistic_regression.mean", {"x": X[:few], "y": Y[:few]}).sample == 0
    wide = RNG.normal(size=(ROWS, 60))  # 61 parameters, each of which needs 512 rows
    assert fit("logistic_regression.mean", {"x": wide, "y": Y}).sample == 0


def test_a_sample_that_misleads_is_left_for_the_start():
    wrong = np.where(in_sample(), 1 - Y, Y)
    found = fit("logistic_regression.mean", {"x": X, "y": wrong}, tolerance=1e-6)
    other = fit("logistic_regression.mean", {"x": X, "y": wrong}, tolerance=1e-6, init=ZERO)
    assert found.sample == 0
    assert (found.losses == other.losses).all()


def test_a_sample_of_one_class_only_delays_a_fit():
    of_one = np.where(in_sample(), 1.0, Y)
    found = fit("logistic_regression.mean", {"x": X, "y": of_one}, tolerance=1e-6)
    other = fit("logistic_regression.mean", {"x": X, "y": of_one}, tolerance=1e-6, init=ZERO)
    assert found.converged
    np.testing.assert_allclose(found.parameters["w"], other.parameters["w"], atol=2e-5)


@pytest.mark.parametrize("row", [0, 200])  # in the sample, and not
def test_what_is_not_finite_is_named_wherever_it_is(monkeypatch, row):
    monkeypatch.setattr("numeric.training.inputs._PARALLEL_BYTES", 0)
    x = X.copy()
    x[row, 2] = np.inf
    with pytest.raises(DataError, match=rf"x\[{row}, 2\] is inf: every value has to be finite"):
        fit("logistic_regression.mean", {"x": x, "y": Y})


def test_ctrl_c_on_the_sample_ends_the_fit_with_what_was_found(monkeypatch):
    def stopped(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "advance", stopped)
    found = fit("logistic_regression.mean", {"x": X, "y": Y})
    assert found.interrupted
    assert found.steps == 0
    assert np.isfinite(found.loss)


def test_a_run_that_is_cut_after_its_sample_and_resumed_ends_the_same(tmp_path):
    data, path = {"x": X, "y": Y}, tmp_path / "state.npz"
    settings = {"tolerance": 0.0, "steps": 4}
    whole = fit("logistic_regression.mean", data, **settings)

    def cut(step, loss, norm):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "advance", one_step(fitting.advance))
        first = fit("logistic_regression.mean", data, **settings, checkpoint=path, progress=cut)
    assert first.interrupted
    assert first.steps == 1
    second = fit("logistic_regression.mean", data, **settings, checkpoint=path, resume=True)
    assert (second.losses == whole.losses).all()
    assert (second.parameters["w"] == whole.parameters["w"]).all()


def one_step(advance):
    def advanced(plan, state, given, tolerance, limit):
        on_all = int(given.stride) == 1
        return advance(plan, state, given, tolerance, jnp.minimum(limit, state["step"] + 1) if on_all else limit)

    return advanced
