"""What the words around a step say of it where it is false as it stands: one sample, a mean, an equation to solve."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.equation import Equation, is_provable
from derivations.functions import Partial
from derivations.indexed import UnsupportedExpressionError, free_atoms, free_symbols, label_of, substitute
from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.quotients import gradient_of, product_of, subject_of
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.claims import labels_in
from derivations.notes.judging.conditions import cases_written
from derivations.notes.judging.doubts import ROUNDING
from derivations.notes.judging.judge import own_chain
from derivations.notes.judging.solved import SOLVING, Solved
from derivations.notes.judging.worded import Worded
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.report import StepRecord

__all__ = ["Excusing"]

_ONE_SAMPLE = (
    r"\b(one|a single|1|each individual) (training |data )?(example|sample|point|observation|instance)\b"
    r"|\bper[- ](sample|example)|skip the sum|单个?样本|一个样本|один объект"
)
_MEAN = r"batch|average|mean|평균|배치|平均|批|promedio|media|средн"
_PART = r"batch|\bsubset|\bsampled?\b[^.]{0,30}\b(points|examples)|\bat a time\b|批|подвыборк|lote"
_SOLVED = (
    r"\b(set(ting|s)?|equat(e|es|ing)|put(ting)?)\b[^.]{0,80}\b(zero|0)\b|equal(s|ling|ing)? (it |this )?to (zero|0)\b"
    r"|\bsolv(e|es|ing)\b|normal equation|vanish|stationar|first[- ]order condition"
    r"|\b(minimi[sz]er|optimum|at the minimum|optimality condition)\b"
    r"|\b(derivative|gradient|slope)s?\b[^.]{0,20}\b(to|at|is|are|be(come)?s?|=)\s*\$?(zero|0)\b"
    r"|\bat (zero|0) (derivative|gradient)"
    r"|令|等于\s*\$?0|为\s*\$?(0|零)|解得|приравн|нул[юея]|решая|igual(ando|amos|ar)?[^.]{0,40}\b(cero|zero|0)\b|annul|nullsetzen"
    r"|gleich null|0\s*とお|ゼロ|0으로|0이 되|bằng 0"
)
_ZEROED = (
    r"\b(set|sett?ing|equat\w+|put|putting|solv\w+|requir\w+|satisf\w+)\b"
    r"|令|приравн|реш|igual|annul|poniendo|resolv|setz|löse|poser|posons|おく|とき|đặt|giải"
)
_ABSORBED = (
    r"\babsorb|\bup to (a |some )?(positive |multiplicative )?constant"
    r"|\bconstants?( factors?| terms?)? (is|are|can be|may be) (dropped|ignored|omitted|left out)"
)
_OF_ITS_SLOPE = re.compile(
    r"(derivatives?|slope|derivada|dérivée|Ableitung)\s+(of|de|von)\s*(\\?[$(])*\s*$|导数|微分", re.I
)
_WHEN = re.compile(
    r"\b(when|if|for|where|falls|wenn|si|se|quand|pour|para|cuando|при|если|khi|với)\b|当|若|とき|のとき|일 때", re.I
)
_DIVIDED = r"\bdivid|\bmultipl|\bcancel|\bscal(e|ing)|teilen|除|割|делим|divis|dividi"


@dataclass
class Excusing(Worded, Solved):
    """The part of a reading that listens to the words around a step."""

    def _excused(
        self, step: Step, left: Node, right: Node, begins: bool, judged: Judged, record: StepRecord
    ) -> StepRecord:
        """A sum over samples left out, or a mean taken, where the words announce it."""
        if judged.left is None or judged.right is None or step.left is None:
            return record
        before = self.document.formulas[step.formula].context.before[-160:]
        if _hangs_on_slopes(judged):
            reason = "it hangs on a derivative of which nothing is known"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        varying = _varies_unsaid(judged, left, right, self.seed)
        if varying is not None:
            reason = f"it hangs on whether {varying}, which nothing defines, varies"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if judged.right == 1 and isinstance(judged.left, sp.Sum) and isinstance(judged.left.function, sp.Indexed):
            if self.signature.is_label(re.split("[@·′]", judged.left.function.base.label.name)[0]):
                return replace(record, verdict="definition", method="assumption", witness=None, reason="an assumption")
        said = self._said_beside(step, left, right, judged, record)
        if said is not None:
            return said
        if begins and _is_slope(judged, self.seed) and _OF_ITS_SLOPE.search(before):
            return replace(
                record, verdict="supported", witness=None, reason="holds of its derivative, as the text says"
            )
        if begins and self._is_equation(left, right, judged):
            if judged.right == 0 and self._is_array(step.left, left):  # X^T r = 0, and no line w^T x = 0
                self.scope.zeroed.append(judged.left)
                self.zeroed_at = step.formula
            return replace(record, verdict="definition", method="condition", witness=None, reason="a condition")
        solved = begins and isinstance(right, ast.Number) and bool(judged.left.free_symbols)
        if solved and isinstance(right, ast.Number) and self._is_to_be_solved(step, left, right):
            self.scope.zeroed.append(judged.left)
            self.zeroed_at = step.formula
            reason = "an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        if begins and self._is_multiplied_through(left, right):
            return replace(
                record, verdict="definition", method="condition", witness=None, reason="an equation to be solved"
            )
        named = any(found is not None for found in (head_of(left, self.signature), subject_of(left), gradient_of(left)))
        follows = 0 <= step.formula - self.zeroed_at <= SOLVING
        if begins and not named and (follows or re.search(_SOLVED, before, re.I)):
            reason = "an equation to be solved" + (", as the text says" if not follows else "")
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        if begins and not named and self._is_slope_at_zero(judged):
            reason = "a derivative set to zero: an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        around = self.document.formulas[step.formula].context
        if re.search(_ABSORBED, around.before[-160:] + " " + around.after[:160], re.I):
            return replace(record, verdict="undecided", witness=None, reason="constants are left out, as the text says")
        if self._is_of_zeros(step) and (self._is_said_to_be_scaled(step) or _is_scaled(judged.equation, self.seed)):
            return replace(record, verdict="undecided", witness=None, reason="both sides are 0, and may be scaled")
        over_samples = self._speaker(step.left).range_of(self.signature.sample)
        sums = [any(s.args[1][1:] == over_samples for s in e.atoms(sp.Sum)) for e in (judged.left, judged.right)]
        is_one = sums[0] and not sums[1] and not _is_averaged(judged, over_samples)
        if is_one and self._is_of_one_sample(step, left):
            verdict = "supported" if _holds_for_one(judged.equation, over_samples, self.seed) else "undecided"
            return replace(record, verdict=verdict, witness=None, reason="stated for one sample, as the text says")
        if self._is_of_each_sample(left, right, judged, over_samples):
            verdict = "supported" if self._is_of_one_sample(step, left) else "undecided"
            reason = "stated for one sample, and the loss is a mean over all"
            return replace(record, verdict=verdict, witness=None, reason=reason)
        if _is_worked_out(right):
            reason = ROUNDING if _is_worked_out(left) else "a value for data that aren't stated"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        unnamed = [ROW in free_symbols(e) for e in (judged.left, judged.right)]
        if sums[0] and unnamed == [False, True] and not _drops_its_sum(left, right):
            reason = "a sum over samples beside one sample that no index names"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if unnamed == [True, False] and _is_of_its_parts(left, right):
            reason = "a name without an index may be the total of those with one"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if _sums_over_another_size(left, right, judged) and re.search(_PART, self._words_around(step), re.I):
            reason = "a sum over a part of the samples, as the text says"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if judged.equation is not None and re.search(_MEAN, before, re.I):
            sizes = [s for s in judged.right.free_symbols - judged.left.free_symbols if s.is_integer or s.name in "NMm"]
            for size in sizes:
                scaled = replace(judged.equation, right=judged.right * size)
                if is_provable(scaled, self.seed):
                    reason = f"holds for the mean over {size} samples, which the text announces"
                    return replace(record, verdict="undecided", witness=None, reason=reason)
        return self._worded(step, left, right, judged, record)

    def _said_beside(
        self, step: Step, left: Node, right: Node, judged: Judged, record: StepRecord
    ) -> StepRecord | None:
        """What holds of a size, of a label's value, or of another model: it is said, and isn't what is in force."""
        where = self._claimed_where(step, record)
        if where is not None:
            return replace(record, verdict="undecided", witness=None, reason=where)
        label = None if any(map(_has_slope, (left, right))) else self._label_said(step, judged.equation)
        if label is not None:
            return replace(record, verdict="definition", method="condition", witness=None, reason=label)
        if _is_of_an_example(left, right, judged):
            reason = "it has nothing of what is differentiated but its numbers: of an example, it may be"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        name = _of_logarithm(left)
        if name is not None and _is_plain(right) and self._claimed(step, name, right).verdict.is_proved:
            reason = f"{name.name} itself was said to be that"
            return replace(record, verdict="conflict", witness=None, reason=reason)
        return None

    def _claimed_where(self, step: Step, record: StepRecord) -> str | None:
        r"""The size of which a row is claimed, where its witness has another: & = \frac{…}{…}, & \text{when} C = 2."""
        for chain in self.document.formulas[step.formula].chains:
            match chain.members, [relation.sign for relation in chain.relations]:
                case (ast.Symbol(name, (), (), (), 0), ast.Number(value)), ["="] if _WHEN.search(chain.words):
                    sizes = {} if record.witness is None else record.witness.sizes
                    if str(sizes.get(name, value)) != value:
                        return f"claimed where {name} = {value}, and false for another"
        return None

    def _label_said(self, step: Step, equation: Equation | None) -> str | None:
        """The label that an equation says to be 1 or 0, and nothing else, in the case of its words: a - 1 = a - y."""
        written, implied = cases_written(self.document, step)
        if equation is None or not (written or implied):
            return None
        apart = sp.expand(equation.left - equation.right)
        for label in sorted(free_atoms(apart), key=str):
            if self.signature.is_label(re.split("[@·′]", label_of(label).name)[0]) and not label.has(Partial):
                for value in (0, 1):
                    if apart in (label - value, value - label):
                        return f"it says that {label} is {value} there"
        return None

    def _is_said_to_be_solved(self, step: Step) -> bool:
        """Whether the words before a formula set something to zero, or solve it."""
        return re.search(_SOLVED, self.document.formulas[step.formula].context.before[-160:], re.I) is not None

    def _continues_before(self, step: Step, right: Node, record: StepRecord) -> StepRecord:
        """A display that begins with a sign, where it goes on from the display before a calculation on the side."""
        if step.left is None or step.left.formula == step.formula:
            return record
        side = self.document.formulas[step.left.formula]
        ends = [s for s in self.document.steps if s.formula < side.index and s.right is not None]
        first = side.chains[0].members[0]
        if not ends or first is None or ends[-1].right is None or ends[-1].right.node is None:
            return record
        written = ends[-1].right.node
        if first not in walk(written):  # what is worked out on the side stands in what was reached
            return record
        judged = self._claimed(replace(step, left=ends[-1].right), written, right)
        if not judged.verdict.is_proved:
            return record
        reason = f"holds where it goes on from line {ends[-1].right.place.line}"
        return replace(record, verdict="supported", method=judged.verdict.method, witness=None, reason=reason)

    def _is_of_one_sample(self, step: Step, left: Node) -> bool:
        """Whether the words leave a sum over samples out: before the step, where its own left side has written it."""
        if not any(isinstance(n, ast.BigOperator) for n in walk(left)):
            return self.signature.says(_ONE_SAMPLE)
        here = self.document.formulas[step.formula]
        section = (f for f in self.document.formulas[: step.formula + 1] if f.context.headings == here.context.headings)
        return any(re.search(_ONE_SAMPLE, f.context.before, re.I) for f in section)

    def _is_of_each_sample(self, left: Node, right: Node, judged: Judged, samples: tuple[sp.Expr, sp.Expr]) -> bool:
        r"""Whether ∂L/∂\hat{y}, of a mean over samples, is written as that of the loss of one, without any index."""
        if judged.equation is None or judged.right is None or subject_of(left) is None:
            return False
        written = {n.name for side in (left, right) for n in walk(side) if isinstance(n, ast.Symbol)}
        count = samples[1] - samples[0] + 1
        if any(isinstance(n, ast.BigOperator) for n in walk(right)) or str(count) in written:
            return False
        sides = [ROW in free_symbols(e) for e in (judged.equation.left, judged.equation.right)]
        return all(sides) and is_provable(replace(judged.equation, right=judged.equation.right / count), self.seed)

    def _is_multiplied_through(self, left: Node, right: Node) -> bool:
        r"""Whether an equation that is stated is multiplied by a transposed matrix: X^T X w = X^T y, of X w = y."""
        if (
            not (isinstance(left, ast.Product) and isinstance(right, ast.Product))
            or left.factors[0] != right.factors[0]
        ):
            return False
        plain = product_of(left.factors[1:]), product_of(right.factors[1:])
        stated = (
            (s.left.node, s.right.node) for s in self.document.steps if s.left is not None and s.right is not None
        )
        return is_transposed(left.factors[0].body) and plain in stated

    def _words_around(self, step: Step) -> str:
        """The words before, in and behind a formula."""
        formula = self.document.formulas[step.formula]
        inside = " ".join(chain.words for chain in formula.chains)
        return f"{formula.context.before[-300:]} {inside} {formula.context.after[:160]}"

    def _is_of_zeros(self, step: Step) -> bool:
        """Whether a step belongs to 0 = A = B: an equation to be solved, of which each next form may be divided."""
        first = self.document.formulas[step.formula].chains[step.chain].members[0]
        return first == ast.Number("0") and own_chain(step)

    def _is_said_to_be_scaled(self, step: Step) -> bool:
        r"""Whether the words beside a formula divide it: \text{Dividing both sides by 2}."""
        return any(re.search(_DIVIDED, c.words, re.I) for c in self.document.formulas[step.formula].chains)

    def _is_solution(self, step: Step, left: Node) -> bool:
        """Whether a bare name stands in the equations that were set to zero just before: what they are solved for."""
        if not 0 <= step.formula - self.zeroed_at <= SOLVING:
            return False
        assert step.left is not None
        try:
            name = self._speaker(step.left).side(left).expr
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False
        return any(labels_in(name) & labels_in(e) for e in self.scope.zeroed[-SOLVING:])

    def _is_array(self, side: Side, node: Node) -> bool:
        """Whether a side has entries."""
        try:
            return bool(self._speaker(side).side(node).axes)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False

    def _is_equation(self, left: Node, right: Node, judged: Judged) -> bool:
        """Whether an equation says where it holds: w^T x = 0, a line; z_1 = z_2, two entries; 1(i = j) = 1."""
        assert judged.left is not None
        if right == ast.Number("0") and not any(isinstance(n, ast.Fraction | ast.Nabla) for n in walk(left)):
            return True
        if right == ast.Number("0") and isinstance(left, ast.Group) and left.opening in (r"\|", "|"):
            return True  # the norm of a gradient is 0 where it is
        if right == ast.Number("1") and isinstance(judged.left, sp.KroneckerDelta):
            return True
        if not isinstance(left, ast.Symbol) or not isinstance(right, ast.Symbol):
            return False
        one, other = (read_name(side, self.signature.habits) for side in (left, right))
        return one.key == other.key and one.indices != other.indices or _numbered(one.key) == _numbered(other.key) != ""

    def _is_to_be_solved(self, step: Step, left: Node, right: ast.Number) -> bool:
        """Whether A = 0 asks for what makes it so: no derivative of something between, or words that say it."""
        derivative = any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(left)) or subject_of(left) is not None
        if not derivative:
            return head_of(left, self.signature) is None
        formula = self.document.formulas[step.formula]
        leads_on = step.chain + 1 < len(formula.chains)
        sentence = re.split(r"[.。]\s", formula.context.before[-100:])[-1]
        return right.text == "0" and (leads_on or bool(re.search(_ZEROED, sentence, re.I)))


def _holds_for_one(equation: Equation | None, samples: tuple[sp.Expr, sp.Expr], seed: int) -> bool:
    """Whether an equation holds for the term of the sample at hand in place of every sum, or mean, over samples."""
    if equation is None:
        return False

    def at_hand(expr: sp.Expr) -> sp.Expr:
        found: sp.Expr = expr.replace(
            lambda e: isinstance(e, sp.Sum) and len(e.limits) == 1 and e.limits[0][1:] == samples,
            lambda e: substitute(e.function, {e.limits[0][0]: ROW}),
        )
        return found

    definitions = tuple(replace(d, value=at_hand(d.value)) for d in equation.definitions)
    one = replace(equation, left=at_hand(equation.left), definitions=definitions)
    count = samples[1] - samples[0] + 1
    return any(is_provable(replace(one, right=one.right / size), seed) for size in (sp.S.One, count))


def _sums_over_another_size(left: Node, right: Node, judged: Judged) -> bool:
    """Whether a side is summed, as it is written, up to a size that no sum of the other one has."""
    if judged.left is None or judged.right is None:
        return False
    sizes = [{limit[2] for t in e.atoms(sp.Sum) for limit in t.limits} for e in (judged.left, judged.right)]
    written = {n.upper.name for n in walk(right) if isinstance(n, ast.BigOperator) and isinstance(n.upper, ast.Symbol)}
    return any(str(size) in written for size in sizes[1] - sizes[0])


def _is_scaled(equation: Equation | None, seed: int) -> bool:
    """Whether one side is the other times a constant, or times a power of a name that is a number."""
    if equation is None:
        return False
    indices = equation.context.ranges.bounds
    numbers = sorted((s for s in (equation.left - equation.right).free_symbols if s not in indices), key=str)[:4]
    powers = [sp.S.One, *(s**k for s in numbers for k in (-2, -1, 1, 2))]
    ratios = [c * power for power in powers for c in (1, -1, 2, -2, sp.S.Half, -sp.S.Half)]
    return any(is_provable(replace(equation, right=ratio * equation.right), seed) for ratio in ratios)


def _is_slope(judged: Judged, seed: int) -> bool:
    """Whether the right side is the derivative of the left one, a formula in one letter: log x = 1/x."""
    assert judged.left is not None and judged.right is not None
    letters = judged.left.free_symbols
    if judged.equation is None or len(letters) != 1 or judged.left.has(sp.Indexed, sp.Sum, sp.Product):
        return False
    return is_provable(replace(judged.equation, left=judged.left.diff(letters.pop())), seed)


def _hangs_on_slopes(judged: Judged) -> bool:
    """Whether a side holds a derivative of many things by many that nothing defines: what depends on what is open.

    The sample at hand isn't counted: it is the same throughout.
    """
    sides = [e for e in (judged.left, judged.right) if e is not None]
    slopes = (a for e in sides for a in free_atoms(e) if isinstance(a, sp.Indexed) and str(a.base).startswith("∂"))
    return any(len(set(slope.indices) - {ROW}) > 1 for slope in slopes)


def _varies_unsaid(judged: Judged, left: Node, right: Node, seed: int) -> str | None:
    """A name without a value that a step doesn't have, and that would have to vary for it to fail: i of z = w i + b."""
    if judged.equation is None:
        return None
    written = {n.name for side in (left, right) for n in walk(side) if isinstance(n, ast.Symbol)}
    still: dict[sp.Expr, sp.Expr] = {}
    names: list[str] = []
    for atom in sorted((a for e in (judged.left, judged.right) if e is not None for a in free_atoms(e)), key=str):
        name, slash, by = str(label_of(atom)).partition("/")
        if slash and name.startswith("∂") and by.startswith("∂") and _letter_of(name[1:]) not in written:
            still[atom] = sp.S.Zero
            names.append(name[1:])
    sides = {side: getattr(judged.equation, side).xreplace(still) for side in ("left", "right")}
    if not names or is_provable(replace(judged.equation, left=sides["left"], right=sp.S.Zero), seed):
        return None  # nothing would be left of it
    return names[0] if is_provable(replace(judged.equation, **sides), seed) else None


