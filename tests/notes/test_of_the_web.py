r"""How pages write: \delta for ∂, braces that only print, odd letters as indices, primes on brackets, sums of z alone.

Each line is (what stands before, a claim, its verdict); beside a claim that holds stands one that must not.
"""

import pytest

from derivations.notes.library import check_notes

LOGISTIC = r"$L = (\sigma(z) - y)^2$ and $z = wx$."
SOFTMAX = r"$o_j = \frac{e^{z_j}}{\sum_{k=1}^K e^{z_k}}$, and $a$, $b$, $c$ are classes, as in $z_a + z_c$."
WEIGHTS = r"""$$s_k = \frac{e^{u_k}}{\sum_{j=1}^K e^{u_j}}, \qquad \sum_{k=1}^K y_k = 1$$ and
$$\sum_{k \neq z}^K y_k s_z = s_z \sum_{k=1}^K y_k - y_z s_z$$"""
CHAIN = r"$f(x) = \frac{1}{1+e^{-x}}$, $u = g(x) = 1 + e^{-x}$ and $y = f(u) = \frac1u$."
OF_CASES = r"""\frac{\partial \log o_j}{\partial z_i} =
 \begin{cases} \frac{1}{o_j} (o_j - o_j^2) = 1 - o_j, & i = j \\ -o_i, & i \neq j \end{cases}"""
EXPONENTIAL = r"""$$p(x_1, \ldots, x_n \mid \lambda) = \prod_{i=1}^n p(x_i \mid \lambda)
 = \prod_{i=1}^n \lambda e^{-\lambda x_i}$$"""
BERNOULLI = r"$\ell(p \mid \mathbf{x}) = \log \prod_{n=1}^N p^{x_n} (1 - p)^{1 - x_n}$."
SPREAD = r"""The noise is Gaussian: $p(y_i \mid x_i) = \frac{1}{\sqrt{2\pi}\sigma} e^{-(y_i - w x_i)^2 / (2\sigma^2)}$
with variance $\sigma^2$, where in logistic regression $\sigma(z)$ is the sigmoid."""
BATCH = r"""$\mu = \frac1m \sum_{i=1}^m x_i$, $\sigma^2 = \frac1m \sum_{i=1}^m (x_i - \mu)^2$
and $f(x) = x \sigma(x)$."""
BESIDE = r"""$J = -\log \sigma(u_o^T v) - \sum_{k=1}^K \log \sigma(-u_k^T v)$."""
ENTROPY = r"$H(p) = -p \log p - (1-p) \log(1-p)$."
SIGNS = r"$L(w) = \sum_{i=1}^n \log(1 + e^{-y_i w^T x_i})$."
HESSIAN = r"\nabla^2 L(w) = \sum_{i=1}^n \sigma(y_i w^T x_i) (1 - \sigma(y_i w^T x_i)) x_i x_i^T"
COUNT = r"$L(p) = \binom{n}{k} p^k (1-p)^{n-k}$."
SHIFTED = r"$J = \frac{1}{m} \sum_{i=0}^{m-1} (w x^{(i)} + b - y^{(i)})^2$."
VECTOR = r"$z_i = w^T x_i$ and $L = \sum_{i=1}^n (\sigma(z_i) - y_i)^2$."
GIVEN = r"Let $0 \le p \le 1$ and $L(u) = -p \log \sigma(u) - (1-p) \log(1 - \sigma(u))$."


