"""`verify train` and `verify predict`: what they say and write, each bad input in one line, a kill and a resume."""

import json
import os
import signal
import subprocess
import sys
import time

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
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(command, tmp_path, case):
    columns, options, message = BAD[case]
    options = [*([] if "--target" in options else ["--target", "y"]), *options]
    options = [*([] if "--model" in options else ["--model", "linear"]), *options]
    code, out, err = command("train", write_csv(tmp_path / "d.csv", columns), *options)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
    assert not out
    assert not list(tmp_path.glob("*.npz"))


def test_files_that_are_no_tables(command, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n1\n")
    (tmp_path / "b.parquet").write_text("hello")
    (tmp_path / "c.npz").write_text("hello")
    (tmp_path / "d.txt").write_text("hello")
    (tmp_path / "e.csv").write_text("x,x\n1,2\n")
    for name, message in {
        "a.csv": "a.csv:3: has 1 fields: the header has 2",
        "b.parquet": "cannot be read as Parquet",
        "c.npz": "cannot be read as npz",
        "d.txt": "Required .csv, .parquet or .npz",
        "e.csv": "two columns are called 'x'",
        "none.csv": "no such file",
    }.items():
        code, _, err = command("train", name, "--target", "y", "--model", "linear")
        assert code == 2
        assert message in err
    for name, message in {"none.npz": "no such file", "c.npz": "not a model of verify train"}.items():
        code, _, err = command("predict", name, "a.csv")
        assert code == 2
        assert message in err


def test_killed_and_resumed_ends_at_the_same_weights(tmp_path):
    x = RNG.normal(size=(20_000, 20)) * np.geomspace(1, 30, 20)
    y = (x[:, 0] + RNG.normal(size=20_000) > 0).astype(int)
    np.savez(tmp_path / "d.npz", x=x, y=y)
    options = ["--target", "y", "--model", "logistic", "--optimizer", "adam", "--step", "1e-4", "--steps", "400"]
    base = [sys.executable, "-m", "verify", "train", "d.npz", *options, "--tolerance", "0", "--interval", "0.01"]
    quiet = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": os.environ}
    whole = subprocess.run([*base, "--output", "whole.npz"], **quiet, check=False)
    assert whole.returncode == 0, whole.stderr
    killed = subprocess.Popen([*base, "--output", "cut.npz"], **quiet)
    until = time.monotonic() + 120
    while not (tmp_path / "cut.npz.checkpoint").exists() and killed.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stderr.close()
    again = subprocess.run([*base, "--output", "cut.npz", "--resume"], **quiet, check=False)
    assert (again.returncode, again.stderr) == (0, b"")  # in a pipe there is no progress bar
    one, other = load_model(tmp_path / "whole.npz"), load_model(tmp_path / "cut.npz")
    assert one.header["steps"] == other.header["steps"] == 400
    for name in one.parameters:
        assert (one.parameters[name] == other.parameters[name]).all()
