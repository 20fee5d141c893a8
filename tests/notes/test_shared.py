"""Real notes, where they are at hand: how much of them is read."""

import json
from pathlib import Path

import pytest

from derivations.notes.parsing.parser import Document, read_document

SHARED = Path(__file__).parents[3] / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real notes isn't beside the repository")

# A formula counts here if it has an equals sign; these files' broken TeX is left out.
MALFORMED = {"malformed"}


def share(document: Document) -> tuple[int, int]:
    equations = [formula for formula in document.formulas if "=" in formula.latex]
    return sum(formula.status == "read" for formula in equations), len(equations)


@pytest.mark.parametrize(("name", "formulas", "equations"), [("000", 86, 30), ("003", 125, 49), ("004", 134, 74)])
def test_the_notes_are_found_and_read(name: str, formulas: int, equations: int) -> None:
    (path,) = (SHARED / "notes").glob(f"{name}_*.txt")
    document = read_document(path)
    assert len(document.formulas) == formulas
    assert share(document) == (equations, equations)


def test_nearly_all_of_the_corpus_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    labels = json.loads((SHARED / "corpus" / "labels.json").read_text())
    read = total = 0
    for label in labels:
        one, of = share(read_document(SHARED / "corpus" / label["file"]))
        print(f"{label['file'][:44]:44} {label['verdict']:18} {one:3} of {of:3}")
        if label["verdict"] == "correct":
            assert one == of, label["file"]
        if label["verdict"] not in MALFORMED:
            read, total = read + one, total + of
    assert read >= 0.97 * total, f"{read} of {total}\n{capsys.readouterr().out}"
