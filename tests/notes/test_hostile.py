"""Hostile files and formulas: one clear line, bounded time and memory, and the rest of the file still checked."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest
from hostile import AFTER, FORMULAS, WORDS, distance, random_side
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.notes.explaining.explain import explained
from derivations.notes.library import check_files, check_notes
from derivations.notes.parsing.parser import read_formula
from verify.cli import main

SECONDS = 20.0  # of processor time; most take a tenth of a second
MEGABYTES = 200


@pytest.mark.parametrize("name", FORMULAS)
def test_a_hostile_formula_costs_little_and_the_rest_is_checked(name):
    before = time.process_time()
    tracemalloc.start()
    report = explained(check_notes(FORMULAS[name] + AFTER))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - before < SECONDS
    assert peak < MEGABYTES * 2**20
    (file,) = report.files
    assert file.error is None
    assert file.steps[-1].verdict == "proved"
    first = file.formulas[0]
    assert first.status in ("unsupported", "checked", "definition")
    assert first.status != "unsupported" or (first.reason and "\n" not in first.reason and len(first.reason) < 300)
    hostile = [s for s in file.steps if s.formula == 0]
    assert all(s.verdict not in ("proved", "supported", "inconsistent") for s in hostile[:1])


FILES: dict[str, tuple[bytes | None, str]] = {
    "not UTF-8": (b"$a = b$ \xff\xfe", "not UTF-8 at byte 8"),
    "UTF-16": ("$a = b$".encode("utf-16"), "not UTF-8"),
    "binary": (b"\x7fELF\x00\x01" * 50, "binary"),
    "missing": (None, "No such file"),
    "too large": (b"$a=b$ " * (50_000_000 // 6 + 2), "50000000"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read(name, tmp_path, monkeypatch, capsys):
    content, says = FILES[name]
    bad, good = tmp_path / "bad.md", tmp_path / "good.md"
    if content is not None:
        bad.write_bytes(content)
    good.write_text(AFTER, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["verify", "check", str(bad), str(good)])
    with pytest.raises(SystemExit) as stop:
        main()
    out = capsys.readouterr().out
    assert stop.value.code == 2
    (line,) = (text for text in out.split("\n") if "bad.md" in text)
    assert says in line
    assert "1 proved" in out


def test_a_folder(tmp_path):
    (found,) = check_files([tmp_path]).files
    assert "directory" in str(found.error)


@pytest.mark.parametrize("content", ["", "\n\n", "No formula at all.", "A price of $5 and another of $6.", "\ufeff"])
def test_nothing_to_check(content, tmp_path):
    path = tmp_path / "note.md"
    path.write_text(content, encoding="utf-8")
    (found,) = check_files([path]).files
    assert found.error is None
    assert found.steps == ()


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "markdown"}]}', "[" * 100_000]
)
def test_notebooks_that_are_none(content, tmp_path):
    path = tmp_path / "note.ipynb"
    path.write_text(content, encoding="utf-8")
    (found,) = check_files([path]).files
    assert found.error is None or "note.ipynb" in found.error
    assert not found.steps


formulas = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(formulas)
def test_the_reader_takes_anything(latex):
    reading = read_formula(latex)
    assert reading.status in ("read", "partly", "prose", "unsupported")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\\{}[]()$&^_=+-|'\" \n\t%#~<>`:.,;xyzΣ∂∇σ²ŷ¹0", max_size=200))
def test_the_reader_takes_any_characters(text):
    check_notes(text) if len(text) < 20 else read_formula(text)


@settings(max_examples=40, deadline=None)
@given(formulas, formulas)
def test_the_whole_check_takes_anything(left, right):
    report = explained(check_notes(f"$$ {left} = {right} $${AFTER}"))
    assert all(s.verdict != "inconsistent" for s in report.steps)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_proved_agrees_and_what_is_refuted_differs(seed):
    rng = random.Random(seed)
    (left, f), (right, g) = random_side(rng), random_side(rng)
    step = check_notes(rf"$$1 \cdot {left} = {right}$$").steps[-1]
    apart = distance(f, g)
    if step.verdict == "proved":
        assert apart is None or apart < 1e-6
    if step.verdict == "refuted":
        assert apart is None or apart > 1e-12
