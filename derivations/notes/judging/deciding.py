"""One equation between two values: its derivatives taken, its domains found, and decided.

What may be refuted is narrower than what may be proved. A name without a definition may be anything, so a difference
that hangs on one refutes nothing; a derivative by what the function does not mention, an index that stands on one
side only and a condition that nobody wrote are doubts of the same kind. Each is named as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, free_atoms, label_of, labels_in
from derivations.domain import Domain
from derivations.equation import Equation, decide, is_provable
from derivations.functions import Partial
from derivations.indexed import AmbiguousPartialError, substitute
from derivations.inverses import Inverse
from derivations.kernels import BudgetExceededError, UndefinedError
from derivations.notes.interpreting.arrays import entries
from derivations.notes.interpreting.inverted import halved, merged, same_among, symmetric_among
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.signature import Signature
from derivations.notes.judging.assumptions import (
    ONE_HOT,
    between_labels,
    domains_of,
    of_either_labels,
    ranges_of,
    square_named,
    with_places,
)
from derivations.notes.judging.cells import Judged, at_every_place
from derivations.notes.judging.claims import Claim, closed, indices_of, names_met
from derivations.notes.judging.doubts import (
    components_meant,
    is_lost_derivative,
    one_sided,
    ranges_mixed,
    sizes_apart,
    tempered,
)
from derivations.notes.judging.loose import reading_that_may_hold
from derivations.notes.judging.matching import (
    class_first,
    is_turned,
    matched,
    one_sample,
    relabelled,
    summed_when_repeated,
)
from derivations.notes.judging.settled import VACUOUS, Settled, is_summed
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.ranges import Ranges
from derivations.reasons import Why, about, holds_where, reason_of, reworded, why
from derivations.statement import Definition
from derivations.verdict import Status, Verdict
from derivations.zero_test import Context

__all__ = ["Sides", "judge", "names_right_class"]

_RIGHT_CLASS = (  # "the true class $c$", 真实类别为 c, y_c = 1
    r"(?:class(?:es)?|label|category|Klasse|clase|classe|класс\w*|lớp|类别?|標籤|标签|クラス|클래스)[^\w\\]{{0,4}}"
    r"(?:is |为|是|を)?\$?{0}(?![A-Za-z])|(?<![A-Za-z])[yt]_\{{?{0}\}}? *= *1(?![\d.])"
    r"|(?<![A-Za-z\\]){0}\$? ?(?:(?:is|be|denotes|being) )?(?:the (?:correct|true|right|target|actual) (?:class|label)"
    r"|[是为] ?(?:真实|正确)的?(?:类|标签))"
)


def judge(claim: Claim, seed: int = 0) -> Judged:
    """The verdict on a claim; never raises for what the note says."""
    try:
        places = entries(claim.left, claim.right)
        if places is None:
            return _judge(claim, seed)
        names = [names_met([p.left.expr for p in places], claim), names_met([p.right.expr for p in places], claim)]
        whole = replace(claim, sizes=tuple(places[0].sizes.items()), beside=frozenset(names[0] & names[1]))
        found = [(p.place, _judge(replace(whole, left=p.left, right=p.right), seed)) for p in places]
        return at_every_place(found)
    except AmbiguousPartialError as error:
        return Judged(Verdict(Status.UNDECIDED, "partial derivative", reason=str(error)))
    except (UnsupportedNoteError, UnsupportedExpressionError) as error:
        return Judged(Verdict(Status.UNSUPPORTED, "language", reason=reason_of(error)))
    except UndefinedError as error:
        return Judged(Verdict(Status.UNDECIDED, "normal form", reason=f"undefined: {error}"))
    except BudgetExceededError as error:
        return Judged(Verdict(Status.UNDECIDED, "budget", reason=f"out of budget: {error}"))
    except RecursionError:
        return Judged(Verdict(Status.UNDECIDED, "budget", reason="out of budget: nested too deeply"))


def _judge(claim: Claim, seed: int) -> Judged:
    speaker = claim.speaker
    left, right, axes = matched(claim.left, claim.right)
    unnamed = left, right
    left, right = one_sample(left, right, speaker)
    is_supplied = (left, right) != unnamed
    if not (claim.equal or claim.distinct) and speaker.signature.says("Einstein|summation (convention|notation)"):
        left, right = summed_when_repeated(left, right, speaker), summed_when_repeated(right, left, speaker)
    doubts = list(speaker.noticed.doubts)
    ranges = ranges_of((left, right), axes, speaker)
    for a, b in claim.distinct:
        ranges = ranges.with_distinct(a, b)
    written = claim.outside & ranges.bounds.keys()
    ranges = _behind(ranges, written)
    settled = Settled(speaker, ranges)
    first, second = settled.taken(left), settled.taken(right)
    ranges = with_places(ranges, (first, second), speaker)
    ranges = _behind(ranges, claim.outside & ranges.bounds.keys() - written)
    doubts += one_sided(left, right, first, second, claim)
    doubts += settled.doubts
    doubts += ranges_mixed((first, second), ranges)
    doubts += sizes_apart(first, second)
    if settled.of_one_sample and (is_summed(left, speaker) or is_summed(right, speaker)):
        doubts.append(settled.of_one_sample)
    slopes = [{a for e in closed(side, speaker) for a in labels_in(e) if "'(" in a.name} for side in (first, second)]
    if slopes[0] != slopes[1]:
        doubts.append("a function of which nothing is known, differentiated on one side only")
    if first == 0 and second == 0 and (left != 0 and right != 0) and (settled.doubts or left.has(Partial)):
        raise UnsupportedNoteError("both sides are 0 as far as the names in them are defined")
    equation = _posed(claim, first, second, settled, ranges)
    if claim.needs_proof and not is_provable(equation, seed, OPERATIONS, SECONDS):
        return Judged(Verdict(Status.UNDECIDED, "zero test"), equation=equation)
    verdict = decide(equation, seed, OPERATIONS, SECONDS, shown=False)
    if verdict.status is Status.UNDECIDED and why(verdict.reason) is Why.UNDEFINED_POINT:
        between = between_labels(equation.context.arrays, speaker)
        if between is not None:
            other = replace(equation, context=replace(equation.context, arrays=between))
            refuted = decide(other, seed, OPERATIONS, SECONDS, shown=False)
            equation, verdict = (other, refuted) if refuted.is_refuted else (equation, verdict)
    if verdict.is_refuted:
        either = (replace(equation.context, arrays=arrays) for arrays in of_either_labels(equation, speaker))
        if any(is_provable(replace(equation, context=c), seed, OPERATIONS, SECONDS) for c in either):
            reason = holds_where("labels are of one of the two kinds that the text has")
            verdict = replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)
    lines = tuple(sorted({e.line for e in settled.entries if e.line}))
    verdict = _unless_vacuous(verdict, claim, left, right, settled, equation, seed)
    if verdict.is_proved and settled.of_one_sample and is_supplied:
        verdict = replace(verdict, status=Status.SUPPORTED, reason=settled.of_one_sample)
    if verdict.is_proved and is_turned(claim.left, claim.right):
        verdict = replace(verdict, status=Status.UNDECIDED, reason="the transpose of the right side holds")
    is_lost = verdict.is_refuted and settled.has_jets and not doubts
    if not (is_lost and is_lost_derivative(left, right, equation, settled, seed)):
        verdict = tempered(verdict, doubts, settled, equation, claim, seed)
        verdict = _unless_other_entries(verdict, claim, left, right, equation, seed)
    return Judged(verdict, lines, equation.left, equation.right, equation)


def _is_nothing(expr: sp.Expr) -> bool:
    """Whether a side is 0, or a sum of zeros."""
    return _is_nothing(expr.function) if isinstance(expr, sp.Sum) else expr == 0


def _behind(ranges: Ranges, places: Iterable[sp.Symbol]) -> Ranges:
    """The ranges with places behind the last one that a sum runs over."""
    for place in places:
        behind = ranges.bounds[place][1] + 1
        ranges = ranges.with_index(place, behind, behind)
    return ranges


@dataclass(frozen=True)
class Sides:
    """Two sides, and the definitions and the inverses of matrices that they use, to which the same is done."""

    first: sp.Expr
    second: sp.Expr
    definitions: tuple[Definition, ...]
    inverses: tuple[Inverse, ...] = ()

    @property
    def exprs(self) -> tuple[sp.Expr, ...]:
        return (self.first, self.second, *(d.value for d in self.definitions), *(i.value for i in self.inverses))

    def mapped(self, fn: Callable[[sp.Expr], sp.Expr]) -> Sides:
        definitions = tuple(replace(d, value=fn(d.value)) for d in self.definitions)
        inverses = tuple(replace(i, value=fn(i.value)) for i in self.inverses)
        return Sides(fn(self.first), fn(self.second), definitions, inverses)

    def told_apart(self, context: Context) -> Sides:
        """The same with one array for inverses of one matrix, and (A_ij + A_ji)/2 for those that are symmetric."""
        if not self.inverses:
            return self
        same = same_among(self.inverses, self.definitions, context)
        sides = self.mapped(partial(merged, same))
        sides = replace(sides, inverses=tuple(i for i in sides.inverses if i.label not in same))
        return sides.mapped(partial(halved, symmetric_among(sides.inverses, sides.definitions, context)))


def _posed(claim: Claim, first: sp.Expr, second: sp.Expr, settled: Settled, ranges: Ranges) -> Equation:
    """The equation with what the claim says put in: equal indices, a case, values, a label's class, sizes."""
    speaker, equal = claim.speaker, _chosen(claim.equal)
    given = tuple(settled.definitions_for(first, second))
    for mark in claim.marks:
        first, second = _marked(first, *mark), _marked(second, *mark)
        given = tuple(replace(d, value=_marked(d.value, *mark)) for d in given)
        ranges = with_places(ranges, (first, second), speaker)
    if equal:
        first, second = substitute(first, equal), substitute(second, equal)
        distinct = frozenset(frozenset(equal.get(e, e) for e in pair) for pair in ranges.distinct)
        ranges = replace(ranges, bounds={s: b for s, b in ranges.bounds.items() if s not in equal}, distinct=distinct)
    inverses = speaker.scope.inverses_in(first, second, *(d.value for d in given))
    sides = Sides(first, second, given, inverses)
    fixed = {name: sp.Integer(value) for name, value in claim.fixed}
    if fixed:
        sides = sides.mapped(lambda e: _fix(e, fixed))
    if claim.values:
        sides = sides.mapped(lambda e: e.xreplace(dict(claim.values)))
    symmetries = claim.symmetries
    if symmetries is not None:
        sides = sides.mapped(lambda e: symmetries.applied(e, lambda label: square_named(label, speaker)))
    turned = class_first(sides.exprs, sides.definitions, speaker)
    sides = sides.mapped(lambda e: relabelled(e, turned))
    arrays = domains_of(sides.exprs, sides.definitions, speaker)
    arrays |= {label: (Domain.ONE_HOT, shape) for label, shape in turned.values()}
    if claim.sizes:
        sizes = {symbol: sp.Integer(value) for symbol, value in claim.sizes}
        sides = sides.mapped(lambda e: e.xreplace(sizes))
        bounds = {s: (lo.xreplace(sizes), hi.xreplace(sizes)) for s, (lo, hi) in ranges.bounds.items()}
        ranges = replace(ranges, bounds=bounds)
        arrays = {a: (domain, tuple(n.xreplace(sizes) for n in shape)) for a, (domain, shape) in arrays.items()}
        sides = replace(sides, inverses=tuple(i.sized(sizes) for i in sides.inverses))
    keep = frozenset(d.key for d in sides.definitions if d.value.has(sp.Sum) and not d.value.has(sp.exp, sp.log))
    context = Context(ranges, arrays)
    sides = sides.told_apart(context)
    context = replace(context, inverses=sides.inverses)
    return Equation(sides.first, sides.second, context, definitions=sides.definitions, keep=keep)


