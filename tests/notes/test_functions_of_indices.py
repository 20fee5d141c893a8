r"""A function whose argument is an index in its value: g(a) = e^{z_a} / \sum_c e^{z_c} is no g(c)."""

import pytest

from derivations.notes.library import check_notes


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("name", "behind", "a", "b"),
    [
        ("g", "", "a", "c"),
        ("g", "", "u", "v"),
        (r"\pi_\theta", "|s", "a", "u"),
        ("f", ", s", "u", "a"),
        ("h", "", "k", "j"),
    ],
)
def test_it_has_another_value_at_another_index(name: str, behind: str, a: str, b: str) -> None:
    place = "s, " if behind else ""
    defined = rf"$${name}({a}{behind}) = \frac{{e^{{\theta_{{{place}{a}}}}}}}{{\sum_l e^{{\theta_{{{place}l}}}}}}$$"
    assert last(f"{defined}\n\n$${name}({b}{behind}) = {name}({a}{behind})$$") not in ("proved", "supported")


def test_at_its_own_index_it_has_its_value() -> None:
    defined = r"$$g(a) = \frac{e^{z_a}}{\sum_j e^{z_j}}$$"
    assert last(defined + r"$$\log g(a) = z_a - \log \sum_j e^{z_j}$$") == "proved"
    assert last(defined + r"$$\log g(a) = z_a + \log \sum_j e^{z_j}$$") == "refuted"
