r"""Probabilities as names, outcomes as indices, extrema, equations solved for a name, and what is cut short.

Every law stands beside statements that it must not prove and, where they are false, must refute.
"""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes
from derivations.notes.report import StepRecord

BERNOULLI = (
    r"Labels $y_i \in \{0, 1\}$, samples $x_i \in \mathbb{R}^m$. "
    r"$$p(y \mid x; w) = \sigma(w^\top x)^y (1 - \sigma(w^\top x))^{1 - y}$$" + "\n"
    r"$$P(D \mid w) = \prod_{i=1}^n p(y_i \mid x_i, w)$$" + "\n"
    r"$$\ell(w) = \log P(D \mid w)$$" + "\n"
)
ENTROPIES = (
    r"$$H(p) = -\sum_x p(x) \log p(x)$$" + "\n"
    r"$$H(p, q) = -\sum_x p(x) \log q(x)$$" + "\n"
    r"$$D(p \| q) = \sum_x p(x) \log \frac{p(x)}{q(x)}$$" + "\n"
)
SIGMOID = r"The sigmoid is $\sigma(z) = \frac{1}{1 + e^{-z}}$." + "\n"
DENSITY = r"$$p(x \mid \lambda) = e^{-\lambda x}$$ and $$p(x \mid \mu) = e^{-\mu x^2}$$" + "\n"


def last(before: str, formula: str) -> StepRecord:
    return check_notes(before + f"$${formula}$$\n").steps[-1]


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (
            BERNOULLI,
            r"\ell(w) = \sum_{i=1}^n y_i \log \sigma(w^\top x_i) + (1 - y_i) \log (1 - \sigma(w^\top x_i))",
            r"\ell(w) = \sum_{i=1}^n y_i \log \sigma(w^\top x_i) - (1 - y_i) \log (1 - \sigma(w^\top x_i))",
        ),
        (
            BERNOULLI,
            r"\frac{\partial \ell}{\partial w} = \sum_{i=1}^n (y_i - \sigma(w^\top x_i)) x_i",
            r"\frac{\partial \ell}{\partial w} = \sum_{i=1}^n (y_i + \sigma(w^\top x_i)) x_i",
        ),
        (ENTROPIES, r"D(p \| q) = H(p, q) - H(p)", r"D(p \| q) = H(p) - H(p, q)"),
        (
            ENTROPIES,
            r"\sum_x p(x) \log \frac{p(x)}{q(x)} = \sum_x p(x) \log p(x) - \sum_x p(x) \log q(x)",
            r"\sum_x p(x) \log \frac{p(x)}{q(x)} = \sum_x p(x) \log p(x) + \sum_x p(x) \log q(x)",
        ),
        (SIGMOID, r"\sigma' = \sigma(1 - \sigma)", r"\sigma' = \sigma(1 + \sigma)"),
        (SIGMOID, r"\frac{d\sigma}{dz} = \sigma - \sigma^2", r"\frac{d\sigma}{dz} = \sigma^2 - \sigma"),
        (
            r"$$z = w^\top x, \quad \log \frac{p}{1 - p} = z$$",
            r"p = \frac{1}{1 + e^{-w^\top x}}",
            r"p = \frac{1}{1 + e^{w^\top x}}",
        ),
        (
            r"$$p_c = \frac{e^{z_c}}{\sum_{c'=1}^C e^{z_{c'}}}$$",
            r"\frac{\partial p_c}{\partial z_k} = p_c (\delta_{ck} - p_k)",
            r"\frac{\partial p_c}{\partial z_k} = p_c (\delta_{ck} + p_k)",
        ),
        (
            r"$l = -\log s(z)$, where $s(z) = \frac{1}{1 + e^{-z}}$ and $z = w x$.",
            r"\frac{\partial l}{\partial w} = -(1 - s(z)).x",
            r"\frac{\partial l}{\partial w} = -(1 + s(z)).x",
        ),
    ],
)
def test_held_and_refuted(before: str, right: str, wrong: str) -> None:
    assert last(before, right).verdict == "proved"
    assert last(before, wrong).verdict in ("refuted", "conflict")


