r"""One equation between two values: its derivatives taken, its domains found, and decided.

What may be refuted is narrower than what may be proved. A name without a definition may be anything, so a difference
that hangs on one refutes nothing; a derivative by what the function does not mention, an index that stands on one
side only and a condition that nobody wrote are doubts of the same kind. Each is named as the reason.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derivations.domain import Domain
from derivations.equation import Equation, decide
from derivations.functions import Partial
from derivations.indexed import (
    AmbiguousPartialError,
    UnsupportedExpressionError,
    free_atoms,
    free_symbols,
    substitute,
    take_partials,
)
from derivations.kernels import BudgetExceededError, UndefinedError
from derivations.notes.arrays import entries
from derivations.notes.cells import Judged, at_every_place
from derivations.notes.elaborate import Elaborator
from derivations.notes.loose import reading_that_may_hold
from derivations.notes.names import UnsupportedNoteError, layer_of_key
from derivations.notes.naming import ROW
from derivations.notes.scope import Entry
from derivations.notes.signature import LABELS, WEIGHTS, base_letter
from derivations.notes.tensor import Axis, Value
from derivations.ranges import Ranges
from derivations.statement import Definition, Statement, Variable, array, index
from derivations.verdict import Status, Verdict
from derivations.zero_test import Context

__all__ = ["Claim", "Judged", "judge", "unknown_in"]

OPERATIONS, SECONDS = 60_000, 2.0
_VACUOUS = "a derivative by what the function, as far as it is defined here, does not depend on"
MAX_WRITTEN = 5  # entries of an array that are written one by one
_BINARY = (
    r"\\\{\s*0\s*,\s*\+?1\s*\\\}|\bin\s*\{0, ?1\}|0\s*(or|or\\ |或|または|и|o|oder|ou|hoặc)\s*1"
    r"|[sS]igmoid|σ|\\sigma|[lL]ogistic"
)
_SIGNS = r"\{\s*(\+?1\s*,\s*[-−]\s*1|[-−]\s*1\s*,\s*\+?1)\s*\\?\}"
_ONE_HOT = (
    r"one[- ]?hot|원-?핫|ワンホット|独热|only (one|1) (class|non-?zero)|"
    r"\\sum(\\limits)? *(_(\{[^{}]*\}|\w))?(\^(\{[^{}]*\}|\w))? *[yt](_(\{[^{}]*\}|\w)|\^(\{[^{}]*\}|\w))+ *= *1\b"
    r"|只有一个|sum to (one|1)"
    r"|t_\{?[a-z]*\}? = 1\$|y\^\{?\(i\)\}? *= *k"
)


@dataclass(frozen=True)
class Claim:
    """left = right, as elaborated by `speaker`; conditions: cases in which it is claimed, as pairs of indices."""

    left: Value
    right: Value
    speaker: Elaborator
    equal: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    distinct: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    sizes: tuple[tuple[sp.Symbol, int], ...] = ()
    beside: frozenset[str] = frozenset()  # names that both arrays have, of which this is an entry


def judge(claim: Claim, seed: int = 0) -> Judged:
    """The verdict on a claim; never raises for what the note says."""
    try:
        places = entries(claim.left, claim.right)
        if places is None:
            return _judge(claim, seed)
        names = [_names_in([p.left.expr for p in places], claim), _names_in([p.right.expr for p in places], claim)]
        whole = replace(claim, sizes=tuple(places[0].sizes.items()), beside=frozenset(names[0] & names[1]))
        found = [(p.place, _judge(replace(whole, left=p.left, right=p.right), seed)) for p in places]
        return at_every_place(found)
    except AmbiguousPartialError as error:
        return Judged(Verdict(Status.UNDECIDED, "partial derivative", reason=str(error)))
    except (UnsupportedNoteError, UnsupportedExpressionError) as error:
        return Judged(Verdict(Status.UNSUPPORTED, "language", reason=str(error)))
    except UndefinedError as error:
        return Judged(Verdict(Status.UNDECIDED, "normal form", reason=f"undefined: {error}"))
    except BudgetExceededError as error:
        return Judged(Verdict(Status.UNDECIDED, "budget", reason=f"out of budget: {error}"))
    except RecursionError:
        return Judged(Verdict(Status.UNDECIDED, "budget", reason="out of budget: nested too deeply"))


def _judge(claim: Claim, seed: int) -> Judged:
    speaker = claim.speaker
    left, right, axes = _matched(claim.left, claim.right)
    left, right = _one_sample(left, right, speaker)
    if not (claim.equal or claim.distinct) and speaker.signature.says("Einstein|summation (convention|notation)"):
        left, right = _summed_when_repeated(left, right, speaker), _summed_when_repeated(right, left, speaker)
    doubts = list(speaker.doubts)
    ranges = _ranges((left, right), axes, speaker)
    for a, b in claim.distinct:
        ranges = ranges.with_distinct(a, b)
    settled = _Settled(speaker, ranges)
    first, second = settled.taken(left), settled.taken(right)
    doubts += _one_sided(left, right, first, second, claim)
    doubts += settled.doubts
    slopes = [{a for e in _closed(side, speaker) for a in _labels_in(e) if "'(" in a.name} for side in (first, second)]
    if slopes[0] != slopes[1]:
        doubts.append("a function of which nothing is known, differentiated on one side only")
    if first == 0 and second == 0 and (left != 0 and right != 0) and (settled.doubts or left.has(Partial)):
        raise UnsupportedNoteError("both sides are 0 as far as the names in them are defined")
    equal = dict(claim.equal)
    if equal:
        first, second = substitute(first, equal), substitute(second, equal)
        ranges = replace(ranges, bounds={s: b for s, b in ranges.bounds.items() if s not in equal})
    definitions = tuple(d for d in settled.definitions_for(first, second))
    fixed = {name: sp.Integer(value) for name, value in claim.fixed}
    if fixed:
        first, second = (_fix(e, fixed) for e in (first, second))
        definitions = tuple(replace(d, value=_fix(d.value, fixed)) for d in definitions)
    turned = _class_first((first, second, *(d.value for d in definitions)), definitions, speaker)
    first, second = _turned(first, turned), _turned(second, turned)
    definitions = tuple(replace(d, value=_turned(d.value, turned)) for d in definitions)
    arrays = _arrays((first, second, *(d.value for d in definitions)), definitions, speaker)
    arrays |= {label: (Domain.ONE_HOT, shape) for label, shape in turned.values()}
    if claim.sizes:
        sizes = {symbol: sp.Integer(value) for symbol, value in claim.sizes}
        first, second = first.xreplace(sizes), second.xreplace(sizes)
        definitions = tuple(replace(d, value=d.value.xreplace(sizes)) for d in definitions)
        bounds = {s: (lo.xreplace(sizes), hi.xreplace(sizes)) for s, (lo, hi) in ranges.bounds.items()}
        ranges = replace(ranges, bounds=bounds)
        arrays = {a: (domain, tuple(n.xreplace(sizes) for n in shape)) for a, (domain, shape) in arrays.items()}
    context = Context(ranges, arrays)
    keep = frozenset(d.key for d in definitions if d.value.has(sp.Sum) and not d.value.has(sp.exp, sp.log))
    equation = Equation(first, second, context, definitions=definitions, keep=keep)
    verdict = decide(equation, seed, OPERATIONS, SECONDS)
    lines = tuple(sorted({e.line for e in settled.entries if e.line}))
    if verdict.is_proved and settled.is_vacuous and left != 0 and right != 0:
        verdict = replace(verdict, status=Status.UNDECIDED, reason=_VACUOUS)
    if (
        verdict.is_refuted
        and settled.has_jets
        and not doubts
        and _lost_derivative(left, right, equation, settled, seed)
    ):
        return Judged(verdict, lines, first, second, equation)
    verdict = _tempered(verdict, doubts, settled, equation, speaker, seed)
    extra = sorted(_indices_of(right, speaker) - _indices_of(left, speaker), key=str)
    if verdict.is_refuted and extra:
        other = _components_meant(left, extra, speaker)
        other = other or reading_that_may_hold(equation, extra, ROW, seed, OPERATIONS)
        if other is not None:
            reason = f"the index {extra[0]} stands on the right side only: {other}"
            verdict = replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)
    return Judged(verdict, lines, first, second, equation)


def _components_meant(left: sp.Expr, extra: Sequence[sp.Symbol], speaker: Elaborator) -> str | None:
    """∂/∂θ where θ has components: each of them may be meant."""
    sample = speaker.range_of(speaker.signature.sample)
    if all(speaker.met[index] == sample for index in extra):
        return None
    whole = sorted(str(p.variable) for p in left.atoms(Partial) if isinstance(p.variable, sp.Symbol))
    return f"a component of {whole[0]} may be meant" if whole else None


def _tempered(
    verdict: Verdict, doubts: list[str], settled: _Settled, equation: Equation, speaker: Elaborator, seed: int
) -> Verdict:
    """The verdict less what doubts and unwritten conditions take from it."""
    if verdict.is_refuted:
        softer = _softened(equation, speaker, seed)
        if softer is not None:
            return (
                softer
                if softer.is_proved
                else replace(verdict, status=softer.status, witness=None, reason=softer.reason)
            )
        if verdict.conditions:
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason="; ".join(verdict.conditions))
        if doubts:
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=doubts[0])
        numbered = _of_written_size(equation)
        if numbered is not None and _holds_at_all_places(numbered[0], seed):
            reason = f"holds for {numbered[1]}, the size of what is written"
            return Verdict(Status.SUPPORTED, verdict.method, verdict.conditions, reason=reason)
        alike = _of_one_size(equation, speaker)
        of_one = None if alike is None else decide(alike, seed, OPERATIONS, SECONDS)
        if of_one is not None and of_one.is_proved:
            reason = "holds where the sizes that are written nowhere are equal"
            return Verdict(Status.SUPPORTED, of_one.method, of_one.conditions, reason=reason)
        if of_one is not None and not of_one.is_refuted:
            reason = "no witness where the sizes that are written nowhere are equal"
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)
        if settled.has_jets:
            if settled.slopes_agree(equation):
                return verdict
            for ratio in (sp.Integer(2), sp.S.Half, sp.S.NegativeOne):
                scaled = replace(equation, right=ratio * equation.right)
                if decide(scaled, seed, OPERATIONS, SECONDS).is_proved:
                    return verdict
            return replace(
                verdict, status=Status.UNDECIDED, witness=None, reason=f"{settled.jet_names} is not defined here"
            )
    if verdict.is_proved:
        needs = [c for c in verdict.conditions if "one-hot" in c or ("Σ" in c and "= 1" in c)]
        if needs and not speaker.signature.says(_ONE_HOT):
            return replace(verdict, status=Status.SUPPORTED, reason=f"needs {needs[0]}, which is written nowhere")
    return verdict


def _of_one_size(equation: Equation, speaker: Elaborator) -> Equation | None:
    """The equation where all sizes are equal that are written nowhere; None where there are no two such sizes."""
    written, ranges = set(speaker.signature.size.values()), equation.context.ranges
    sizes = {u for u in _uppers(equation) if isinstance(u, sp.Symbol) and u.name not in written}
    ordered = sorted(sizes - set(ranges.bounds), key=str)
    if len(ordered) < 2:
        return None
    least = {**ranges.minimum, ordered[0]: max(ranges.minimum.get(s, 1) for s in ordered)}
    context = replace(equation.context, ranges=replace(ranges, minimum=least))
    return _resized(replace(equation, context=context), dict.fromkeys(ordered, ordered[0]))


def _of_written_size(equation: Equation) -> tuple[Equation, str] | None:
    """The equation where its sizes are the number of entries that are written, as z_1, z_2, z_3 or a sum to 3."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    uppers = _uppers(equation)
    places = [i for e in exprs for a in free_atoms(e) if isinstance(a, sp.Indexed) for i in a.indices]
    count = max((int(n) for n in (*places, *uppers) if n.is_Integer), default=0)
    sizes = {u for u in uppers if isinstance(u, sp.Symbol)} - set(equation.context.ranges.bounds)
    ordered = sorted(sizes, key=str)
    if not ordered or not 2 <= count <= MAX_WRITTEN:
        return None
    minimum = {s: n for s, n in equation.context.ranges.minimum.items() if s not in sizes}
    ranges = replace(equation.context.ranges, minimum=minimum)
    fixed = replace(equation, context=replace(equation.context, ranges=ranges))
    return _resized(fixed, dict.fromkeys(ordered, sp.Integer(count))), f"{ordered[0]} = {count}"


