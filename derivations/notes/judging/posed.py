r"""What says where something holds, and claims nothing: a condition, or an equation to be solved.

w^T x + b = 0                              a line: where the left side is 0
\sum_i (y_i - a) = 0, \quad n a = \sum y_i   a derivative set to zero, and what follows from it
X w = y, \quad X^T X w = X^T y              an equation that was stated, multiplied through
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, label_of, labels_in
from derivations.equation import Equation, is_provable
from derivations.notes.interpreting.fitting import names_loss
from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.quotients import gradient_of, operand_of, product_of, subject_of
from derivations.notes.judging.excuses import TO_SOLVE, Excuse, Suspect, left_open, no_claim, supported
from derivations.notes.judging.judge import own_chain
from derivations.notes.judging.misfits import OF_SHAPE
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.judging.solved import SOLVED, SOLVING, at_entry_of
from derivations.notes.judging.systems import Systems
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Side, Step

__all__ = ["Posed"]

_ZEROED = (
    r"\b(set|sett?ing|equat\w+|put|putting|solv\w+|requir\w+|satisf\w+)\b"
    r"|令|приравн|реш|igual|annul|poniendo|resolv|setz|löse|poser|posons|おく|とき|đặt|giải"
)
_EVERYWHERE = r"\W*(for (every|all|any)|at (every|all|any)|everywhere|always|identically)\b"
_ABSORBED = (
    r"\babsorb|\bup to (a |some )?(positive |multiplicative )?constant"
    r"|\bconstants?( factors?| terms?)? (is|are|can be|may be) (dropped|ignored|omitted|left out)"
)
_OF_ITS_SLOPE = re.compile(
    r"(derivatives?|slope|derivada|dérivée|Ableitung)\s+(of|de|von)\s*(\\?[$(])*\s*$|导数|微分", re.I
)
_DIVIDED = r"\bdivid|\bmultipl|\bcancel|\bscal(e|ing)|teilen|除|割|делим|divis|dividi"


_BEHIND = 2  # formulas in which the solution of an equation is looked for


@dataclass
class Posed(Systems):
    """The part of a reading that knows conditions, and equations that ask for what makes them so."""

    def _of_its_slope(self, suspect: Suspect) -> Excuse | None:
        r"""The words before a formula make it a derivative: the derivative of \log x = 1/x."""
        if suspect.begins and _is_slope(suspect, self.seed) and _OF_ITS_SLOPE.search(suspect.before):
            return supported("holds of its derivative, as the text says")
        return None

    def _as_condition(self, suspect: Suspect) -> Excuse | None:
        """An equation that says where it holds; X^T r = 0 is to be solved, too, and the line w^T x = 0 isn't."""
        if not (suspect.begins and self._is_condition_on_place(suspect)):
            return None
        is_slope = any(isinstance(n, ast.Symbol) and n.primes for n in walk(suspect.left))  # J'(w) = 0
        if suspect.right_expr == 0 and (is_slope or self._is_array(suspect.own, suspect.left)):
            self._set_to_zero(suspect)
        return no_claim("condition", "a condition")

    def _set_to_number(self, suspect: Suspect) -> Excuse | None:
        """A = 0, where what makes it so is asked for."""
        if not suspect.begins or not suspect.left_expr.free_symbols or not self._is_to_be_solved(suspect):
            return None
        self._set_to_zero(suspect)
        return no_claim("condition", TO_SOLVE)

    def _multiplied_through(self, suspect: Suspect) -> Excuse | None:
        r"""An equation that was stated, multiplied by a transposed matrix: X^T X w = X^T y, of X w = y."""
        left, right = suspect.sides
        if not (suspect.begins and isinstance(left, ast.Product) and isinstance(right, ast.Product)):
            return None
        if left.factors[0] != right.factors[0] or not is_transposed(left.factors[0].body):
            return None
        plain = product_of(left.factors[1:]), product_of(right.factors[1:])
        steps = self.document.steps
        stated = ((s.left.node, s.right.node) for s in steps if s.left is not None and s.right is not None)
        return no_claim("condition", TO_SOLVE) if plain in stated else None

    def _said_to_be_solved(self, suspect: Suspect) -> Excuse | None:
        """What follows from an equation that was set to zero just before, or is said to be solved itself."""
        if not suspect.begins or self._is_named(suspect.left):
            return None
        said = re.search(SOLVED, suspect.before, re.I) is not None
        follows = self._is_near_zero(suspect.step) and self._is_of_parameters(suspect.judged)
        if not (follows or said) or suspect.judged.verdict.method == OF_SHAPE or self._is_slip_of_zero(suspect):
            return None
        if follows:
            return no_claim("condition", TO_SOLVE)
        return no_claim("condition", f"{TO_SOLVE}, as the text says")

    def _is_slip_of_zero(self, suspect: Suspect) -> bool:
        """Whether one thing alone may be zero, by which the left side is the right one but for a sign or factor."""
        equation, zeros = suspect.equation, {*self.scope.zeroed, *self.slopes}
        if equation is None or len(zeros) != 1:
            return False
        zero = at_entry_of(equation.left, zeros.pop())
        ratios = (sp.S.One, sp.S.NegativeOne, sp.S.Half, -sp.S.Half)
        lefts = (replace(equation, left=equation.left - ratio * zero) for ratio in ratios)
        return any(is_off_by_a_factor(one, self.seed) for one in lefts)

    def _solved_behind(self, suspect: Suspect) -> Excuse | None:
        r"""An equation whose solution is said right behind it: 2 = \eta (a + b), and \eta^* = \frac{2}{a + b}."""
        equation, here = suspect.equation, suspect.step
        is_number = not suspect.right_expr.free_symbols
        if equation is None or not (suspect.begins or is_number) or self._is_named(suspect.left):
            return None
        for step in self.document.steps:
            if (step.formula, step.chain) <= (here.formula, here.chain) or step.formula > here.formula + _BEHIND:
                continue
            found = self._solution_in(step)
            if found is None or not any(side.has(found[0]) for side in suspect.exprs):
                continue
            left, right = (side.xreplace(dict([found])) for side in suspect.exprs)
            if is_provable(replace(equation, left=left, right=right), self.seed):
                return no_claim("condition", TO_SOLVE)
        return None

    def _solution_in(self, step: Step) -> tuple[sp.Expr, sp.Expr] | None:
        r"""What has no value or a mark, and what a step says that it is: of \eta^* = E, t \approx E."""
        if step.left is None or step.left.member or step.right is None or step.right.node is None:
            return None
        name = step.left.node
        if not isinstance(name, ast.Symbol) or step.sign.sign not in ("=", r"\approx"):
            return None
        above = tuple(s for s in name.superscripts if not isinstance(s, ast.Mark))
        plain = replace(name, superscripts=above, decorations=tuple(d for d in name.decorations if d != "hat"))
        try:
            atom = self._speaker(step.left).side(plain).expr
            value = self._speaker(step.right).side(step.right.node)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        entry = self.scope.symbols.get(label_of(atom)) if isinstance(atom, sp.Symbol) else None
        if not isinstance(atom, sp.Symbol) or value.axes or value.expr.has(atom):
            return None
        is_free = entry is None or entry.definition is None or plain != name
        return (atom, value.expr) if is_free else None

    def _slope_at_zero(self, suspect: Suspect) -> Excuse | None:
        r"""A derivative just found, said to be 0: \sum_i y_i = n a."""
        if suspect.begins and not self._is_named(suspect.left) and self._is_slope_at_zero(suspect.judged):
            return no_claim("condition", f"a derivative set to zero: {TO_SOLVE}")
        return None

    def _up_to_constants(self, suspect: Suspect) -> Excuse | None:
        """Factors that the words leave out: up to a constant."""
        if re.search(_ABSORBED, f"{suspect.before} {suspect.after}", re.I):
            return left_open("constants are left out, as the text says")
        return None

    def _of_zeros(self, suspect: Suspect) -> Excuse | None:
        """The B of 0 = A = B, which may be A divided by a number."""
        formula = self.document.formulas[suspect.step.formula]
        if formula.chains[suspect.step.chain].members[0] != ast.Number("0") or not own_chain(suspect.step):
            return None
        is_said = any(re.search(_DIVIDED, chain.words, re.I) for chain in formula.chains)
        if is_said or _is_scaled(suspect.equation, self.seed):
            return left_open("both sides are 0, and may be scaled")
        return None

    def _set_to_zero(self, suspect: Suspect) -> None:
        """Remember an equation: what follows may be solved of it."""
        self.scope.zeroed.append(suspect.left_expr)
        self.zeroed_at = suspect.step.formula

    def _is_named(self, left: Node) -> bool:
        """Whether a side is a name, or the derivative of something, as σ'(z) is."""
        if isinstance(left, ast.Product) and isinstance(left.factors[0].body, ast.Symbol):
            if left.factors[0].body.primes and not left.factors[0].sign:
                return True
        return any(found is not None for found in (head_of(left, self.signature), subject_of(left), gradient_of(left)))

    def _is_solution(self, step: Step, left: Node) -> bool:
        """Whether a bare name stands in the equations that were set to zero just before: what they are solved for."""
        if not self._is_near_zero(step):
            return False
        if not isinstance(left, ast.Symbol):
            return False  # K(w) is another function of what is solved for
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

    def _is_condition_on_place(self, suspect: Suspect) -> bool:
        """Whether an equation says where it holds: w^T x = 0, a line; z_1 = z_2, two entries; 1(i = j) = 1."""
        left, right = suspect.sides
        if right == ast.Number("0") and not any(isinstance(n, ast.Fraction | ast.Nabla) for n in walk(left)):
            return True
        if right == ast.Number("0") and isinstance(left, ast.Group) and left.opening in (r"\|", "|"):
            return True  # the norm of a gradient is 0 where it is
        if right == ast.Number("1") and isinstance(suspect.left_expr, sp.KroneckerDelta):
            return True
        if _is_of_another_index(left, right):
            return True  # w_k^T x = w_j^T x, where two classes meet
        if not isinstance(left, ast.Symbol) or not isinstance(right, ast.Symbol):
            return False
        one, other = (read_name(side, self.signature.habits) for side in (left, right))
        return one.key == other.key and one.indices != other.indices or _numbered(one.key) == _numbered(other.key) != ""

    def _is_to_be_solved(self, suspect: Suspect) -> bool:
        """Whether A = 0 asks for what makes it so: no derivative of something between, or words that say it."""
        left, right = suspect.sides
        if not isinstance(right, ast.Number):
            return False
        taken = operand_of(left)
        subject = gradient_of(left) if taken is None else taken[1]
        if subject is None and not any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(left)):
            return head_of(left, self.signature) is None
        everywhere = re.match(_EVERYWHERE, suspect.around.after, re.I)
        is_everywhere = everywhere is not None and not _is_of_index(suspect.around.after[everywhere.end() :], left)
        if right.text == "0" and subject is not None and names_loss(subject, capitals=True) and not is_everywhere:
            return True  # no loss is claimed to be flat
        leads_on = suspect.step.chain + 1 < len(self.document.formulas[suspect.step.formula].chains)
        sentence = re.split(r"[.。]\s", suspect.around.before[-100:])[-1]
        return right.text == "0" and (leads_on or bool(re.search(_ZEROED, sentence, re.I)))


