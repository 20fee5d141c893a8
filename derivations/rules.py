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
    Rule("substitution", "put in what was found", r""),
    Rule("common_denominator", "over a common denominator", r"\frac{a}{b} + \frac{c}{d} = \frac{ad + cb}{bd}"),
    Rule("cancel", "cancel", r"\frac{a\,b}{b} = a"),
    Rule("expand", "multiply out", r"a\,(b + c) = ab + ac"),
    Rule("factor", "take out a common factor", r"ab + ac = a\,(b + c)"),
    Rule("linear_form", "derivative of a sum of products in one of its coefficients", r"\frac{d}{dw}(w x + b) = x"),
    Rule("constant", "what does not depend on the variable has derivative 0", r""),
    Rule("product_rule", "derivative of a product", r"\frac{d}{du}(u\,u) = u + u"),
    Rule("reciprocal_rule", "derivative of a reciprocal", r"\frac{d}{du}\frac{1}{u} = -\frac{1}{u^2}"),
    Rule("exp_derivative", "derivative of the exponential function", r"\frac{d}{du} e^u = e^u"),
    Rule("absolute_value", "derivative of |u|, away from u = 0", r"\frac{d}{du} |u| = \operatorname{sign}(u)"),
    Rule("log_product", "the logarithm of a product is a sum", r"\log(a\,b) = \log a + \log b"),
    Rule("log_power", "the logarithm of a power", r"\log a^y = y \log a"),
    Rule("log_exp", "the logarithm undoes the exponential function", r"\log e^u = u"),
    Rule("complement", "1 − σ(z) = σ(−z)", r"1 - \sigma(z) = \sigma(-z)"),
    Rule("softplus", "softplus(z) = log(1 + e^z) = −log σ(−z)", r"\log(1 + e^{-z}) = -\log \sigma(z)"),
    Rule("label_cases", "for each value that the label can take", r""),
    Rule("exchange_sums", "finite sums may be taken in either order", r""),
    Rule(
        "square_of_sum",
        "the square of a sum",
        r"\sum_{j=1}^{m} \sum_{k=1}^{m} a_j a_k = \left(\sum_{j=1}^{m} a_j\right)^2",
    ),
    Rule("complete_square", "complete the square", r"\frac{1}{4} - u\,(1 - u) = \left(u - \frac{1}{2}\right)^2"),
    Rule("centering", "deviations from the mean sum to zero", r""),
    Rule("limit", "compare the powers of e^{−z}", r""),
    Rule("quotient_rule", "derivative of a quotient", r"\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^2}"),
    Rule("exp_sum", "the exponential of a sum is a product", r"e^{a + b} = e^a e^b"),
    Rule("tanh_derivative", "tanh' = 1 − tanh²", r"\tanh'(z) = 1 - \tanh^2(z)"),
    Rule(
        "softmax_derivative",
        "derivative of softmax",
        r"\frac{\partial p_i}{\partial z_j} = p_i\,(\delta_{ij} - p_j)",
    ),
    Rule("labels_sum_to_one", "one label is 1, the others are 0: they sum to one", r"\sum_{c=1}^{K} y_c = 1"),
    Rule(
        "softmax_cross_entropy",
        "cross-entropy of softmax: prediction minus label",
        r"\frac{\partial C}{\partial z_k} = p_k - y_k",
    ),
    Rule(
        "variance",
        "variance: mean of squares minus square of the mean",
        r"\sum_c p_c (v_c - \bar{v})^2 = \sum_c p_c v_c^2 - \bar{v}^2",
    ),
    Rule(
        "log_diff_exp",
        "logarithm of a difference of σ",
        r"\log(\sigma(a) - \sigma(b)) = \log\sigma(a) + \log\sigma(-b) + \log(1 - e^{b - a})",
    ),
    Rule(
        "summation_by_parts",
        "summation by parts",
        r"\sum_{c} Y_c (\gamma_c - \gamma_{c-1}) = \sum_{t} (Y_t - Y_{t+1})\,\gamma_t + Y_K",
    ),
    Rule(
        "multivariate_chain_rule",
        "chain rule for a function of many variables",
        r"\frac{\partial C}{\partial v} = \sum_k \frac{\partial C}{\partial z_k}\,\frac{\partial z_k}{\partial v}",
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _TABLE}
"""Every rule by its name."""
