"""`verify check` from end to end: files, standard input, formats, baselines, definitions given, hints."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from verify.cli import main

WRONG = r"""# Cross-entropy

$$C = -y \log \sigma(z) - (1 - y) \log(1 - \sigma(z))$$

$$\frac{dC}{dz} = y - \sigma(z)$$
"""
RIGHT = WRONG.replace(r"y - \sigma(z)$$", r"\sigma(z) - y$$")


@pytest.fixture
def check(capsys, monkeypatch):
    def run(*args: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["verify", "check", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.md"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_a_wrong_step_is_marked_and_put_right(check, wrong):
    status, out, _ = check(wrong)
    assert status == 1
    assert "the first wrong step is in line 5" in out
    assert "the sign is wrong" in out
    assert r"instead   \sigma\left(z\right) - y" in out


def test_a_right_note(check, tmp_path):
    path = tmp_path / "right.md"
    path.write_text(RIGHT, encoding="utf-8")
    assert check(path)[0] == 0
    assert check(path, "--strict")[0] == 0


def test_standard_input_in_every_format(check):
    for form in ("text", "json", "github", "sarif"):
        status, out, _ = check("-", "--format", form, stdin=WRONG.encode())
        assert status == 1
        assert "<stdin>" in out or "%3Cstdin%3E" in out
        if form in ("json", "sarif"):
            json.loads(out)


def test_standard_input_may_be_a_notebook_or_a_tex_file(check):
    notebook = {"cells": [{"cell_type": "markdown", "source": WRONG, "metadata": {}}], "nbformat": 4, "metadata": {}}
    assert check("-", stdin=json.dumps(notebook).encode())[0] == 1
    tex = r"\documentclass{article}\begin{document}" + WRONG.replace("# ", "% ") + r"\end{document}"
    assert check("-", stdin=tex.encode())[0] == 1


def test_two_runs_give_the_same_bytes(check, wrong):
    assert check(wrong, "--format", "json")[1] == check(wrong, "--format", "json")[1]


def test_a_hint_says_where_and_not_what(check, wrong):
    for form in ("text", "json", "github", "sarif"):
        status, out, _ = check(wrong, "--hint", "--format", form)
        assert status == 1
        assert "left(z" not in out


def test_definitions_of_the_catalogue(check, tmp_path):
    path = tmp_path / "answer.md"
    path.write_text("Answer:\n\n" r"$$\frac{dC}{dz} = y - \sigma(z)$$", encoding="utf-8")
    assert check(path)[0] == 0  # nothing says what C is
    status, out, _ = check(path, "--given", "logistic_regression.z")
    assert status == 1
    assert "answer.md:3:19" in out
    status, _, err = check(path, "--given", "logistic_regresion.z")
    assert status == 2
    assert err.count("\n") == 1


def test_a_baseline(check, wrong, tmp_path):
    known = tmp_path / "known.json"
    assert check(wrong, "--write-baseline", known)[0] == 0
    status, out, _ = check(wrong, "--baseline", known)
    assert status == 0
    assert "1 known" in out
    wrong.write_text(WRONG + "\n" r"$$\frac{d}{dz} \sigma(z) = \sigma(z)(1 + \sigma(z))$$", encoding="utf-8")
    assert check(wrong, "--baseline", known)[0] == 1
    assert check(wrong, "--baseline", tmp_path / "none.json")[0] == 2


def test_a_file_that_cannot_be_read_does_not_stop_the_others(check, wrong, tmp_path):
    status, out, _ = check(tmp_path / "none.md", wrong)
    assert status == 2
    assert "none.md" in out
    assert "the first wrong step is in line 5" in out


def test_files_shared_by_processes_are_reported_as_one_by_one(check, wrong, tmp_path):
    right, missing = tmp_path / "right.md", tmp_path / "missing.md"
    right.write_text(RIGHT, encoding="utf-8")
    paths = [wrong, missing, right, wrong]
    command = [sys.executable, "-m", "verify", "check", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # JAX isn't loaded there
    assert done.returncode == 2, done.stderr
    alone = [json.loads(check(path, "--format", "json")[1])["files"][0] for path in paths]
    assert json.loads(done.stdout)["files"] == alone
