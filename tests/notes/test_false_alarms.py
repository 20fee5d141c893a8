r"""Steps of correct notes that were refuted once: each holds or is left open, and a fault beside it is found."""

import pytest

from derivations.notes.library import check_notes

ENTRIES = r"""
The points are $z_i$ and $z_j$, with $z_i \ne z_j$. Let $s(z_1) = \frac{e^{z_1}}{c}$. Then
$$s(z_2) = \frac{e^{z_2}}{c}$$
"""
BEYOND = r"""
The cost is $J = -\sum_{i=1}^m [y_i \log p_i + (1 - y_i) \log(1 - p_i)]$. Then
$$\frac{\partial}{\partial \theta} (1 - y_i) \log(1 - p_i)
 = -\frac{1 - y_i}{1 - p_i} \frac{\partial}{\partial \theta} p_i$$
"""
AGAIN = r"""
Let $L = g(u) = -\log(u)$. Then $\frac{\partial g(u)}{\partial u} = -\frac{1}{u}$.

In the other case let $M = g(u) = u^2$.

$$\frac{\partial g(u)}{\partial u} = 2u$$
"""
TWO = r"""
With $C$ classes, $a_i = \frac{\exp(z_i)}{\sum_{j=1}^C \exp(z_j)}$. When there are only two,
$$a_1 = \frac{\exp(z_1)}{\exp(z_1) + \exp(z_2)}$$
"""
CLASS_FIRST = r"""
One-hot labels: $\sum_{j=1}^C y_{ji} = 1$, and $J = -\frac1N \sum_{i=1}^N \sum_{j=1}^C y_{ji} \log a_{ji}$. For a sample
$$-\sum_{j=1}^C \left(y_{ji} z_{ji} - y_{ji} \log \sum_{k=1}^C e^{z_{ki}} \right)
 = -\sum_{j=1}^C y_{ji} z_{ji} + \log \sum_{k=1}^C e^{z_{ki}}$$
"""
BIAS = r"""
We write $\theta x^{(i)} = \theta_0 + \theta_1 x_1^{(i)} + \cdots + \theta_n x_n^{(i)}$.
"""
EVENTS = r"""
Here $P(t|z) = y$ and $Q(\theta|t,z) = P(t|z,\theta)$, so
$$\log Q(\theta|t,z) = \log \prod_{i=1}^n y_i^{t_i} (1 - y_i)^{1 - t_i}$$
"""
SHAPES = r"""
The dimensions are $((n+1)\times m)(m\times 1) = (n+1)\times 1$.
"""
INITIALS = r"""
The false positive rate is $$FPR = \frac{FP}{N} = \frac{FP}{FP + TN}$$
"""
EXPECTED = r"""
The mean of a beta variable is $E(X) = \frac{a}{a+b}$. That of the posterior is
$$E_p(p|X) = E_p(\mathrm{Be}(r+a, s+b)) = \frac{r+a}{r+a+s+b}$$
"""
ESTIMATE = r"""
From $n$ samples $x_i$ we find $\hat\mu = \frac1n \sum_{i=1}^n x_i$ and
$$\hat\sigma^2 = \frac1n \sum_{i=1}^n (x_i - \mu)^2 = \frac1n \sum_{i=1}^n (x_i - \frac1n \sum_{i=1}^n x_i)^2$$
"""
TURNED = r"""
$$\sum_c (p_{ic} - y_{ic}) w_{ac} = \sum_c (p_{ic} - y_{ic}) w_{ca}^T$$
"""
BY_ITSELF = r"""
Let $p$ be the probability of success, with $P(x_i) = p^{x_i} (1-p)^{1-x_i}$. Then
$$L(p) = \prod_{k=1}^n p^{x_k} (1-p)^{1-x_k}$$
$$\frac{d}{dp} \log L(p) = \sum_{i=1}^n x_i \frac{1}{p} - (n - \sum_{i=1}^n x_i) \frac{1}{1-p}$$
"""
LETTER_OF_TWO_SIZES = r"""
$$\hat{y}_i = \frac{e^{z_i}}{\sum_{j=1}^{c} e^{z_j}}$$
As $\hat{y}_i = \frac{e^{z_i}}{\sum_{j=1}^{n} e^{z_j}}$, for indices that differ
$$\frac{\partial \hat{y}_i}{\partial z_n} = -\frac{e^{z_i} e^{z_n}}{(\sum_{j=1}^{c} e^{z_j})^2}$$
"""
LOOSE_SUM = r"""
Here $a = \sigma\left(\sum{w_j x_j + b}\right) = \sigma(z)$, so
$$\frac{\partial a}{\partial b} = \sigma'(z)$$
"""
ONE_OF_MANY = r"""
The model is $\hat{y} = \sigma(z)$ with $z = w^T x + b$ and
$$L = -\frac1m \sum_{i=1}^m [y^{(i)} \log \hat{y}^{(i)} + (1 - y^{(i)}) \log(1 - \hat{y}^{(i)})]$$
$$\frac{\partial L}{\partial z} = \hat{y} - y$$
"""
BATCH = r"""
$\hat{y} = w x + b$ and $L = \frac1m \sum_{i=1}^m (\hat{y}_i - y_i)^2$. On a **batch** of size $B$ the gradient is
$$\frac{\partial L}{\partial w} = \frac2B \sum_{i=1}^B (\hat{y}_i - y_i) x_i$$
"""
BIAS_FIRST = r"""
$$s = w_0 + w_1 x_1 + w_2 x_2 + \cdots + w_n x_n = \mathbf{w} \cdot \mathbf{x} + b$$
"""
MULTIPLIED_THROUGH = r"""
$$\frac{\partial L}{\partial \mathbf{w}} = \frac1N \mathbf{X}^T(\mathbf{X} \mathbf{w} - \mathbf{y})$$
We have $\mathbf{X} \mathbf{w} = \mathbf{y}$. A square matrix is had by
$$\mathbf{X}^T \mathbf{X} \mathbf{w} = \mathbf{X}^T \mathbf{y}$$
"""
WITH = r"""
$$p = \frac{1}{1 + e^{-x}}$$
$$\begin{align}
\frac{\partial p}{\partial x} &= \frac{\partial u}{\partial t} \frac{\partial t}{\partial x}
 \quad \text{with} \quad u = t^{-1}, \quad t = 1 + e^{-x} \\
&= t^{-2} e^{-x}
\end{align}$$
"""
OPERATOR = r"""
$\ell(w) = \sum_i (y_i - \sigma(w^T z_i))^2$, and
$$D(\sigma(w^T z_i)) = \sigma(w^T z_i)(1 - \sigma(w^T z_i)) D(w^T z_i)$$
"""
WIDE = r"""
The scores are $f_k = w_k^T x$ and
$$p_k = \frac{e^{f_k}}{\sum_j e^{f_j}} \hspace{1in} L_i = -\log(p_{y_i})$$
$$\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_i = k)$$
"""
NO_PREDICTION = r"""
$$u = x_i \frac{e^{a_l}}{\sum_k e^{a_k}} - x_i \left(\frac{e^{a_l}}{\sum_k e^{a_k}}\right)^2
 = x_i (\hat{y}_l - \hat{y}_l^2)$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (ENTRIES, {"proved"}),
        (BEYOND, {"proved"}),
        (AGAIN, {"proved"}),
        (TWO, {"supported", "proved"}),
        (CLASS_FIRST, {"supported", "proved", "undecided"}),
        (BIAS, {"undecided"}),
        (EVENTS, {"unsupported", "undecided", "definition"}),
        (SHAPES, {"definition"}),
        (LETTER_OF_TWO_SIZES, {"undecided", "unsupported"}),
        (LOOSE_SUM, {"undecided", "unsupported"}),
        (BY_ITSELF, {"proved"}),
        (TURNED, {"proved"}),
        (INITIALS, {"definition"}),
        (EXPECTED, {"unsupported", "undecided"}),
        (ESTIMATE, {"supported"}),
        (ONE_OF_MANY, {"undecided"}),
        (BATCH, {"undecided"}),
        (BIAS_FIRST, {"undecided"}),
        (MULTIPLIED_THROUGH, {"definition"}),
        (WITH, {"proved", "supported"}),
        (OPERATOR, {"unsupported"}),
        (NO_PREDICTION, {"undecided"}),
        (WIDE, {"proved"}),
    ],
)
def test_nothing_is_refuted_where_everything_holds(text, last):
    found = verdicts(text)
    assert "refuted" not in found
    assert found[-1] in last


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (ENTRIES, r"$$s(z_2) = \frac{e^{z_2}}", r"$$s(z_2) = \frac{e^{z_1}}"),
        (AGAIN, "= 2u", "= 3u"),
        (TWO, r"\frac{\exp(z_1)}{\exp(z_1)", r"\frac{\exp(z_2)}{\exp(z_1)"),
        (BY_ITSELF, r"- (n - ", r"+ (n - "),
        (WIDE, r"= p_k - ", r"= p_k + "),
        (ONE_OF_MANY, r"\hat{y} - y$$", r"2 (\hat{y} - y)$$"),
        (BATCH, r"\frac2B \sum_{i=1}^B", r"\frac1m \sum_{i=1}^m"),
        (ESTIMATE, r"= \frac1n \sum_{i=1}^n (x_i - \frac", r"= \frac2n \sum_{i=1}^n (x_i - \frac"),
    ],
)
def test_a_fault_in_the_same_place_is_refuted(text, right, wrong):
    assert right in text
    assert verdicts(text.replace(right, wrong))[-1] in ("refuted", "conflict")


@pytest.mark.parametrize(
    "claim",
    [r"\theta^T x = 0", "-2x_1 + 3x_2 + 3 = 0", "a_1 = a_2", r"\mathbb{1}(i = j) = 1", "w_k^T x = w_j^T x"],
)
def test_what_says_where_something_holds_is_no_claim(claim):
    text = rf"Let $a_i = \frac{{e^{{z_i}}}}{{\sum_j e^{{z_j}}}}$ and $h(x) = \theta^T x$. It is so where ${claim}$."
    assert verdicts(text)[-1] == "definition"


def test_a_derivative_set_to_zero_where_it_is_not_is_refuted():
    text = r"Let $L = (w - 1)^2 + w$. Then $\frac{\partial L}{\partial w} = 0$ for every $w$."
    assert verdicts(text)[-1] == "refuted"


def test_an_error_of_ours_in_one_step_leaves_the_others(monkeypatch):
    from derivations.notes.judging import speaking

    real = speaking.judge

    def failing(claim, seed=0):
        if claim.right.expr == 7:
            raise TypeError("a bug")
        return real(claim, seed)

    monkeypatch.setattr(speaking, "judge", failing)
    steps = check_notes("Let $L = w^2$. $$3 + 4 = 7$$ $$\\frac{\\partial L}{\\partial w} = 2w$$").steps
    assert [s.verdict for s in steps] == ["definition", "undecided", "proved"]
    assert steps[1].method == "internal"


def test_as_many_weights_as_samples_are_two_things():
    text = r"""
