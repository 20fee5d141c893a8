r"""The chain rule of functions of which nothing is said, and what holds whatever derivatives are."""

import pytest

from derivations.notes.library import check_notes


def steps(text: str) -> list[tuple[str, str]]:
    return [(step.verdict, step.reason or "") for step in check_notes(text).steps]


RULES = [
    r"\frac{\partial l}{\partial x_k} = \sum_{j=1}^m \frac{\partial l}{\partial y_j} \frac{\partial y_j}{\partial x_k}",
    r"\frac{\partial l}{\partial x_k} = \sum_j \frac{\partial y_j}{\partial x_k} \cdot \frac{\partial l}{\partial y_j}",
    r"\frac{\partial}{\partial t} f(x(t), y(t)) = \frac{\partial f}{\partial x} \frac{\partial x}{\partial t}"
    r" + \frac{\partial f}{\partial y} \frac{\partial y}{\partial t}",
    r"\frac{\partial E}{\partial x_i} = \frac{\partial E}{\partial y_i} \frac{\partial y_i}{\partial x_i}",
]


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_no_claim(rule: str) -> None:
    assert steps(f"$${rule}$$")[0][0] in ("definition", "proved")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\sum_{j=1}^m", ""),  # an index that nothing sums over
        (r"\frac{\partial l}{\partial y_j}", r"\frac{\partial l}{\partial y_k}"),
        (r"\frac{\partial y_j}{\partial x_k}", r"\frac{\partial x_k}{\partial y_j}"),
        (r"\frac{\partial y_j}{\partial x_k}", r"\frac{\partial y_j}{\partial x_j}"),
        (r"= \sum", r"= 2 \sum"),
        (r"= \sum", r"= -\sum"),
    ],
)
def test_a_wrong_rule_is_none(right: str, wrong: str) -> None:
    found = steps(f"$${RULES[0].replace(right, wrong)}$$")
    assert found[0][0] not in ("proved", "supported")
    assert not found[0][1].startswith("the chain rule")


def test_the_rule_of_what_has_a_value_is_checked() -> None:
    text = r"$u_j = w_j^2$ and $l = \sum_j u_j^3$. $$\frac{\partial l}{\partial w_k} = RIGHT$$"
    rule = r"\sum_j \frac{\partial l}{\partial u_j} \frac{\partial u_j}{\partial w_k}"
    assert steps(text.replace("RIGHT", rule))[-1][0] == "proved"
    assert steps(text.replace("RIGHT", "2" + rule))[-1][0] == "refuted"


TERMS = (
    r"\frac{\partial L}{\partial y_1} \frac{\partial y_1}{\partial x_i}",
    (r"\frac{\partial L}{\partial y_2} \frac{\partial y_2}{\partial x_i}"),
)
TOTAL = r"\sum_{j=1}^N \frac{\partial L}{\partial y_j} \frac{\partial y_j}{\partial x_i}"


def test_what_holds_for_any_derivatives() -> None:
    step = f"${TERMS[0]} + {TERMS[1]} = {TOTAL}$"
    assert steps(step.replace("N", "2"))[0] == ("supported", "holds whatever the derivatives in it are")
    assert steps(step.replace("N", "3"))[0][0] not in ("proved", "supported")
    assert steps(step.replace("N", "2").replace(" + ", " - "))[0][0] not in ("proved", "supported")
    assert steps(step.replace("N", "2").replace(r"y_2}{\partial x_i", r"y_1}{\partial x_i"))[0][0] not in (
        "proved",
        "supported",
    )
