r"""Refuted steps with what is wrong and the side that would hold, for a report that has been made.

Each refuted (or conflicting) step carries the equation that was decided; `diagnosis` says what is wrong with it, and
the corrected side is written out as LaTeX. Where a step repairs an earlier error its right side is the true one, so
the left is corrected. Left out: suggestions in the author's matrix notation; they are written with indices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, peel
from derivations.equation import Equation
from derivations.indexed import substitute
from derivations.notation import latex
from derivations.notes.explaining.diagnosis import diagnose
from derivations.notes.report import FileReport, Report, StepRecord, Suggestion
from derivations.statement import index

__all__ = ["explained", "explained_step"]

WRONG = ("refuted", "conflict")
MAX_EXPLAINED = 200  # steps of one file: a file with more wrong ones has another problem
MAX_LATEX = 600
_MARK = re.compile(r"@\d+|·\d+")  # keeps two meanings of one letter apart
_MADE = re.compile(r"row|[a-z]\d+")  # the name of an index that the author didn't write
_LAYOUT = ("\\\\", "&", "\n", r"\text", r"\quad", r"\begin", r"\label", r"\tag")
_LETTERS = "ijklrstuv"


def explained(report: Report) -> Report:
    """The same report, each refuted step with its diagnosis and, where one was proved, the side that would hold."""
    return replace(report, files=tuple(_file(file, report.seed) for file in report.files))


def _file(file: FileReport, seed: int) -> FileReport:
    wrong = [s for s in file.steps if s.verdict in WRONG][:MAX_EXPLAINED]
    if not wrong:
        return file
    found = {(s.formula, s.relation): explained_step(s, seed) for s in wrong}
    return replace(file, steps=_replaced(file.steps, found))


def _replaced(steps: Sequence[StepRecord], found: dict[tuple[int, int], StepRecord]) -> tuple[StepRecord, ...]:
    return tuple(found.get((s.formula, s.relation), s) for s in steps)


def explained_step(step: StepRecord, seed: int = 0) -> StepRecord:
    """A refuted step with its diagnosis; any other as it is."""
    equation: Equation | None = getattr(step.claim, "equation", None)
    if step.verdict not in WRONG or equation is None or step.diagnosis_code is not None:
        return step
    equation = _legible(equation)
    repairs = step.effect == "repairs_error"
    sides = (equation.right, equation.left) if repairs else (equation.left, equation.right)
    found = diagnose(*sides, equation.context, equation.definitions, seed)
    side = "left" if repairs else "right"
    suggestion = None
    if found.corrected is not None and not (found.code == "different" and _is_name(found.corrected)):
        written = step.left if repairs else step.right
        shown = _suggested(written, found.corrected, found.factor)
        suggestion = Suggestion(side, shown) if len(shown) <= MAX_LATEX and "@" not in shown else None
    sentence = found.sentence
    if step.verdict == "conflict":  # another meaning from here on is no mistake: how it differs, and no correction
        return replace(step, diagnosis_code=found.code, diagnosis=None if found.code == "different" else sentence)
    if repairs:
        sentence = f"on the left side, {sentence}" if not sentence.startswith("the sign is wrong") else sentence
    return replace(step, diagnosis_code=found.code, diagnosis=_MARK.sub("", sentence), suggestion=suggestion)


def _shown(expr: sp.Expr) -> str:
    """LaTeX in the document's letters: marks that keep two meanings of one letter apart are not shown."""
    return _MARK.sub("", latex(expr))


def _suggested(written: str, corrected: sp.Expr, factor: sp.Expr | None) -> str:
    """The corrected side as an edit of what is written, where that reads better than what SymPy would write."""
    shown, edited = _shown(corrected), _edited(written, factor)
    worth = 1 if factor == -1 else 2
    return edited if edited is not None and worth * len(edited) <= len(shown) else shown


def _edited(written: str, factor: sp.Expr | None) -> str | None:
    """A side as its author wrote it, with the factor that it lacks; None where that can't be done in its text."""
    if factor is None or any(mark in written for mark in _LAYOUT):
        return None
    side, several = written.strip(), _has_terms(written)
    if factor == -1 and side.startswith("-") and not several:
        return side[1:].strip()
    bracketed = rf"\left( {side} \right)" if several or side.startswith("-") else side
    return f"-{bracketed}" if factor == -1 else f"{latex(factor)} {bracketed}"


def _has_terms(written: str) -> bool:
    """Whether a + or − stands outside all brackets, after the first character."""
    depth = 0
    for position, character in enumerate(written.strip()):
        depth += (character in "{([") - (character in "})]")
        if position and depth <= 0 and character in "+-−":
            return True
    return False


def _is_name(expr: sp.Expr) -> bool:
    return isinstance(expr, sp.Symbol | sp.Indexed)


def _legible(equation: Equation) -> Equation:
    """The same equation with the indices that the reader of notes made up named by letters, as an author would."""
    sides = equation.left, equation.right
    exprs = (*sides, *(e for d in equation.definitions for e in (d.target, d.value)))
    taken = {s.name for e in exprs for s in atoms_of(e, sp.Symbol)} | {s.name for s in equation.context.ranges.bounds}
    made = sorted((s for s in equation.context.ranges.bounds if _MADE.fullmatch(s.name)), key=str)
    new = {old: _letter(taken) for old in made}
    left, right = (_renamed(substitute(e, new), taken) for e in sides)
    if not new:
        return replace(equation, left=left, right=right)
    ranges = equation.context.ranges
    bounds = {new.get(s, s): (substitute(a, new), substitute(b, new)) for s, (a, b) in ranges.bounds.items()}
    distinct = frozenset(frozenset(substitute(e, new) for e in pair) for pair in ranges.distinct)
    positive = tuple(substitute(e, new) for e in equation.context.positive)
    context = replace(equation.context, ranges=replace(ranges, bounds=bounds, distinct=distinct), positive=positive)
    definitions = tuple(
        replace(d, target=substitute(d.target, new), value=substitute(d.value, new)) for d in equation.definitions
    )
    return replace(equation, left=left, right=right, context=context, definitions=definitions)


def _letter(taken: set[str]) -> sp.Symbol:
    name = next((c for c in _LETTERS if c not in taken), None)
    if name is None:
        name = next(f"i_{n}" for n in range(1, 1_000) if f"i_{n}" not in taken)
    taken.add(name)
    return index(name)


def _renamed(expr: sp.Expr, taken: set[str]) -> sp.Expr:
    """Bound indices with made-up names renamed; those of sums beside each other share their letters."""
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        inside = set(taken)
        if _MADE.fullmatch(k.name):
            letter = _letter(inside)
            body, k = substitute(body, {k: letter}), letter
        return expr.func(_renamed(body, inside), (k, lower, upper))
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    args = [_renamed(a, taken) if isinstance(a, sp.Expr) else a for a in expr.args]
    return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
