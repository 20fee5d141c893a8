"""What takes a refutation back: doubts, rounded numbers, a case that nobody wrote.

A name without a definition may be anything, so a difference that hangs on one refutes nothing. Sizes that are written
nowhere may be equal, and numbers may be rounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.functions import Partial
from derivations.inverses import is_inverse
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.signature import LABELS, WEIGHTS, base_letter
from derivations.notes.judging.assumptions import ONE_HOT
from derivations.notes.judging.claims import Claim, closed, indices_of, unknown_in
from derivations.notes.judging.distributions import (
    SUMS_TO_ONE,
    holds_for_distributions,
    holds_for_probabilities,
    is_said_to_sum_to_one,
)
from derivations.notes.judging.held_fixed import holding_fixed, holding_others_fixed
from derivations.notes.judging.lengths import of_length_one
from derivations.notes.judging.settled import Settled
from derivations.notes.judging.sizes import (
    OPERATIONS,
    SECONDS,
    at_named_places,
    at_written_size,
    holds_at_all_places,
    of_one_size,
)
from derivations.ranges import Ranges
from derivations.reasons import Reason, Why, holds_where, why
from derivations.verdict import Status, Verdict

_OF_CASES = (
    r"diagonal|\bindices\b|\bsame\b|coincid|otherwise|\belse\b|gleich|igual|égal|相同|等しい|同じ|같|\\mathbb\{?1|\\mathbf\{?1|\\begin\{d?cases"
    r"|\bcase|\bFall|\bcas\b|\bcaso|случа|情况|情形|时|場合|경우|trường hợp"
)

ROUNDING = Reason("how far the numbers are rounded isn't known", Why.ROUNDED)
_RATES = frozenset((r"\eta", r"\alpha", r"\epsilon", r"\gamma", r"\lambda", r"\rho"))  # hyperparameters
_COUNTERS = frozenset(("t", "k", r"\tau"))  # of steps
_OF_NUMBERS = (
    r"linear regression|least squares|gaussian|normal distribution|squared error|mean square"
    r"|线性回归|最小二乘|正态|高斯|均方"
    r"|линейн\w+ регресс|линейная модель|lineare regression|regresión lineal|線形回帰|선형 ?회귀"
)

__all__ = [
    "IS_ONE",
    "ROUNDING",
    "components_meant",
    "is_lost_derivative",
    "one_sided",
    "ranges_mixed",
    "sizes_apart",
    "tempered",
]
IS_ONE = r"(?-i:x_\{?\(?(0|i0|i,0)\)?\}?(\^\S{1,9}?)?\s*=\s*1|x\^\{?\(i\)\}?_\{?0\}?\s*=\s*1)"


def components_meant(left: sp.Expr, extra: Sequence[sp.Symbol], speaker: Elaborator) -> str | None:
    """∂/∂θ where θ has components: each of them may be meant."""
    sample = speaker.range_of(speaker.signature.sample)
    if all(speaker.met[index] == sample for index in extra):
        return None
    whole = sorted(str(p.variable) for p in atoms_of(left, Partial) if isinstance(p.variable, sp.Symbol))
    return f"a component of {whole[0]} may be meant" if whole else None


def tempered(
    verdict: Verdict, doubts: list[str], settled: Settled, equation: Equation, claim: Claim, seed: int
) -> Verdict:
    """The verdict less what doubts and unwritten conditions take from it."""
    speaker = claim.speaker
    if verdict.is_refuted:
        said = (c for c in verdict.conditions if not _is_for_all(c, claim) and not _is_empty_case(c, equation, seed))
        verdict = replace(verdict, conditions=tuple(said))
        softer = _softened(equation, speaker, seed)
        if softer is not None:
            return (
                softer
                if softer.is_proved
                else replace(verdict, status=softer.status, witness=None, reason=softer.reason)
            )
        numbered = None if claim.sizes else at_written_size(equation)
        if numbered is not None and not doubts and holds_at_all_places(numbered[0], seed):
            reason = f"holds for {numbered[1]}, the size of what is written"
            return Verdict(Status.SUPPORTED, verdict.method, reason=reason)
        fixed = None
        if settled.has_jets and all(why(doubt) is Why.UNDEFINED for doubt in doubts):
            fixed = holding_fixed(equation, settled, claim, seed)
            fixed = fixed or holding_others_fixed(equation, settled, claim, seed)
        if fixed is not None:
            return fixed
        if verdict.conditions and not _is_chance(verdict, claim):
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason="; ".join(verdict.conditions))
        if doubts:
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=doubts[0])
        alike = of_one_size(equation, speaker)
        of_one = None if alike is None else decide(alike, seed, OPERATIONS, SECONDS, shown=False)
        if of_one is not None and of_one.is_proved:
            reason = holds_where("the sizes that are written nowhere are equal")
            return Verdict(Status.SUPPORTED, of_one.method, of_one.conditions, reason=reason)
        if of_one is not None and not of_one.is_refuted:
            reason = "no witness where the sizes that are written nowhere are equal"
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)
        is_slope = any(value.expr.has(Partial) for value in (claim.left, claim.right))
        if not is_slope and _is_sum_over_samples(equation, seed):
            reason = holds_where("one side is summed over its samples")
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)
        if settled.has_jets:
            if settled.slopes_agree(equation):
                return verdict
            for ratio in (sp.Integer(2), sp.S.Half, sp.S.NegativeOne):
                scaled = replace(equation, right=ratio * equation.right)
                if is_provable(scaled, seed, OPERATIONS, SECONDS):
                    return verdict
            return replace(verdict, status=Status.UNDECIDED, witness=None, reason=_undefined(settled.jet_names))
    if verdict.is_proved:
        needs = [c for c in verdict.conditions if "one-hot" in c or ("Σ" in c and "= 1" in c)]
        needs = [c for c in needs if not c.startswith(("Σ 1{y}", "Σ 1{t}"))]  # a label is one of the classes
        if needs and not speaker.signature.says(ONE_HOT):
            return replace(verdict, status=Status.SUPPORTED, reason=f"needs {needs[0]}, which is written nowhere")
        binary = [c for c in verdict.conditions if c.endswith("∈ {0, 1}")]
        if binary and speaker.signature.says(_OF_NUMBERS):
            reason = f"needs {binary[0]}, in a text that has labels of other kinds"
            return replace(verdict, status=Status.SUPPORTED, reason=reason)
    return verdict


def _is_for_all(condition: str, claim: Claim) -> bool:
    """Whether a step is claimed beyond "holds for i ≠ j": for all entries of matrices, or with a δ_{ij} in it."""
    found = re.fullmatch(r"holds for (\w+) [=≠] (\w+)", condition)
    if found is None:
        return False
    pair = {found[1], found[2]}
    opened = {axis.symbol.name for value in (claim.left, claim.right) for axis in value.axes}
    deltas = [d for value in (claim.left, claim.right) for d in atoms_of(value.expr, sp.KroneckerDelta)]
    return pair <= opened or any(pair == {str(a) for a in d.args} for d in deltas)


def _is_empty_case(condition: str, equation: Equation, seed: int) -> bool:
    """Whether "holds for i ≠ j" says no more than that both sides, neither of which is written as 0, are 0 there."""
    found = re.fullmatch(r"holds for (\w+) ≠ (\w+)", condition)
    ranges = equation.context.ranges
    pair = [s for s in ranges.bounds if found is not None and s.name in found.groups()]
    if len(pair) != 2 or 0 in (equation.left, equation.right):
        return False
    apart = replace(equation.context, ranges=ranges.with_distinct(*pair))
    return is_provable(replace(equation, right=sp.S.Zero, context=apart), seed, OPERATIONS, SECONDS)


def _is_chance(verdict: Verdict, claim: Claim) -> bool:
    """Whether a step holds where two indices coincide and nowhere else, and nothing says that they do.

    An index that stands on the right side only is in no case that the words of a document may mean without naming it.
    """
    speaker = claim.speaker
    indices = [indices_of(value.expr, speaker) for value in (claim.left, claim.right)]
    new = {index.name for index in indices[1] - indices[0]}
    for condition in verdict.conditions:
        pair = re.fullmatch(r"holds for (\w+) = (\w+)", condition)
        if pair is None or speaker.signature.says(_OF_CASES) and not new & set(pair.groups()):
            return False
        for one, other in (pair.groups(), pair.groups()[::-1]):
            if speaker.signature.says(rf"(?<![A-Za-z\\]){one}\s*(==?|\\neq?\b|\\not\s*=|!=|≠)\s*{other}(?![A-Za-z])"):
                return False
    return True


def is_lost_derivative(left: sp.Expr, right: sp.Expr, equation: Equation, settled: Settled, seed: int) -> bool:
    """Whether a side is the derivative of the other, a term of several unknown functions: f/g = (g f' - f g')/g²."""
    for plain, other, taken in ((left, right, equation.right), (right, left, equation.left)):
        if plain.has(Partial) or not other.has(Partial) or len(labels_in(plain) & set(settled.jets)) < 2:
            continue
        for v in sorted({p.variable for p in atoms_of(other, Partial)}, key=str_of):
            slope = replace(equation, left=settled.taken(Partial(plain, v)), right=taken)
            if is_provable(slope, seed, OPERATIONS, SECONDS):
                return True
    return False


def _softened(equation: Equation, speaker: Elaborator, seed: int) -> Verdict | None:
    """What a refuted equation still is: a rounded number, a condition at a minimum, the case of the right class."""
    left, right = equation.left, equation.right
    if not left.free_symbols and not right.free_symbols and not equation.definitions:
        decimals = [r for r in atoms_of(left - right, sp.Rational) if r.q not in (1, 2, 3, 4, 6)]
        if not decimals:
            return None
        gap = abs(sp.N(left - right, 20))
        if decimals and gap <= abs(sp.N(right, 20)) / 100:
            return Verdict(
                Status.SUPPORTED, "rounded numbers", reason="equal within 1 % for the rounded numbers written"
            )
        return Verdict(Status.UNDECIDED, "rounded numbers", reason=ROUNDING)
    for first in sorted((a for a in free_atoms(left - right) if _is_zeroth(a)), key=str_of):
        for one, other, has in ((left + first, right, right), (left, right + first, left)):
            if is_provable(replace(equation, left=one, right=other), seed, OPERATIONS, SECONDS):
                is_so = first in free_atoms(has) and speaker.signature.says(IS_ONE)  # else x_0 may be -1
                status = Status.SUPPORTED if is_so else Status.UNDECIDED
                return Verdict(status, "convention", reason=holds_where(f"{first} is multiplied with an x_0 = 1"))
        for bias in sorted((a for a in (left - right).free_symbols if _is_bias(a, speaker)), key=str_of):
            one, other = (e.xreplace({first: bias}) for e in (left, right))
            if is_provable(replace(equation, left=one, right=other), seed, OPERATIONS, SECONDS):
                return Verdict(Status.UNDECIDED, "convention", reason=holds_where(f"{bias} is {first}"))
    for zero in speaker.scope.zeroed:
        counts = {t.limits[0][2] for t in atoms_of(zero, sp.Sum) if t.limits[0][1] == 1}
        known = (e.definition for e in speaker.scope.definitions_of(zero))
        definitions = tuple(dict.fromkeys((*equation.definitions, *(d for d in known if d is not None))))
        ratios = [
            sp.Rational(c, 2) / count for count in (1, *sorted(counts, key=str_of)) for c in (2, -2, 4, -4, 1, -1)
        ]
        for ratio in ratios:
            scaled = replace(equation, left=left - right, right=ratio * zero, definitions=definitions)
            if is_provable(scaled, seed, OPERATIONS, SECONDS):
                return Verdict(Status.PROVED, "from an equation that was set to zero", ("where that equation holds",))
    unit = of_length_one(equation, speaker.signature, seed)
    if unit is not None:
        return unit
    excuse = holds_for_probabilities(equation, speaker, seed)
    if excuse is not None:
        holds = excuse == SUMS_TO_ONE and right != 1
        holds = holds and (is_said_to_sum_to_one(speaker) or holds_for_distributions(equation, speaker, seed))
        return Verdict(Status.SUPPORTED if holds else Status.UNDECIDED, "probabilities", reason=excuse)
    ones = {
        a: sp.S.One
        for a in {*free_atoms(left), *free_atoms(right)}
        if isinstance(a, sp.Indexed) and _is_class_label(a, speaker) and a.indices[-1] in equation.context.ranges.bounds
    }
    sides = [{a.base.label for a in ones} & labels_in(side) for side in (left, right)]
    if ones and sides[0] != sides[1]:  # a side that has the labels as well is of any class
        fixed = replace(equation, left=left.xreplace(ones), right=right.xreplace(ones))
        if is_provable(fixed, seed, OPERATIONS, SECONDS):
            name = sorted(map(str, ones))[0]
            return Verdict(Status.UNDECIDED, "label case", reason=holds_where(f"{name} = 1"))
    letters = {
        index.name for index in (free_symbols(left) | free_symbols(right)) & equation.context.ranges.bounds.keys()
    }
    # a letter that a sum of the chain binds names no place of its own
    named = None if letters & speaker.sums_elsewhere else at_named_places(equation)
    if named is not None and is_provable(named, seed, OPERATIONS, SECONDS):
        return Verdict(Status.UNDECIDED, "label case", reason=holds_where("the indices written are all there are"))
    return _with_a_numbered_class(equation, speaker, seed)


def _with_a_numbered_class(equation: Equation, speaker: Elaborator, seed: int) -> Verdict | None:
    """-Σ_k y_k log p_k = -log p_7: holds where the right class is 7."""
    numbers = {
        i
        for e in (equation.left, equation.right)
        for a in atoms_of(e, sp.Indexed)
        for i in a.indices[-1:]
        if i.is_Integer
    }
    if not numbers:
        return None
    left, right, context = equation.expanded()
    atoms = {a for e in (left, right) for a in atoms_of(e, sp.Indexed)}
    labels = [a for a in atoms if _is_label(a, speaker) and not a.indices[-1].is_Integer]
    for number in sorted(numbers) if labels else ():
        chosen = {a: sp.KroneckerDelta(a.indices[-1], number) for a in labels}
        fixed = Equation(left.xreplace(chosen), right.xreplace(chosen), context)
        if is_provable(fixed, seed, OPERATIONS, SECONDS):
            return Verdict(Status.UNDECIDED, "label case", reason=holds_where(f"the class is {number}"))
    return None


def _is_label(atom: sp.Indexed, speaker: Elaborator) -> bool:
    return speaker.signature.is_label(re.split("[@·′]", atom.base.label.name)[0])


def _is_sum_over_samples(equation: Equation, seed: int) -> bool:
    """Whether a side of the sample at hand is the other one where it is summed over all: x y^T of rows of X and Y."""
    ends = equation.context.ranges.bounds.get(ROW)
    has_sample = [ROW in free_symbols(side) for side in (equation.left, equation.right)]
    if ends is None or has_sample[0] == has_sample[1]:
        return False
    left, right = (
        sp.Sum(side, (ROW, *ends)) if has else side
        for side, has in zip((equation.left, equation.right), has_sample, strict=True)
    )
    return is_provable(replace(equation, left=left, right=right), seed, OPERATIONS, SECONDS)


def _is_zeroth(atom: sp.Expr) -> bool:
    """Whether a name is the first of parameters that begin at 0: \theta_0."""
    return isinstance(atom, sp.Indexed) and atom.indices == (0,) and base_letter(atom.base.label.name) in WEIGHTS


def _is_bias(symbol: sp.Basic, speaker: Elaborator) -> bool:
    return isinstance(symbol, sp.Symbol) and base_letter(symbol.name) == "b" and symbol not in speaker.scope.symbols


def _is_class_label(atom: sp.Indexed, speaker: Elaborator) -> bool:
    sorts = speaker.domains.get(atom.base.label, ())
    key = re.split("[@·′]", atom.base.label.name)[0]
    return speaker.signature.is_label(key) and bool(sorts) and sorts[-1] in speaker.signature.classes


def one_sided(left: sp.Expr, right: sp.Expr, first_taken: sp.Expr, second_taken: sp.Expr, claim: Claim) -> list[str]:
    """What stands on one side only and is not known: indices and names without a definition."""
    doubts: list[str] = []
    speaker = claim.speaker
    for side in (left, right):
        name = _power_of(side)
        if name is not None:
            label = label_of(name)
            stands = str(label) in claim.beside
            other = right if side == left else left
            if (side == right or name != side) and any(label in labels_in(e) for e in closed(other, speaker)):
                continue  # what stands on the other side as well is not named here
            if (
                not (stands or is_inverse(label))
                and label not in speaker.scope.symbols
                and not (isinstance(label, sp.Symbol) and label.is_integer)
            ):
                doubts.append(Reason(f"{label} has no value here", Why.NO_VALUE, str(label)))
    for value in (e for side in (left, right) for e in closed(side, speaker)[1:]):
        for total in atoms_of(value, sp.Sum):
            body, index = total.function, total.limits[0][0]
            if body.free_symbols and index not in free_symbols(body):
                doubts.append("a sum, in a definition, of what doesn't show over what it runs")
    names = [unknown_in(side, speaker) for side in (first_taken, second_taken)]
    loose = [_undefined_in(side, speaker) for side in (first_taken, second_taken)]
    only = [loose[0] - loose[1] - claim.beside, loose[1] - loose[0] - claim.beside]
    alike = [(a, b) for a in sorted(only[0]) for b in sorted(only[1]) if _kind(a) == _kind(b)]
    if alike:
        doubts.append(Reason(f"{alike[0][1]} may be another name of {alike[0][0]}", Why.OTHER_NAME))
    elif left.has(Partial) and (new := _new_in(loose[1] - loose[0], left, claim)):
        doubts.append(f"{min(new)} doesn't stand in what is differentiated")
    for name in sorted(only[0] | only[1]):
        if _has_defined_sibling(name, speaker):
            doubts.append(_undefined(name))
    for here, there in (only, only[::-1]):
        rates = {name for name in here if base_letter(name) in _RATES}
        if rates and there & _COUNTERS and not (here | there) - rates - _COUNTERS:
            doubts.append(_undefined(min(rates)))  # \eta \lambda = 1/t may be how a rate is chosen
    predictions = {n for n in only[0] | only[1] if n.startswith(r"\hat{")}
    for name in sorted(
        ((names[0] ^ names[1]) | predictions) - claim.beside - _lost(first_taken, second_taken, speaker)
    ):
        doubts.append(_undefined(name))
    return doubts


def _has_defined_sibling(name: str, speaker: Elaborator) -> bool:
    """Whether x_1 has no value where x_2 has one: it is something, too, that the document does not say."""
    base, mark, number = name.rpartition("_")
    if not (mark and number.isdigit()):
        return False
    defined = (s.name for s, entry in speaker.scope.symbols.items() if entry.definition is not None)
    return any(n.startswith(f"{base}_") and n[len(base) + 1 :].isdigit() for n in defined)


def _lost(first: sp.Expr, second: sp.Expr, speaker: Elaborator) -> set[str]:
    """The names by which alone two sides differ, where the document differentiates by them: they vary.

    a - y = -y would be a = 0. A side that is nothing but numbers may be the value for some.
    """
    varied = {label for found in speaker.scope.varied.values() for label in found}
    apart = first - second
    names = {speaker.unknown.get(label, label.name) for label in varied}
    own = unknown_in(apart, speaker) | _undefined_in(apart, speaker)
    one, other = ({a.name for a in labels_in(side)} for side in (first, second))
    if not (one <= other or other <= one):
        return set()  # what stands on either side only may be what nobody says that it is: softmax(a)_k = y_k
    return own if own <= names and one and other else set()


def _undefined(name: str) -> Reason:
    return Reason(f"{name} is not defined here", Why.UNDEFINED, name)


def _power_of(side: sp.Expr) -> sp.Expr | None:
    """The name of which a side is a number times a power, as 2θ² is of θ: an equation may say what it is."""
    _, rest = side.as_coeff_Mul()
    base, _ = rest.as_base_exp()
    return base if isinstance(base, sp.Symbol | sp.Indexed) else None


def ranges_mixed(sides: Sequence[sp.Expr], ranges: Ranges) -> list[str]:
    """What is summed over one range and stands at an index of another: Σ_{i=1}^{l} δ_ij, where j goes further."""
    sums = {t for side in sides if side.has(sp.KroneckerDelta) for t in atoms_of(side, sp.Sum)}
    for total in sorted(sums, key=str_of):
        bound = {limit[0]: tuple(limit[1:]) for limit in total.limits}
        for delta in sorted(atoms_of(total.function, sp.KroneckerDelta), key=str_of):
            inner = [a for a in delta.args if a in bound]
            outer = [a for a in delta.args if a in ranges.bounds and a not in bound]
            if inner and outer and bound[inner[0]] != tuple(ranges.bounds[outer[0]]):
                return [f"{inner[0]} and {outer[0]} run over different things here, and one is set equal to the other"]
    return []


def sizes_apart(first: sp.Expr, second: sp.Expr) -> list[str]:
    """Sums up to m_1 on one side and up to m on the other: of how many of the m the m_1 are, nothing is known."""
    ends = [{str(t.limits[0][2]) for t in atoms_of(side, sp.Sum)} for side in (first, second)]
    for one, other in (ends, ends[::-1]):
        for part in sorted(one - other):
            whole = part.partition("_")[0]
            if whole != part and whole in other - one:
                return [f"nothing says which of the {whole} the {part} are"]
    return []


def _new_in(names: set[str], left: sp.Expr, claim: Claim) -> set[str]:
    """Names that what is differentiated does not have; a function of which nothing is known brings its slope along."""
    new = {n for n in names - _undefined_in(left, claim.speaker) - claim.beside if "'(" not in n}
    return {n for n in new if not _is_beside_prediction(n, left, claim.speaker)}


def _is_beside_prediction(name: str, left: sp.Expr, speaker: Elaborator) -> bool:
    r"""Whether y is the label of the \hat{y} that is differentiated: a loss has both, so that one isn't the other."""
    hat = rf"\hat{{{name}}}"
    if not any(a.name == hat for p in atoms_of(left, Partial) for a in labels_in(p.function)):
        return False
    values = [e.definition.value for e in speaker.scope.symbols.values() if e.definition is not None]
    return any({name, hat} <= {a.name for a in labels_in(value)} for value in values)


def _kind(name: str) -> str:
    """What a name without a definition is taken for; two of one kind may be one thing."""
    letter = base_letter(name)
    return "label" if letter in LABELS else "data" if letter in ("x", "X") else "parameter"


def _undefined_in(expr: sp.Expr, speaker: Elaborator) -> set[str]:
    """Data and parameters without a definition."""
    labels = {a for e in closed(expr, speaker) for a in labels_in(e) if not is_inverse(a)}
    return {a.name for a in labels if not a.is_integer and a not in speaker.scope.symbols and "∂" not in a.name}
