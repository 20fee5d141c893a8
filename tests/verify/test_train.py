"""`verify train` and `verify predict`: what they say and write, each bad input in one line, a kill and a resume."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris

from verify.cli import main
from verify.models import load_model

RNG = np.random.default_rng(0)


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["verify", *args])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def write_csv(path, columns):
    rows = zip(*columns.values(), strict=True)
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path.name


def iris(path):
    data = load_iris()
    columns = {f"f{k}": data.data[:, k] for k in range(4)}
    return write_csv(path, {**columns, "kind": data.target_names[data.target]})


def test_iris_from_csv_to_predictions(command, tmp_path):
    name = iris(tmp_path / "iris.csv")
    code, out, _ = command("train", name, "--target", "kind", "--model", "softmax", "--l2", "0.01")
    assert code == 0
    assert "proved   softmax_regression.W.penalised  fingerprint" in out
    assert "written  model.npz" in out
    model = load_model(tmp_path / "model.npz")
    assert model.classes == ["setosa", "versicolor", "virginica"]
    assert model.header["data_shape"] == [150, 4]
    assert model.header["certificate"][0]["verdict"] == "proved"
    assert model.header["fingerprints"]["W"] in out
    code, out, _ = command("predict", "model.npz", name)
    lines = out.splitlines()
    assert lines[0] == "prediction,P(setosa),P(versicolor),P(virginica)"
    right = [line.split(",")[0] for line in lines[1:]] == load_iris().target_names[load_iris().target]
    assert right.mean() > 0.93
    assert not list(tmp_path.glob("*.checkpoint"))


def test_the_report_is_json(command, tmp_path):
    x, y = load_diabetes(return_X_y=True)
    columns = {f"f{k}": x[:, k] for k in range(10)}
    name = write_csv(tmp_path / "d.csv", {**columns, "y": y})
    first = command("train", name, "--target", "y", "--model", "linear", "--format", "json")
    second = command("train", name, "--target", "y", "--model", "linear", "--format", "json")
    assert first == second
    report = json.loads(first[1])
    assert report["schema"] == "gradproof/train/1"
    assert report["formulas"].keys() == {"w", "b"}
    assert report["training"]["rows"] == 354
    assert report["test"]["r2"] > 0.3


@pytest.mark.parametrize("model", ["logistic", "ordinal", "network"])
def test_every_model_trains(command, tmp_path, model):
    x = RNG.normal(size=(60, 2))
    np.savez(tmp_path / "d.npz", x=x, y=(x[:, 0] > 0).astype(int))
    code, _, err = command("train", "d.npz", "--target", "y", "--model", model, "--l2", "0.01", "--output", "m.npz")
    assert code == 0, err
    code, _, err = command("predict", "m.npz", "d.npz", "--output", "p.csv")
    assert code == 0, err
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 61


def test_parquet(command, tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    x = RNG.normal(size=40)
    parquet.write_table(arrow.table({"x": x, "y": 2 * x + 1}), tmp_path / "d.parquet")
    _, out, _ = command("train", "d.parquet", "--target", "y", "--model", "linear", "--format", "json")
    assert json.loads(out)["test"]["rmse"] < 1e-6


X = [0.5, 1.5, 2.5, 3.5, 4.5]
BAD = {
    "missing target": ({"x": X, "y": X}, ["--target", "z"], "no column 'z'; it has x, y"),
    "constant target": ({"x": X, "y": [1] * 5}, [], "target 'y' is 1 in every row"),
    "one class": ({"x": X, "y": [1] * 5}, ["--model", "logistic"], "one class only"),
    "a class a row": ({"x": X, "y": X}, ["--model", "softmax"], "another class in every row"),
    "three classes": ({"x": X, "y": [0, 1, 2, 0, 1]}, ["--model", "logistic"], "has 3 classes, logistic takes 2"),
    "one row": ({"x": [1.0], "y": [2.0]}, [], "has 1 row, too few to hold out 0.2"),
    "no rows": ({"x": [], "y": []}, [], "has no rows"),
    "text": ({"x": [*X[:4], "red"], "y": X}, [], "column 'x', row 5 is 'red': required a number"),
    "gap": ({"x": [*X[:4], "nan"], "y": X}, [], "column 'x', row 5 is nan"),
    "inf": ({"x": [*X[:4], "inf"], "y": X}, [], "column 'x', row 5 is inf"),
    "empty target": ({"x": X, "y": [*X[:4], ""]}, [], "target 'y', row 5 is empty"),
    "text target": ({"x": X, "y": list("abcde")}, [], "holds text such as 'a'"),
    "alone": ({"y": X}, [], "has no column beside 'y'"),
    "divergence": (
        {"x": X, "y": X},
        ["--optimizer", "gradient_descent", "--step", "1e6", "--steps", "30"],
        "the proved bound allows 0.",
    ),
    "optimizer": ({"x": X, "y": X}, ["--optimizer", "magic"], "required one of gradient_descent"),
    "folder": ({"x": X, "y": X}, ["--output", "no/m.npz"], "there is no folder no"),
    "inf in the target": ({"x": X, "y": [*X[:4], "inf"]}, [], "target 'y', row 5 is inf"),
    "target as feature": ({"x": X, "y": X}, ["--features", "y"], "target 'y' is among the features"),
    "more classes than one each": (
        {"x": [1, 2, 3, 4], "y": [0, 1, 2, 0]},
        ["--model", "softmax"],
        "class 2 is in the test share only",
    ),
    "too large to square": ({"x": [*X[:4], 1e200], "y": X}, [], "column 'x' has values of 1e+200: squares overflow"),
    "too large a target": (
        {"x": X, "y": [*X[:4], 1e200]},
        [],
        "the loss is inf at the start, its gradient 6.32456e+199: too large for float64; rescale the data",
    ),
    "step": ({"x": X, "y": X}, ["--step", "nan"], "step is nan: required a positive number"),
    "l1": ({"x": X, "y": X}, ["--l1", "1", "--optimizer", "lbfgs"], "l1 is 1.0 with lbfgs: |w| has no derivative"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(command, tmp_path, case):
    columns, options, message = BAD[case]
    options = [*([] if "--target" in options else ["--target", "y"]), *options]
    options = [*([] if "--model" in options else ["--model", "linear"]), *options]
    code, out, err = command("train", write_csv(tmp_path / "d.csv", columns), *options)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.glob("*.npz"))


WIDE, LONG = np.zeros((5, 2)), np.arange(5.0)
BAD_ARRAYS = {
    "shape": ({"x": WIDE[:, :, None], "y": LONG}, "x has shape (5, 2, 1): required a column or a matrix"),
    "number": ({"x": np.float64(1), "y": LONG}, "x has shape (): required a column or a matrix"),
    "rows": ({"x": WIDE[:3], "y": LONG}, "columns differ in their rows: x[0] has 3, x[1] has 3, y has 5"),
    "complex": ({"x": WIDE + 1j, "y": LONG}, "column 'x[0]' holds complex128: required real numbers"),
    "complex target": ({"x": WIDE, "y": LONG + 1j}, "column 'y' holds complex128: required real numbers"),
    "dates": ({"x": WIDE, "y": LONG.astype("datetime64[D]")}, "column 'y' holds datetime64[D]"),
    "objects": ({"x": np.array([{}] * 5), "y": LONG}, "cannot be read as npz: Object arrays"),
    "matrix target": ({"x": WIDE, "y": WIDE}, "no column 'y'; it has x[0], x[1], y[0], y[1]"),
    "nan": ({"x": np.full((5, 2), np.nan), "y": LONG}, "column 'x[0]', row 1 is nan"),
    "text": ({"x": np.array(list("abcde")), "y": LONG}, "column 'x', row 1 is np.str_('a'): required a number"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_arrays_that_are_no_columns_of_numbers(command, tmp_path, case):
    arrays, message = BAD_ARRAYS[case]
    np.savez(tmp_path / "d.npz", **arrays)
    code, out, err = command("train", "d.npz", "--target", "y", "--model", "linear")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_files_that_are_no_tables(command, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n1\n")
    (tmp_path / "b.parquet").write_text("hello")
    (tmp_path / "c.npz").write_text("hello")
    (tmp_path / "d.txt").write_text("hello")
    (tmp_path / "e.csv").write_text("x,x\n1,2\n")
    np.savez(tmp_path / "f.npz", x=X, y=X)
    (tmp_path / "f.npz").write_bytes((tmp_path / "f.npz").read_bytes()[:300])  # what a copy that was cut leaves
    with (tmp_path / "g.npz").open("wb") as file:
        np.save(file, X)
    for name, message in {
        "a.csv": "a.csv:3: has 1 fields: the header has 2",
        "b.parquet": "cannot be read as Parquet",
        "c.npz": "cannot be read as npz",
        "d.txt": "Required .csv, .parquet or .npz",
        "e.csv": "two columns are called 'x'",
        "f.npz": "it is no zip archive, or it is cut off",
        "g.npz": "it is no zip archive, or it is cut off",
        "none.csv": "no such file",
    }.items():
        code, _, err = command("train", name, "--target", "y", "--model", "linear")
        assert code == 2
        assert message in err
    for name, message in {"none.npz": "no such file", "c.npz": "not a model of verify train"}.items():
        code, _, err = command("predict", name, "a.csv")
        assert code == 2
        assert message in err


def test_stopped_killed_and_resumed_ends_at_the_same_weights(tmp_path):
    """Ctrl-C ends a run with its state saved; a kill leaves the last checkpoint. Both go on to the last bit."""
    x = RNG.normal(size=(20_000, 20)) * np.geomspace(1, 30, 20)
    y = (x[:, 0] + RNG.normal(size=20_000) > 0).astype(int)
    np.savez(tmp_path / "d.npz", x=x, y=y)
    options = ["--target", "y", "--model", "logistic", "--optimizer", "adam", "--step", "1e-4", "--steps", "400"]
    base = [sys.executable, "-m", "verify", "train", "d.npz", *options, "--tolerance", "0", "--interval", "0.01"]
    checkpoint = tmp_path / "cut.npz.checkpoint"

    def run(*more, stop=None):
        started = time.time_ns()
        process = subprocess.Popen([*base, *more], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while stop and process.poll() is None:
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns >= started:
                process.send_signal(stop)
                break
            time.sleep(0.01)
        _, said = process.communicate(timeout=120)
        return process.returncode, said.decode()

    assert run("--output", "whole.npz") == (0, "")  # in a pipe there is no progress bar
    stopped = run("--output", "cut.npz", stop=signal.SIGINT)
    assert stopped == (130, "verify: stopped; cut.npz.checkpoint holds the run: go on with --resume\n")
    assert not (tmp_path / "cut.npz").exists()
    killed, _ = run("--output", "cut.npz", "--resume", stop=signal.SIGKILL)
    assert killed == -signal.SIGKILL
    assert run("--output", "cut.npz", "--resume") == (0, "")
    assert not checkpoint.exists()
    one, other = load_model(tmp_path / "whole.npz"), load_model(tmp_path / "cut.npz")
    assert one.header["steps"] == other.header["steps"] == 400
    for name in one.parameters:
        assert (one.parameters[name] == other.parameters[name]).all()


def test_a_full_disk_is_said_in_one_line_and_keeps_the_old_model(tmp_path):
    """Files of this process may have no more than 200 bytes: what a full disk or a quota does to a write."""
    (tmp_path / "d.csv").write_text("x,y\n" + "\n".join(f"{k},{2 * k + 1}" for k in range(20)))
    (tmp_path / "model.npz").write_text("old")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))"
    program = f"from verify.cli import main; {limit}; main()"
    command = [sys.executable, "-c", program, "train", "d.csv", "--target", "y", "--model", "linear"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "verify: model.npz.checkpoint: cannot be written: File too large; what was there is kept\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.csv", "model.npz"]
    assert (tmp_path / "model.npz").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_standard_output_is_said_in_one_line():
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "verify", "explain", "logistic_regression.z"]
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (found.returncode, found.stderr) == (2, "verify: standard output: No space left on device\n")
