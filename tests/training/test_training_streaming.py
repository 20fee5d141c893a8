"""One pass: blocks of any length, files and devices give what the whole data give."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from optima import assert_same, classes
from training_points import random_inputs

from numeric.gradient import compile_many
from numeric.precision import float64_enabled
from numeric.training import CheckpointError, fit, problem
from numeric.training.files import FileSource, ParquetColumns
from numeric.training.objective import Objective
from numeric.training.streaming import ArraySource, block_rows

NAMES = [
    "linear_regression.mean",
    "linear_regression.half_sum",
    "linear_regression.polynomial.mean",
    "linear_regression.interaction.mean",
    "logistic_regression.mean",
    "logistic_regression.signs.mean",
    "logistic_regression.l2.mean",
    "regularization.linear.l2.mean",
    "regularization.logistic.l1.mean",
    "squared_error_on_sigmoid.mean",
    "softmax_regression",
    "softmax_regression.l2",
    "ordinal_regression",
    "neural_network.squared_error",
    "neural_network.softmax",
]
SIZES = {"n": 11, "m": 3, "K": 4, "H": 2, "G": 3}


@pytest.mark.parametrize("name", NAMES)
def test_blocks_add_up_to_the_whole(name):
    of = problem(name)
    inputs = random_inputs(of.statement, SIZES)
    with float64_enabled():
        inputs = {k: jax.numpy.asarray(v) for k, v in inputs.items()}
        whole_loss, whole = compile_many(of.gradients.values(), loss=of.loss_proof).value_and_grad(inputs)
        parameters = {v.name: inputs[v.name] for v in of.parameters}
        rows = {v.name: inputs[v.name] for v in of.data}
        constants = {v.name: inputs[v.name] for v in of.constants}
        source = ArraySource.of(rows, 3)  # three blocks, and two rows left over
        loss, grad = jax.jit(Objective(of, source, rows, constants).value_and_grad)(parameters)
        np.testing.assert_allclose(loss, whole_loss, rtol=1e-12)
        for k in parameters:
            np.testing.assert_allclose(grad[k], whole[k], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", ["logistic_regression.mean", "softmax_regression", "squared_error_on_sigmoid.mean"])
def test_derived_hessians_are_those_of_autodiff(name):
    of = problem(name).general
    with float64_enabled():
        inputs = {k: jax.numpy.asarray(v) for k, v in random_inputs(of.statement, SIZES).items()}
        parameters = {v.name: inputs[v.name] for v in of.parameters}
        rows = {v.name: inputs[v.name] for v in of.data}
        objective = Objective(of, ArraySource.of(rows, 4), rows, {v.name: inputs[v.name] for v in of.constants})

        def gradient(flat):
            from numeric.training.objective import flatten_parameters

            _, back = flatten_parameters(of, parameters)
            return flatten_parameters(of, objective.value_and_grad(back(flat))[1])[0]

        flat = np.concatenate([np.ravel(parameters[v.name]) for v in of.parameters])
        expected = jax.jacfwd(gradient)(jax.numpy.asarray(flat))
        np.testing.assert_allclose(objective.hessian(parameters), expected, rtol=1e-9, atol=1e-12)


def test_weighting_is_repeating():
    of, weighted = problem("softmax_regression"), problem("softmax_regression").weighted
    assert [v.name for v in weighted.data] == ["x", "y", "s"]
    inputs = random_inputs(of.statement, SIZES)
    repeats = np.array([0, 1, 2, 0, 3, 1, 1, 0, 1, 2, 0])
    rows = {v.name: np.asarray(inputs[v.name]) for v in of.data}
    often = {k: np.repeat(a, repeats, axis=0) for k, a in rows.items()}
    s = repeats / repeats.mean()
    first = fit(of, often, optimizer="newton", steps=5)
    second = fit(weighted, {**rows, "s": s}, optimizer="newton", steps=5)
    np.testing.assert_allclose(first.losses, second.losses, rtol=1e-9)


def test_blocks_are_whole_vectors_long_or_all_there_is():
    for count, width in ((1, 516), (100, 516), (5000, 516), (409_600, 516), (1_000_003, 4), (1000, 10**7)):
        length = block_rows(count, width)
        assert length == count or (length % 128 == 0 and 2 * length < count)


# From disk.

RNG = np.random.default_rng(1)
X = RNG.normal(size=(5003, 4)).astype(np.float32)
Y = (X @ [1.0, -1.0, 0.5, 0.0] + RNG.normal(size=5003) > 0).astype(np.float32)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    arrow, writer = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path_factory.mktemp("data") / "rows.parquet"
    columns = {f"c{k}": X[:, k] for k in range(4)} | {"y": Y.astype(int), "t": ["a"] * len(Y)}
    writer.write_table(arrow.table(columns), path, row_group_size=700)
    return path


def test_parquet_columns_are_arrays(parquet):
    x, y = ParquetColumns(parquet, ["c0", "c1", "c2", "c3"]), ParquetColumns(parquet, "y")
    assert x.shape == (5003, 4)
    assert y.shape == (5003,)
    for start, stop in ((0, 10), (10, 900), (3000, 5003), (5, 6)):
        np.testing.assert_array_equal(x[start:stop], X[start:stop])
        np.testing.assert_array_equal(y[start:stop], Y[start:stop])
    with pytest.raises(ValueError, match="no column 'z'"):
        ParquetColumns(parquet, "z")
    with pytest.raises(ValueError, match="holds string"):
        ParquetColumns(parquet, "t")
    with pytest.raises(ValueError, match="cannot be read"):
        ParquetColumns(parquet.parent / "none.parquet", "y")


def test_from_disk_as_from_memory(parquet, tmp_path, monkeypatch):
    monkeypatch.setattr("numeric.training.files.READ_BYTES", 1 << 14)
    np.save(tmp_path / "x.npy", X)
    memory = fit("logistic_regression.mean", {"x": X, "y": Y}, tolerance=1e-5)
    mapped = fit("logistic_regression.mean", {"x": np.load(tmp_path / "x.npy", mmap_mode="r"), "y": Y}, tolerance=1e-5)
    columns = {"x": ParquetColumns(parquet, ["c0", "c1", "c2", "c3"]), "y": ParquetColumns(parquet, "y")}
    table = fit("logistic_regression.mean", columns, tolerance=1e-5)
    first, *others = (
        classes(X, Y.astype(int), found.parameters["w"][None], found.parameters["b"][None])
        for found in (memory, mapped, table)
    )
    for other in others:
        assert_same(first, other, meaningful=1e-3)
        assert np.abs(other.gradient).max() < 2e-5  # of all rows: one that was left out would be 1/5003 of its length
    with pytest.raises(ValueError, match="sgd draws rows at random, and the data are on disk"):
        fit("logistic_regression.mean", columns, optimizer="sgd")


def test_a_file_is_read_in_blocks():
    class Reader:
        shape, dtype = (10, 2), np.dtype(np.float32)

        def __init__(self):
            self.longest = 0

        def __getitem__(self, rows):
            self.longest = max(self.longest, rows.stop - rows.start)
            return np.ones((rows.stop - rows.start, 2), np.float32)

    reader = Reader()
    source = FileSource({"x": reader}, np.float32, 3)
    total = jax.jit(lambda: source.total(lambda p, rows: rows["x"].sum(0), None, {}))()
    np.testing.assert_array_equal(total, [10, 10])
    assert reader.longest == 3


# Checkpoints.


def test_a_run_that_is_cut_and_resumed_ends_the_same(tmp_path):
    data = {"x": X[:500], "y": Y[:500]}
    settings = {"optimizer": "adam", "step": 0.05, "steps": 60, "tolerance": 0.0}
    whole = fit("logistic_regression.mean", data, **settings)
    path = tmp_path / "state.npz"

    def cut(step, loss, norm):
        raise KeyboardInterrupt

    first = fit("logistic_regression.mean", data, **settings, checkpoint=path, progress=cut)
    assert first.interrupted
    assert first.steps < 60
    second = fit("logistic_regression.mean", data, **settings, checkpoint=path, resume=True)
    assert (second.losses == whole.losses).all()
    assert (second.parameters["w"] == whole.parameters["w"]).all()
    with pytest.raises(CheckpointError, match="a checkpoint of another run: seed is 0 there and 1 here"):
        fit("logistic_regression.mean", data, **settings, seed=1, checkpoint=path, resume=True)


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "state.npz"
    data = {"x": X[:50], "y": Y[:50]}
    fit("logistic_regression.mean", data, steps=2, checkpoint=path)
    before = path.read_bytes()

    def full(file, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(CheckpointError, match="No space left on device; what was there is kept"):
        fit("logistic_regression.mean", data, steps=2, checkpoint=path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["state.npz"]


def test_what_is_no_checkpoint_is_said(tmp_path):
    (tmp_path / "state.npz").write_text("hello")
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        fit("logistic_regression.mean", {"x": X[:50], "y": Y[:50]}, checkpoint=tmp_path / "state.npz", resume=True)


# Devices and processes, each in a process of its own.

PROGRAM = """
import json, sys
import jax, numpy as np
if len(sys.argv) > 2:
    jax.distributed.initialize(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
from numeric.training import fit
rng = np.random.default_rng(1)
x = rng.normal(size=(5003, 4)).astype(np.float32)
y = (x @ [1.0, -1.0, 0.5, 0.0] + rng.normal(size=5003) > 0).astype(np.float32)
found = fit("logistic_regression.mean", {"x": x, "y": y}, devices=jax.devices())
print(json.dumps({"devices": jax.device_count(), "w": found.parameters["w"].tolist()}))
"""


def run(*arguments, devices=1, program=PROGRAM):
    environment = os.environ | {
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}" if devices else "",
        "JAX_PLATFORMS": "cpu",
    }
    command = [sys.executable, "-c", program, *arguments]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command, env=environment, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answer(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def test_eight_devices_are_as_one():
    found = answer(run(devices=8))
    assert found["devices"] == 8
    np.testing.assert_allclose(found["w"], fit("logistic_regression.mean", {"x": X, "y": Y}).parameters["w"], atol=1e-5)


BY_DEFAULT = """
import json
import jax, numpy as np
from numeric.training import fit, parallel, use_every_core
use_every_core()
parallel.SHARED_BYTES = 1000
rng = np.random.default_rng(1)
x = rng.normal(size=(5003, 4)).astype(np.float32)
y = (x @ [1.0, -1.0, 0.5, 0.0] + rng.normal(size=5003) > 0).astype(np.float32)
rows = {"x": x, "y": y}
placed = {name: jax.numpy.asarray(a) for name, a in rows.items()}
shared = [len(parallel.default_devices(r) or [0]) for r in (rows, placed, {"y": y[:10]})]
with jax.default_device(jax.devices()[0]):
    shared.append(len(parallel.default_devices(rows) or [0]))
use_every_core()
print(json.dumps({"shared": shared, "w": fit("logistic_regression.mean", rows).parameters["w"].tolist()}))
"""


@pytest.mark.parametrize("devices", [3, None])
def test_large_host_arrays_are_shared_by_the_cores_and_placed_ones_stay_where_they_are(devices):
    found = answer(run(devices=devices, program=BY_DEFAULT))
    assert found["shared"] == [devices or len(os.sched_getaffinity(0)), 1, 1, 1]
    np.testing.assert_allclose(found["w"], fit("logistic_regression.mean", {"x": X, "y": Y}).parameters["w"], atol=1e-5)


def test_two_processes_are_as_one():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    processes = [run(f"127.0.0.1:{port}", "2", str(rank)) for rank in range(2)]
    first, second = (answer(p) for p in processes)
    assert first == second
    assert first["devices"] == 2
    np.testing.assert_allclose(first["w"], fit("logistic_regression.mean", {"x": X, "y": Y}).parameters["w"], atol=1e-5)
