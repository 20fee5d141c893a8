r"""The logit that nobody defined: \hat{y} = \sigma(w^T x + b), \sigma(z) = \frac{1}{1 + e^{-z}}, and then ∂\hat{y}/∂z.

What the logistic function is applied to by its own definition has a name, and the prediction is the only thing that
is σ of something: the name stands for that. So does z_1 of h = \sigma(W_1 x + b_1), beside \sigma'(z_1). A step that
was left open is judged with it, supported where it holds then, and never refuted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import labels_in
from derivations.functions import sigmoid
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.meant import Meant
from derivations.notes.judging.tied import Tied
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.notes.report import HELD
from derivations.reasons import holds_where
from derivations.statement import Definition, element
from derivations.verdict import Status

__all__ = ["LOGITS", "Logits"]

LOGITS: frozenset[str] = frozenset(("z", "s", "t", "a", "u"))
_APPLIED = r"(?:\\sigma|σ|sigmoid\}}?|\\?tanh)(?:'|\^\{{?\s*\\prime\s*\}}?)?\s*(?:\\left)?\(\s*{}\s*(?:\\right)?\)"


@dataclass
class Logits(Meant, Tied):
    """The part of a reading that knows what σ is applied to."""

    def _with_logit(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, with a name that σ is applied to as the logit of the one prediction."""
        loose = {key for key in self._loose(left) | self._loose(right) if base_letter(key) in LOGITS}
        names = [name for name in sorted(loose) if self.signature.says(_APPLIED.format(_written(name)))]
        found = [e for e in self.scope.symbols.values() if e.definition is not None and _is_sigmoid(e.definition.value)]
        number = re.search(r"\d+$", names[0]) if len(names) == 1 and len(found) > 1 else None
        if number is not None:  # z_1 is that of W_1
            found = [e for e in found if any(label.name.endswith(f"_{number[0]}") for label in labels_in(_value(e)))]
        if len(names) != 1 or len(found) != 1 or any(s.name == names[0] for s in labels_in(_value(found[0]))):
            return None
        through = self._through(names[0], found[0])
        with self.scope.trial():
            self.scope.put(*through)
            judged = self._under(step, left, right)
        if judged.verdict.status.value not in HELD:
            return None
        words = f"{names[0]} is what σ is applied to in {found[0].key}"
        self.scope.put(*through)  # a name that a step has confirmed stays what it stood for
        self.logits[through[0].symbol] = found[0].symbol, words
        reason = holds_where(words)
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _through(self, name: str, prediction: Entry) -> tuple[Entry, Entry]:
        """A name as what σ is applied to in a prediction, and the prediction as σ of it."""
        assert prediction.definition is not None
        target = prediction.definition.target
        own = tuple(target.indices) if isinstance(target, sp.Indexed) else ()
        symbol = self.scope.symbol_for(name, len(own))
        logit = element(symbol, own)
        entry = Entry(name, symbol, prediction.axes, Definition(logit, _value(prediction).args[0]), prediction.line)
        return entry, replace(prediction, definition=Definition(target, _value(prediction).func(logit)))


def _written(name: str) -> str:
    """How a name may be written: z_1 and z_{1}."""
    letter, _, below = name.partition("_")
    return re.escape(letter) + (rf"_\{{?{re.escape(below)}\}}?" if below else "")


def _value(entry: Entry) -> sp.Expr:
    assert entry.definition is not None
    return entry.definition.value


def _is_sigmoid(value: sp.Expr) -> bool:
    """Whether a value is σ, or tanh, of more than a name."""
    return isinstance(value, sigmoid | sp.tanh) and not isinstance(value.args[0], sp.Symbol | sp.Indexed)
