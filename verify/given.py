r"""`--given NAME`: the definitions of a catalogue entry, written as a note that stands before another note.

An answer that starts in the middle ("∂C/∂z = σ(z) − y") says nothing about C; `--given logistic_regression.z` says it.
The definitions are lines of their own before the text, and the report's lines are counted without them.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.catalog.registry import find
from derivations.domain import Domain
from derivations.notation import latex
from derivations.notes.report import FileReport

__all__ = ["given_notes", "without_preface"]

_NAMES = {sp.Symbol(name, real=True): sp.Symbol(r"\hat{y}", real=True) for name in ("sigma", "yhat")}
"""Names of the catalogue that a note would take for a function, or not know as the prediction."""

_SETS = {Domain.BINARY: r"\{0, 1\}", Domain.SIGNS: r"\{-1, 1\}"}


def given_notes(name: str) -> str:
    """The definitions of a catalogue entry as Markdown, one display a line; LookupError for an unknown name.

    >>> "C = " in given_notes("logistic_regression.z")
    True
    """
    statement = find(name).statement
    lines = []
    for variable in statement.variables:
        members = _SETS.get(variable.domain)
        if members is not None:
            shown = latex(variable.label) + ("_i" if variable.axes else "")
            lines.append(rf"${shown} \in {members}$")
        elif variable.domain is Domain.ONE_HOT:
            lines.append(f"The label ${latex(variable.label)}$ is one-hot.")
    lines += [f"$$ {_written(d.target)} = {_written(d.value)} $$" for d in statement.definitions]
    return "\n\n".join(lines) + "\n\n"


def _written(expr: sp.Expr) -> str:
    return latex(expr.xreplace(_NAMES))


def without_preface(file: FileReport, lines: int) -> FileReport:
    """A file's report without the first lines of what was checked, which are not the file's."""
    if not lines:
        return file
    kept = [number for number, formula in enumerate(file.formulas) if formula.line > lines]
    position = {old: new for new, old in enumerate(kept)}
    formulas = [
        replace(file.formulas[n], line=file.formulas[n].line - lines, end_line=file.formulas[n].end_line - lines)
        for n in kept
    ]
    steps = [
        replace(
            s,
            formula=position.get(s.formula, s.formula),
            line=s.line - lines,
            end_line=s.end_line - lines,
            left_line=max(0, s.left_line - lines),
            definitions=tuple(line - lines for line in s.definitions if line > lines),
        )
        for s in file.steps
        if s.line > lines
    ]
    return replace(file, formulas=tuple(formulas), steps=tuple(steps))
