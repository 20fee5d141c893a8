"""The progress bar of a fit, seen through a pseudo-terminal; `tests/verify/test_train.py` sees that a pipe has none."""

import os
import pty
import subprocess
import sys

import pytest

from numeric.training.progress import fit_progress

AT_ONCE = """
import sys
import numeric.training.progress as progress
from verify.cli import main
progress._MOMENT = 0.0
sys.argv = ["verify", *sys.argv[1:]]
main()
"""


def on_a_terminal(command, folder):
    """(what a command writes to standard error, its exit status)."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}
    process = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, cwd=folder, env=environment)
    os.close(theirs)
    text = b""
    while True:
        try:
            text += os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    return text.decode(), process.wait()


def test_a_bar_on_a_terminal(tmp_path):
    rows = "\n".join(f"{k / 64},{k % 2}" for k in range(64))
    (tmp_path / "d.csv").write_text(f"x,y\n{rows}\n")
    command = [sys.executable, "-c", AT_ONCE, "train", "d.csv", "--target", "y", "--model", "linear"]
    shown, status = on_a_terminal(command, tmp_path)
    assert status == 0, shown
    assert "compiling" in shown
    assert "gradient " in shown
    assert "━" in shown


def test_the_part_done_is_in_digits_of_the_gradient(monkeypatch):
    monkeypatch.setattr("numeric.training.progress.Console.is_terminal", True)
    monkeypatch.setattr("numeric.training.progress.Timer.start", lambda timer: None)
    monkeypatch.setattr("numeric.training.progress.Timer.join", lambda timer: None)
    seen = []
    monkeypatch.setattr("numeric.training.progress.Progress.update", lambda bar, task, **now: seen.append(now))
    with fit_progress(1000, 1e-6) as report:
        for step, norm in ((0, 1.0), (10, 1e-3), (20, 1e-6), (900, float("nan"))):
            report(step, 0.5, norm)
    assert [now["completed"] for now in seen] == pytest.approx([0, 0.5, 1, 0.9])
    assert seen[1]["description"] == "step 10  loss 0.5  gradient 1.00e-03"
