"""How long `verify check` takes: a long note cold, a formula warm, hostile formulas, and a hundred files in one run.

    python benchmarks/check_notes.py            (a note of 450 lines made of the example notes)
    python benchmarks/check_notes.py NOTE…      (notes of your own as well)

Cold times are whole processes by the wall clock, with their byte code compiled as an installation has it, beside the
time in which a process imports SymPy; warm ones are processor time within a process that has checked a note before:
reading a formula plus judging its steps in all readings of the notation. The aims: a note of 450 lines in 6 s,
the median formula in 30 ms, the worst, a hostile one too, in 5 s.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "notes"))

from hostile import FORMULAS

from derivations.notes.checking import check_document
from derivations.notes.explaining.explain import explained
from derivations.notes.library import check_notes
from derivations.notes.parsing.parser import read_formula, read_text

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "notes" / "examples"
LINES, FILES = 450, 100


def long_note() -> str:
    """The example notes in Markdown, one behind the other, as often as it takes."""
    notes = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.md"))]
    text, number = "", 0
    while text.count("\n") < LINES:
        text += f"{notes[number % len(notes)]}\n"
        number += 1
    return text


def cold(*paths: Path) -> float:
    """Seconds of `verify check` on files, in a process of its own."""
    return _seconds_of("-m", "verify", "check", *map(str, paths), "--format", "json")


def _cold(path: Path, imported: float) -> str:
    seconds = cold(path)
    return f"{seconds:.1f} s ({seconds / imported:.0f} times SymPy's import)"


def _seconds_of(*command: str) -> float:
    """Seconds of a process of this Python, which may write byte code and find it the next time."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = time.perf_counter()
    found = subprocess.run([sys.executable, *command], check=False, capture_output=True, env=environment)
    if found.returncode not in (0, 1):
        raise RuntimeError(found.stderr.decode())
    return time.perf_counter() - before


def warm(text: str) -> list[float]:
    """Seconds of each formula with a relation sign."""
    document = read_text(text)
    spent: Counter[int] = Counter()
    check_document(document, text, "note", spent=spent)
    times = []
    for index in sorted({step.formula for step in document.steps}):
        source = document.formulas[index].source
        before = time.process_time()
        read_formula(source.latex, source.macros)
        times.append(time.process_time() - before + spent[index] / 1e9)
    return times


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("notes", nargs="*", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"{LINES} lines of examples.md"
        made.write_text(long_note(), encoding="utf-8")
        cold(EXAMPLES / "logistic.md")  # so that the byte code is there
        imported = min(_seconds_of("-c", "import sympy") for _ in range(3))
        print(f"a process that imports SymPy: {imported:.2f} s")
        for path in (made, *given.notes):
            text = path.read_text(encoding="utf-8-sig")
            check_notes(text[:2_000])  # so that what follows is warm
            times = warm(text)
            lines, formulas = text.count("\n"), len(times)
            print(f"{path.name}: {lines} lines, {formulas} formulas with a relation: {_cold(path, imported)} cold")
            print(f"  warm, a formula: median {1e3 * statistics.median(times):.0f} ms, worst {max(times):.2f} s")
        slowest = max((_hostile(name), name) for name in FORMULAS)
        print(f"{len(FORMULAS)} hostile formulas: worst {slowest[0]:.1f} s ({slowest[1]})")
        copies = [Path(shutil.copy(EXAMPLES / "logistic.md", Path(folder) / f"{n}.md")) for n in range(FILES)]
        one, many = cold(copies[0]), cold(*copies)
        print(
            f"one file {one:.1f} s, {FILES} files in one run {many:.1f} s: {(many - one) / (FILES - 1):.2f} s each more"
        )
    return 0


def _hostile(name: str) -> float:
    before = time.perf_counter()
    explained(check_notes(FORMULAS[name]))
    return time.perf_counter() - before


if __name__ == "__main__":
    raise SystemExit(main())