def _is_of_index(words: str, left: Node) -> bool:
    """Whether the words behind "for every" begin with an index of a side: for every $j$, of the entries."""
    letter = re.match(r"\W*(?:index|component|entry)?\W*([A-Za-z])(?![A-Za-z])", words)
    below = {i.name for n in walk(left) if isinstance(n, ast.Symbol) for i in n.subscripts if isinstance(i, ast.Symbol)}
    return letter is not None and letter[1] in below


def _is_of_another_index(left: Node, right: Node) -> bool:
    """Whether a product is the same on both sides but for the letter of one index: nobody claims that of any two."""
    letters = [
        {i.name for n in walk(side) if isinstance(n, ast.Symbol) for i in n.subscripts if isinstance(i, ast.Symbol)}
        for side in (left, right)
    ]
    one, other = letters[0] - letters[1], letters[1] - letters[0]
    is_plain = isinstance(left, ast.Product) and not any(isinstance(n, ast.Fraction | ast.Nabla) for n in walk(left))
    if not is_plain or len(one) != 1 or len(other) != 1:
        return False

    def renamed(node: Node) -> Node:
        if not isinstance(node, ast.Symbol):
            return node
        below = (
            replace(i, name=min(other)) if isinstance(i, ast.Symbol) and i.name in one else i for i in node.subscripts
        )
        return replace(node, subscripts=tuple(below))

    return bool(mapped(left, renamed) == right)


def _is_slope(suspect: Suspect, seed: int) -> bool:
    """Whether the right side is the derivative of the left one, a formula in one letter: log x = 1/x."""
    left = suspect.left_expr
    letters = left.free_symbols
    if suspect.equation is None or len(letters) != 1 or left.has(sp.Indexed, sp.Sum, sp.Product):
        return False
    return is_provable(replace(suspect.equation, left=left.diff(letters.pop())), seed)


def _is_scaled(equation: Equation | None, seed: int) -> bool:
    """Whether one side is the other times a constant, or times a power of a name that is a number."""
    if equation is None:
        return False
    indices = equation.context.ranges.bounds
    numbers = sorted((s for s in (equation.left - equation.right).free_symbols if s not in indices), key=str)[:4]
    powers = [sp.S.One, *(s**k for s in numbers for k in (-2, -1, 1, 2))]
    ratios = [c * power for power in powers for c in (1, -1, 2, -2, sp.S.Half, -sp.S.Half)]
    return any(is_provable(replace(equation, right=ratio * equation.right), seed) for ratio in ratios)


def _numbered(key: str) -> str:
    """The name that has a number below: z of z_1."""
    found = re.fullmatch(r"(.+)_\d+", key)
    return found[1] if found else ""
