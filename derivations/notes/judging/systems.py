r"""What follows from several equations that were set to zero: they are solved for the parameters, and these put in.

    \sum_i (y_i - a - b x_i) = 0, \sum_i x_i (y_i - a - b x_i) = 0   the derivatives of a loss by a and by b
    n a + b \sum_i x_i = \sum_i y_i                                  proved: a sum of multiples of them
    b = \frac{\sum_i (x_i - \bar x) (y_i - \bar y)}{\sum_i (x_i - \bar x)^2}   proved: with a and b solved for, too

Equations of the first degree have one solution, so that what doesn't hold of it doesn't follow from them. It is refuted
only where one index, sign or factor put right would make it hold: else it may be said of another model.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import free_atoms, free_symbols, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.functions import Partial
from derivations.notes.interpreting.names import UnsupportedNoteError, read_name
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.judging.slips import OF_SOLUTIONS, is_near_miss, is_slip_within
from derivations.notes.judging.solved import SOLVING, Solved, at_entry_of, open_in
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.statement import Definition
from derivations.verdict import Status, Verdict

__all__ = ["BY_SYSTEM", "Systems"]

BY_SYSTEM = "solution of several equations"

_NO_SOLUTION = "it doesn't follow from what was set to zero"
_MOST = 2  # equations that are solved at once
_HAT = re.compile(r"\\hat\{([^{}]+)\}(.*)")
_Solution = tuple[tuple[sp.Symbol, sp.Expr], ...]


@dataclass
class Systems(Solved):
    """The part of a reading that solves several equations at once."""

    def _solution(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The verdict on a value said to solve what was set to zero: several equations, or one of them."""
        found = None
        if len(self.scope.zeroed) + len(self.slopes) > 1 and self._names_varied(left):
            if self._is_near_zero(step) or self._is_said_to_be_solved(step):
                found = self._of_system(step, self._under(step, left, right))
        return super()._solution(step, left, right) if found is None else found

    def _of_system(self, step: Step, judged: Judged) -> Judged | None:
        """The verdict on what may follow from the equations that were set to zero; None where nothing is certain."""
        if judged.equation is None or judged.left is None or judged.right is None:
            return None
        asked = replace(judged.equation, left=judged.left, right=judged.right)
        values = [d.value for d in asked.definitions]
        if any(e.has(Partial) for e in (asked.left, asked.right, *values)):
            return None
        varied = {s for found in self.scope.varied.values() for s in found if isinstance(s, sp.Symbol)}
        hats = {h: s for e in (asked.left, asked.right, *values) for h, s in _hats_in(e, varied)}
        own = set().union(*map(free_symbols, (asked.left, asked.right, *values)))
        if not (set(hats) | own & varied):
            return self._of_array(step, judged, asked)
        if own & set(hats.values()):
            return None  # of a and of \hat a
        plain = tuple(
            Definition(d.target, d.value.xreplace(hats)) for d in asked.definitions if d.target not in (*hats, *varied)
        )
        asked = replace(asked, left=asked.left.xreplace(hats), right=asked.right.xreplace(hats), definitions=plain)
        missed = None
        for solution in self._solutions(asked, varied):
            known = (*plain, *(Definition(name, value) for name, value in solution))
            equation = replace(asked, definitions=known)
            verdict = decide(equation, self.seed, OPERATIONS, SECONDS)
            if verdict.is_proved:
                self.zeroed_at = step.formula  # more may follow
                verdict = Verdict(Status.PROVED, BY_SYSTEM, ("where what was set to zero holds",))
                return replace(judged, verdict=verdict)
            if verdict.is_refuted and missed is None and len(solution) == len(self._unknowns(asked, varied)):
                missed = equation, verdict
        if missed is not None and any(
            is_near_miss(e, self.seed, OF_SOLUTIONS) for e in (missed[0], _turned(missed[0]))
        ):
            self.zeroed_at = step.formula
            verdict = replace(missed[1], method=BY_SYSTEM, reason=_NO_SOLUTION)
            return Judged(verdict, (), asked.left, asked.right, missed[0])
        return None

    def _of_array(self, step: Step, judged: Judged, asked: Equation) -> Judged | None:
        r"""The verdict on X^T X w = X^T y, or \hat w, where the derivative by w was set to zero: a multiple of it."""
        if asked.context.inverses:
            return None  # it is solved already
        apart = replace(asked, left=asked.left - asked.right)
        atoms = [a for a in free_atoms(apart.left) if isinstance(a, sp.Indexed)]
        for zero in (*reversed(self.scope.zeroed[-SOLVING:]), *reversed(self.slopes[-SOLVING:])):
            arrays = {a.base.label.name: a.base for a in free_atoms(zero) if isinstance(a, sp.Indexed)}
            hats = {a: rf"{m[1]}{m[2]}" for a in atoms if (m := _HAT.fullmatch(a.base.label.name)) is not None}
            if zero.has(Partial) or any(name not in arrays for name in hats.values()):
                continue
            plain = {a: arrays[name][a.indices] for a, name in hats.items()}
            if not plain and not {a.base.label for a in atoms} & self._varied_arrays():
                continue
            whole = replace(apart, left=apart.left.xreplace(plain), right=sp.S.Zero)
            if len(open_in(whole.left)) != 1 or len(open_in(zero)) != 1:
                continue
            multiples = self._multiples(whole, at_entry_of(whole.left, zero))
            if any(is_provable(equation, self.seed, OPERATIONS, SECONDS) for equation in multiples):
                self.zeroed_at = step.formula
                verdict = Verdict(Status.PROVED, BY_SYSTEM, ("where what was set to zero holds",))
                return replace(judged, verdict=verdict)
            if any(i.is_Integer for a in free_atoms(zero) if isinstance(a, sp.Indexed) for i in a.indices):
                continue  # one of several, x_{n1} of x_{n1}, x_{n2}, …: another one isn't a slip of it
            for equation, verdict in self._nearest(multiples):
                if is_slip_within(equation, self.seed):
                    verdict = replace(verdict, method=BY_SYSTEM, reason=_NO_SOLUTION)
                    return Judged(verdict, (), equation.left, equation.right, equation)
        return None

    def _names_varied(self, left: Node) -> bool:
        r"""Whether a side is what something was differentiated by, or its estimate: b, \hat b."""
        if not isinstance(left, ast.Symbol):
            return False
        plain = replace(left, decorations=tuple(d for d in left.decorations if d != "hat"))
        names = {s.name for found in self.scope.varied.values() for s in found}
        with contextlib.suppress(UnsupportedNoteError):
            return read_name(plain, self.signature.habits).key in names
        return False

    def _is_of_parameters(self, judged: Judged) -> bool:
        """Whether an equation has what something was differentiated by, or an estimate of it: it may be solved for."""
        varied = {s.name for s in self._varied_arrays()}
        if not varied or judged.equation is None or judged.left is None or judged.right is None:
            return True
        values = (d.value for d in judged.equation.definitions)
        names = {label.name for e in (judged.left, judged.right, *values) for label in labels_in(e)}
        plain = {m[1] + m[2] for name in names if (m := _HAT.fullmatch(name)) is not None}
        return bool((names | plain) & varied)

    def _varied_arrays(self) -> set[sp.Symbol]:
        return {s for found in self.scope.varied.values() for s in found}

    def _solutions(self, asked: Equation, varied: set[sp.Symbol]) -> Iterator[_Solution]:
        """The values of parameters that solve as many equations, the last that were set to zero first."""
        zeros = self._zeros(asked, varied)
        for count in range(min(_MOST, len(zeros)), 0, -1):
            for chosen in itertools.combinations(zeros, count):
                for names in itertools.combinations(self._unknowns(asked, varied), count):
                    solution = self._solved_for(names, chosen, asked)
                    if solution is not None:
                        yield solution

    def _zeros(self, asked: Equation, varied: set[sp.Symbol]) -> list[sp.Expr]:
        """What is zero, the last first, each once."""
        found: list[sp.Expr] = []
        for zero in (*reversed(self.scope.zeroed[-SOLVING:]), *reversed(self.slopes[-SOLVING:])):
            plain = zero.xreplace(dict(_hats_in(zero, varied)))
            alike = (
                replace(asked, left=c * other, right=plain)
                for other in found
                for c in (1, -1, 2, -2, sp.S.Half, -sp.S.Half)
            )
            if not plain.has(Partial) and not any(is_provable(e, self.seed, OPERATIONS, SECONDS) for e in alike):
                found.append(plain)
        return found[: _MOST + 1]

    def _unknowns(self, asked: Equation, varied: set[sp.Symbol]) -> list[sp.Symbol]:
        """The parameters in what is zero."""
        return sorted({s for zero in self._zeros(asked, varied) for s in free_symbols(zero) & varied}, key=str)

    def _solved_for(self, names: Sequence[sp.Symbol], zeros: Sequence[sp.Expr], asked: Equation) -> _Solution | None:
        """The names for which equations of the first degree hold; None where there is not one solution."""
        nothing = dict.fromkeys(names, sp.S.Zero)
        offsets = [zero.xreplace(nothing) for zero in zeros]
        rows = [
            [zero.xreplace({**nothing, n: sp.S.One}) - offset for n in names]
            for zero, offset in zip(zeros, offsets, strict=True)
        ]
        for zero, row, offset in zip(zeros, rows, offsets, strict=True):
            linear = offset + sp.Add(*(c * n for c, n in zip(row, names, strict=True)))
            if not is_provable(replace(asked, left=zero, right=linear), self.seed, OPERATIONS, SECONDS):
                return None
        matrix = sp.Matrix(rows)
        below = matrix.det()
        if is_provable(replace(asked, left=below, right=sp.S.Zero), self.seed, OPERATIONS, SECONDS):
            return None
        values = []
        for place in range(len(names)):
            other = matrix.copy()
            other[:, place] = -sp.Matrix(offsets)
            values.append(other.det() / below)
        return tuple(zip(names, values, strict=True))


def _turned(equation: Equation) -> Equation:
    return replace(equation, left=equation.right, right=equation.left)


def _hats_in(expr: sp.Expr, varied: set[sp.Symbol]) -> Iterator[tuple[sp.Symbol, sp.Symbol]]:
    r"""The estimates in an expression, each with the parameter that it is of: \hat{\beta}_0 and \beta_0."""
    names = {s.name: s for s in varied}
    for symbol in sorted(free_symbols(expr), key=str):
        found = _HAT.fullmatch(symbol.name)
        if found is not None and found[1] + found[2] in names:
            yield symbol, names[found[1] + found[2]]
