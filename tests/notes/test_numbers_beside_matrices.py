"""What is added to a matrix: a number is not added to each entry of the identity, and 1 + A may be I + A."""

import pytest

from derivations.notes.library import check_notes

POSITIVE = r"$A$ is positive definite: $x^T A x > 0$."


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    "before",
    [POSITIVE, r"Let $A$ be a matrix.", r"Let $A_{ij} = \phi_i \phi_j$.", r"The error is $w = v - v^*$.", ""],
)
@pytest.mark.parametrize(
    "claim",
    [
        r"w - \alpha A w = (I - \alpha A) w",
        r"w_t - \alpha_t A w_t = (I - \alpha_t A) w_t",
        r"w_{t+1} = w_t - \alpha A w_t = (I - \alpha A) w_t",
        r"c + A c = (I + A) c",
    ],
)
def test_a_factor_taken_out_of_a_step_is_never_refuted(before: str, claim: str) -> None:
    assert last(f"{before}\n\n$${claim}$$\n") != "refuted"


@pytest.mark.parametrize("claim", [r"w - \alpha A w = (I - \alpha A) w", "c + A c = (I + A) c"])
def test_a_form_says_that_its_middle_is_a_matrix(claim: str) -> None:
    r"""x^T A x > 0 says it as f(x) = x^T A x does."""
    assert last(f"{POSITIVE}\n\n$${claim}$$\n") == "proved"
    wrong = claim.replace("(I -", "(I +") if "(I -" in claim else claim.replace("(I +", "(I -")
    assert last(f"{POSITIVE}\n\n$${wrong}$$\n") == "refuted"


@pytest.mark.parametrize("claim", ["c_t + c_t A = (I + A) c_t", "c_t + A = I + A"])
def test_a_number_beside_a_square_matrix_refutes_nothing(claim: str) -> None:
    assert last(f"{POSITIVE}\n\n$${claim}$$\n") not in ("refuted", "proved")


def test_a_probability_is_no_size_of_the_same_letter() -> None:
    r"""The p of \log p beside x_1 to x_p."""
    text = r"""
$\ell = -[y\ln p+(1-y)\ln(1-p)]$, $p=\sigma(\eta)$ and $\eta=\beta_0+\beta_1x_1+\cdots+\beta_px_p$.
$$\frac{\partial\ell}{\partial\eta} = p - y$$
"""
    assert last(text) == "proved"
    assert last(text.replace("= p - y", "= y - p")) == "refuted"
