"""What the words of a note say of its names and no formula does: a linear unit, a diagonal matrix, a feature that is 1.

"The output unit is linear" means that ŷ is z where a formula before has ŷ = σ(z); "a constant 1 is put before every
input" means x_{i0} = 1. Words are not understood well enough to prove a step by them, but they are heard: what would
hold if they were taken so is not refuted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, free_atoms, label_of
from derivations.equation import Equation, is_provable
from derivations.functions import sigmoid
from derivations.indexed import substitute
from derivations.notes.interpreting.signature import WEIGHTS, base_letter
from derivations.notes.interpreting.symmetries import Symmetry
from derivations.notes.judging.doubts import IS_ONE
from derivations.notes.judging.excuses import Excuse, Suspect, left_open, supported
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.sizes import OPERATIONS, SECONDS, at_written_size, holds_at_all_places
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.notes.report import HELD
from derivations.reasons import holds_where
from derivations.statement import Definition

__all__ = ["Worded"]

_LINEAR = (
    r"\b(linear|identity)\s+(output|activation|unit|neuron|layer|node|transfer)"
    r"|\b(output|last|final|activation)\b[^.$]{0,40}\b(is|are|be|as)\s+(simply\s+|just\s+)?(a\s+|the\s+)?(linear|identity)"
    r"|\b(no|without(\s+an?)?)\s+(activation|non-?linearity)|линейн\w+ (выход|актив)|线性(输出|激活)|恒等"
)
_CONSTANT = (
    r"x_\{?\(?(0|i0|i,0)\)?\}?(\^\S+)?\s*=\s*1|\bbias trick\b|constant\s+(feature|input|1|one|\$1\$)"
    r"|(column|feature) of (ones|1)"
    r"|\b(prepend|append|augment|absorb|pad)\w*\b|\b(dummy|always|extra)\b[^.]{0,30}\b(1|one|input|feature)"
)
_SAID = r"(?<![\w\\^{{_.,(-])(?-i:{})\s*:?=\s*[\w\\(]"  # u=exp(a_0)+exp(a_1), in words and not as a formula
_FORMULAS = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{.*?\\end\{\w+\*?\}", re.S)
_GIVEN = frozenset([*"xytwbnmNKXYTWB"])
_SENTENCES = re.compile(r"(?<=[.。;:])\s|\n\s*\n")
_CAPITAL = re.compile(
    r"(?<![A-Za-z\\])(?:\\(?:mathbf|mathrm|boldsymbol|bm)\s*\{?)?([A-WYZ]|\\Sigma|\\Lambda)(?![a-zA-Z])"
)


@dataclass
class Worded(Judging):
    """The part of a reading that hears what words say of names."""

    def _of_linear_unit(self, suspect: Suspect) -> Excuse | None:
        """A unit that the words call linear."""
        if self.signature.says(_LINEAR) and self._holds_if_linear(suspect.step, *suspect.sides):
            return left_open(holds_where("the unit is linear, as the text says of one"))
        return None

    def _of_diagonal_matrix(self, suspect: Suspect) -> Excuse | None:
        """A matrix that the words call diagonal."""
        if suspect.equation is None:
            return None
        arrays = {a for a in _atoms(suspect.equation) if not (isinstance(a, sp.Symbol) and a.is_integer)}
        diagonal = self._said_to_be_diagonal() & {_letter(a) for a in arrays}
        return left_open(f"{min(diagonal)} may be diagonal, as the text says") if diagonal else None

    def _of_special_matrix(self, suspect: Suspect) -> Excuse | None:
        """A matrix without a value of which the text says more than is used here: that it is orthogonal, idempotent."""
        if suspect.equation is None:
            return None
        if self.signature.says(r"\\dagger|†") and self.signature.says(r"\^\s*\{?\s*[-−]\s*1|pseudo"):
            return left_open("† may be a pseudo-inverse, and no transpose")
        said = {one.key for one in self.signature.symmetries if one.symmetry is Symmetry.OTHER}
        values = [suspect.equation.left, suspect.equation.right, *(i.value for i in suspect.equation.context.inverses)]
        arrays = (a for e in values for a in free_atoms(e) if isinstance(a, sp.Indexed))
        names = {_letter(a) for a in arrays if len(a.indices) > 1}
        special = sorted(name for name in names & said if not self.scope.of(name))
        return left_open(f"{special[0]} is a matrix of a kind of which nothing is used here") if special else None

    def _of_unread_value(self, suspect: Suspect) -> Excuse | None:
        """A number that nothing read defines, and that the words say to be something; data and weights aside."""
        atoms = _atoms(suspect.equation) if suspect.equation is not None else set()
        names = {a.name for a in atoms if isinstance(a, sp.Symbol) and not a.is_integer}
        names -= {symbol.name for symbol in self.scope.symbols} | _GIVEN
        words = _FORMULAS.sub(" ", self.signature.words) if names else ""
        unread = sorted(n for n in names if len(n) == 1 and n.isalpha() and re.search(_SAID.format(n), words))
        return left_open(f"{unread[0]} is said to be something, in a way that isn't read") if unread else None

    def _of_constant_feature(self, suspect: Suspect) -> Excuse | None:
        """A feature that is 1 throughout, and holds the step where a formula says so."""
        found = None if suspect.equation is None else self._with_constant_feature(suspect.equation)
        if found is None:
            return None
        reason, is_one = found
        return supported(reason) if is_one and self.signature.says(IS_ONE) else left_open(reason)

    def _of_intercept(self, suspect: Suspect) -> Excuse | None:
        r"""\theta_0 + \sum_j \theta_j x_j that is \theta^T x: the product is over an x_0 = 1 as well."""
        if suspect.equation is None:
            return None
        try:
            left, right, context = suspect.equation.expanded()
        except UnsupportedExpressionError:
            return None
        first = {a for side in (left, right) for a in free_atoms(side) if _is_first_weight(a)}
        if len({a.base.label for a in first}) != 1:
            return None
        (weight,) = first
        for one, other in ((left, _from_zero(right, weight)), (_from_zero(left, weight), right)):
            changed, kept = (right, left) if one == left else (left, right)
            if (one, other) == (left, right) or weight in free_atoms(changed) or weight not in free_atoms(kept):
                continue  # -\theta_0 + … is none of it
            whole = Equation(one, other, context, suspect.equation.nonzero)
            written = at_written_size(whole)
            is_so = is_provable(whole, self.seed, OPERATIONS, SECONDS)
            if is_so or written is not None and holds_at_all_places(written[0], self.seed):
                reason = holds_where(f"{weight} is multiplied with an x_0 = 1")
                return supported(reason) if self.signature.says(IS_ONE) else left_open(reason)
        return None

    def _holds_if_linear(self, step: Step, left: Node, right: Node) -> bool:
        """Whether the step holds where a name that is σ or tanh of something is that thing itself."""
        symbols = self.scope.symbols
        for symbol, entry in list(symbols.items()):
            inner = None if entry.definition is None else _squashed(entry.definition.value)
            if inner is None or entry.definition is None:
                continue
            symbols[symbol] = replace(entry, definition=Definition(entry.definition.target, inner))
            try:
                if self._under(step, left, right).verdict.status.value in HELD:
                    return True
            finally:
                symbols[symbol] = entry
        return False

    def _said_to_be_diagonal(self) -> set[str]:
        words = self.signature.words
        if "diagonal" not in words:
            return set()
        said = {one.key for one in self.signature.symmetries}  # what is said of these is a condition of the claim
        found = {m[1] for s in _SENTENCES.split(words) if "diagonal" in s for m in _CAPITAL.finditer(s)}
        return found - said

    def _with_constant_feature(self, equation: Equation) -> tuple[str, bool] | None:
        """The equation where a feature x_0 (or x_{n+1}) is 1 or -1, and whether it is an x_0 that is 1."""
        equation = _with_first_terms(equation)
        found = {a for a in _atoms(equation) if isinstance(a, sp.Indexed) and _is_constant_feature(a)}
        for value in (1, -1):
            ones = dict.fromkeys(found, sp.Integer(value))
            fixed = replace(equation, left=equation.left.xreplace(ones), right=equation.right.xreplace(ones))
            if found and is_provable(fixed, self.seed, OPERATIONS, SECONDS):
                is_one = value == 1 and all(a.indices[-1] == 0 for a in found)
                return holds_where(f"{min(map(str, found))} = {value}"), is_one
        uppers = [
            {total.limits[0][2] for e in (side, *self._values_in(side)) for total in atoms_of(e, sp.Sum)}
            for side in (equation.left, equation.right)
        ]
        longer = {u for u in uppers[0] ^ uppers[1] if u - 1 in uppers[0] | uppers[1]}
        if longer and self.signature.says(_CONSTANT):
            return f"a sum up to {min(map(str, longer))}: the text says what the last of its terms is", False
        return None

    def _values_in(self, expr: sp.Expr) -> list[sp.Expr]:
        return [e.definition.value for e in self.scope.definitions_of(expr) if e.definition is not None]


def _with_first_terms(equation: Equation) -> Equation:
    """The equation with the term at 0 apart in the sums of its sides that begin there."""

    def apart(total: sp.Sum) -> sp.Expr:
        index, _, upper = total.limits[0]
        return substitute(total.function, {index: sp.S.Zero}) + sp.Sum(total.function, (index, 1, upper))

    def written(side: sp.Expr) -> sp.Expr:
        return side.replace(lambda e: isinstance(e, sp.Sum) and len(e.limits) == 1 and e.limits[0][1] == 0, apart)

    return replace(equation, left=written(equation.left), right=written(equation.right))


def _from_zero(side: sp.Expr, weight: sp.Indexed) -> sp.Expr:
    """A side with the first weight, times 1, in each sum over products of data with the others."""
    label = weight.base.label

    def whole(total: sp.Sum) -> sp.Expr:
        index, lower, _ = total.limits[0]
        own = [a for a in free_atoms(total.function) if isinstance(a, sp.Indexed) and index in a.indices]
        is_product = lower == 1 and len(own) == 2 and sp.Mul(*own) == total.function
        return total + weight if is_product and label in {a.base.label for a in own} else total

    return side.replace(lambda e: isinstance(e, sp.Sum) and len(e.limits) == 1, whole)


def _is_first_weight(atom: sp.Expr) -> bool:
    r"""\theta_0, w_0, \beta_0."""
    return isinstance(atom, sp.Indexed) and atom.indices == (0,) and base_letter(atom.base.label.name) in WEIGHTS


def _atoms(equation: Equation) -> set[sp.Expr]:
    exprs = [equation.left, equation.right, *(d.value for d in equation.definitions)]
    return {a for e in exprs for a in free_atoms(e)}


def _letter(atom: sp.Expr) -> str:
    return base_letter(label_of(atom).name)


def _is_constant_feature(atom: sp.Indexed) -> bool:
    """x_0, x_{i0}, or an entry past the last one, x_{n+1}."""
    last = atom.indices[-1]
    beyond = isinstance(last, sp.Add) and last.is_integer and any(t.is_Integer for t in last.args)
    return base_letter(atom.base.label.name) in ("x", "X", r"\phi") and (last == 0 or beyond)


def _squashed(value: sp.Expr) -> sp.Expr | None:
    """u of σ(u) or tanh(u)."""
    if isinstance(value, sigmoid | sp.tanh):
        return value.args[0]
    return None
