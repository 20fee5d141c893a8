r"""What a step does to the truth of its chain: an error introduced, inherited or repaired.

    ∂L/∂a = -(a - y)              introduces an error
    ∂L/∂z = -(a - y) a (1 - a)    inherits it: it is ∂L/∂a · ∂a/∂z with what was stated for ∂L/∂a
    ∂L/∂z = ∂L/∂a · ∂a/∂z         is right; = -(a - y) a (1 - a) behind it inherits the error in the same way

Derivatives are followed through the document, by what they are of and by; any other chain by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.quotients import gradient_of, leading, operand_of, subject_of
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD, StepRecord
from derivations.verdict import Status

__all__ = ["Effects"]

_REMEMBERED = 4  # wrong derivatives, the last ones


@dataclass
class Effects(Judging):
    """The part of a reading that follows the truth of derivatives and of chains.

    truths: whether what was said last of a chain's first side is right. wrong: derivatives that were stated wrongly,
    with what was stated.
    """

    truths: dict[str, tuple[bool, Side]] = field(default_factory=dict)
    wrong: dict[str, tuple[Node, Node]] = field(default_factory=dict)

    def _with_effect(self, step: Step, record: StepRecord) -> StepRecord:
        """What the step does to the truth of its chain: the value of its first side."""
        assert step.left is not None and step.right is not None and step.right.node is not None
        first = self._beginning(step)
        if first is None or first.node is None or record.verdict not in (*HELD, "refuted") or record.effect:
            return record
        is_followed = _is_derivative(first.node)
        held, key = record.verdict in HELD, render(first.node) if is_followed else f"{first.formula}·{first.chain}"
        before = self.truths.get(key)
        was_right = before is None or before[0]
        restated = step.left.node == first.node
        if restated:
            is_right = held
        elif held:
            is_right = was_right
        else:
            is_right = self._holds(replace(step, left=first), first, step.right)
        effect = None
        if was_right and not is_right:
            effect = "inherits_error" if self._goes_on(step, first) else "introduces_error"
        elif not was_right and is_right:
            effect = "repairs_error"
        elif not was_right and not is_right:
            same = not restated and held or (before is not None and self._holds(step, before[1], step.right))
            effect = "inherits_error" if same else "introduces_error"
        self.truths[key] = is_right, step.right
        self.wrong.pop(key, None)
        if is_followed and not is_right:
            self.wrong[key] = first.node, step.right.node
        return replace(record, effect=effect)

    def _goes_on(self, step: Step, first: Side) -> bool:
        """Whether a wrong step is right by what was stated wrongly before: in its left side, or by the chain rule."""
        assert step.left is not None and step.left.node is not None
        assert step.right is not None and step.right.node is not None
        for slope, stated in reversed(list(self.wrong.values())[-_REMEMBERED:]):
            value = ast.Group("(", ")", stated)
            left: Node | None = _put_in(step.left.node, slope, value)
            if left == step.left.node:
                left = _by_chain_rule(left, slope, value) if left == first.node else None
            if left is not None and self._is_held(step, left, step.right.node):
                return True
        return False

    def _beginning(self, step: Step) -> Side | None:
        """The first side of the chain that a step belongs to, through the displays that it continues."""
        assert step.left is not None
        position = step.left
        for _ in range(200):
            chain = self.document.formulas[position.formula].chains[position.chain]
            if chain.members[0] is not None:
                node = chain.members[0]
                return replace(position, node=node, member=0)
            earlier = [
                s.left
                for s in self.document.steps
                if s.formula == position.formula and s.chain == position.chain and s.left is not None
            ]
            if not earlier or (earlier[0].formula, earlier[0].chain) == (position.formula, position.chain):
                return None
            position = earlier[0]
        return None

    def _holds(self, step: Step, left: Side, right: Side) -> bool:
        if left.node is None or right.node is None:
            return False
        return self._is_held(replace(step, left=left, right=right), left.node, right.node)

    def _is_held(self, step: Step, left: Node, right: Node) -> bool:
        return self._under(step, left, right).verdict.status in (Status.PROVED, Status.SUPPORTED)


def _is_derivative(node: Node) -> bool:
    r"""Whether a side is a derivative: ∂C/∂w, \nabla_w C, \frac{d}{dz} σ(z), f'(x)."""
    match node:
        case ast.Symbol(primes=primes) | ast.Product((ast.Factor("", "", ast.Symbol(primes=primes)), _)) if primes:
            return True
    return any(found is not None for found in (subject_of(node), gradient_of(node), operand_of(node)))


def _put_in(node: Node, name: Node, value: Node) -> Node:
    found: Node = mapped(node, lambda part: value if part == name else part)
    return found


def _by_chain_rule(left: Node, slope: Node, value: Node) -> Node | None:
    """E · ∂u/∂v for ∂L/∂v, where ∂L/∂u was said to be E."""
    if not isinstance(left, ast.Fraction) or not isinstance(slope, ast.Fraction):
        return None
    subject, by = subject_of(left), leading(slope.denominator)
    if subject is None or subject != subject_of(slope) or not by or left.denominator == slope.denominator:
        return None
    d = ast.Factor("", "", ast.Partial((), ()))
    between = replace(left, numerator=ast.Product((d, *(replace(f, operator="") for f in by))))
    return ast.Product((ast.Factor("", "", value), ast.Factor(r"\cdot", "", between)))
