r"""Sums over samples that are left out, and means that are taken, where the words announce it.

\frac{\partial L}{\partial w_j} = (a - y) x_j         for one example, of L = \sum_i \ell_i
\frac{\partial L}{\partial \hat{y}} = \hat{y} - y     of one sample, where L is a mean over all
\frac{1}{|B|} \sum_{i \in B} …                        over a batch, of a sum over all
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import atoms_of, free_symbols
from derivations.equation import Equation, is_provable
from derivations.indexed import substitute
from derivations.notes.interpreting.names import is_transposed
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.judging.excuses import Excuse, Suspect, left_open, supported
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.reasons import Reason, Why

__all__ = ["Sampled"]

_ONE_SAMPLE = (
    r"\b(one|a single|1|each individual) (training |data )?(example|sample|point|observation|instance)\b"
    r"|\bper[- ](sample|example)|skip the sum|单个?样本|一个样本|один объект"
)
_MEAN = r"batch|average|mean|평균|배치|平均|批|promedio|media|средн"
_PART = r"batch|\bsubset|\bsampled?\b[^.]{0,30}\b(points|examples)|\bat a time\b|批|подвыборк|lote"

Range = tuple[sp.Expr, sp.Expr]


@dataclass
class Sampled(Judging):
    """The part of a reading that hears of how many samples a step is."""

    def _for_one_sample(self, suspect: Suspect) -> Excuse | None:
        """The sum over samples of the left side is left out on the right, for one sample."""
        samples = self._samples(suspect)
        left, right = (_is_over(side, samples) for side in suspect.exprs)
        if not left or right or _is_averaged(suspect, samples) or not self._is_of_one_sample(suspect):
            return None
        reason = "stated for one sample, as the text says"
        one = _of_one(suspect.equation, samples)
        if any(is_provable(equation, self.seed) for equation in one):
            return supported(reason)
        return None if any(is_off_by_a_factor(equation, self.seed) for equation in one[:1]) else left_open(reason)

    def _for_each_sample(self, suspect: Suspect) -> Excuse | None:
        r"""∂L/∂\hat{y}, of a mean over samples, written as that of the loss of one, without any index."""
        equation = suspect.equation
        if equation is None or subject_of(suspect.left) is None:
            return None
        samples = self._samples(suspect)
        count = samples[1] - samples[0] + 1
        written = {n.name for side in suspect.sides for n in walk(side) if isinstance(n, ast.Symbol)}
        if any(isinstance(n, ast.BigOperator) for n in walk(suspect.right)) or str(count) in written:
            return None
        if not all(ROW in free_symbols(side) for side in (equation.left, equation.right)):
            return None
        if not is_provable(replace(equation, right=equation.right / count), self.seed):
            return None
        reason = "stated for one sample, and the loss is a mean over all"
        return supported(reason) if self._is_of_one_sample(suspect) else left_open(reason)

    def _of_unnamed_sample(self, suspect: Suspect) -> Excuse | None:
        """A sum over samples on the left, and on the right what is of one sample that no index names."""
        left, right = (ROW in free_symbols(side) for side in suspect.exprs)
        samples = self._samples(suspect)
        if left or not right or not _is_over(suspect.left_expr, samples) or _drops_its_sum(*suspect.sides):
            return None
        if any(is_off_by_a_factor(equation, self.seed) for equation in _of_one(suspect.equation, samples)[:1]):
            return None
        return left_open(Reason("a sum over samples beside one sample that no index names", Why.ONE_SAMPLE))

    def _of_its_parts(self, suspect: Suspect) -> Excuse | None:
        """A name without an index on the left, which may be the total of those with one on the right: L and L_t."""
        left, right = (ROW in free_symbols(side) for side in suspect.exprs)
        whole = {n.name for n in walk(suspect.left) if isinstance(n, ast.Symbol) and not n.subscripts}
        parts = {n.name for n in walk(suspect.right) if isinstance(n, ast.Symbol) and n.subscripts}
        is_summed = any(isinstance(n, ast.BigOperator) for n in walk(suspect.right))
        if left and not right and is_summed and whole & parts:
            return left_open("a name without an index may be the total of those with one")
        return None

    def _over_a_part(self, suspect: Suspect) -> Excuse | None:
        """A sum over a batch, or over a part of the samples of another name."""
        if not _sums_over_another_size(suspect):
            return None
        formula = self.document.formulas[suspect.step.formula]
        inside = " ".join(chain.words for chain in formula.chains)
        if re.search(_PART, f"{suspect.around.before[-300:]} {inside} {suspect.after}", re.I):
            return left_open("a sum over a part of the samples, as the text says")
        return None

    def _over_a_mean(self, suspect: Suspect) -> Excuse | None:
        """A sum where the words before announce a mean."""
        if suspect.equation is None or not re.search(_MEAN, suspect.before, re.I):
            return None
        sizes = suspect.right_expr.free_symbols - suspect.left_expr.free_symbols
        for size in sorted((s for s in sizes if s.is_integer or s.name in "NMm"), key=str):
            if is_provable(replace(suspect.equation, right=suspect.right_expr * size), self.seed):
                return left_open(f"holds for the mean over {size} samples, which the text announces")
        return None

    def _averaged(self, suspect: Suspect) -> Excuse | None:
        """A mean of what is of one sample on the left, where the words before announce a mean."""
        samples = self._samples(suspect)
        if suspect.equation is None or not re.search(_MEAN, suspect.before, re.I):
            return None
        if ROW not in free_symbols(suspect.equation.left) or not _is_over(suspect.right_expr, samples):
            return None
        one = _at_hand(suspect.equation.right, samples) * (samples[1] - samples[0] + 1)
        if not is_provable(replace(suspect.equation, right=one), self.seed):
            return None
        return supported("the mean over all samples of what is said of one, as the text says")

    def _samples(self, suspect: Suspect) -> Range:
        """From the first sample to the last."""
        return self._speaker(suspect.own).range_of(self.signature.sample)

    def _is_of_one_sample(self, suspect: Suspect) -> bool:
        """Whether the words leave a sum over samples out: before the step, where its own left side has written it."""
        if not any(isinstance(n, ast.BigOperator) for n in walk(suspect.left)):
            return self.signature.says(_ONE_SAMPLE)
        before = self.document.formulas[: suspect.step.formula + 1]
        section = (f for f in before if f.context.headings == suspect.around.headings)
        return any(re.search(_ONE_SAMPLE, f.context.before, re.I) for f in section)


def _is_over(expr: sp.Expr, samples: Range) -> bool:
    """Whether an expression has a sum over all samples."""
    return any(total.args[1][1:] == samples for total in atoms_of(expr, sp.Sum))


def _of_one(equation: Equation | None, samples: Range) -> list[Equation]:
    """An equation with the term of the sample at hand in place of every sum, or mean, over samples."""
    if equation is None:
        return []

    definitions = tuple(replace(d, value=_at_hand(d.value, samples)) for d in equation.definitions)
    one = replace(equation, left=_at_hand(equation.left, samples), definitions=definitions)
    count = samples[1] - samples[0] + 1
    return [replace(one, right=one.right / size) for size in (sp.S.One, count)]


def _at_hand(expr: sp.Expr, samples: Range) -> sp.Expr:
    """An expression with the term of the sample at hand in place of every sum over samples."""
    found: sp.Expr = expr.replace(
        lambda e: isinstance(e, sp.Sum) and len(e.limits) == 1 and e.limits[0][1:] == samples,
        lambda e: substitute(e.function, {e.limits[0][0]: ROW}),
    )
    return found


def _is_averaged(suspect: Suspect, samples: Range) -> bool:
    r"""Whether every term that belongs to a sample is divided by how many there are: the mean without its \sum."""
    if suspect.equation is None:
        return False
    rows = {ROW, *(s for s, bounds in suspect.equation.context.ranges.bounds.items() if tuple(bounds) == samples)}
    terms = [t for t in sp.Add.make_args(sp.expand_mul(suspect.right_expr)) if rows & free_symbols(t)]
    return bool(terms) and all(samples[1] in sp.fraction(t)[1].free_symbols for t in terms)


def _sums_over_another_size(suspect: Suspect) -> bool:
    """Whether a side is summed, as it is written, up to a size that no sum of the other one has."""
    sizes = [{limit[2] for t in atoms_of(e, sp.Sum) for limit in t.limits} for e in suspect.exprs]
    totals = (n for n in walk(suspect.right) if isinstance(n, ast.BigOperator))
    written = {n.upper.name for n in totals if isinstance(n.upper, ast.Symbol)}
    return any(str(size) in written for size in sizes[1] - sizes[0])


def _drops_its_sum(left: Node, right: Node) -> bool:
    """Whether a derivative of a sum that is written on the left stands without it on the right, in numbers alone."""
    if any(isinstance(n, ast.Nabla | ast.Matrix) or _is_of_arrays(n) for side in (left, right) for n in walk(side)):
        return False
    derivatives = [any(isinstance(n, ast.Partial) for n in walk(side)) for side in (left, right)]
    return all(derivatives) and any(isinstance(n, ast.BigOperator) and n.lower is not None for n in walk(left))


def _is_of_arrays(node: object) -> bool:
    """Whether a part of a formula may sum over entries: a norm, a transpose."""
    if isinstance(node, ast.Group):
        return node.opening in (r"\|", "|")
    return is_transposed(node)