The neuron has $z = w_1x_1 + w_2x_2 + \dots + w_nx_n + b$, and its loss is
$$C = \frac{1}{n} \sum_{i=1}^{n} (z_i - y_i)^2$$
so that
$$\frac{\partial C}{\partial w_j} = \frac{2}{n} \sum_{i=1}^{n} (z_i - y_i) x_{ij}$$
"""
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("2}{n}", "1}{n}"))[-1] == "refuted"
    assert verdicts(text.replace("x_{ij}", "x_{ji}"))[-1] != "proved"


def test_what_follows_an_unread_equation_to_zero_may_be_solved_of_it():
    text = r"""
Set $\frac{\sum x_i}{q_?} - \frac{n - \sum x_i}{1 - q_?} = 0$. Then $\sum x_i - p \sum x_i = n p - p \sum x_i$.
"""
    assert "refuted" not in verdicts(text)


def test_what_a_letter_is_may_be_said_in_words():
    text = r"""
Let $y_k = \frac{\exp(a_k)}{\sum_{j=0}^{K-1} \exp(a_j)}$. With u=exp(a<sub>0</sub>)+exp(a<sub>1</sub>) we find
$$\frac{\partial}{\partial a_0} \frac{\exp(a_0)}{u} = \frac{\exp(a_0) u - \exp(a_0) \exp(a_0)}{u^2}$$
"""
    assert verdicts(text)[-1] == "undecided"
    assert verdicts(text.replace("u=exp(a<sub>0</sub>)+exp(a<sub>1</sub>)", "a constant $u$"))[-1] == "refuted"


def test_the_order_of_the_indices_of_a_derivative_by_a_matrix_is_open():
    text = r"""
The scores are $\mathbf{t} = \mathbf{Ax} + \mathbf{b}$, and the loss $L$ depends on them. Then
$$\frac{\partial L}{\partial A_{ij}} = \sum_k \frac{\partial L}{\partial t_k} \frac{\partial t_k}{\partial A_{ij}}$$
$$\left(\frac{\partial \mathbf{t}}{\partial \mathbf{A}}\right)_{ijk} = \frac{\partial t_k}{\partial A_{ij}}$$
"""
    assert verdicts(text)[-1] not in ("refuted", "proved")
