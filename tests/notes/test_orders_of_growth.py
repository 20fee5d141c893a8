r"""O(n) + O(n) = O(n), and f(x + h) = f(x) + f'(x) h + o(h): an order of growth is no number times n."""

import pytest

from derivations.notes.library import check_notes


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    "formula",
    [
        "O(n) + O(n) = O(n)",
        "O(n^2) + O(n) = O(n^2)",
        "O(n) - O(n) = 0",
        r"O(n \log n) + O(n) = O(n \log n)",
        r"\mathcal{O}(n) + \mathcal{O}(n) = 2 \mathcal{O}(n)",
        "O(1) = 2 O(1)",
        "o(h) + o(h) = 2 o(h)",
        "f(x + h) = f(x) + f'(x) h + o(h)",
    ],
)
def test_an_order_of_growth_is_neither_proved_nor_refuted(formula: str) -> None:
    assert last(f"$${formula}$$") in ("unsupported", "undecided", "definition")


@pytest.mark.parametrize("name", ["O", "o"])
def test_an_output_is_a_factor(name: str) -> None:
    text = rf"Let ${name} = \sigma(z)$. $$\frac{{d{name}}}{{dz}} = {name} (1 - {name})$$"
    assert last(text) == "proved"
    assert last(text.replace("1 -", "1 +")) == "refuted"


def test_an_output_may_be_a_function() -> None:
    text = r"$o(x) = \sigma(w x)$, $$\frac{do}{dw} = o(x) (1 - o(x)) x$$"
    assert last(text) == "proved"
    assert last(text.replace("1 -", "1 +")) == "refuted"
