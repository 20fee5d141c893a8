r"""The words of the language: which command is a symbol, a relation, an operator, a bracket, or nothing but layout.

Tables only. A command that stands in none of them is unknown, and a formula that uses it is unsupported (an opaque
symbol where it has no argument). Each table maps a spelling to the usual one.
"""

from __future__ import annotations

from collections.abc import Mapping


def _set(spellings: str) -> frozenset[str]:
    return frozenset(spellings.split())


def _same(words: str, **others: str) -> dict[str, str]:
    return {word: word for word in words.split()} | others


SYMBOLS = _set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho "
    "varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi "
    "Psi Omega ell hbar infty emptyset varnothing Re Im top bot dagger ddagger imath jmath forall exists nexists "
    "wp mho triangle square Box aleph % # $ _ S"
)

RELATIONS: Mapping[str, str] = _same(
    "approx propto equiv le ge ne ll gg in notin ni subset subseteq supset supseteq sim simeq cong triangleq to "
    "mapsto gets leftrightarrow perp parallel prec succ preceq succeq asymp models vdash nmid",
    leq="le", leqslant="le", lt="<", geq="ge", geqslant="ge", gt=">", neq="ne", coloneqq=":=", coloneq=":=",
    defeq=":=", eqdef=":=", eqqcolon="=:", eqcolon="=:", triangleeq="triangleq", doteq="triangleq",
    rightarrow="to", longrightarrow="to",
    leftarrow="gets",
    longleftarrow="gets", longmapsto="mapsto", approxeq="approx", varpropto="propto", hookrightarrow="to",
    rightharpoonup="to", leadsto="to", rightsquigarrow="to", downarrow="to", uparrow="to", searrow="to", nearrow="to",
)  # fmt: skip
CONNECTIVES: Mapping[str, str] = _same(
    "Rightarrow Leftrightarrow Leftarrow therefore because",
    implies="Rightarrow", Longrightarrow="Rightarrow", iff="Leftrightarrow", Longleftrightarrow="Leftrightarrow",
    impliedby="Leftarrow", Longleftarrow="Leftarrow",
)  # fmt: skip
OPERATORS: Mapping[str, str] = _same(
    "cdot times odot circ otimes oplus star div setminus wedge vee cap cup bmod",
    ast="*", bullet="cdot", bigodot="odot", bigcirc="circ", backslash="setminus", land="wedge", lor="vee", cdotp="cdot",
    mod="bmod", centerdot="cdot", ominus="ominus", oslash="oslash",
)  # fmt: skip
SIGNS: Mapping[str, str] = _same("pm mp")
DOTS: Mapping[str, str] = _same(
    "vdots ddots", dots="dots", ldots="dots", cdots="dots", dotsc="dots", dotsb="dots", dotsm="dots", dotso="dots",
    dotsi="dots", hdots="dots", iddots="ddots",
)  # fmt: skip

FUNCTIONS: Mapping[str, str] = _same(
    "log ln lg exp sin cos tan sinh cosh tanh coth arcsin arccos arctan cot sec csc det dim ker arctanh",
    Log="log", Exp="exp", Ln="ln", atan="arctan", LOG="log",
)  # fmt: skip
BIG_OPERATORS: Mapping[str, str] = _same(
    "sum prod int iint iiint oint bigcup bigcap bigoplus bigotimes coprod lim limsup liminf max min sup inf "
    "argmax argmin arg Pr",
    varlimsup="limsup", varliminf="liminf", Max="max", Min="min", intop="int", bigvee="bigvee", bigwedge="bigwedge",
)  # fmt: skip
CAPITALS: Mapping[str, str] = {r"\Sigma": "sum", r"\Pi": "prod"}
"""Capital letters that stand for big operators where they have bounds, or in \\mathop."""
FUNCTION_WORDS = ("argmax", "argmin", "tanh", "sinh", "cosh", "log", "exp", "max", "min", "lim", "sin", "cos", "ln")

