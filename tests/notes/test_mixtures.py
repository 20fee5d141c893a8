r"""Mixtures: \pi_k is one number for all samples, and the weights of an E-step are kept in the M-step."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

_Q = r"""
The M-step maximises
$$Q = \sum_{i=1}^n\sum_{k=1}^K
r_{ik}\left[\log\pi_k - \frac12\log(2\pi) - \log\sigma_k - \frac{(x_i-\mu_k)^2}{2\sigma_k^2}\right]$$
"""
_WEIGHTS = r"""
$$\gamma_{ik} = \frac{\pi_k e^{-(x_i-\mu_k)^2/2}}{\sum_{j=1}^K \pi_j e^{-(x_i-\mu_j)^2/2}}$$
"""
_LIKELIHOOD = r"""
$$\ell = \sum_{i=1}^n \log \sum_{k=1}^K \pi_k e^{-(x_i-\mu_k)^2/2}$$
"""
_EXPECTED = r"""
M-step: maximise
$$Q = \sum_{i=1}^n\sum_{k=1}^K \gamma_{ik}\left[\log\pi_k - \frac12 (x_i-\mu_k)^2\right]$$
"""


def _last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial Q}{\partial\mu_k} = \sum_{i=1}^n r_{ik}\frac{x_i-\mu_k}{\sigma_k^2}", "proved"),
        (r"\frac{\partial Q}{\partial\mu_k} = \sum_{i=1}^n r_{ik}\frac{x_i-\mu_k}{\sigma_k}", "refuted"),
        (
            r"\frac{\partial Q}{\partial\sigma_k} = "
            r"\sum_{i=1}^n r_{ik}\left(\frac{(x_i-\mu_k)^2}{\sigma_k^3} - \frac{1}{\sigma_k}\right)",
            "proved",
        ),
        (r"\frac{\partial Q}{\partial\pi_k} = \frac{\sum_i r_{ik}}{\pi_k}", "proved"),
        (r"\frac{\partial Q}{\partial\pi_k} = \frac{r_{ik}}{\pi_k}", "undecided"),
    ],
)
def test_what_the_m_step_maximises_has_one_weight_for_each_component(claim: str, verdict: str) -> None:
    assert _last(f"{_Q}$${claim}$$") == verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial \ell}{\partial\mu_k} = \sum_{i=1}^n \gamma_{ik}(x_i-\mu_k)", "proved"),
        (r"\frac{\partial \ell}{\partial\mu_k} = \sum_{i=1}^n \gamma_{ik}(\mu_k-x_i)", "refuted"),
        (r"\frac{\partial \ell}{\partial\pi_k} = \sum_{i=1}^n \frac{\gamma_{ik}}{\pi_k}", "proved"),
        (r"\frac{\partial \ell}{\partial\pi_k} = \sum_{i=1}^n \gamma_{ik}", "refuted"),
    ],
)
def test_the_slope_of_a_mixtures_likelihood_is_a_sum_over_its_samples(claim: str, verdict: str) -> None:
    assert _last(f"{_WEIGHTS}{_LIKELIHOOD}$${claim}$$") == verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial Q}{\partial\mu_k} = \sum_{i=1}^n \gamma_{ik}(x_i-\mu_k)", "supported"),
        (r"\frac{\partial Q}{\partial\mu_k} = \sum_{i=1}^n \gamma_{ik}(\mu_k-x_i)", "refuted"),
    ],
)
def test_the_weights_of_the_step_before_are_no_functions_of_the_new_means(claim: str, verdict: str) -> None:
    assert _last(f"{_WEIGHTS}{_EXPECTED}$${claim}$$") == verdict


def test_weights_that_no_words_of_em_stand_by_are_functions() -> None:
    weights = r"$$w_{ik} = \frac{e^{-(x_i-\theta_k)^2/2}}{\sum_{j=1}^K e^{-(x_i-\theta_j)^2/2}}$$"
    loss = r"$$Q = -\frac12\sum_{i=1}^n\sum_{k=1}^K w_{ik} (x_i-\theta_k)^2$$"
    slope = r"$$\frac{\partial Q}{\partial\theta_k} = \sum_{i=1}^n w_{ik}(x_i-\theta_k)$$"
    assert _last(f"{weights}\n\n{loss}\n\n{slope}") == "refuted"
    assert _last(f"The M-step of EM.\n\n{weights}\n\n{loss}\n\n{slope}") == "supported"
