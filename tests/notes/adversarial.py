r"""Short notes made to get a wrong verdict: (what is given, an equation), those that are false and those that hold.

Names defined again, one letter in two roles, indices that coincide, bound indices used twice, conditions nobody wrote,
means and sums, predictions called y, transposes, vectors without an arrow, domains, primes, superscripts, layers.
"""

LOGISTIC = r"""$\hat y_i = \sigma(w^T x_i + b)$ and
$J = -\frac1n \sum_{i=1}^n (y_i \log \hat y_i + (1-y_i) \log(1-\hat y_i))$."""
LINEAR = r"""$h_\theta(x) = \sum_{j=0}^n \theta_j x_j$ and
$J = \frac{1}{2} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$."""

RECURRENT = r"$h_t = \tanh(W h_{t-1} + U x_t)$, $o_t = V h_t$, $L = \sum_{t=1}^T L_t$."
EXPLICIT = r"$f(x, y) = x y$ with $y = x^2$."

NETWORK = r"$h = W_1 x$, $y = W_2 \mathrm{relu}(h)$, $L = \frac12\|y - t\|^2$, all vectors are columns."
ERRORS = r"$z^l = w^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$, $\delta^l = \frac{\partial C}{\partial z^l}$."

FALSE = [
    # a transposed gradient, a weight without axes beside ⊙
    (NETWORK, r"\frac{\partial L}{\partial W_2} = \mathrm{relu}(h) (y - t)^T"),
    (ERRORS, r"\delta^l = (w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)"),
    # where the text says that a name lies
    (r"Let $0 < \alpha < 1$.", r"|1 - \alpha| = \alpha - 1"),
    (r"Let $0 < \alpha < 1$.", r"\max(\alpha z, z) = \alpha \max(0, z) + \min(0, z)"),
    (r"Suppose $a \ge b$.", r"\max(a, b) = b"),
    # a matrix before a vector that shows no axes; capitals in a chain rule
    (RECURRENT, r"\frac{\partial L}{\partial V} = \sum_{t=1}^T h_t \frac{\partial L_t}{\partial o_t}^T"),
    (r"$y = W x + b$, and a loss $L$.", r"\frac{\partial L}{\partial x} = W \frac{\partial L}{\partial y}"),
    (r"$y = W x + b$, and a loss $L$.", r"\frac{\partial L}{\partial W} = x \frac{\partial L}{\partial y}"),
    # what a partial derivative of f(x, y) holds
    (EXPLICIT, r"\frac{\partial f}{\partial x} = 3 x^2"),
    (EXPLICIT, r"\frac{df}{dx} = y"),
    # an index left out beside others, or exchanged
    (LOGISTIC, r"\frac{\partial J}{\partial w_j} = \frac1n \sum_{i=1}^n (\hat y_i - y_i) x_j"),
    (LINEAR, r"\frac{\partial J}{\partial \theta_j} = \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(j)}_i"),
    # a matrix read as a number
    (r"Let $A$ and $B$ be matrices.", r"A A^{-1} = 1"),
    (r"", r"(AB)^{-1} = A^{-1} B^{-1}"),
    (r"$z = w^T x$.", r"w^T = w"),
    # the last of several
    (r"", r"\sum_{k=1}^K p_k = \sum_{k=1}^{K-1} p_k - p_K"),
    (r"", r"\sum_{i=1}^n (a_i - a_{i-1}) = a_n - a_1"),
    (r"$z = \sigma(a)$.", r"\frac{d\sigma}{da} = \sigma (1 + \sigma)"),
    (r"$S_i = \frac{e^{a_i}}{\sum_{k=1}^N e^{a_k}}$", r"D_j S_i = S_i (1 - S_j)"),
    # powers behind the bracket of a function, infinity
    (r"", r"\tanh(x)^2 = \tanh(x^2)"),
    (r"", r"\exp(x)^2 = e^{x^2}"),
    (r"", r"\infty - \infty = 0"),
    # vectors are no rows where W x has a column
    (
        r"$X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$, $y \in \mathbb{R}^n$. $J = \|Xw - y\|^2$.",
        r"w^T X^T y = X w y^T",
    ),
    (r"$z = W x + b$, $p = \text{softmax}(z)$.", r"\frac{\partial p}{\partial z} = \text{diag}(p) - p^T p"),
    # what tells probabilities apart: parameters below their letter, outcomes by other letters
    (r"Two models $p_\theta(x|z)$ and $p_\phi(x|z)$.", r"\log p_\theta(x|z) - \log p_\phi(x|z) = 0"),
    (r"The marginals $p(x)$ and $p(y)$.", r"-\sum_x p(x) \log p(x) = -\sum_y p(y) \log p(y)"),
    (r"$A = \sum_x p(x)^2$ and $B = \sum_y p(y)^2$.", r"A = B"),
    (r"", r"\sum_x p(x|y) f(x) = \sum_x p(x) f(x)"),
    # the summation convention sums what stands twice in a product, and nothing else
    *(
        (r"We use Einstein's summation convention. $q_l = V_{lm} s_m$.", latex)
        for latex in (
            r"\delta_{il} \delta_{jm} s_m = \delta_{il} s_k",
            r"q_l = V_{lm} s_k",
            r"q_l = V_{mk} s_k",
            r"\frac{\partial q_l}{\partial V_{ij}} = \delta_{il} s_k",
        )
    ),
    # what a δ is, said in words, is no case of what follows
    *(
        (
            r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$. " + words,
            r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ii} - p_j)",
        )
        for words in (
            r"With Kronecker's delta $\delta_{ij}$ (1 when $i = j$, else 0):",
            r"Using $\delta_{ij}$, which is $1$ if $i = j$ and $0$ if $i \ne j$,",
            r"$\delta_{ij}$는 $i=j$일 때 1, 아니면 0:",
            r"The indicator is 0 unless $i = j$, where it is 1, so",
        )
    ),
    (
        r"$a = w x$ and $L = (a - y)^2$. Now let $a = \sigma(w x)$.",
        r"\frac{\partial L}{\partial w} = 2 (\sigma(w x) - y) x",
    ),
    (
        r"$L = \sum_{i=1}^n (w x_i - y_i)^2$.",
        r"\frac{\partial L}{\partial w} = 2 \sum_{i=1}^n (w x_i - y_i) \sum_{i=1}^n x_i",
    ),
    (r"$S = \sum_{i=1}^n x_i$.", r"S^2 = \sum_{i=1}^n \sum_{i=1}^n x_i x_i"),
    (r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$", r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)"),
    (r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j"),
    (r"$p_j = \frac{e^{z_j}}{\sum_{j=1}^K e^{z_j}}$", r"\frac{\partial p_j}{\partial z_j} = p_j"),
    (
        r"$J = \frac{1}{n} \sum_{i=1}^n (w x_i - y_i)^2$",
        r"\frac{\partial J}{\partial w} = 2 \sum_{i=1}^n (w x_i - y_i) x_i",
    ),
    (
        r"$J = \frac{1}{n} \sum_{i=1}^m (w x_i - y_i)^2$",
        r"\frac{\partial J}{\partial w} = \frac{2}{m} \sum_{i=1}^m (w x_i - y_i) x_i",
    ),
    (
        r"Here $y = \sigma(z)$ is the prediction, $t$ the target. $L = -t \log y - (1-t) \log(1-y)$",
        r"\frac{\partial L}{\partial z} = t - y",
    ),
    (
        r"Here $y = \sigma(z)$ is predicted, $\hat{y}$ the target. $L = -\hat{y} \log y - (1-\hat{y}) \log(1-y)$",
        r"\frac{\partial L}{\partial z} = \hat{y} - y",
    ),
    (r"$X$ is $n \times m$, $w \in \mathbb{R}^m$, $L = \|X w - y\|^2$", r"\nabla_w L = 2 X (X w - y)"),
    (r"$A$ is an $m \times m$ matrix, $f = x^T A x$", r"\nabla_x f = 2 A x"),
    (r"$a$ and $b$ are vectors.", r"a b^T = a^T b"),
    (r"$A$ and $B$ are matrices.", r"(A + B)^2 = A^2 + 2 A B + B^2"),
    (r"$A$ and $B$ are matrices.", r"(A B)^T = A^T B^T"),
    (r"", r"\frac{x - x}{x - x} = 1"),
    (r"", r"\sqrt{x^2} = x"),
    (r"", r"\log(x + y) = \log x + \log y"),
    (r"$f(x) = x^2$", r"f'(x) = x"),
    (r"$f = \sum_{i=0}^m w_i x^i$", r"\frac{df}{dx} = \sum_{i=1}^m w_i x^{i-1}"),
    (
        r"$z^{(1)} = w^{(1)} x$, $a^{(1)} = \sigma(z^{(1)})$, $z^{(2)} = w^{(2)} a^{(1)}$, $L = (z^{(2)} - y)^2 / 2$",
        r"\frac{\partial L}{\partial w^{(1)}} = (z^{(2)} - y) w^{(1)} a^{(1)} (1 - a^{(1)}) x",
    ),
    (r"$y \in \{-1, 1\}$", r"y^2 = y"),
    (r"", r"y^2 = y"),
    (r"$z_i = w^T x_i + b$", r"\frac{\partial z_i}{\partial w_j} = x_i"),
    (r"$L = \frac{(x - \mu)^2}{2 \sigma^2}$", r"\frac{\partial L}{\partial \sigma} = \frac{(x - \mu)^2}{\sigma^3}"),
    (r"$e = y - w x$, $L = e^2$", r"\frac{\partial L}{\partial w} = 2 e x"),
    (r"", r"\sum_{i=1}^n i = \frac{n(n-1)}{2}"),
    (r"", r"\sum_{i=1}^n x_i = n x_1"),
    (r"$\bar{x} = \frac{1}{n} \sum_{i=1}^n x_i$", r"\sum_{i=1}^n (x_i - \bar{x})^2 = \sum_{i=1}^n x_i^2 - \bar{x}^2"),
    (r"", r"\frac{d}{dx} \tanh x = 1 - \tanh x"),
    (r"", r"\sigma(-z) = -\sigma(z)"),
    (r"$\sigma^{-1}$ is the inverse.", r"\sigma^{-1}(z) = \frac{1}{\sigma(z)}"),
    (r"", r"\frac{d}{dx} (f(x) g(x)) = f'(x) g'(x)"),
    (r"", r"\frac{d}{dx} f(g(x)) = f'(x) g'(x)"),
    (r"$x_0 = 1$, $h = \sum_{j=0}^m \theta_j x_j$", r"\frac{\partial h}{\partial \theta_0} = 0"),
    (
        r"$\hat{y}_i = \sum_{j=1}^m w_j x_{ij}$, $J = \sum_{i=1}^n (\hat{y}_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w_j} = 2 \sum_{j=1}^m (\hat{y}_j - y_j) x_{jj}",
    ),
    (
        r"$\hat{y}_i = \sum_{j=1}^m w_j x_{ij}$, $J = \sum_{i=1}^n (\hat{y}_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w_i} = 2 \sum_{j=1}^n (\hat{y}_j - y_j) x_{ij}",
    ),
    (r"", r"\left(\sum_{i=1}^n x_i\right)^2 = \sum_{i=1}^n x_i^2"),
    (r"", r"\sum_{i=1}^n x_i y_i = \sum_{i=1}^n x_i \sum_{i=1}^n y_i"),
    (r"", r"\log \sum_{k=1}^K e^{z_k} = \sum_{k=1}^K z_k"),
    (r"$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$", r"p_k = \frac{e^{z_k - c}}{\sum_{j=1}^K e^{z_j} - c}"),
    (r"$y \in \{-1, 1\}$, $L = \log(1 + e^{-y z})$", r"\frac{\partial L}{\partial z} = \sigma(z) - y"),
    (r"$y \in \{-1, 1\}$", r"-\log \sigma(y z) = -y \log \sigma(z) - (1-y) \log(1-\sigma(z))"),
    (r"$y \in \{0, 1\}$", r"\log(p^y (1-p)^{1-y}) = y \log p + (1 + y) \log(1-p)"),
    (
        r"$L(\theta) = \prod_{i=1}^n p_i^{y_i}(1-p_i)^{1-y_i}$",
        r"\log L(\theta) = \sum_{i=1}^n y_i \log p_i + (1 - y_i) \log p_i",
    ),
    (r"$R = \lambda \|w\|^2$", r"\frac{\partial R}{\partial w_j} = \lambda w_j"),
    (r"$R = \lambda \sum_j |w_j|$", r"\frac{\partial R}{\partial w_j} = \lambda |w_j|"),
    (r"$f = x^n$", r"\frac{df}{dx} = x^{n-1}"),
    (r"$f = a^x$", r"\frac{df}{dx} = x a^{x-1}"),
    (r"", r"\frac{d}{dx} \log_2 x = \frac{1}{x}"),
    (r"", r"\frac{d}{dx} \frac{u(x)}{v(x)} = \frac{u'(x) v(x) + u(x) v'(x)}{v(x)^2}"),
    (r"$a = \sigma(z)$", r"\sigma'(a) = a (1 - a)"),
    (r"$z = W x$, $a = \sigma(z)$ with vectors $z$ and $a$.", r"\frac{\partial a_i}{\partial z_j} = a_i (1 - a_i)"),
    (
        r"$z_j = \sum_i W_{ji} a_i$, $C = \frac{1}{2}\sum_j (z_j - t_j)^2$",
        r"\frac{\partial C}{\partial a_i} = (z_j - t_j) W_{ji}",
    ),
    (
        r"$z_j = \sum_i W_{ji} a_i$, $C = \frac{1}{2}\sum_j (z_j - t_j)^2$",
        r"\frac{\partial C}{\partial a_i} = \sum_j (z_j - t_j) W_{ij}",
    ),
    (r"$z = W a$, $C = \frac{1}{2}\|z - t\|^2$", r"\frac{\partial C}{\partial W} = a (z - t)^T"),
    (r"$z = W a$, $C = \frac{1}{2}\|z - t\|^2$", r"\frac{\partial C}{\partial a} = W (z - t)"),
    (r"$\bar{x} = \frac{1}{n}\sum_i x_i$", r"\sum_i x_i^2 = n \bar{x}^2"),
    (r"$p_k = \frac{e^{z_k}}{\sum_k e^{z_k}}$ and $L = -\log p_k$", r"\frac{\partial L}{\partial z_k} = 1 - p_k"),
    (r"$a = \sigma(z)$, $L = -(y \log a + (1-y) \log(1-a))$, and $dz = \frac{\partial L}{\partial z}$.", r"dz = y - a"),
    (r"", r"\sqrt[3]{x^3} = |x|"),
    (r"", r"e^{x y} = e^x e^y"),
]
TRUE = [
    (NETWORK, r"\frac{\partial L}{\partial W_2} = (y - t) \mathrm{relu}(h)^T"),
    (r"Let $0 < \alpha < 1$.", r"\max(\alpha z, z) = \max(0, z) + \alpha \min(0, z)"),
    (r"where $\alpha \in (0, 1)$ is a constant.", r"|1 - \alpha| = 1 - \alpha"),
    (r"Suppose $a \ge b$.", r"\max(a, b) = a"),
    (
        r"$0 < \alpha < 1$. $l(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases}$",
        r"l(z) = \max(\alpha z, z)",
    ),
    (EXPLICIT, r"\frac{\partial f}{\partial x} = y"),
    (EXPLICIT, r"\frac{df}{dx} = 3 x^2"),
    (EXPLICIT, r"\frac{df}{dx} = \frac{\partial f}{\partial x} + \frac{\partial f}{\partial y} \frac{dy}{dx}"),
    (LINEAR, r"\frac{\partial J}{\partial \theta_j} = \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}_j"),
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \frac1n \sum_{i=1}^n (\hat y_i - y)"),
    (r"", r"\sum_{k=1}^K p_k = \sum_{k=1}^{K-1} p_k + p_K"),
    (r"", r"\prod_{k=1}^K p_k = p_K \prod_{k=1}^{K-1} p_k"),
    (r"", r"\sum_{i=1}^n (a_i - a_{i-1}) = a_n - a_0"),
    (r"", r"\sum_{i=1}^{n-1} (a_{i+1} - a_{i}) = a_n - a_1"),
    (r"", r"x_1 + \sum_{i=2}^{n-1} x_i + x_n = \sum_{i=1}^n x_i"),
    (r"$z = \sigma(a)$.", r"\frac{d\sigma}{da} = \sigma (1 - \sigma)"),
    (r"", r"\mathrm{e}^{-x} e^x = 1"),
    (r"$S_i = \frac{e^{a_i}}{\sum_{k=1}^N e^{a_k}}$", r"D_j S_i = S_i (\delta_{ij} - S_j)"),
    (r"", r"\sigma'(z) = \sigma(z) - \sigma^2(z)"),
    (r"", r"\frac{d}{dx} \tanh(x) = 1 - \tanh(x)^2"),
    (r"", r"\exp(x)^2 = e^{2x}"),
    (r"", r"\log(x)^2 = 2 \log x"),
    (r"", r"\log(x)^2 = \log(x) \log(x)"),
    (r"", r"\log p (1 - y) = (1 - y) \log p"),
    (r"", r"\log x y = \log x + \log y"),
    (r"", r"\frac{1}{2x} = 1/2x"),
    (r"", r"1/2x = \frac{x}{2}"),
    (r"", r"\sum_{i=1}^{\infty} (a_i - a_{i+1}) = a_1"),
    (r"$z = x W + b$, $p = \text{softmax}(z)$.", r"\frac{\partial p}{\partial z} = \text{diag}(p) - p^T p"),
    # what holds for probabilities only
    (r"The distribution $p$.", r"-\sum_x p(x) \log (c p(x)) = -\log c - \sum_x p(x) \log p(x)"),
    (r"The probabilities $p_k$.", r"\sum_k p_k (a + z_k) = a + \sum_k p_k z_k"),
    (
        r"$I = \sum_x \sum_y p(x,y) \log \frac{p(x,y)}{p(x)p(y)}$",
        r"I = \sum_x \sum_y p(x,y) \log p(x,y) - \sum_x p(x) \log p(x) - \sum_y p(y) \log p(y)",
    ),
    (r"$\ell = \log p(x,y)$", r"\ell = \log p(x|y) + \log p(y)"),
    # an inequality of two numbers is true or false
    (r"", r"\mathbb{1}[0 \ge 0] = 1"),
    (r"", r"\mathbb{1}[0 > 0] = 0"),
    (
        r"We use Einstein's summation convention. $q_l = V_{lm} s_m$.",
        r"\frac{\partial q_l}{\partial V_{ij}} = \delta_{il} s_j",
    ),
    (r"We use Einstein's summation convention. $q_l = V_{lm} s_m$.", r"\delta_{il} \delta_{jm} s_m = \delta_{il} s_j"),
    (r"$S = \sum_{i=1}^n x_i$.", r"S \cdot S = \sum_{i=1}^n x_i \sum_{i=1}^n x_i"),
    (r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$", r"\frac{\partial p_i}{\partial z_i} = p_i (1 - p_i)"),
    (r"$p_j = \frac{e^{z_j}}{\sum_{j=1}^K e^{z_j}}$", r"\sum_{j=1}^K p_j = 1"),
    (r"$p_j = \frac{e^{z_j}}{\sum_{j=1}^K e^{z_j}}$", r"\frac{\partial p_j}{\partial z_j} = p_j(1-p_j)"),
    (
        r"Here $y = \sigma(z)$ is predicted, $\hat{y}$ the target. $L = -\hat{y} \log y - (1-\hat{y}) \log(1-y)$",
        r"\frac{\partial L}{\partial z} = y - \hat{y}",
    ),
    (r"$X$ is $n \times m$, $w \in \mathbb{R}^m$, $L = \|X w - y\|^2$", r"\nabla_w L = 2 X^T (X w - y)"),
    (r"$A$ is an $m \times m$ matrix, $f = x^T A x$", r"\nabla_x f = (A + A^T) x"),
    (r"", r"\frac{x^2 - 1}{x - 1} = x + 1"),
    (r"", r"\log(x^2) = 2 \log x"),
    (r"", r"\log(x y) = \log x + \log y"),
    (r"", r"\sqrt{x^2} = |x|"),
    (r"$f(x) = x^2$", r"f'(x) = 2x"),
    (r"$x' = A x$ and $y' = 3 x'$", r"y' = 3 A x"),
    (r"$a = x^2$", r"\frac{\partial a}{\partial x} = 2 x^1"),
    (
        r"$J = \frac{1}{m} \sum_{i=1}^m (w x^{(i)} - y^{(i)})^2$",
        r"\frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=1}^m 2 (w x^{(i)} - y^{(i)}) x^{(i)}",
    ),
    (r"$J = \sum_{i=1}^m (w x^i - y^i)^2$", r"\frac{\partial J}{\partial w} = 2 \sum_{i=1}^m (w x^i - y^i) x^i"),
    (r"$f = \sum_{i=0}^m w_i x^i$", r"\frac{df}{dx} = \sum_{i=1}^m i w_i x^{i-1}"),
    (
        r"$z^{(1)} = w^{(1)} x$, $a^{(1)} = \sigma(z^{(1)})$, $z^{(2)} = w^{(2)} a^{(1)}$, $L = (z^{(2)} - y)^2 / 2$",
        r"\frac{\partial L}{\partial w^{(1)}} = (z^{(2)} - y) w^{(2)} a^{(1)} (1 - a^{(1)}) x",
    ),
    (r"", r"\sigma(1) = 0.73"),
    (r"", r"\frac{1}{3} = 0.33333"),
    (
        r"With $\sum_k y_k = 1$, $p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$, $L = -\sum_k y_k \log p_k$",
        r"\frac{\partial L}{\partial z_k} = p_k - y_k",
    ),
    (r"$y \in \{0, 1\}$", r"y^2 = y"),
    (r"$z_i = w^T x_i + b$", r"\frac{\partial z_i}{\partial w} = x_i"),
    (r"$L = \frac{(x - \mu)^2}{2 \sigma^2}$", r"\frac{\partial L}{\partial \mu} = -\frac{x - \mu}{\sigma^2}"),
    (r"$e = y - w x$, $L = e^2$", r"\frac{\partial L}{\partial w} = -2 e x"),
    (
        r"$d$ is the number of features. $f = \frac{1}{d} \sum_{j=1}^d w_j$",
        r"\frac{\partial f}{\partial w_j} = \frac{1}{d}",
    ),
    (r"$\bar{x} = \frac{1}{n} \sum_{i=1}^n x_i$", r"\sum_{i=1}^n (x_i - \bar{x}) = 0"),
    (r"$a = b = c$", r"a = c"),
    (r"", r"\frac{d}{dx} \tanh x = 1 - \tanh^2 x"),
    (r"", r"\log(1 + e^z) = z + \log(1 + e^{-z})"),
    (r"", r"\max(x, y) = \frac{x + y + |x - y|}{2}"),
    (r"", r"\frac{d}{dx} f(g(x)) = f'(g(x)) g'(x)"),
    (r"$x_0 = 1$, $h = \sum_{j=0}^m \theta_j x_j$", r"\frac{\partial h}{\partial \theta_0} = 1"),
    (
        r"$L_i = (w x_i - y_i)^2$, and $J$ is their mean, $J = \frac{1}{n}\sum_i L_i$.",
        r"\frac{\partial J}{\partial w} = \frac{2}{n}\sum_i (w x_i - y_i) x_i",
    ),
    (
        r"$J = \frac{1}{N}\sum_{i=1}^n (w x_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w} = \frac{2}{N}\sum_{i=1}^n (w x_i - y_i) x_i",
    ),
    (
        r"$\hat{y}_i = \sum_{j=1}^m w_j x_{ij}$, $J = \sum_{i=1}^n (\hat{y}_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w_k} = 2 \sum_{i=1}^n (\hat{y}_i - y_i) x_{ik}",
    ),
    (
        r"$\hat{y}_i = \sum_{j=1}^m w_j x_{ij}$, $J = \sum_{i=1}^n (\hat{y}_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w_j} = 2 \sum_{i=1}^n (\hat{y}_i - y_i) x_{ij}",
    ),
    (
        r"$\hat{y}_i = \sum_{j=1}^m w_j x_{ij}$, $J = \sum_{i=1}^n (\hat{y}_i - y_i)^2$.",
        r"\frac{\partial J}{\partial w_i} = 2 \sum_{j=1}^n (\hat{y}_j - y_j) x_{ji}",
    ),
    (r"", r"\left(\sum_{i=1}^n x_i\right)^2 = \sum_{i=1}^n \sum_{j=1}^n x_i x_j"),
    (r"$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$", r"p_k = \frac{e^{z_k - c}}{\sum_{j=1}^K e^{z_j - c}}"),
    (r"$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$", r"p_k = \frac{1}{\sum_{j=1}^K e^{z_j - z_k}}"),
    (r"$y \in \{-1, 1\}$, $L = \log(1 + e^{-y z})$", r"\frac{\partial L}{\partial z} = -y \sigma(-y z)"),
    (r"$y \in \{0, 1\}$", r"-\log \sigma((2y-1) z) = -y \log \sigma(z) - (1-y) \log(1-\sigma(z))"),
    (r"$y \in \{0, 1\}$", r"\log(p^y (1-p)^{1-y}) = y \log p + (1 - y) \log(1-p)"),
    (
        r"$L(\theta) = \prod_{i=1}^n p_i^{y_i}(1-p_i)^{1-y_i}$",
        r"\log L(\theta) = \sum_{i=1}^n y_i \log p_i + \sum_{i=1}^n (1 - y_i) \log(1-p_i)",
    ),
    (r"$R = \frac{\lambda}{2} \|w\|^2$", r"\frac{\partial R}{\partial w_j} = \lambda w_j"),
    (r"$R = \lambda \|w\|$", r"\frac{\partial R}{\partial w_j} = \lambda \frac{w_j}{\|w\|}"),
    (r"$R = \lambda \sum_j |w_j|$", r"\frac{\partial R}{\partial w_j} = \lambda \text{sign}(w_j)"),
    (r"$C = (a - y)^2$ is the cost. With a constant $c$,", r"\frac{\partial (C + c)}{\partial a} = 2 (a - y)"),
    (r"$f = x^n$", r"\frac{df}{dx} = n x^{n-1}"),
    (r"$f = a^x$", r"\frac{df}{dx} = a^x \ln a"),
    (r"", r"\frac{d}{dx} \log_2 x = \frac{1}{x \ln 2}"),
    (r"$a = \sigma(z)$", r"\sigma'(z) = a (1 - a)"),
    (
        r"$a_i = \sigma(z_i)$ for all units $i = 1..k$.",
        r"\frac{\partial a_i}{\partial z_j} = a_i (1 - a_i) \delta_{ij}",
    ),
    (
        r"$z_j = \sum_i W_{ji} a_i$, $C = \frac{1}{2}\sum_j (z_j - t_j)^2$",
        r"\frac{\partial C}{\partial a_i} = \sum_j (z_j - t_j) W_{ji}",
    ),
    (
        r"$z_j = \sum_i W_{ji} a_i$, $C = \frac{1}{2}\sum_j (z_j - t_j)^2$",
        r"\frac{\partial C}{\partial W_{ij}} = (z_i - t_i) a_j",
    ),
    (r"$z = W a$, $C = \frac{1}{2}\|z - t\|^2$", r"\frac{\partial C}{\partial W} = (z - t) a^T"),
    (r"$z = W a$, $C = \frac{1}{2}\|z - t\|^2$", r"\frac{\partial C}{\partial a} = W^T (z - t)"),
    (r"$J = (w - a)^2$ and $w^* = a$.", r"\frac{\partial J}{\partial w} = 2 (w - w^*)"),
    (r"$\bar{x} = \frac{1}{n}\sum_i x_i$", r"\sum_i x_i \bar{x} = n \bar{x}^2"),
    (r"$p_k = \frac{e^{z_k}}{\sum_k e^{z_k}}$ and $L = -\log p_k$", r"\frac{\partial L}{\partial z_k} = p_k - 1"),
    (r"$a = \sigma(z)$, $L = -(y \log a + (1-y) \log(1-a))$, and $dz = \frac{\partial L}{\partial z}$.", r"dz = a - y"),
    (r"", r"0.1 + 0.2 = 0.3"),
    (r"", r"\frac{2}{3} = 0.67"),
    (r"", r"|x|^2 = x^2"),
    (r"", r"\sqrt{x y} = \sqrt{x} \sqrt{y}"),
    (r"", r"e^{-x} = \frac{1}{e^{x}}"),
    (r"", r"\min(x, y) = x + y - \max(x, y)"),
]
