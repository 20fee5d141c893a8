"""The command line: exit statuses, one-line errors, the JSON contract, and what is loaded when."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from derivations.proof import _named_context
from verify.cli import main

LOSS = """
import sympy as sp
from derivations import Definition, Derivation, Partial, Statement, Step, index, scalar, size, variable

n, i = size("n"), index("i")
y, u = variable("y", n, role="label"), variable("u", n, role="feature")
a = scalar("a", role="weight")
C = sp.Symbol("C", real=True)
loss = Statement(
    name="scaled", family="mine", title="Scaled squared error", source="own",
    variables=(y, u, a), ranges=((i, 1, n),),
    definitions=(Definition(C, sp.Sum((a()*u[i] - y[i])**2, (i, 1, n))/n),),
)
DERIVATIONS = (
    Derivation("mine.a", loss, "∂C/∂a", Partial(C, a()),
               (Step({factor}*sp.Sum((a()*u[i] - y[i])*u[i], (i, 1, n))/n, "power_rule"),)),
)
"""


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["verify", *args])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.fixture
def command(capsys, monkeypatch):
    return lambda *args: run(capsys, monkeypatch, *args)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["prove", "logistic_regression.zz"], "logistic_regression.z"),
        (["prove", "logistc_regression"], "logistic_regression"),
        (["explain", "softmax"], "softmax_regression"),
        (["prove", "--examples", "0"], "--examples"),
        (["--seed", "-1"], "--seed"),
        (["prove", "--time-limit", "0"], "--time-limit"),
        (["prove", "nowhere.py"], "no such file"),
        (["prove", "logistic_regression.z", "--output", "/no/such/folder/x.json"], "/no/such/folder"),
        (["--strict", "prove", "logistic_regression.z"], "after the command"),
        (["unknown_command"], "unknown_command"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(command, args, says):
    status, out, err = command(*args)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert says in err


def test_a_false_claim_is_refuted_with_a_witness_and_exit_1(command, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(LOSS.format(factor=3))
    status, out, _ = command("prove", str(path), "--symbolic-only", "--format", "json")
    assert status == 1
    (result,) = json.loads(out)["results"]
    assert result["verdict"] == "refuted"
    symbolic = result["evidence"]["symbolic"]
    assert symbolic["left_value"] != symbolic["right_value"]
    assert symbolic["witness"]["kind"] == "ball"
    assert set(symbolic["witness"]["sizes"]) >= {"n"}


def test_a_true_claim_of_a_users_own_is_proved(command, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(LOSS.format(factor=2))
    status, out, _ = command("prove", str(path), "--symbolic-only")
    assert status == 0
    assert "mine.a" in out
    assert "1 proved, 0 refuted" in out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("1/0\n", ":1: ZeroDivisionError"),
        ("x = (\n", "SyntaxError"),
        ("DERIVATIONS = ()\n", "no DERIVATIONS"),
        ("DERIVATIONS = [1]\n", "no DERIVATIONS"),
    ],
)
def test_a_users_file_that_does_not_serve_says_where(command, tmp_path, content, says):
    path = tmp_path / "mine.py"
    path.write_text(content)
    status, _, err = command("prove", str(path))
    assert status == 2
    assert err.count("\n") == 1
    assert str(path) in err
    assert says in err


def test_a_claim_is_not_hidden_by_another_of_its_name(command, tmp_path):
    """The false claim came first, the true one replaced it, and nothing was refuted."""
    path, other = tmp_path / "mine.py", tmp_path / "other.py"
    path.write_text(LOSS.format(factor=3).replace("DERIVATIONS", "FALSE") + LOSS.format(factor=2))
    path.write_text(path.read_text() + "\nDERIVATIONS = (*FALSE, *DERIVATIONS)\n")
    assert command("prove", str(path))[0] == 2
    for file, factor in ((path, 3), (other, 2)):
        file.write_text(LOSS.format(factor=factor))
    status, _, err = command("prove", str(path), str(other))
    assert status == 2
    assert "mine.a" in err


def test_json_is_a_contract_and_the_same_bytes_twice(command):
    args = ("prove", "logistic_regression.z", "--symbolic-only", "--format", "json")
    status, first, _ = command(*args)
    assert status == 0
    assert command(*args)[1] == first
    report = json.loads(first)
    assert set(report) == {"schema", "seed", "versions", "results", "summary"}
    assert report["schema"] == "gradproof/prove/1"
    (result,) = report["results"]
    assert set(result) == {
        "name", "family", "claim", "kind", "verdict", "conditions", "fingerprint", "steps", "evidence",
    }  # fmt: skip
    assert {"rule", "latex", "verdict", "conditions"} == set(result["steps"][0])
    assert report["summary"] == {"proved": 1, "refuted": 0, "supported": 0, "undecided": 0}


def test_the_teaching_proof_in_three_forms(command):
    _, text, _ = command("explain", "logistic_regression.z")
    assert "∂C/∂z" in text
    assert "σ − y" in text
    assert "Proved" in text
    _, markdown, _ = command("explain", "logistic_regression.z", "--format", "markdown")
    assert markdown.count("$$") % 2 == 0
    _, latex, _ = command("explain", "logistic_regression.z", "--format", "latex")
    assert latex.startswith("\\documentclass")
    assert latex.rstrip().endswith("\\end{document}")
    assert latex.isascii()


def test_ctrl_c_shows_what_was_done():
    code = "import sys; from verify.cli import main; print('ready', flush=True); sys.argv[0] = 'verify'; main()"
    command = [sys.executable, "-c", code, "--symbolic-only"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(3)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "verify: stopped" in err
    assert "Traceback" not in out + err


def test_a_step_out_of_time_is_undecided(command):
    _named_context.cache_clear()  # what an earlier test has proved takes no time
    status, out, _ = command("prove", "logistic_regression.mean.w", "--symbolic-only", "--time-limit", "1e-9")
    assert status == 0
    assert "undecided" in out
    assert "clock" in out
    assert command("prove", "logistic_regression.mean.w", "--symbolic-only", "--time-limit", "1e-9", "--strict")[0] == 1


def test_help_and_proofs_load_no_jax():
    code = "import sys, verify.cli; assert 'jax' not in sys.modules and 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    code = "import sys, derivations, derivations.catalog; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_judges_load_no_hypothesis():
    code = "import sys, verify.judge, numeric.judge; assert 'hypothesis' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_imports_go_upward_only():
    root = Path(__file__).parents[2]
    allowed = {"derivations": set(), "numeric": {"derivations"}, "verify": {"derivations", "numeric"}}
    for layer, below in allowed.items():
        for path in (root / layer).rglob("*.py"):
            for line in path.read_text().splitlines():
                words = line.split()
                if words[:1] in (["import"], ["from"]):
                    top = words[1].split(".")[0]
                    if top in allowed:
                        assert top == layer or top in below, f"{path}: {line}"
                    if layer == "derivations":
                        assert top not in ("jax", "hypothesis"), f"{path}: {line}"