@pytest.mark.parametrize(
    ("before", "formula"),
    [
        (DENSITY, r"\log p(x \mid \mu) = \log p(x \mid \lambda)"),
        ("", r"\sum_x p(x; \theta_0) \log \frac{p(x; \theta_0)}{p(x; \theta)} = 0"),
        ("", r"\sum_x p(x; \theta') \log \frac{p(x; \theta')}{p(x; \theta)} = 0"),
        ("", r"\sum_x p_{\theta_0}(x) \log \frac{p_{\theta_0}(x)}{p_\theta(x)} = 0"),
        ("", r"\sum_x \sum_y p(y | x) = \sum_x \sum_y p(x | y)"),
        (ENTROPIES, r"H(p, q) = H(q, p)"),
        (r"$$p(w \mid D) = \frac{p(D \mid w) p(w)}{p(D)}$$", r"p(w \mid D) = p(w)"),
        (r"$$p(x) = e^{-x}, \quad p(y) = 2 y$$", r"p(x) + 1 = p(y) + 1"),
    ],
)
def test_names_are_told_apart(before: str, formula: str) -> None:
    assert last(before, formula).verdict not in ("proved", "supported")


def test_a_probability_is_no_prediction_of_the_same_letter() -> None:
    r"""p(y|x) beside p_i = \sigma(z_i) says what the likelihood is, and refutes nothing."""
    before = r"$$z_i = w^\top x_i, \quad p_i = \sigma(z_i)$$" + "\n"
    assert last(before, r"\log p(y_i \mid x_i) = y_i \log p_i + (1 - y_i) \log (1 - p_i)").verdict == "definition"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\arg\max_\theta L(\theta) = \arg\max_\theta \sum_{i=1}^n \log p(x_i; \theta)", "proved"),
        (r"\arg\max_\theta L(\theta) = \arg\min_\theta -\log L(\theta)", "proved"),
        (
            r"\arg\min_\theta \sum_{i=1}^n \theta^2 x_i^2 = \arg\min_\theta \frac1n \sum_{i=1}^n \theta^2 x_i^2",
            "proved",
        ),
        (r"\arg\min_\theta (\theta - 1)^2 = \arg\min_\theta 2 (\theta - 1)^2 + 7", "proved"),
        (r"\arg\max_\theta L(\theta) = \arg\min_\theta \log L(\theta)", "undecided"),
        (r"\arg\max_\theta L(\theta) = \arg\max_w \log L(\theta)", "undecided"),
        (r"\arg\min_\theta (\theta - 1)^2 = \arg\min_\theta (\theta - 1)^2 + \theta", "undecided"),
        (r"\arg\min_\theta (\theta - 1)^2 = \arg\min_\theta -2 (\theta - 1)^2", "undecided"),
    ],
)
def test_extrema(formula: str, verdict: str) -> None:
    assert last(r"$$L(\theta) = \prod_{i=1}^n p(x_i; \theta)$$" + "\n", formula).verdict == verdict


def test_where_behind_a_formula_defines_what_is_in_it() -> None:
    note = (
        r"$$C = -\sum_{i=1}^n \log (1 - \alpha_i) = \sum_{i=1}^n \log (1 + e^{w x_i}),$$ where "
        r"$\alpha_i = \frac{1}{1 + e^{-w x_i}}$."
    )
    assert [s.verdict for s in check_notes(note).steps] == ["definition", "proved", "definition"]
    assert check_notes(note.replace("-w x_i", "w x_i")).steps[1].verdict == "refuted"


def test_a_model_that_is_said_again_is_a_conflict() -> None:
    note = (
        r"$$\log \frac{p}{1 - p} = \beta_0 + \beta_1 x$$ and $$\log \frac{p}{1 - p} = \beta_0 + \beta_1 x + \beta_2 u$$"
    )
    assert [s.verdict for s in check_notes(note).steps] == ["definition", "conflict"]


def test_a_normaliser_that_nothing_defines_may_be_the_sum() -> None:
    before = r"Here $p = \bar p / Z$. $$\sum_d \bar p(d) \log q(d) = \sum_d \bar p(d) \log q(d)$$"
    right = r"\left(\frac1Z \sum_d \bar p(d)\right) \log c + \sum_d \log q(d) = \log c + \sum_d \log q(d)"
    assert last(before, right).verdict == "undecided"
    assert last(before, right.replace("= ", "= -")).verdict in ("undecided", "refuted")


