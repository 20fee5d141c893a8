"""The example notes: their planted steps are found, and their reports stay as people have read them.

`UPDATE_SNAPSHOTS=1 pytest tests/notes/test_examples.py` writes the reports anew; look at the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verify.check import check_paths
from verify.notes_report import findings, terminal_report

EXAMPLES = Path(__file__).with_name("examples")
REPORTS = Path(__file__).with_name("reports")

PLANTED = {
    "poisson_counts.md": [(24, "sign"), (25, "sign"), (37, "missing_factor")],
    "margin_loss.tex": [(15, "term_sign"), (16, "term_sign")],
    "多分类交叉熵.md": [(23, "term_sign"), (31, "sign")],
    "ridge.ipynb": [(41, "constant_factor"), (43, "sample_mean")],
    "one_hidden_unit.md": [(27, "power"), (38, "missing_factor")],
}
"""The wrong steps of each note: line and diagnosis. A repaired error is wrong as a step, too."""


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_steps_and_no_others(name):
    report, sources = check_paths([EXAMPLES / name])
    data = report.as_json()
    (file,) = data["files"]
    wrong = [(s["line"], s["diagnosis_code"]) for s in file["steps"] if s["verdict"] == "refuted"]
    assert wrong == PLANTED[name]
    held = {"proved", "definition", "refuted"}
    assert {s["verdict"] for s in file["steps"]} <= held
    _compare(data, sources, name)


def _compare(data, sources, name):
    """The report against its snapshot, with paths as seen from the folder of examples."""
    data["files"][0]["path"] = name
    shown = terminal_report(data, findings(data), {name: next(iter(sources.values()))}, width=100) + "\n"
    snapshot = REPORTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        REPORTS.mkdir(exist_ok=True)
        snapshot.write_text(shown, encoding="utf-8")
    assert shown == snapshot.read_text(encoding="utf-8")