@pytest.mark.parametrize(
    ("before", "claim", "verdict"),
    [
        (LOGISTIC, r"\frac{\delta L}{\delta w} = 2(\sigma(z) - y)\sigma(z)(1 - \sigma(z)) x", "proved"),
        (LOGISTIC, r"\frac{\delta L}{\delta w} = 2(\sigma(z) - y) x", "refuted"),
        ("", r"\frac{\delta \ln(x)}{\delta x} = \frac1x", "proved"),
        ("", "{1+e}^{-x} = 1+e^{-x}", "proved"),
        ("", "{a+b}^2 = (a+b)^2", "refuted"),
        ("", r"1\{i = j\} = \begin{cases} 1 & i = j \\ 0 & i \neq j \end{cases}", "proved"),
        ("", r"1\{i = j\} = \begin{cases} 0 & i = j \\ 1 & i \neq j \end{cases}", "refuted"),
        (SOFTMAX, r"\frac{\partial o_b}{\partial z_b} = o_b(1 - o_b)", "proved"),
        (SOFTMAX, r"\sum_j e^z = \sum_k e^{z_k}", "proved"),
        (SOFTMAX, r"\sum_k e^{z_k} = e^{z_a} + e^{z_b} + e^{z_c}", "undecided"),
        (SOFTMAX, r"o_b = \frac{e^{z_b}}{2\sum_j e^z}", "conflict"),
        (WEIGHTS, r"\frac{\partial s_z}{\partial u_z} = s_z(1 - s_z)", "proved"),
        (WEIGHTS, r"\frac{\partial s_z}{\partial u_z} = s_z(1 + s_z)", "refuted"),
        (CHAIN, r"\frac{e^{-x}}{u^2} = \frac{e^{-x}}{(1 + e^{-x})^2}", "proved"),
        (CHAIN, r"\frac{dy}{du} = -u^{-2}", "proved"),
        (CHAIN, r"\frac{dy}{du} = u^{-2}", "refuted"),
        ("Labels $T_1$, $T_2$.", "a (T_1 + T_2) - T_1 = a - T_1", "undecided"),
        ("Labels $T_1$, $T_2$.", "a (T_1 + T_2) - T_1 = a + T_1", "refuted"),
        ("", r"(1 + e^{-z}){}' = (e^{^{-z}})(-z)'", "proved"),
        ("", "(e^{-z})' = e^{-z}", "refuted"),
        (EXPONENTIAL, r"p(x_1, \ldots, x_n \mid \lambda) = \lambda^n e^{-\lambda \sum_{i=1}^n x_i}", "proved"),
        (EXPONENTIAL, r"p(x_1, \ldots, x_n \mid \lambda) = \lambda e^{-\lambda \sum_{i=1}^n x_i}", "conflict"),
        (BERNOULLI, r"\frac{d \ell}{dp} = \sum_{n=1}^N \left(\frac{x_n}{p} - \frac{1 - x_n}{1 - p}\right)", "proved"),
        (BERNOULLI, r"\frac{d \ell}{dp} = \sum_{n=1}^N \left(\frac{x_n}{p} + \frac{1 - x_n}{1 - p}\right)", "refuted"),
        (SPREAD, r"p(y_i \mid x_i) = \frac{1}{\sigma\sqrt{2\pi}} e^{-(y_i - w x_i)^2 / (2\sigma^2)}", "proved"),
        (SPREAD, r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", "proved"),
        (SPREAD, r"\frac{1}{2\sigma^2} \sum_{i=1}^n y_i^2 = \frac{1}{2\sigma^2} \sum_{i=1}^n y_i", "supported"),
        (
            r"A variance $\sigma^2$.",
            r"\frac{1}{\sigma^2} \sum_{i=1}^n y_i^2 = \frac{1}{\sigma^2} \sum_{i=1}^n y_i",
            "refuted",
        ),
        (BATCH, r"\frac{\partial \sigma^2}{\partial x_j} = \frac2m (x_j - \mu)", "proved"),
        (BATCH, r"\frac{\partial \sigma^2}{\partial x_j} = \frac1m (x_j - \mu)", "undecided"),
        (BATCH, r"f'(x) = \sigma(x) + f(x)(1 - \sigma(x))", "proved"),
        (BATCH, r"\sigma^2 = \frac{1}{m-1} \sum_{i=1}^m (x_i - \mu)^2", "conflict"),
        ("", r"\sigma_B^2 = \frac1m \sum_{i=1}^m (x_i - c)^2", "definition"),
        (r"$\frac{1}{2\sigma^2} (y - wx)^2$", r"\sigma^2 = \frac1m \sum_{i=1}^m (x_i - c)^2", "undecided"),
        (BESIDE, r"\frac{\partial J}{\partial u_o} = (\sigma(u_o^T v) - 1) v", "supported"),
        (BESIDE, r"\frac{\partial J}{\partial u_o} = (\sigma(u_o^T v) + 1) v", "refuted"),
        ("", r"\nabla_w \mathrm{tr}(w^T X^T X w - w^T X^T y) = 2 X^T X w - X^T y", "proved"),
        ("", r"\nabla_w \mathrm{tr}(w^T X^T X w - w^T X^T y) = X^T X w - X^T y", "refuted"),
        ("", r"\mathrm{tr}(X) = X", "unsupported"),
        ("", r"\sum_{i,j=1}^n x_i x_j = \left(\sum_{i=1}^n x_i\right)^2", "proved"),
        ("", r"\sum_{i,j=1}^n x_i x_j = \sum_{i=1}^n x_i^2", "refuted"),
        (r"$\sigma = \sqrt{v}$, beside the sigmoid $g(z)$.", r"\frac{x}{\sigma} = \frac{x}{\sqrt{v}}", "proved"),
        (r"$\sigma = \sqrt{v}$, beside the sigmoid $g(z)$.", r"\frac{x}{\sigma} = \frac{x}{v}", "refuted"),
        ("$z = w^T x$.", "w^T = w", "undecided"),
        (r"$J = \|Xw - y\|^2$.", r"\nabla_w J = 2 (Xw - y)^T X", "proved"),
        (SIGNS, HESSIAN, "proved"),
        (SIGNS, HESSIAN.replace(r"\sum_{i=1}^n", r"\sum_{i=1}^n y_i"), "refuted"),
        (ENTROPY, r"H''(p) = -\frac{1}{p(1-p)}", "proved"),
        (ENTROPY, r"H''(p) = \frac{1}{p(1-p)}", "refuted"),
        (ENTROPY, r"H' = \log(1-p) - \log p", "proved"),
        (ENTROPY, r"H' = \log(1-p) + \log p", "refuted"),
        (ENTROPY, r"H' = H + \lambda p^2", "definition"),
        ("", r"\sigma''(z) = \sigma'(z) (1 - 2\sigma(z))", "proved"),
        ("", r"\sigma''(z) = \sigma'(z) (1 + 2\sigma(z))", "refuted"),
        ("", r"\mathrm{softplus}'(x) = \sigma(x)", "proved"),
        (
            r"$\mathrm{softplus}(x) = \frac1\beta \log(1 + e^{\beta x})$.",
            r"\mathrm{softplus}'(x) = \sigma(\beta x)",
            "proved",
        ),
        (COUNT, r"\frac{d \log L(p)}{dp} = \frac{k}{p} - \frac{n-k}{1-p}", "proved"),
        (COUNT, r"\frac{d \log L(p)}{dp} = \frac{k}{p} - \frac{n}{1-p}", "refuted"),
        (SHIFTED, r"\frac{\partial J}{\partial b} = \frac{2}{m} \sum_{i=0}^{m-1} (w x^{(i)} + b - y^{(i)})", "proved"),
        (SHIFTED, r"\frac{\partial J}{\partial b} = \frac{2}{m} \sum_{i=0}^{m-1} (w x^{(i)} + b + y^{(i)})", "refuted"),
        (VECTOR, r"\frac{\partial \sigma(z_i)}{\partial w} = \sigma(z_i)(1 - \sigma(z_i))", "refuted"),
        (VECTOR, r"\frac{\partial L}{\partial w} = 2\sum_{i=1}^n (\sigma(z_i) - y_i) \sigma'(z_i)", "refuted"),
        (VECTOR, r"\frac{\partial L}{\partial w} = \sum_{i=1}^n (\sigma(z_i) - y_i) \sigma'(z_i)", "unsupported"),
        (r"$p(d) = \bar{p}(d)/Z_p$.", r"Z_q \left(\frac{1}{Z_p} \sum_d \bar{p}(d)\right) = Z_q", "undecided"),
        (GIVEN, r"L'(u) = \sigma(u) - p", "proved"),
        (GIVEN, r"L'(u) = p - \sigma(u)", "refuted"),
        ("", "0.75 (1 - 0.75) = 0.19", "supported"),
        ("", "0.75 (1 - 0.75) = 0.24", "refuted"),
        ("", r"0.1 \cdot 0.2 = 0.03", "undecided"),
        ("", r"-0.5 \log 0.5 = 0.5", "undecided"),
        ("", r"\frac{1}{1 + e^{-0.3775}} = 0.693269992", "refuted"),
        (SOFTMAX, OF_CASES, "proved"),
        (SOFTMAX, OF_CASES.replace("= 1 -", "= 1 +"), "refuted"),
        ("", r"\left(\frac{g}{h}\right)' = \frac{g' h - g h'}{h^2}", "proved"),
        ("", r"\left(\frac{g}{h}\right)' = \frac{g' h + g h'}{h^2}", "refuted"),
    ],
)
def test_a_claim_as_pages_write_it(before, claim, verdict):
    assert check_notes(f"{before}\n\n$${claim}$$").steps[-1].verdict == verdict


@pytest.mark.parametrize(("end", "verdict"), [(r"\frac{e^{-z}}{(1+e^{-z})^2}", "supported"), ("e^{z}", "refuted")])
def test_a_display_may_go_on_from_before_a_calculation_on_the_side(end, verdict):
    text = "$$g'(z) = -\\frac{1}{(1+e^{-z})^2} (1+e^{-z})'$$\n\n$$(1+e^{-z})' = -e^{-z}$$"
    steps = check_notes(rf"$$g(z) = \frac{{1}}{{1+e^{{-z}}}}$$ {text}" f"\n\n$$= {end}$$").steps
    assert steps[-1].verdict == verdict


def test_a_row_that_cant_be_read_leaves_the_rows_before_it():
    rows = ["(a+b)^2 &= a^2 + 2ab + b^2", "&= a^2 + 3ab + b^2", "&= (((a(a + 3b) + b^2", "&= a^2 + 3ab + b^2"]
    text = r"$$\begin{aligned}" + "\\\\\n".join(rows) + r"\end{aligned}$$"
    assert [step.verdict for step in check_notes(text).steps] == ["proved", "refuted", "unsupported", "unsupported"]
    assert {step.verdict for step in check_notes(text.replace("\n", " ")).steps} == {"unsupported"}


def test_two_formulas_beside_each_other_are_one_equation():
    loss = r"$L(w)$ $= \sum_{i=1}^n (y_i - w x_i)^2$" + "\n\nso that "
    found = check_notes(loss + r"$\frac{\partial L}{\partial w}$ $= -2 \sum_{i=1}^n x_i (y_i - w x_i)$").steps
    assert [step.verdict for step in found] == ["definition", "proved"]
    apart = check_notes(loss + r"with $\frac{\partial L}{\partial w}$ we have $= -2 \sum_{i=1}^n x_i$").steps
    assert apart[-1].verdict == "unsupported"


def test_a_name_in_the_place_of_something_is_that():
    said = r"Then $\sigma(w x + b) = \sigma(z)$ and "
    slope = r"$\frac{\partial \sigma(z)}{\partial w} = \sigma(z) (1 - \sigma(z)) x$"
    assert [step.verdict for step in check_notes(said + slope).steps] == ["definition", "proved"]
    assert check_notes(said + slope.replace("1 -", "1 +")).steps[-1].verdict == "refuted"
    known = r"Let $z = w x$. " + said
    assert check_notes(known).steps[-1].verdict == "refuted"


def test_a_value_says_of_which_variable_a_probability_is():
    text = r"$$P(X_i = x_i) = p^{x_i} (1-p)^{1-x_i}$$ $$\log P(X_i = x_i) = x_i \log p + (1 - x_i) \log(1 - p)$$"
    assert [step.verdict for step in check_notes(text).steps] == ["definition", "proved"]
    assert check_notes(text.replace("+ (1", "- (1")).steps[-1].verdict == "refuted"


def test_a_name_may_be_said_anew_under_another_heading():
    text = "# One\n\n$\\eta = \\log \\mu$\n\nHEADING\n\n$$\\eta = \\log \\frac{\\phi}{1 - \\phi}$$"
    assert check_notes(text.replace("HEADING", "# Two")).steps[-1].verdict == "definition"
    assert check_notes(text.replace("HEADING", "and")).steps[-1].verdict == "undecided"


def test_a_star_of_a_tag_may_be_escaped():
    text = "$$\\begin{aligned}(a+b)^2 &= a^2 + 2ab + b^2 \\tag\\*{since $a = 0$ or $1$}\\end{aligned}$$"
    assert [step.verdict for step in check_notes(text).steps] == ["proved"]


def test_words_before_it_say_that_an_equation_is_to_be_solved():
    text = r"The model is $\hat y = X \beta$. Setting the derivative to zero, we get $$X^T (y - X \hat\beta) = 0$$"
    assert check_notes(text).steps[-1].verdict == "definition"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (r"\frac{p(D|\theta) p(\theta)}{p(D)}", r"p(D|\theta) p(\theta)", "proved"),
        (r"\frac{p(D|\theta) p(\theta)}{p(\theta)}", r"p(D|\theta) p(\theta)", "undecided"),
        (r"\theta^h (1 - \theta)^k", r"h \log \theta + k \log(1 - \theta)", "proved"),
        (r"\theta^h (1 - \theta)^k", r"h \log \theta - k \log(1 - \theta)", "undecided"),
        (r"\prod_i p(x_i | \theta)", r"\prod_i \theta^{x_i} (1 - \theta)^{1 - x_i}", "definition"),
    ],
)
def test_extrema_of_likelihoods(left, right, verdict):
    text = rf"For $0 < \theta < 1$ $$\arg\max_\theta {left} = \arg\max_\theta {right}$$"
    assert check_notes(text).steps[-1].verdict == verdict