def test_a_probability_without_an_index_may_be_that_of_all_samples() -> None:
    note = (
        r"$$P(t = 1 \mid z) = \sigma(z), \quad P(t = 0 \mid z) = 1 - \sigma(z)$$" + "\n"
        r"$$L = P(t \mid z) = \prod_{i=1}^n P(t_i \mid z_i)$$" + "\n"
        r"$$\log L = \log \prod_{i=1}^n \sigma(z_i)^{t_i} (1 - \sigma(z_i))^{1 - t_i}$$" + "\n"
    )
    assert "refuted" not in [s.verdict for s in check_notes(note).steps]
    assert check_notes(note.replace(r"{t_i} (1 -", r"{t_i} (1 +")).steps[-1].verdict in ("refuted", "conflict")


CROSS = r"$L = -\sum_i y_i\log p_i$ with one-hot $y$. "


@pytest.mark.parametrize(
    "note",
    [
        r"$p_i = \text{softmax}(z)_i$. " + CROSS + r"$\frac{\partial L}{\partial z_i} = p_i - y_i$",
        r"$p = \text{softmax}(z)$. " + CROSS + r"$\frac{\partial L}{\partial z_i} = p_i - y_i$",
        r"$p = \text{softmax}(z)$. " + CROSS + r"$\frac{\partial L}{\partial z} = p - y$",
        r"$H = -\sum_i p_i\log q_i$. $\frac{\partial H}{\partial q_i} = -\frac{p_i}{q_i}$",
    ],
)
def test_an_index_is_of_classes_where_softmax_takes_all_of_them(note: str) -> None:
    assert check_notes(note).steps[-1].verdict == "proved"
    before, _, after = note.rpartition("=")
    assert check_notes(f"{before}= 2 ({after[:-1]})$").steps[-1].verdict == "refuted"


LIKELIHOOD = r"""
The model is $h_\theta(x) = g(\theta^T x)$ where $g(z) = \frac{1}{1 + e^{-z}}$, so that
$p(y \mid x; \theta) = (h_\theta(x))^y (1 - h_\theta(x))^{1-y}$.

$$L(\theta) = p(\vec{y} \mid X; \theta) = \prod_{i=1}^m p(y^{(i)} \mid x^{(i)}; \theta)$$

$$\log L(\theta) = \sum_{i=1}^m [y^{(i)} \log h(x^{(i)}) + (1 - y^{(i)}) \log(1 - h(x^{(i)}))]$$
"""


def test_a_probability_of_all_data_is_the_product_that_is_said_of_it() -> None:
    assert check_notes(LIKELIHOOD).steps[-1].verdict == "proved"
    assert check_notes(LIKELIHOOD.replace(r"\log(1 - h", r"\log(1 + h")).steps[-1].verdict == "refuted"


def test_what_is_said_of_one_sample_is_supported_where_it_holds_for_one() -> None:
    one = r"For one example $$\frac{\partial}{\partial \theta_j} \log L(\theta) = (y - h_\theta(x)) x_j$$"
    assert check_notes(LIKELIHOOD + one).steps[-1].verdict == "supported"
    assert check_notes(LIKELIHOOD + one.replace("y - h", "y + h")).steps[-1].verdict not in ("proved", "supported")


ERROR_FUNCTION = r"""
$E(\mathbf{w}) = -\ln p(\mathbf{t}|\mathbf{w}) = -\sum_{n=1}^N \{t_n \ln y_n + (1 - t_n) \ln(1 - y_n)\}$ where
$y_n = \sigma(a_n)$ and $a_n = \mathbf{w}^T \boldsymbol{\phi}_n$. Then
$\nabla E(\mathbf{w}) = \sum_n (y_n - t_n) \boldsymbol{\phi}_n$ and $\partial_{a_n} E = y_n - t_n$.
"""


def test_an_error_function_that_is_a_logarithm_of_a_likelihood() -> None:
    assert [s.verdict for s in check_notes(ERROR_FUNCTION).steps][-2:] == ["proved", "proved"]
    wrong = check_notes(ERROR_FUNCTION.replace("y_n - t_n", "t_n - y_n")).steps
    assert [s.verdict for s in wrong][-2:] == ["refuted", "refuted"]