def _letter_of(key: str) -> str:
    return key.partition("_")[0]


def _is_of_its_parts(left: Node, right: Node) -> bool:
    """Whether a name without an index stands on the left, and a sum over those with one on the right: L and L_t."""
    whole = {n.name for n in walk(left) if isinstance(n, ast.Symbol) and not n.subscripts}
    is_summed = any(isinstance(n, ast.BigOperator) for n in walk(right))
    return is_summed and any(isinstance(n, ast.Symbol) and n.subscripts and n.name in whole for n in walk(right))


def _of_logarithm(side: Node) -> ast.Symbol | None:
    """Y of log(Y)."""
    match side:
        case ast.Product((ast.Factor("", "", ast.Function("log", (), ())), ast.Factor("", "", body))):
            inner = body.body if isinstance(body, ast.Group) else body
            return inner if isinstance(inner, ast.Symbol) else None
    return None


def _is_of_an_example(left: Node, right: Node, judged: Judged) -> bool:
    r"""Whether the derivative of a loss of data is of its own parameter and of numbers alone: 2(w - 5)."""
    if judged.left is None or not judged.left.has(sp.Sum) or not _has_slope(left):
        return False
    names = {n for n in walk(right) if isinstance(n, ast.Symbol)}
    numbers = {n.text for n in walk(right) if isinstance(n, ast.Number)}
    return bool(numbers - {"0", "1", "2"}) and len(names) == 1 and names <= set(walk(left))