@pytest.mark.parametrize("left", [r"\nabla J(\beta)", r"\nabla_w L", r"\nabla \mathcal{L}"])
def test_the_gradient_of_what_nobody_defines_is_stated_once(left):
    text = rf"The fit has $${left} = X^T (p - y)$$ and again $${left} = RIGHT$$"
    found = [check_notes(text.replace("RIGHT", right)).steps for right in ("X^T (p - y)", "2 X^T (p - y)")]
    assert [[step.verdict for step in steps] for steps in found] == [
        ["definition", "proved"],
        ["definition", "conflict"],
    ]


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"f(x_1) f(x_2) \cdots f(x_n)", r"\prod_{i=1}^n f(x_i)", r"\sum_{i=1}^n f(x_i)"),
        (
            r"-\log(f(x_1)) - \log(f(x_2)) \cdots - \log(f(x_n))",
            r"-\sum_{i=1}^n \log f(x_i)",
            r"\sum_{i=1}^n \log f(x_i)",
        ),
        (r"q^{x_1} a^{x_1} \ldots q^{x_n} a^{x_n}", r"\prod_{i=1}^n q^{x_i} a^{x_i}", r"\prod_{i=1}^n q^{x_i} a"),
    ],
)
def test_factors_and_terms_that_are_left_out(left, right, wrong):
    assert check_notes(f"$${left} = {right}$$").steps[-1].verdict in ("proved", "supported")
    assert check_notes(f"$${left} = {wrong}$$").steps[-1].verdict not in ("proved", "supported", "definition")


def test_words_on_the_left_are_a_name():
    text = (
        r"$$\text{Data Loss}(w) = \frac{1}{2} \|y - X w\|^2$$ $$\frac{\partial \text{Data Loss}}{\partial w} = RIGHT$$"
    )
    assert check_notes(text.replace("RIGHT", "-X^T (y - X w)")).steps[-1].verdict in ("proved", "supported")
    assert check_notes(text.replace("RIGHT", "X^T (y - X w)")).steps[-1].verdict == "refuted"
