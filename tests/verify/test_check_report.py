"""Reports made from the JSON of a check: terminal, annotations, SARIF, baseline, exit statuses, hints."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from check_reports import LINES, file, report, step
from sarif_subset import SUBSET

from verify.notes_report import (
    BaselineError,
    exit_status,
    findings,
    github_report,
    read_baseline,
    sarif_report,
    terminal_report,
    withheld,
    write_baseline,
)

TERMINAL = """\
note.md: the first wrong step is in line 3; 2 of 3 relations decided

note.md:3:9  refuted, introduces an error
  3 | $dC/dz = y - p$
    |         ^^^^^
  values    left = -1, right = 1 at n = 2, y[1] = 1, all else 0
  wrong     the sign is wrong: one side is −1 times the other
  instead   p - y

4 relations: 1 proved, 1 refuted, 1 undecided, 1 definition"""


@pytest.fixture
def one():
    return report(file(step("definition", 1), step("proved", 2), step(), step("undecided", 5)))


def _terminal(data, hint=False, known=frozenset(), lines=LINES, **more):
    sources = {f["path"]: lines for f in data["files"]}
    return terminal_report(data, findings(data, known), sources, hint, **more)


def test_terminal(one):
    assert _terminal(one) == TERMINAL


def test_a_hint_withholds_what_is_right(one):
    shown = _terminal(withheld(one), hint=True)
    assert "p - y" not in shown
    assert "left = " not in shown
    assert "the whole side has the wrong sign" in shown
    for made in (
        github_report(withheld(one), findings(withheld(one)), hint=True),
        json.dumps(sarif_report(withheld(one), findings(withheld(one)), 1, hint=True)),
        json.dumps(withheld(one)),
    ):
        assert "p - y" not in made


def test_nothing_wrong():
    shown = _terminal(report(file(step("proved"))))
    assert shown == "note.md: no step is refuted; 1 of 1 relations decided\n\n1 relation: 1 proved"


def test_several_files_and_one_that_cannot_be_read(one):
    data = report(one["files"][0], file(path="b.md", error="b.md: No such file or directory"))
    shown = _terminal(data)
    assert "b.md: No such file or directory" in shown
    assert shown.endswith("2 files, 1 can't be read: 4 relations, 1 proved, 1 refuted")


def test_long_and_wide_lines_are_marked_where_the_step_is():
    line = "在这里我们得到 " + "x" * 300 + " $a = 这是 b$"
    at = line.index("b$") + 1
    wrong = step(line=1, column=at, end_line=1, end_column=at + 1)
    shown = _terminal(report(file(wrong)), lines=[line], width=80).split("\n")
    marked = next(i for i, text in enumerate(shown) if "^" in text)
    assert "…" in shown[marked - 1]
    assert len(shown[marked - 1]) <= 80
    wide = sum(2 if c > "\u2e7f" else 1 for c in shown[marked - 1][: shown[marked - 1].index("b$")])
    assert wide == shown[marked].index("^")


def test_control_characters_do_not_reach_the_terminal():
    shown = _terminal(report(file(step(line=1))), lines=["\x1b[31m evil \x07 formula"])
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_lines_that_the_file_has_not():
    assert "^" not in _terminal(report(file(step(line=99))))


@pytest.mark.parametrize(
    ("verdicts", "error", "strict", "status"),
    [
        (["proved", "definition"], None, True, 0),
        (["proved", "conflict"], None, False, 0),
        (["proved", "conflict"], None, True, 1),
        (["undecided", "unsupported", "supported"], None, False, 0),
        (["undecided"], None, True, 1),
        (["refuted"], None, False, 1),
        (["refuted"], "can't be read", False, 2),
        (["refuted", "inconsistent"], None, False, 3),
    ],
)
def test_exit_status(verdicts, error, strict, status):
    data = report(file(*(step(v) for v in verdicts)), file(path="b.md", error=error))
    assert exit_status(data, strict=strict) == status


def test_annotations(one):
    lines = github_report(one, findings(one)).split("\n")
    assert lines == [
        "::error file=note.md,line=3,endLine=3,col=9,endColumn=13,title=refuted step::this step is wrong (introduces "
        "an error): the sign is wrong: one side is −1 times the other; the right side would be p - y"
    ]


def test_annotations_escape_what_would_end_them():
    data = report(file(step(diagnosis="50%\nof"), path="a,b:c.md"))
    (line,) = github_report(data, findings(data)).split("\n")
    assert "file=a%2Cb%3Ac.md" in line
    assert "50%25%0Aof" in line


def test_sarif(one):
    jsonschema = pytest.importorskip("jsonschema")
    unreadable = file(path="b c.md", error="b c.md: not UTF-8 at byte 0; convert it to UTF-8")
    conflict = step("conflict", reason="J was defined otherwise in line 1")
    data = report(one["files"][0], file(conflict, step(diagnosis_code="different"), path="d.md"), unreadable)
    found = findings(data)
    known = frozenset({found[0].fingerprint})
    log = sarif_report(data, findings(data, known), 2)
    jsonschema.Draft7Validator(SUBSET).validate(log)
    standard = os.environ.get("SARIF_SCHEMA")  # a copy of the standard's own schema, which isn't ours to carry
    if standard:
        schema = json.loads(Path(standard).read_text(encoding="utf-8"))
        jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    assert [r["ruleId"] for r in run["results"]] == ["sign", "conflict", "different"]
    assert all(run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert run["results"][0]["suppressions"]
    assert run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "p - y"
    assert not run["invocations"][0]["executionSuccessful"]
    assert run["artifacts"][2]["location"]["uri"] == "b%20c.md"


def test_baseline(one, tmp_path):
    path = tmp_path / "known.json"
    write_baseline(path, findings(one))
    first = path.read_bytes()
    write_baseline(path, findings(one))
    assert path.read_bytes() == first
    known = read_baseline(path).fingerprints
    assert exit_status(one, known) == 0
    moved = report(file(step("proved", 1), step(line=40)))
    assert [f.known for f in findings(moved, known)] == [True]
    other = report(file(step(right="y - 2 p")))
    assert exit_status(other, known) == 1
    twice = report(file(step(), step(line=9)))
    assert [f.known for f in findings(twice, known)] == [True, False]
    shown = _terminal(one, known=known)
    assert "1 known from the baseline" in shown
    assert github_report(one, findings(one, known)) == ""


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"schema": "other"}', "\udcff"])
def test_a_baseline_that_cannot_be_used(content, tmp_path):
    path = tmp_path / "known.json"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BaselineError, match="--write-baseline"):
        read_baseline(path)
