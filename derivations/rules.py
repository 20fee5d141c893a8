"""The rules that name the steps of a derivation, as a table.

A rule explains a step to a reader; it is not what makes the step true. Every step is decided by the
zero test, whatever rule it names, so a wrong rule name can mislead but never prove. Adding a rule is
adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """name: what a step cites. title: what is said at the board. latex: the rule itself, as a formula."""

    name: str
    title: str
    latex: str


_TABLE = (
    Rule("definition", "by definition", r""),
    Rule(
        "chain_rule",
        "chain rule",
        r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial z}\,\frac{\partial z}{\partial w}",
    ),
    Rule(
        "linearity",
        "the derivative is linear, also under sums",
        r"\frac{\partial}{\partial w}\sum_i f_i = \sum_i \frac{\partial f_i}{\partial w}",
    ),
    Rule("delta", "∂w_k/∂w_j = δ_kj, and Σ_k δ_kj f_k = f_j", r"\sum_{k=1}^{m} \delta_{kj} f_k = f_j"),
    Rule("log_derivative", "derivative of the logarithm", r"\frac{d}{du}\log u = \frac{1}{u}"),
    Rule("sigmoid_derivative", "σ' = σ(1 − σ)", r"\sigma'(z) = \sigma(z)\,(1 - \sigma(z))"),
    Rule("power_rule", "derivative of a power", r"\frac{d}{du} u^2 = 2u"),
    Rule("algebra", "collect and cancel", r""),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _TABLE}
"""Every rule by its name."""