def _chosen(equal: Iterable[tuple[sp.Symbol, sp.Expr]]) -> dict[sp.Symbol, sp.Expr]:
    """One index for each of those that are equal: i for j and k, of i = j and j = k."""
    chosen: dict[sp.Symbol, sp.Expr] = {}
    for dropped, kept in equal:
        dropped, kept = chosen.get(dropped, dropped), chosen.get(kept, kept)
        if dropped != kept:
            chosen = {old: kept if new == dropped else new for old, new in chosen.items()} | {dropped: kept}
    return chosen


def _unless_vacuous(
    verdict: Verdict, claim: Claim, left: sp.Expr, right: sp.Expr, settled: Settled, equation: Equation, seed: int
) -> Verdict:
    """A proof that both sides are 0 in the case at hand, or as far as anything is known, is none."""
    if verdict.is_proved and claim.fixed and 0 not in (left, right):
        if is_provable(replace(equation, right=sp.S.Zero), seed, OPERATIONS, SECONDS):
            verdict = replace(verdict, status=Status.UNDECIDED, reason="both sides are 0 in this case")
    is_vacuous = settled.is_vacuous or left.has(Partial) and _is_nothing(equation.left) and _is_nothing(equation.right)
    if verdict.is_proved and is_vacuous and left != 0 and right != 0:
        verdict = replace(verdict, status=Status.UNDECIDED, reason=VACUOUS)
    return verdict