RIGHT_CLASS = r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$, $L = -\log p_y$. "
SCORES = r"$L_i = -f_{y_i} + \log \sum_j e^{f_j}$. With $p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}$, "


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (RIGHT_CLASS + r"$\frac{\partial L}{\partial z_i} = p_i - \delta_{iy}$", ("- ", "+ ")),
        (RIGHT_CLASS + r"$\frac{\partial L}{\partial z_i} = p_i - \mathbb{1}[i = y]$", ("- ", "+ ")),
        (RIGHT_CLASS + r"If $i \ne y$: $\frac{\partial L}{\partial z_i} = p_i$", (r"\ne", "=")),
        (RIGHT_CLASS + r"$\frac{\partial L}{\partial z_y} = p_y - 1$", ("- 1", "+ 1")),
        (SCORES + r"$\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_i = k)$", ("- \\m", "+ \\m")),
        (SCORES + r"$\frac{\partial L_i}{\partial f_{y_i}} = p_{y_i} - 1$", ("- 1", "+ 1")),
    ],
)
def test_a_label_that_is_the_number_of_its_class(step: str, wrong: tuple[str, str]) -> None:
    assert check_notes(step).steps[-1].verdict == "proved"
    before, found, after = step.rpartition(wrong[0])
    assert found and check_notes(before + wrong[1] + after).steps[-1].verdict == "refuted"


PICKED = r"""$P_{ij} = \frac{e^{S_{ij}}}{\sum_{k=1}^C e^{S_{ik}}}$ and $L = -\frac{1}{N}\sum_{i=1}^N \log P_{i, y_i}$
for the examples $(x_i, y_i)$. """
MEAN = r"$L_i = -\log p_{y_i}$ with $p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}$ and $L = \frac{1}{N} \sum_i L_i$. "


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (PICKED + r"$\frac{\partial L}{\partial S_{ij}} = \frac{1}{N}(P_{ij} - 1\{y_i = j\})$", ("- ", "+ ")),
        (PICKED + r"$\frac{\partial L}{\partial S_{ij}} = \frac{1}{N}(P_{ij} - 1\{y_i = j\})$", ("\\frac{1}{N}(", "(")),
        (MEAN + r"$L_i = -f_{y_i} + \log \sum_j e^{f_j}$", ("= -f", "= f")),
        (MEAN + r"$\frac{\partial L_i}{\partial f_k} = p_k - 1\{y_i = k\}$", ("- ", "+ ")),
    ],
)
def test_a_label_that_picks_a_class_for_every_sample(step: str, wrong: tuple[str, str]) -> None:
    assert check_notes(step).steps[-1].verdict in ("proved", "supported")
    before, found, after = step.rpartition(wrong[0])
    assert found and check_notes(before + wrong[1] + after).steps[-1].verdict in ("refuted", "conflict")


@pytest.mark.parametrize("sign", [r"\Sigma", r"\sum"])
def test_a_sum_sign_by_itself_is_the_sum_that_is_divided_by(sign: str) -> None:
    given = r"$S_i = \frac{e^{a_i}}{\sum_k e^{a_k}}$. For $i = j$: $\frac{\partial S_i}{\partial a_i} = "
    right = r"\frac{e^{a_i} \cdot SIGN - e^{a_i} e^{a_i}}{SIGN^2}$".replace("SIGN", sign)
    assert check_notes(given + right).steps[-1].verdict == "proved"
    assert check_notes(given + right.replace("- e", "+ e")).steps[-1].verdict == "refuted"
    other = r"$D = \frac{1}{\sum_k e^{b_k}}$. "  # which of the two sums is meant, nothing says
    assert check_notes(other + given + right).steps[-1].verdict not in ("proved", "refuted")