def _holds_at_all_places(equation: Equation, seed: int) -> bool:
    """Whether an equation between arrays of a few entries is proved, for all of them or for each."""
    if decide(equation, seed, OPERATIONS, SECONDS).is_proved:
        return True
    ranges = equation.context.ranges
    free = free_symbols(equation.left) | free_symbols(equation.right)
    indices = sorted(free & set(ranges.bounds), key=str)
    ends = [ranges.bounds[s] for s in indices]
    if not indices or len(indices) > 2 or not all(low == 1 and high.is_Integer for low, high in ends):
        return False
    for places in itertools.product(*(range(1, int(high) + 1) for _, high in ends)):
        at: dict[sp.Expr, sp.Expr] = {s: sp.Integer(p) for s, p in zip(indices, places, strict=True)}
        if any(len({at.get(e, e) for e in pair}) == 1 for pair in ranges.distinct):
            continue
        bounds = {s: b for s, b in ranges.bounds.items() if s not in at}
        context = replace(equation.context, ranges=replace(ranges, bounds=bounds, distinct=frozenset()))
        sides = substitute(equation.left, at), substitute(equation.right, at)
        if not decide(replace(equation, left=sides[0], right=sides[1], context=context), seed, OPERATIONS).is_proved:
            return False
    return True


def _uppers(equation: Equation) -> list[sp.Expr]:
    """Where indices and sums end."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    found = [upper for _, upper in equation.context.ranges.bounds.values()]
    return found + [e.args[1][2] for side in exprs for e in side.atoms(sp.Sum, sp.Product)]


def _resized(equation: Equation, sizes: dict[sp.Expr, sp.Expr]) -> Equation:
    context = equation.context
    bounds = {s: (low.xreplace(sizes), high.xreplace(sizes)) for s, (low, high) in context.ranges.bounds.items()}
    arrays = {k: (domain, tuple(a.xreplace(sizes) for a in axes)) for k, (domain, axes) in context.arrays.items()}
    return replace(
        equation,
        left=equation.left.xreplace(sizes),
        right=equation.right.xreplace(sizes),
        context=replace(context, ranges=replace(context.ranges, bounds=bounds), arrays=arrays),
        definitions=tuple(replace(d, value=d.value.xreplace(sizes)) for d in equation.definitions),
    )


def _lost_derivative(left: sp.Expr, right: sp.Expr, equation: Equation, settled: _Settled, seed: int) -> bool:
    """Whether a side is the derivative of the other, a term of several unknown functions: f/g = (g f' - f g')/g²."""
    for plain, other, taken in ((left, right, equation.right), (right, left, equation.left)):
        if plain.has(Partial) or not other.has(Partial) or len(_labels_in(plain) & set(settled.jets)) < 2:
            continue
        for v in sorted({p.variable for p in other.atoms(Partial)}, key=str):
            slope = replace(equation, left=settled.taken(Partial(plain, v)), right=taken)
            if decide(slope, seed, OPERATIONS, SECONDS).is_proved:
                return True
    return False


def _softened(equation: Equation, speaker: Elaborator, seed: int) -> Verdict | None:
    """What a refuted equation still is: a rounded number, a condition at a minimum, the case of the right class."""
    left, right = equation.left, equation.right
    if not left.free_symbols and not right.free_symbols and not equation.definitions:
        decimals = [r for r in (left - right).atoms(sp.Rational) if r.q not in (1, 2, 3, 4, 6)]
        if not decimals:
            return None
        gap = abs(sp.N(left - right, 20))
        if decimals and gap <= abs(sp.N(right, 20)) / 100:
            return Verdict(
                Status.SUPPORTED, "rounded numbers", reason="equal within 1 % for the rounded numbers written"
            )
        return Verdict(Status.UNDECIDED, "rounded numbers", reason="how far the numbers are rounded isn't known")
    for first in sorted((a for a in free_atoms(left - right) if _is_zeroth(a)), key=str):
        for one, other in ((left + first, right), (left, right + first)):
            if decide(replace(equation, left=one, right=other), seed, OPERATIONS, SECONDS).is_proved:
                return Verdict(
                    Status.UNDECIDED, "convention", reason=f"holds where {first} is multiplied with an x_0 = 1"
                )
    for zero in speaker.scope.zeroed:
        for ratio in (1, -1, 2, -2, sp.S.Half, -sp.S.Half):
            scaled = replace(equation, left=left - right, right=ratio * zero)
            if decide(scaled, seed, OPERATIONS, SECONDS).is_proved:
                return Verdict(Status.PROVED, "from an equation that was set to zero", ("where that equation holds",))
    if _needs_a_distribution(equation, speaker, seed):
        return Verdict(Status.UNDECIDED, "probabilities", reason="holds where the probabilities sum to 1")
    ones = {
        a: sp.S.One
        for a in {*free_atoms(left), *free_atoms(right)}
        if isinstance(a, sp.Indexed) and _is_class_label(a, speaker) and a.indices[-1] in equation.context.ranges.bounds
    }
    if ones:
        fixed = replace(equation, left=left.xreplace(ones), right=right.xreplace(ones))
        if decide(fixed, seed, OPERATIONS, SECONDS).is_proved:
            name = sorted(map(str, ones))[0]
            return Verdict(Status.UNDECIDED, "label case", reason=f"holds where {name} = 1")
    return None


def _is_zeroth(atom: sp.Expr) -> bool:
    """Whether a name is the first of parameters that begin at 0: \theta_0."""
    return isinstance(atom, sp.Indexed) and atom.indices == (0,) and base_letter(atom.base.label.name) in WEIGHTS


def _needs_a_distribution(equation: Equation, speaker: Elaborator, seed: int) -> bool:
    """Whether the sides differ by a multiple of 1 - Σ p of some p that is called like a probability."""
    found = {a.base.label for a in free_atoms(equation.left - equation.right) if isinstance(a, sp.Indexed)}
    for label in sorted(found, key=str):
        sorts = speaker.domains.get(label, ())
        if base_letter(label.name) not in ("p", "q", r"\pi") or len(sorts) != 1 or label in speaker.scope.symbols:
            continue
        k = index("p°")
        total = sp.Sum(array(label)[k], (k, *speaker.range_of(sorts[0])))
        for ratio in (1, -1):
            scaled = replace(equation, left=equation.left - equation.right, right=ratio * (total - 1))
            if decide(scaled, seed, OPERATIONS, SECONDS).is_proved:
                return True
    return False


def _is_class_label(atom: sp.Indexed, speaker: Elaborator) -> bool:
    sorts = speaker.domains.get(atom.base.label, ())
    key = re.split("[@·′]", atom.base.label.name)[0]
    return speaker.signature.is_label(key) and bool(sorts) and sorts[-1] in speaker.signature.classes


def _fix(expr: sp.Expr, fixed: dict[str, sp.Integer]) -> sp.Expr:
    """Labels replaced by the value that a case gives them."""
    found = {}
    for atom in free_atoms(expr):
        label = atom.base.label if isinstance(atom, sp.Indexed) else atom
        if label.name in fixed:
            found[atom] = fixed[label.name]
    return expr.xreplace(found) if found else expr


def _matched(left: Value, right: Value) -> tuple[sp.Expr, sp.Expr, tuple[Axis, ...]]:
    """Both entries over the same axes."""
    if len(left.axes) != len(right.axes):
        if not right.axes and right.expr == 0:
            return left.expr, right.expr, left.axes
        raise UnsupportedNoteError(
            f"{_shape(left)} is set equal to {_shape(right)}: what the axes are isn't clear from the notation"
        )
    ls, rs = [a.sort for a in left.axes], [a.sort for a in right.axes]
    if len(ls) == 2 and ls != rs and ls == rs[::-1] and len(set(ls)) == 2:
        right = right.transposed
    elif len(ls) > 1 and ls != rs and set(ls) != set(rs):
        raise UnsupportedNoteError("the two sides are arrays over different things")
    return left.expr, right.at(left.axes), left.axes


def _shape(value: Value) -> str:
    return ("a number", "a vector", "a matrix")[min(len(value.axes), 2)]


def _one_sample(left: sp.Expr, right: sp.Expr, speaker: Elaborator) -> tuple[sp.Expr, sp.Expr]:
    """A sample left unnamed is the one that is named beside it."""
    free = free_symbols(left) | free_symbols(right)
    if ROW not in free:
        return left, right
    sample_range = speaker.range_of(speaker.signature.sample)
    named = [
        s
        for s in sorted(free - {ROW}, key=str)
        if s in speaker.met
        and speaker.met[s] == sample_range
        and speaker.sort_of(s.name.rstrip("_")) == speaker.signature.sample
    ]
    if len(named) == 1:
        return substitute(left, {ROW: named[0]}), substitute(right, {ROW: named[0]})
    return left, right


def _summed_when_repeated(expr: sp.Expr, other: sp.Expr, speaker: Elaborator) -> sp.Expr:
    """The summation convention: an index that stands twice in a term, and not on the other side, is summed over."""
    extra = _indices_of(expr, speaker) - _indices_of(other, speaker)
    if not extra:
        return expr
    terms = []
    for term in sp.Add.make_args(sp.expand_mul(expr)):
        for symbol in sorted(extra & free_symbols(term), key=str):
            term = sp.Sum(term, (symbol, *speaker.met[symbol]))
        terms.append(term)
    return sp.Add(*terms)


def _names_in(exprs: Iterable[sp.Expr], claim: Claim) -> set[str]:
    return {name for e in exprs for name in (*unknown_in(e, claim.speaker), *map(str, _labels_in(e)))}


def _indices_of(expr: sp.Expr, speaker: Elaborator) -> set[sp.Symbol]:
    found = {s for s in free_symbols(expr) if s in speaker.met and s != ROW}
    for entry in speaker.scope.definitions_of(expr):
        if entry.definition is not None and entry.symbol not in speaker.scope.jets:
            target = entry.definition.target
            own = set(target.indices) if isinstance(target, sp.Indexed) else set()
            found |= {s for s in free_symbols(entry.definition.value) - own if s in speaker.met and s != ROW}
    return found


def _one_sided(left: sp.Expr, right: sp.Expr, first_taken: sp.Expr, second_taken: sp.Expr, claim: Claim) -> list[str]:
    """What stands on one side only and is not known: indices and names without a definition."""
    doubts, speaker = [], claim.speaker
    for side in (left, right):
        if isinstance(side, sp.Symbol | sp.Indexed):
            label = side.base.label if isinstance(side, sp.Indexed) else side
            stands = str(label) in claim.beside
            if side == right and any(label in _labels_in(e) for e in _closed(left, speaker)):
                continue  # what stands on the left as well is not named here
            if (
                not stands
                and label not in speaker.scope.symbols
                and not (isinstance(label, sp.Symbol) and label.is_integer)
            ):
                doubts.append(f"{label} has no value here")
    for value in (e for side in (left, right) for e in _closed(side, speaker)[1:]):
        for total in value.atoms(sp.Sum):
            body, index = total.function, total.limits[0][0]
            if body.free_symbols and index not in free_symbols(body):
                doubts.append("a sum, in a definition, of what doesn't show over what it runs")
    names = [unknown_in(side, speaker) for side in (first_taken, second_taken)]
    loose = [_undefined_in(side, speaker) for side in (first_taken, second_taken)]
    only = [loose[0] - loose[1] - claim.beside, loose[1] - loose[0] - claim.beside]
    alike = [(a, b) for a in sorted(only[0]) for b in sorted(only[1]) if _kind(a) == _kind(b)]
    if alike:
        doubts.append(f"{alike[0][1]} may be another name of {alike[0][0]}")
    elif left.has(Partial) and loose[1] - _undefined_in(left, speaker):
        doubts.append(f"{min(loose[1] - _undefined_in(left, speaker))} doesn't stand in what is differentiated")
    for name in sorted((names[0] ^ names[1]) - claim.beside):
        doubts.append(f"{name} is not defined here")
    return doubts


def _labels_in(expr: sp.Expr) -> set[sp.Symbol]:
    return {a.base.label if isinstance(a, sp.Indexed) else a for a in free_atoms(expr)}


def _closed(expr: sp.Expr, speaker: Elaborator) -> list[sp.Expr]:
    """An expression with the values of the names in it, but for those of functions of which nothing is known."""
    known = [e for e in speaker.scope.definitions_of(expr) if e.symbol not in speaker.scope.jets]
    return [expr, *(e.definition.value for e in known if e.definition is not None)]


def _kind(name: str) -> str:
    """What a name without a definition is taken for; two of one kind may be one thing."""
    letter = base_letter(name)
    return "label" if letter in LABELS else "data" if letter in ("x", "X") else "parameter"


def _undefined_in(expr: sp.Expr, speaker: Elaborator) -> set[str]:
    """Data and parameters without a definition."""
    labels = {a for e in _closed(expr, speaker) for a in _labels_in(e)}
    return {a.name for a in labels if not a.is_integer and a not in speaker.scope.symbols and "∂" not in a.name}


def unknown_in(expr: sp.Expr, speaker: Elaborator) -> set[str]:
    exprs = [expr, *(e.definition.value for e in speaker.scope.definitions_of(expr) if e.definition is not None)]
    found = set()
    for e in exprs:
        for atom in free_atoms(e):
            label = atom.base.label if isinstance(atom, sp.Indexed) else atom
            entry = speaker.scope.symbols.get(label)
            if entry is not None and (entry.definition is None or label in speaker.scope.jets):
                found.add(entry.key)
            elif entry is None and label in speaker.unknown:
                found.add(speaker.unknown[label])
    return found


def _ranges(exprs: Sequence[sp.Expr], axes: Iterable[Axis], speaker: Elaborator) -> Ranges:
    ranges = Ranges()
    for sort in speaker.signature.classes:
        _, upper = speaker.range_of(sort)
        if isinstance(upper, sp.Symbol):
            ranges = ranges.with_minimum(upper, 2)
    for axis in axes:
        ranges = ranges.with_index(axis.symbol, axis.lower, axis.upper)
    free = set().union(*(free_symbols(e) for e in exprs))
    for symbol in sorted(free & set(speaker.met), key=str):
        ranges = ranges.with_index(symbol, *speaker.met[symbol])
    if ROW in free and ROW not in ranges.bounds:
        ranges = ranges.with_index(ROW, *speaker.range_of(speaker.signature.sample))
    return ranges


class _Settled:
    """Derivatives taken through the definitions in force, and first-order jets of what has none."""

    def __init__(self, speaker: Elaborator, ranges: Ranges) -> None:
        self.speaker, self.ranges = speaker, ranges
        self.doubts: list[str] = []
        self.is_vacuous = False  # whether a derivative is 0 for want of a definition
        self.entries: list[Entry] = []
        self.jets: dict[sp.Symbol, Definition] = {}
        self.slopes: set[sp.Symbol] = set()

    @property
    def has_jets(self) -> bool:
        return bool(self.jets)

    @property
    def jet_names(self) -> str:
        return ", ".join(sorted(s.name for s in self.jets))

    def slopes_agree(self, equation: Equation) -> bool:
        """Whether both sides have the same derivatives of what is not defined: then none of them can mend the step."""
        sides = [
            {a for e in _closed(side, self.speaker) for a in _labels_in(e)} & self.slopes
            for side in (equation.left, equation.right)
        ]
        return bool(sides[0]) and sides[0] == sides[1]

    def taken(self, expr: sp.Expr) -> sp.Expr:
        self._remember(expr)
        partials = list(expr.atoms(Partial))
        if not partials:
            return expr
        variables = {p.variable for p in partials}
        for v in sorted(variables, key=str):
            self._make_jets(expr, v)
        result = take_partials(expr, self._statement(expr), self.ranges)
        for p in partials:
            label = p.variable.base.label if isinstance(p.variable, sp.Indexed) else p.variable
            data = base_letter(label.name) in ("x", "y", "t") and label not in self.speaker.scope.symbols
            if data and "softmax" not in self.speaker.signature.words and _summed(p.function, self.speaker):
                self.doubts.append(f"a derivative by the data {label}")
        if any(p.function.free_symbols and self._is_vacuous(p) for p in partials):
            self.doubts.append(_VACUOUS)
            self.is_vacuous = True
            self.speaker.vanished |= {a for p in partials if self._is_vacuous(p) for a in _labels_in(p.function)}
        return result

    def _is_vacuous(self, partial: Partial) -> bool:
        """Whether a derivative is 0 although its subject is a name that is defined."""
        inner = partial.function
        labels = {a.base.label if isinstance(a, sp.Indexed) else a for a in free_atoms(inner)}
        if isinstance(inner, sp.Symbol | sp.Indexed) and not labels & set(self.speaker.scope.symbols):
            return bool(_labels_in(inner) != _labels_in(partial.variable) and not labels & set(self.jets))
        defined = any(s in self.speaker.scope.symbols or s in self.speaker.unknown for s in labels)
        if not defined:
            return False
        return bool(take_partials(partial, self._statement(partial), self.ranges) == 0)

    def _remember(self, expr: sp.Expr) -> None:
        for entry in self.speaker.scope.definitions_of(expr):
            if entry not in self.entries:
                self.entries.append(entry)

    def _make_jets(self, expr: sp.Expr, v: sp.Expr) -> None:
        scope, speaker = self.speaker.scope, self.speaker
        label = v.base.label if isinstance(v, sp.Indexed) else v
        above: set[sp.Symbol] = set()
        entry = scope.symbols.get(label)
        if entry is not None and entry.definition is not None:
            above = {
                a.base.label if isinstance(a, sp.Indexed) else a
                for e in (entry, *scope.definitions_of(entry.definition.value))
                if e.definition is not None
                for a in free_atoms(e.definition.value)
            }
        exprs = [expr, *(e.definition.value for e in scope.definitions_of(expr) if e.definition is not None)]
        arities: dict[sp.Symbol, int] = {}
        for atom in (a for e in exprs for a in free_atoms(e)):
            name = atom.base.label if isinstance(atom, sp.Indexed) else atom
            arities[name] = len(atom.indices) if isinstance(atom, sp.Indexed) else 0
        waiting = sorted(arities, key=str)
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            known = scope.symbols.get(name)
            is_open = name in speaker.unknown if known is None else known.definition is None
            if not is_open or name == label or name in above or name in self.jets:
                continue
            if name in scope.inert and label not in scope.inert[name]:
                continue
            if _feeds(name, label):
                continue
            if label in scope.depends and name in self._upstream(label):
                continue
            nearer = sorted((o for o in scope.depends.get(name, ()) if label in self._upstream(o)), key=str)
            if nearer:  # the chain rule through what it is differentiated by elsewhere
                sorts = self._axes_of(nearer[0])
                dummies = tuple(index(f"p{p}") for p in range(len(sorts)))
                between = array(nearer[0])[dummies] if dummies else nearer[0]
                self._jet(name, arities[name], between)
                if nearer[0] not in seen:
                    seen.add(nearer[0])
                    arities[nearer[0]] = len(sorts)
                    waiting.append(nearer[0])
                continue
            self._jet(name, arities[name], v)

    def _jet(self, name: sp.Symbol, arity: int, v: sp.Expr) -> None:
        """name = Σ slope · v to first order."""
        label = v.base.label if isinstance(v, sp.Indexed) else v
        own = tuple(index(f"q{p}") for p in range(arity))
        bound = tuple(index(f"r{p}") for p in range(len(v.indices) if isinstance(v, sp.Indexed) else 0))
        slope = sp.Symbol(f"∂{name}/∂{label}", real=True)
        self.slopes.add(slope)
        sorts = self._axes_of(label)
        if len(sorts) < len(bound):
            raise UnsupportedNoteError(f"the axes of {label}")
        # what belongs to one sample depends on nothing of another
        same = dict(zip((s for s in self._axes_of(name)), own, strict=False)).get(self.speaker.signature.sample)
        by = tuple(
            same if same is not None and sort == self.speaker.signature.sample else symbol
            for symbol, sort in zip(bound, sorts, strict=False)
        )
        at = (*own, *(s for s in by if s != same))
        value = array(slope)[at] if at else slope
        value = value * (v.base[by] if isinstance(v, sp.Indexed) else v)
        for symbol, sort in zip(by, sorts, strict=False):
            if symbol != same:
                value = sp.Sum(value, (symbol, *self.speaker.range_of(sort)))
        target = array(name)[own] if own else name
        self.jets[name] = Definition(target, value)

    def _upstream(self, label: sp.Symbol) -> set[sp.Symbol]:
        """What a name depends on, by its definition or by the derivatives of it that the document has."""
        scope = self.speaker.scope
        found: set[sp.Symbol] = set()
        waiting = [label]
        while waiting:
            name = waiting.pop()
            entry = scope.symbols.get(name)
            below = set(scope.depends.get(name, ()))
            if entry is not None and entry.definition is not None:
                below |= _labels_in(entry.definition.value)
            for other in below - found:
                found.add(other)
                waiting.append(other)
        return found

    def _axes_of(self, label: sp.Symbol) -> tuple[object, ...]:
        entry = self.speaker.scope.symbols.get(label)
        return entry.axes if entry is not None else self.speaker.domains.get(label, ())

    def _statement(self, expr: sp.Expr) -> Statement:
        scope = self.speaker.scope
        definitions = [e.definition for e in scope.definitions_of(expr) if e.definition is not None]
        exprs = [expr, *(d.value for d in definitions)]
        needed = {a.base.label if isinstance(a, sp.Indexed) else a for e in exprs for a in free_atoms(e)}
        waiting = sorted(needed & set(self.jets), key=str)
        used: set[sp.Symbol] = set()
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting += sorted(_labels_in(self.jets[name].value) & set(self.jets), key=str)
        definitions += [d for name, d in self.jets.items() if name in used]
        defined = {d.target.base.label if isinstance(d.target, sp.Indexed) else d.target for d in definitions}
        variables: dict[sp.Symbol, Variable] = {}
        for e in (expr, *(d.value for d in definitions)):
            for atom in free_atoms(e):
                label = atom.base.label if isinstance(atom, sp.Indexed) else atom
                if label in defined or label in variables or (isinstance(atom, sp.Symbol) and atom.is_integer):
                    continue
                letter = base_letter(label.name)
                role = "feature" if letter in ("x", "y", "t", "X") or label in self.slopes else "weight"
                axes = (sp.Integer(1),) * (len(atom.indices) if isinstance(atom, sp.Indexed) else 0)
                variables[label] = Variable(label.name, axes, role)
        ranges = tuple((s, lo, hi) for s, (lo, hi) in self.ranges.bounds.items())
        return Statement("note", "note", "", "", tuple(variables.values()), tuple(definitions), ranges)

    def definitions_for(self, *exprs: sp.Expr) -> Iterable[Definition]:
        for entry in self.speaker.scope.definitions_of(*exprs):
            if (
                entry.definition is not None
                and entry.symbol not in self.speaker.scope.jets
                and entry.symbol not in self.jets
            ):
                yield self._resolved(entry)

    def _resolved(self, entry: Entry) -> Definition:
        """A definition; the derivative that a name was said to be is taken, under the definitions in force."""
        definition = entry.definition
        assert definition is not None
        if not definition.value.has(Partial):
            return definition
        own = definition.target.indices if isinstance(definition.target, sp.Indexed) else ()
        before = self.ranges
        for symbol, sort in zip(own, entry.axes, strict=True):
            if symbol not in before.bounds:
                self.ranges = self.ranges.with_index(symbol, *self.speaker.range_of(sort))
        try:
            value = self.taken(definition.value)
        finally:
            self.ranges = before
        if value == 0:
            raise UnsupportedNoteError(f"{entry.key} is 0 as far as the names in it are defined")
        return replace(definition, value=value)


def _feeds(name: sp.Symbol, label: sp.Symbol) -> bool:
    """Whether a name belongs to an earlier layer of a network, which does not depend on a later one."""
    own, other = layer_of_key(name.name), layer_of_key(label.name)
    return own is not None and other is not None and own[0] == other[0] and own[1] < other[1]


def _summed(expr: sp.Expr, speaker: Elaborator) -> bool:
    """Whether an expression is a sum over samples, by its definition."""
    exprs = [expr, *(e.definition.value for e in speaker.scope.definitions_of(expr) if e.definition is not None)]
    sizes = speaker.range_of(speaker.signature.sample)[1] if speaker.signature.sample is not None else None
    return any(total.limits[0][2] == sizes for e in exprs for total in e.atoms(sp.Sum))


def _arrays(
    exprs: Iterable[sp.Expr], definitions: Sequence[Definition], speaker: Elaborator
) -> dict[object, tuple[Domain, tuple[sp.Expr, ...]]]:
    """The domains of labels and of probabilities that have no definition."""
    defined = {d.target.base.label if isinstance(d.target, sp.Indexed) else d.target for d in definitions}
    found: dict[object, tuple[Domain, tuple[sp.Expr, ...]]] = {}
    numbered: set[sp.Symbol] = set()
    for e in exprs:
        for atom in free_atoms(e):
            label = atom.base.label if isinstance(atom, sp.Indexed) else atom
            if label in defined or label in found or label.is_integer:
                continue
            if isinstance(atom, sp.Indexed) and any(i.is_Integer for i in atom.indices):
                numbered.add(label)
            axes = _sizes(label, speaker)
            domain = _domain_of(label, speaker)
            if (
                axes is None
                or domain is Domain.REAL
                or len(axes) != (len(atom.indices) if isinstance(atom, sp.Indexed) else 0)
            ):
                continue
            found[label] = (domain, axes)
    return {label: kept for label, kept in found.items() if label not in numbered}


def _class_first(
    exprs: Iterable[sp.Expr], definitions: Sequence[Definition], speaker: Elaborator
) -> dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]]:
    """Labels written y_{ci}, their class before the sample: a new name for each, and its sizes in the usual order."""
    defined = {d.target.base.label if isinstance(d.target, sp.Indexed) else d.target for d in definitions}
    found: dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]] = {}
    for label in sorted({a for e in exprs for a in _labels_in(e)} - defined, key=str):
        sorts, sizes = speaker.domains.get(label, ()), _sizes(label, speaker)
        is_label = speaker.signature.is_label(re.split("[@·′]", label.name)[0])
        if len(sorts) != 2 or sizes is None or not is_label or not speaker.signature.says(_ONE_HOT):
            continue
        if sorts[0] in speaker.signature.classes and sorts[1] == speaker.signature.sample:
            found[label] = sp.Symbol(f"{label.name}@T", real=True), sizes[::-1]
    return found


def _turned(expr: sp.Expr, names: dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]]) -> sp.Expr:
    """The expression with the indices of these names the other way round."""
    atoms = [a for a in expr.atoms(sp.Indexed) if a.base.label in names] if names else []
    turned = {a: sp.IndexedBase(names[a.base.label][0], shape=None)[tuple(a.indices[::-1])] for a in atoms}
    return expr.xreplace(turned) if turned else expr


def _sizes(label: sp.Symbol, speaker: Elaborator) -> tuple[sp.Expr, ...] | None:
    sorts = speaker.domains.get(label, ())
    entry = speaker.scope.symbols.get(label)
    if entry is not None:
        sorts = entry.axes
    sizes = []
    for sort in sorts:
        lower, upper = speaker.range_of(sort)
        if lower != 1 or not isinstance(upper, sp.Symbol):
            return None
        sizes.append(upper)
    return tuple(sizes)


def _domain_of(label: sp.Symbol, speaker: Elaborator) -> Domain:
    signature = speaker.signature
    key = re.split("[@·′]", label.name)[0]
    sorts = speaker.domains.get(label, ())
    if key.startswith("1{"):
        return Domain.ONE_HOT
    letter = base_letter(key)
    if signature.is_label(key):
        many = bool(sorts) and sorts[-1] != signature.sample and signature.says(_ONE_HOT)
        if many or sorts and sorts[-1] in signature.classes:
            return Domain.ONE_HOT
        signs, binary = signature.says(_SIGNS), signature.says(_BINARY)
        if signs:
            return Domain.SIGNS if not signature.says(r"\{\s*0\s*,\s*\+?1\s*\\?\}") else Domain.REAL
        return Domain.BINARY if binary else Domain.REAL
    if key in signature.logged and letter not in ("e",) and key not in (r"\sigma",):
        return Domain.UNIT
    return Domain.REAL