def _unless_other_entries(
    verdict: Verdict, claim: Claim, left: sp.Expr, right: sp.Expr, equation: Equation, seed: int
) -> Verdict:
    """A refuted step whose right side alone has an index may speak of components, or of a sum that isn't written."""
    speaker = claim.speaker
    extra = sorted(indices_of(right, speaker) - indices_of(left, speaker), key=str)
    if not (verdict.is_refuted and extra):
        return verdict
    words, meant = components_meant(left, extra, speaker), None
    if words is None:
        read = reading_that_may_hold(equation, extra, ROW, seed, OPERATIONS, (left, right), speaker.sums_elsewhere)
        if read is None:
            return verdict
        words, meant = read
    reason = reworded(words, f"the index {extra[0]} stands on the right side only: {words}")
    if meant is not None and why(words) is Why.RIGHT_CLASS and names_right_class(about(words), speaker.signature):
        if is_provable(meant, seed, OPERATIONS, SECONDS):
            return replace(verdict, status=Status.SUPPORTED, witness=None, reason=reason)
    return replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)


def names_right_class(letter: str, signature: Signature) -> bool:
    """Whether the text says of labels with one 1 that a letter is the class of it: y_c = 1, "the true class c"."""
    return signature.says(ONE_HOT) and signature.says(_RIGHT_CLASS.format(re.escape(letter)))


def _marked(expr: sp.Expr, label: sp.Symbol, place: sp.Symbol) -> sp.Expr:
    """An expression with 1 for a label at one place, and 0 at all others."""
    own = (a for a in atoms_of(expr, sp.Indexed) if a.base.label == label)
    return expr.xreplace({a: sp.KroneckerDelta(a.indices[-1], place) for a in own})


def _fix(expr: sp.Expr, fixed: dict[str, sp.Integer]) -> sp.Expr:
    """Labels replaced by the value that a case gives them."""
    found = {}
    for atom in free_atoms(expr):
        label = label_of(atom)
        if label.name in fixed:
            found[atom] = fixed[label.name]
    return expr.xreplace(found) if found else expr