def _is_plain(side: Node) -> bool:
    """Whether a side is sums and products of names: a linear model."""
    parts = list(walk(side))
    products = any(isinstance(n, ast.BigOperator) and n.name == "prod" for n in parts)
    return not products and not any(isinstance(n, ast.Function | ast.Fraction | ast.Partial) for n in parts)


def _has_slope(side: Node) -> bool:
    return any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(side))


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


def _numbered(key: str) -> str:
    """The name that has a number below: z of z_1."""
    found = re.fullmatch(r"(.+)_\d+", key)
    return found[1] if found else ""


def _is_averaged(judged: Judged, samples: tuple[sp.Expr, sp.Expr]) -> bool:
    r"""Whether every term that belongs to a sample is divided by how many there are: the mean without its \sum."""
    if judged.equation is None or judged.right is None:
        return False
    rows = {ROW, *(s for s, bounds in judged.equation.context.ranges.bounds.items() if tuple(bounds) == samples)}
    terms = [t for t in sp.Add.make_args(sp.expand_mul(judged.right)) if rows & free_symbols(t)]
    return bool(terms) and all(samples[1] in sp.fraction(t)[1].free_symbols for t in terms)


def _is_worked_out(right: Node) -> bool:
    """Whether a side is arithmetic with the numbers of an example: 0.62, \\sigma(1.0 \\times 5.0 + 2)."""
    nodes = list(walk(right))
    numbers = [n.text for n in nodes if isinstance(n, ast.Number)]
    names = {n.name for n in nodes if isinstance(n, ast.Symbol)} - {r"\sigma", "sigmoid", "e"}
    return not names and any("." in text for text in numbers)
