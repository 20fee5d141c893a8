r"""Functions of a vector at one that is shifted by a number: lse(z + c \mathbf 1)."""

import pytest

from derivations.notes.library import check_notes

LSE = r"Let $\mathrm{lse}(z) = \log\sum_{i=1}^n e^{z_i}$."
SQUARES = r"Let $f(x) = \sum_{i=1}^n x_i^2$."


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\mathrm{lse}(z + c\mathbf{1}) = \mathrm{lse}(z) + c", "proved"),
        (r"\mathrm{lse}(z - m\mathbf{1}) = \mathrm{lse}(z) - m", "proved"),
        (r"\mathrm{lse}(z + z_1\mathbf{1}) = \mathrm{lse}(z) + z_1", "proved"),
        (r"\frac{\partial}{\partial z_k}\mathrm{lse}(z + c\mathbf{1}) = \frac{e^{z_k}}{\sum_j e^{z_j}}", "proved"),
        (r"\mathrm{lse}(z + c\mathbf{1}) = \mathrm{lse}(z) - c", "refuted"),
        (r"\mathrm{lse}(z + c\mathbf{1}) = c\,\mathrm{lse}(z)", "refuted"),
        (r"\mathrm{lse}(z + i\mathbf{1}) = \mathrm{lse}(z) + i", "unsupported"),
        (r"\mathrm{lse}(z + z_i\mathbf{1}) = \mathrm{lse}(z) + z_i", "unsupported"),
    ],
)
def test_a_number_may_be_added_to_every_entry(claim: str, verdict: str) -> None:
    assert last(f"{LSE}\n$${claim}$$\n") == verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"f(x + c\mathbf{1}) = f(x) + 2c\sum_{i=1}^n x_i + n c^2", "proved"),
        (r"f(x + c\mathbf{1}) = f(x) + 2c\sum_{i=1}^n x_i + c^2", "refuted"),
        (r"f(x + h) = f(x) + 2 x \cdot h + \|h\|^2", "supported"),
    ],
)
def test_a_sum_of_squares_may_be_shifted(claim: str, verdict: str) -> None:
    assert last(f"{SQUARES}\n$${claim}$$\n") == verdict


@pytest.mark.parametrize("claim", ["z + c", "z / T", "a z"])
def test_a_bare_name_beside_a_vector_refutes_nothing(claim: str) -> None:
    """It may be a vector itself."""
    right = claim.replace("z", r"\mathrm{lse}(z)").replace("+", "-")
    assert last(f"{LSE}\n$$\\mathrm{{lse}}({claim}) = {right}$$\n") == "undecided"
    assert last(f"{LSE}\n$$\\mathrm{{lse}}(z + c) = \\mathrm{{lse}}(z) + c$$\n") == "proved"
