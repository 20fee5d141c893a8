r"""`verify check --run-code`: what a note says that its Python blocks print, against what they print.

    ```python … print("gradient:", dw)```   then   ```gradient: [0.1234 0.1678]```

A block of output is the unlabelled or text block next after a Python block. Its lines are found among the printed ones
by their words; then the numbers are compared, to the digits that are stated. The blocks of a note run twice, in order,
in a process of their own (`code_runner`): what differs from run to run says nothing.

A statement of this kind is a step of the report, `refuted`, `supported` (never proved: a program ran here, once) or
`unsupported` with the reason. Left out: outputs stored in notebooks, and outputs stated in comments.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from derivations.notes.parsing.regions import CodeBlock
from derivations.notes.report import FileReport, StepRecord
from derivations.verdict import Witness

from . import code_runner

__all__ = ["stated_outputs", "with_outputs"]

_PYTHON = {"python", "py", "python3", "ipython", "ipython3", "pycon"}
_TEXT = {"", "text", "txt", "output", "plaintext", "plain", "none", "verbatim"}
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])|(?<![\w.])[-+]?(?:nan|inf)(?![\w])")
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_RANDOM = re.compile(r"\brandom\b|\btorch\b|\btensorflow\b|\bkeras\b|train_test_split|random_state")
_WRAPPER = re.compile(r"np\.(?:float|int)\d+\(([^()]*)\)")
NO_FORMULA = -1
SECONDS = 10


@dataclass(frozen=True)
class _Run:
    """What a block printed, or why it is not known."""

    printed: str = ""
    fault: str = ""
    fault_line: int = 0
    is_syntax: bool = False


def with_outputs(file: FileReport, blocks: Sequence[CodeBlock]) -> FileReport:
    """The report with the steps of `stated_outputs` among the others, in the order of the lines."""
    steps = sorted((*file.steps, *stated_outputs(blocks)), key=lambda s: s.line)
    return replace(file, steps=tuple(steps))


def stated_outputs(blocks: Sequence[CodeBlock], seconds: int = SECONDS) -> list[StepRecord]:
    """A step for each stated line with numbers, and one for each block that does not parse, in the note's order.

    seconds: of processor time that all blocks together may take; of the clock's, three times as many.
    """
    code = [b for b in blocks if b.language.lower() in _PYTHON]
    if not code:
        return []
    first, second = _runs(code, seconds), _runs(code, seconds)
    steps = []
    for number, block in enumerate(code):
        if first[number].is_syntax:
            steps.append(_unparsed(block, first[number]))
        for stated in _stated_after(block, blocks):
            steps += _compared(block, stated, first[number], second[number])
    return sorted(steps, key=lambda s: (s.line, s.column))


def _stated_after(block: CodeBlock, blocks: Sequence[CodeBlock]) -> list[CodeBlock]:
    """The block of output that stands next after a block of code, if there is one."""
    after = [b for b in blocks if b.place > block.place]
    return [b for b in after[:1] if b.language.lower() in _TEXT]


def _runs(code: Sequence[CodeBlock], seconds: int) -> list[_Run]:
    """What each block prints, run in order with shared names in one new process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, block in enumerate(code):
            source = _MAGIC.sub("", block.text)
            Path(folder, f"block_{number}.py").write_text(source, encoding="utf-8", errors="replace")
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "MPLCONFIGDIR": folder, "MPLBACKEND": "Agg"}
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", code_runner.__file__, folder, str(len(code)), str(seconds)],
            cwd=folder, env=environment | one, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        ended = "is ended by a limit of time or memory"
        try:
            results, _ = child.communicate(timeout=3 * seconds)
        except subprocess.TimeoutExpired:
            ended = f"takes longer than {3 * seconds} s"
            child.kill()
            results, _ = child.communicate()
        found = {r["block"]: r for r in map(json.loads, results.decode(errors="replace").splitlines())}
    runs = [_run(block, found.get(number)) for number, block in enumerate(code)]
    missing = next((n for n in range(len(code)) if n not in found), None)
    if missing is not None:
        runs[missing:] = [
            _Run(fault=ended),
            *(_Run(fault="comes after code that does not end") for _ in runs[missing + 1 :]),
        ]
    return runs