ACCENTS: Mapping[str, str] = _same(
    "hat bar tilde vec dot ddot check breve acute grave mathring overline underline boxed",
    widehat="hat", widetilde="tilde", fbox="boxed", underbar="underline", dddot="dddot", overrightarrow="vec",
)  # fmt: skip
FONTS: Mapping[str, str] = _same(
    "mathbf mathcal mathbb mathfrak mathscr mathsf mathtt boldsymbol",
    bm="boldsymbol", pmb="boldsymbol", bold="mathbf", boldmath="boldsymbol", mathds="mathbb", bf="mathbf",
    cal="mathcal", Bbb="mathbb", frak="mathfrak", bfseries="mathbf", symbf="mathbf", symbfit="boldsymbol",
)  # fmt: skip
NAME_FONTS: Mapping[str, str] = {
    "mathrm": "mathrm", "operatorname": "operatorname", "mathit": "mathit", "rm": "mathrm", "it": "mathit",
    "mathop": "operatorname", "operatornamewithlimits": "operatorname", "mathnormal": "mathnormal", "sf": "mathsf",
    "tt": "mathtt", "symup": "mathrm", "textup": "mathrm", "mathup": "mathrm", "roman": "mathrm",
}  # fmt: skip
FONT_SWITCHES = frozenset(("rm", "it", "bf", "cal", "sf", "tt", "bfseries", "boldmath"))
TEXTS = _set("text textrm textnormal mbox hbox textit textbf textsf texttt textmd emph textsc mathtext")

OPENING: Mapping[str, str] = {
    "(": "(", "[": "[", "\\{": r"\{", "\\lbrace": r"\{", "\\lbrack": "[", "\\langle": r"\langle",
    "\\lfloor": r"\lfloor", "\\lceil": r"\lceil", "\\lvert": "|", "\\lVert": r"\|",
}  # fmt: skip
CLOSING: Mapping[str, str] = {
    ")": ")", "]": "]", "\\}": r"\}", "\\rbrace": r"\}", "\\rbrack": "]", "\\rangle": r"\rangle",
    "\\rfloor": r"\rfloor", "\\rceil": r"\rceil", "\\rvert": "|", "\\rVert": r"\|",
}  # fmt: skip
PAIRS: Mapping[str, str] = {
    "(": ")", "[": "]", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil",
    "|": "|", r"\|": r"\|",
}  # fmt: skip
SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))

# Nothing but layout: the number of braced arguments that go with it.
LAYOUT: Mapping[str, int] = {
    **dict.fromkeys(
        _set(
            "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits notag nonumber hline noindent strut "
            "mathstrut allowbreak nobreak break relax hfill centering tiny scriptsize footnotesize small normalsize "
            "large Large LARGE huge Huge null toprule midrule bottomrule / ! - hfil nolinebreak linebreak "
            "smallskip medskip bigskip unskip ignorespaces leavevmode indent"
        ),
        0,
    ),
    **dict.fromkeys(_set("label tag hspace vspace mspace phantom hphantom vphantom require color cline eqlabel"), 1),
    **dict.fromkeys(_set("hskip mskip kern mkern"), -1),
}
TRANSPARENT = _set(
    "cancel bcancel xcancel sout mathrel mathbin mathord mathopen mathclose mathpunct mathinner ensuremath "
    "smash rlap llap mathclap"
)
COLOURED = frozenset(("textcolor", "colorbox"))
WIDE_SPACES = frozenset(("quad", "qquad"))
THIN_SPACES = frozenset((",", ";", ":", ">", " ", "thinspace", "medspace", "thickspace", "enspace", "space", "enskip"))
ROW_ENDS = frozenset(("\\", "newline", "cr", "tabularnewline"))

LAYOUT_ENVIRONMENTS = _set(
    "equation align aligned alignat alignedat flalign gather gathered split eqnarray multline multlined displaymath "
    "math subequations"
)
CELL_ENVIRONMENTS = _set(
    "array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases dcases rcases drcases psmallmatrix "
    "bsmallmatrix darray tabular"
)
COLUMN_ENVIRONMENTS = frozenset(("array", "alignat", "alignedat", "darray", "tabular"))

# Plain runs of letters that are one name, whatever the general rule says of them.
NAMES = _set(
    "logit logits logloss loglik loglikelihood logistic logsumexp loss Loss cost Cost error Error sigmoid Sigmoid "
    "softmax Softmax SoftMax softplus relu ReLU ELU diag sign sgn tr Tr trace rank span var Var cov Cov std avg "
    "mean reg err net out obs new old tot sum num den pred true model prob lik ent expected minus maximum minimum "
    "MSE SSE RSS SSR SS TP FP TN FN NLL LL FL BCE MLE MAP KL CE RMSE MAE OLS train test val hat single main limit arg "
    "dim"
)
AFTER_LOG = ("loss", "likelihood", "odds", "lik", "prob")
CONDITION_WORDS = _set(
    "if for and or where otherwise else when then with as while since because thus hence so all any each every "
    "let is are undefined given si sinon pour et per wenn falls sonst s.t. iff unless"
)