@pytest.mark.parametrize("largest", [r"\max(z)", r"\max_k z_k"])
def test_the_largest_logit_is_taken_off_all(largest: str) -> None:
    given = r"$$p_i = \frac{e^{z_i - MAX}}{\sum_j e^{z_j - MAX}}$$".replace("MAX", largest)
    same = given.replace("$$p_i", r"$$\frac{e^{z_i}}{\sum_j e^{z_j}}")
    assert check_notes(same).steps[-1].verdict == "proved"
    assert check_notes(same.replace(r"{\sum_j e^{z_j -", r"{\sum_j e^{z_j +")).steps[-1].verdict == "undecided"
    slope = r"$$\frac{\partial p_i}{\partial z_k} = p_i (\delta_{ik} - p_k)$$"
    assert check_notes(given + slope).steps[-1].verdict == "proved"
    assert check_notes(given + slope.replace("- p", "+ p")).steps[-1].verdict == "undecided"
    assert check_notes(given + rf"$$\frac{{\partial {largest}}}{{\partial z_i}} = 0$$").steps[-1].verdict == "undecided"


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        ("q_k - p_k", "supported"),
        ("p_k - q_k", "refuted"),
        (r"q_k \sum_i p_i - p_k", "proved"),
        ("2 q_k - p_k", "refuted"),
    ],
)
def test_a_target_called_like_a_probability_sums_to_one(right, verdict):
    given = r"$$q_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \quad H(p, q) = -\sum_i p_i \log q_i$$"
    note = rf"{given} $$\frac{{\partial H}}{{\partial z_k}} = {right}$$"
    assert check_notes(note).steps[-1].verdict == verdict


@pytest.mark.parametrize(("index", "verdict"), [("pj", ("proved", "supported")), ("jj", ("refuted", "undecided"))])
def test_the_diagonal_of_labels_is_no_total(index, verdict):
    given = r"$$y_{pq} = \frac{e^{x_{pq}}}{\sum_k e^{x_{pk}}}, \quad L = -\frac{1}{m} \sum_{p,j} t_{pj} \log y_{pj}$$ "
    step = rf"\frac{{1}}{{m}} y_{{pq}} \sum_{{j=1}}^n t_{{pj}} = \frac{{1}}{{m}} y_{{pq}} \sum_{{j=1}}^n t_{{{index}}}"
    assert check_notes(rf"{given}$${step}$$").steps[-1].verdict in verdict


TEACHER = r"The student has $q_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}$ and $C = -\sum_i p_i \log q_i$. "


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac{\partial C}{\partial z_i} = \frac1T (q_i - p_i)", "supported"),
        (r"\frac{\partial C}{\partial z_i} = T (q_i - p_i)", "refuted"),
        (r"\frac{\partial C}{\partial z_i} = \frac1T (p_i - q_i)", "refuted"),
        (r"\frac{\partial C}{\partial q_i} = -\frac{p_i}{q_i}", "proved"),
    ],
)
def test_what_stands_before_a_logarithm_and_in_none_is_given(formula, verdict):
    assert last(TEACHER, formula).verdict == verdict


def test_what_stands_in_a_logarithm_too_is_not():
    before = r"$H = -\sum_i p_i \log p_i$. "
    assert last(before, r"\frac{\partial H}{\partial z_j} = 0").verdict not in ("proved", "supported")


@pytest.mark.parametrize("name", ["D_{KL}", r"D_{\text{KL}}", r"\mathrm{KL}"])
@pytest.mark.parametrize("bar", [r"\|", "|", r"\,\|\,", ","])
def test_a_divergence_is_a_name_like_others(name, bar):
    before = rf"$${name}(p {bar} q) = \sum_k p_k \log \frac{{p_k}}{{q_k}}$$ and $$H(p) = -\sum_k p_k \log p_k$$"
    right = rf"{name}(p {bar} q) = -\sum_k p_k \log q_k @ H(p)"
    assert [last(before, right.replace("@", sign)).verdict for sign in "-+"] == ["proved", "conflict"]


@pytest.mark.parametrize(
    "words",
    [
        "All logarithms are to base 2.",
        r"Here $\log$ has the base $2$.",
        "这里的对数以2为底。",
        "Der Logarithmus zur Basis 2.",
    ],
)
def test_a_logarithm_with_a_base_in_words_is_read_in_both_ways(words):
    before = words + r" Let $L = -\log p$ and $H(p) = -\sum_i p_i \log p_i$. "
    assert last(before, r"\frac{dL}{dp} = -\frac1p").verdict == "undecided"
    assert last(before, r"\frac{dL}{dp} = -\frac{1}{p \ln 2}").verdict == "undecided"
    assert last(before, r"\frac{dL}{dp} = \frac1p").verdict == "refuted"
    assert last(before, r"H(p) = \sum_i p_i \log \frac{1}{p_i}").verdict == "proved"
    assert last(r"The 2 points have $L = -\log p$. ", r"\frac{dL}{dp} = -\frac1p").verdict == "proved"