def _run(block: CodeBlock, found: dict[str, object] | None) -> _Run:
    error = found and found["error"]
    if not isinstance(error, dict):
        return _Run(str(found["printed"]) if found else "")
    line = block.place.line + int(error["line"]) - 1
    does = "does not parse" if error["syntax"] else "ends with an error"
    return _Run(
        str(found["printed"]) if found else "", f"{does} in line {line}: {error['message']}", line, error["syntax"]
    )


def _unparsed(block: CodeBlock, run: _Run) -> StepRecord:
    lines = block.text.split("\n")
    text = lines[min(run.fault_line - block.place.line, len(lines) - 1)]
    return _step(run.fault_line, 1, text, "", "", "unsupported", f"the code {run.fault}")


def _compared(block: CodeBlock, stated: CodeBlock, first: _Run, second: _Run) -> Iterator[StepRecord]:
    """A step for each line with numbers that is stated."""
    printed, again = first.printed.splitlines(), second.printed.splitlines()
    used: set[int] = set()
    where = f"the code of lines {block.place.line} to {block.end_place.line}"
    for offset, text in enumerate(stated.text.split("\n")):
        numbers = [m[0] for m in _NUMBER.finditer(text)]
        if not numbers:
            continue
        line, column = stated.place.line + offset, len(text) - len(text.lstrip()) + 1
        same = [k for k, p in enumerate(printed) if k not in used and _words(p) == _words(text)]
        if not same:
            reason = f"{where} {first.fault}" if first.fault else f"{where} prints no line of these words"
            yield _step(line, column, text, "", text.strip(), "unsupported", reason)
            continue
        used.add(same[0])
        shown = printed[same[0]]
        yield _verdict(line, column, text, shown, again[same[0] : same[0] + 1] == [shown], block)


def _verdict(line: int, column: int, text: str, shown: str, is_stable: bool, block: CodeBlock) -> StepRecord:
    pairs = zip(_NUMBER.findall(text), _NUMBER.findall(_plain(shown)), strict=True)
    words = _NUMBER.split(text)[0].strip(" \t[({:=,")
    if not is_stable:
        return _step(line, column, text, words, text.strip(), "unsupported", "the code prints something else each time")
    if all(_agree(stated, printed) for stated, printed in pairs):
        return _step(line, column, text, words, text.strip(), "supported")
    if _RANDOM.search(block.text):
        reason = f"the code prints {shown.strip()!r} here; it draws random numbers, which depend on versions"
        return _step(line, column, text, words, text.strip(), "undecided", reason)
    witness = Witness("code", left=shown.strip(), right=text.strip())
    return _step(line, column, text, words, text.strip(), "refuted", witness=witness)


def _agree(stated: str, printed: str) -> bool:
    """Whether a number rounds, or is cut off, to the digits stated; rounding of another machine is allowed for.

    >>> _agree("0.1235", "0.12345678"), _agree("0.13", "0.12345678"), _agree("0", "0.28"), _agree("3", "4")
    (True, False, True, False)
    """
    try:
        said, found = Decimal(stated), Decimal(printed)
    except InvalidOperation:
        return stated.lower() == printed.lower()
    if not (said.is_finite() and found.is_finite()):
        return str(said) == str(found)
    unit = Decimal(1).scaleb(int(said.as_tuple().exponent))
    if "." not in stated and "e" not in stated.lower():
        unit = Decimal(0) if "." not in printed else unit
    is_cut = said * found >= 0 and 0 <= abs(found) - abs(said) < unit
    return is_cut or abs(said - found) <= max(unit / 2, abs(said) * Decimal("1e-6"))


def _plain(text: str) -> str:
    return _WRAPPER.sub(r"\1", text)


def _words(text: str) -> tuple[str, int]:
    """What a line says besides its numbers, and how many these are; brackets, commas and spaces aside."""
    text = _plain(text)
    return re.sub(r"[\s,;\[\](){}]+", "", _NUMBER.sub("", text)), len(_NUMBER.findall(text))


def _step(
    line: int, column: int, text: str, left: str, right: str, verdict: str, reason: str | None = None,
    witness: Witness | None = None,
) -> StepRecord:  # fmt: skip
    refuted = verdict == "refuted"
    return StepRecord(
        NO_FORMULA, 0, line, column, line, len(text.rstrip()) + 1, line, left, right, verdict, "run-code", reason,
        diagnosis_code="output" if refuted else None,
        diagnosis=f"the code above prints {witness.left}" if witness else None,
        witness=witness,
    )  # fmt: skip
