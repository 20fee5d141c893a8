"""`--run-code`: numbers that a note says its code prints, and code that does what it should not."""

import json
import subprocess
import sys

import pytest

from derivations.notes.parsing.document import scan
from verify.outputs import stated_outputs


def steps(text, seconds=5):
    return stated_outputs(scan(text).code, seconds)


def note(code, output=None):
    stated = "" if output is None else f"\nIt prints\n\n```\n{output}\n```\n"
    return f"A block:\n\n```python\n{code}\n```\n{stated}"


@pytest.mark.parametrize(
    ("printed", "stated", "verdict"),
    [
        ("'loss:', 0.693147", "loss: 0.6931", "supported"),
        ("'loss:', 0.69318", "loss: 0.6931", "supported"),  # cut off, not rounded
        ("'loss:', 0.6935", "loss: 0.6931", "refuted"),
        ("'loss:', -0.6931", "loss: 0.6931", "refuted"),
        ("'w', [1, 2]", "w [1, 2]", "supported"),
        ("'w', [1, 2]", "w [2, 1]", "refuted"),
        ("'w', [1, 2]", "w [1, 2, 3]", "unsupported"),
        ("'loss', 1e-8", "loss 1e-08", "supported"),
        ("'loss', float('nan')", "loss nan", "supported"),
        ("'loss', float('nan')", "loss 0.5", "refuted"),
        ("0.25", "loss 0.25", "unsupported"),
        ("'loss', __import__('time').perf_counter_ns()", "loss 0.25", "unsupported"),
        ("'loss', __import__('random').random()", "loss 0.25", "unsupported"),
        ("'loss', __import__('random').Random(1).random()", "loss 0.25", "undecided"),
        ("'loss', (lambda random=0: 0.5)()", "loss 0.25", "undecided"),
    ],
)
def test_a_stated_line_is_compared_to_its_digits(printed, stated, verdict):
    (step,) = steps(note(f"print({printed})", stated))
    assert (step.verdict, step.line) == (verdict, 10)
    assert (step.witness is not None) == (verdict == "refuted")


def test_blocks_share_their_names_and_lines_are_found_among_others():
    text = note("x = 2\ndef f():\n    return x") + note(
        "%matplotlib inline\nx = 3\nprint('start')\nprint('f =', f())", "f = 3"
    )
    assert [s.verdict for s in steps(text)] == ["supported"]


def test_code_that_does_not_parse_is_said_and_what_follows_still_runs():
    found = steps(note("a = 1\nb = 0 = c", "b: 0") + note("print('a:', 1)", "a: 1"))
    assert [(s.line, s.verdict) for s in found] == [(5, "unsupported"), (11, "unsupported"), (22, "supported")]
    assert "does not parse in line 5: SyntaxError" in found[0].reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True:\n    pass", "ended by a limit of time or memory"),
        ("import time\ntime.sleep(60)", "takes longer than 3 s"),
        ("x = bytearray(8 << 30)", "MemoryError"),
        ("while True:\n    print('x' * 1000)", "characters are printed"),
        ("open('/tmp/gradproof-was-here', 'w')", "PermissionError: writing"),
        ("import os\nos.remove('/tmp/gradproof-was-here')", "PermissionError: os.remove is refused"),
        ("import subprocess\nsubprocess.run(['true'])", "PermissionError: subprocess.Popen is refused"),
        ("import os\nos.system('true')", "PermissionError: os.system is refused"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "PermissionError: socket"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("import os\nos._exit(0)", "ended by a limit"),
        ("def f(): f()\nf()", "RecursionError"),
        ("1 / 0", "ends with an error in line 4: ZeroDivisionError"),
        ("(" * 10_000, "does not parse"),
    ],
)
def test_code_that_misbehaves_ends_and_says_why(code, reason, tmp_path):
    found = steps(note(code + "\nprint('loss', 1)", "loss 1"), seconds=1)
    assert found[-1].verdict == "unsupported"
    assert reason in found[-1].reason


def test_code_runs_only_on_request(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(note("print('loss', 0.5)", "loss 0.25"))

    def check(*options):
        command = [sys.executable, "-m", "verify", "check", str(path), "--format", "json", *options]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.returncode, [s["verdict"] for s in json.loads(run.stdout)["files"][0]["steps"]]

    assert check() == (0, [])
    assert check("--run-code") == (1, ["refuted"])
    shown = subprocess.run(
        [sys.executable, "-m", "verify", "check", str(path), "--run-code"], capture_output=True, text=True
    ).stdout
    assert "the code above prints loss 0.5" in shown


def test_a_hint_does_not_say_what_is_printed(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(note("print('loss', 0.5)", "loss 0.25"))
    command = [sys.executable, "-m", "verify", "check", str(path), "--run-code", "--hint"]
    shown = subprocess.run(command, capture_output=True, text=True).stdout
    assert "code that prints something else" in shown
    assert "0.5" not in shown
