"""Laws: reading what is rendered gives the same tree, and no text whatever makes the reader fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readable_formulas import READABLE

from derivations.notes.parsing import ast
from derivations.notes.parsing.document import scan
from derivations.notes.parsing.parser import read_formula
from derivations.notes.parsing.render import render


def check_round_trip(latex: str) -> None:
    for chain in read_formula(latex).chains:
        for member in chain.members:
            if member is not None and not isinstance(member, ast.Unread):
                again = read_formula(render(member))
                assert [c.members for c in again.chains] == [(member,)], render(member)


@pytest.mark.parametrize("latex", READABLE)
def test_examples_come_back(latex: str) -> None:
    check_round_trip(latex)


atoms = st.sampled_from(
    [
        "x",
        "y",
        r"\sigma",
        r"\hat{y}",
        "w_j",
        "x_{i,j}",
        "x^{(i)}_k",
        "w^T",
        "e^{-z}",
        "2",
        "0.5",
        r"\mathbf{x}",
        "z'",
        "loss",
    ]
)


def compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} + {p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} - {p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})({p[1]})"),
        st.tuples(inner, inner).map(lambda p: rf"{p[0]} \cdot -{p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"{{{p[0]}}}/{{{p[1]}}}"),
        inner.map(lambda a: rf"\sum_{{i=1}}^n {a}"),
        inner.map(lambda a: rf"\log {a}"),
        inner.map(lambda a: rf"\sigma\left({a}\right)"),
        inner.map(lambda a: rf"\frac{{\partial}}{{\partial w}}\left[{a}\right]"),
        inner.map(lambda a: rf"\|{a}\|_2^2"),
        inner.map(lambda a: rf"\left({a}\right)^\top"),
        inner.map(lambda a: rf"{{{a}}}^{{2}}"),
        inner.map(lambda a: rf"\sqrt{{{a}}}"),
        inner.map(lambda a: rf"\begin{{cases}} {a} & y = 1 \\ 0 & \text{{otherwise}} \end{{cases}}"),
    )


@given(st.recursive(atoms, compounds, max_leaves=12))
def test_compound_formulas_are_read_or_refused_and_come_back(latex: str) -> None:
    check_round_trip(latex)


PIECES = [
    *(r"\frac", r"\sum", "_", "^", "{", "}", "(", ")", "[", "]", "|", r"\|", r"\left(", r"\right)", "&"),
    *(
        r"\begin{cases}",
        r"\end{cases}",
        r"\begin{align}",
        r"\end{align}",
        r"\\ ",
        "=",
        "-",
        "+",
        ",",
        "x",
        "y",
        "1",
        "12",
    ),
    *(
        ".",
        "'",
        r"\hat",
        r"\partial ",
        r"\quad ",
        r"\mathrm{T}",
        r"\over ",
        r"\cdot ",
        "<",
        ">",
        r"\sqrt[",
        r"\underset",
    ),
    *(
        r"\boxed{",
        "$",
        "%",
        "~",
        r"\rm ",
        r"\color{red}",
        ":",
        ";",
        "!",
        r"\arg ",
        r"\min ",
        r"\not",
        "log",
        r"\substack",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_sequence_of_tokens_makes_the_reader_fail(latex: str) -> None:
    reading = read_formula(latex)
    for chain in reading.chains:
        assert len(chain.members) == len(chain.relations) + 1
        for unread in reading.unread:
            assert 0 <= unread.stopped <= len(latex)


WRAPPERS = [
    *(
        r"\begin{%s}" + "\n%%s\n" + r"\end{%s}",
        r"\left\{\begin{%s}%%s\end{%s}\right.",
        r"\boxed{\begin{%s}%%s\end{%s}}",
    ),
    r"a = \begin{%s}%%s\end{%s}",
]
ENVIRONMENTS = ["cases", "align", "aligned", "array", "matrix", "eqnarray", "split", "equation"]


@given(
    st.sampled_from(WRAPPERS), st.sampled_from(ENVIRONMENTS), st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
)
def test_no_environment_around_them_makes_the_reader_fail(wrapper: str, name: str, inside: str) -> None:
    columns = "{ll}" if name == "array" else ""
    read_formula(wrapper % (name, name) % (columns + inside))


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    read_formula(text)


MARKS = [
    *(
        "$",
        "$$",
        r"\(",
        r"\)",
        r"\[",
        r"\]",
        "\\\\[",
        "\\\\]",
        "x = y",
        "\n",
        "\n\n",
        "`",
        "```\n",
        "> ",
        "| ",
        " word ",
    ),
    *(
        "| ",
        " word ",
        r"\begin{align}",
        r"\end{align}",
        "<!--",
        "-->",
        "# h\n",
        ".. math::\n\n",
        "  ",
        r"\newcommand{\a}{b}",
    ),
]


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
def test_no_document_makes_the_scanner_fail(text: str) -> None:
    for formula in scan(text).formulas:
        assert formula.latex.strip()
        for index, character in enumerate(formula.latex):
            place = formula.excerpt.place(index)
            assert (text.split("\n")[place.line - 1] + "\n")[place.column - 1] == character
