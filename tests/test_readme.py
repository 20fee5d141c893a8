"""The README says what the commands print: its code runs, and its outputs are theirs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.S)
CONSOLE = dict(re.findall(r"```console\n\$ ([^\n]*)\n(.*?)```", TEXT, re.S))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's loss, and the same with a wrong sign."""
    path = tmp_path_factory.mktemp("readme")
    loss = next(code for code in PYTHON if "DERIVATIONS =" in code)
    path.joinpath("my_loss.py").write_text(loss)
    wrong = loss.replace("(sp.exp(z[i]) - y[i]) * x[i, j]", "(sp.exp(z[i]) + y[i]) * x[i, j]")
    wrong = re.sub(r"DERIVATIONS = .*", "DERIVATIONS = (claimed,)", wrong)
    assert wrong != loss
    path.joinpath("wrong.py").write_text(wrong)
    return path


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_the_code_runs(folder, number):
    subprocess.run([sys.executable, "-c", PYTHON[number]], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("command", [c for c in CONSOLE if c.split("#")[0].split()[1] in ("explain", "prove", "check")])
def test_the_output_is_what_the_command_prints(folder, command):
    words = shlex.split(command.split("#")[0])
    assert words[0] == "verify"
    place = README.parent if words[1] == "check" else folder
    done = subprocess.run([sys.executable, "-m", *words], cwd=place, capture_output=True, text=True, check=False)
    assert done.stdout.rstrip() == CONSOLE[command].rstrip()


def test_training_says_what_stands_there(folder):
    """Word for word, but for a gradient norm that is all rounding."""
    data = load_iris()
    rows = [f"{','.join(map(str, row))},{data.target_names[t]}" for row, t in zip(data.data, data.target, strict=True)]
    header = "sepal_length,sepal_width,petal_length,petal_width,kind"
    folder.joinpath("iris.csv").write_text("\n".join([header, *rows, ""]))
    command = next(c for c in CONSOLE if c.startswith("verify train"))
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    said, stands = (re.sub(r"norm \S+ ≤", "norm ≤", text.rstrip()) for text in (done.stdout, CONSOLE[command]))
    assert said == stands
    predict = [sys.executable, "-m", "verify", "predict", "iris.npz", "iris.csv"]
    done = subprocess.run(predict, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("prediction,P(setosa),P(versicolor),P(virginica)\nsetosa,0.98")


def test_the_two_commands_of_the_gate_stand_there():
    for ending in ("verify", "pytest"):
        assert re.search(rf"^python3 -m venv .*{ending}$", TEXT, re.M)
