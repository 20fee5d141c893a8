"""What formulas say: the tree, rows and chains, places, failures, bounds."""

import re
import time
from pathlib import Path

import pytest
from readable_formulas import READABLE

from derivations.notes.library import check_notes
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Span, walk
from derivations.notes.parsing.macros import Macro
from derivations.notes.parsing.parser import MAX_SIGNS, Document, main, read_document, read_formula
from derivations.notes.parsing.render import render, render_chain
from derivations.notes.parsing.source import Place


def side(latex: str) -> ast.Node:
    """The one expression that a formula is."""
    (chain,) = read_formula(latex).chains
    (member,) = chain.members
    assert member is not None
    return member


def chains(latex: str) -> list[str]:
    return [render_chain(chain) for chain in read_formula(latex).chains]


def document(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "note.md"
    path.write_text(text)
    return read_document(path)


@pytest.mark.parametrize("latex", READABLE)
def test_the_fields_formulas_are_read_in_full(latex: str) -> None:
    reading = read_formula(latex)
    assert reading.status == "read", reading.unread


@pytest.mark.parametrize("latex", READABLE)
def test_spans_lie_in_the_formula_and_nest(latex: str) -> None:
    for chain in read_formula(latex).chains:
        for node in walk(chain):
            assert 0 <= node.span.start <= node.span.end <= len(latex)
            for child in ast.children(node):
                assert node.span.start <= child.span.start
                assert child.span.end <= node.span.end


def test_a_decorated_symbol_keeps_everything_that_is_on_it() -> None:
    symbol = side(r"\hat{\boldsymbol x}'^{(i)}_{j,k}")
    assert isinstance(symbol, ast.Symbol)
    assert (symbol.name, symbol.decorations, symbol.primes) == ("x", ("boldsymbol", "hat"), 1)
    assert [render(part) for part in symbol.subscripts] == ["j", "k"]
    assert [render(part) for part in symbol.superscripts] == [r"\left( i \right)"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\frac12", r"\frac{1}{2}"),
        (r"{a \over b}", r"\frac{a}{b}"),
        (r"\hat{y_i}", r"\hat y_i"),
        (r"w^{\rm T}x", r"w^{\mathrm{T}}x"),
        ("w_t^T", "{w_t}^T"),
        (r"\left( a \right)", r"\Big(a\Big)"),
        (r"a \leq b", "a ≤ b"),
        (r"ylog(p)", r"y\log(p)"),
        (r"y_ilogp", r"y_i \log p"),
        (r"f^{\prime}(x)", "f’(x)"),
        (r"\sum\limits_i x", r"\displaystyle\sum_i x"),
        (r"x \; \color{red}{-y}", "x-y"),
        (r"a \cancel{- b}", "a - b"),
        (r"\underset{w}{\operatorname{arg\,min}} f", r"\arg\min_w f"),
        (r"x = 1 \tag{3}\label{eq}", "x=1"),
        ("y = x ~~~~ (3)", "y = x"),
        (r"||w||^2", r"\|w\|^2"),
        (r"\sum*{i=1} x", r"\sum_{i=1} x"),
        (r"\sum\_{i=1} x\_i", r"\sum_{i=1} x_i"),
        (r"{\frac{1}{2}}x", r"\frac12 x"),
        (r"z = a + b \\ \quad + c \\ = d", "z = a + b + c = d"),
    ],
)
def test_spellings_of_one_formula_are_one_tree(one: str, other: str) -> None:
    assert read_formula(one).chains == read_formula(other).chains


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wx", "w*x"),
        ("{a+b}/c", "a+b/c"),
        (r"\hat y", "y"),
        ("x^T", "x_T"),
        (r"\sum_i x", r"\sum_j x"),
        (r"\sum x", "x"),
        ("f(x)", "fx"),
        ("a", "A"),
        ("e^{-z}", "e^{z}"),
        (r"\log_2 x", r"\log x"),
        (r"\boxed{2}\boxed{3}", "2 3"),
        ("dz", "z"),
    ],
)
def test_what_is_written_differently_stays_apart(one: str, other: str) -> None:
    assert read_formula(one).chains != read_formula(other).chains


def test_a_sum_is_a_prefix_among_flat_factors_and_terms() -> None:
    total = side(r"-\sum y \ln a + (1-y)\ln b")
    assert isinstance(total, ast.Sum)
    assert [term.sign for term in total.terms] == ["-", "+"]
    product = total.terms[0].body
    assert isinstance(product, ast.Product)
    assert [type(factor.body).__name__ for factor in product.factors] == ["BigOperator", "Symbol", "Function", "Symbol"]


def test_a_sign_behind_an_operator_or_a_prefix_belongs_to_the_factor() -> None:
    for latex in (r"a \cdot -x", "a * -x", r"\sum_k -x"):
        product = side(latex)
        assert isinstance(product, ast.Product)
        assert product.factors[-1].sign == "-"


def test_braces_bound_what_they_hold() -> None:
    product = side(r"{\sum_i a} b")
    assert isinstance(product, ast.Product)
    assert isinstance(product.factors[0].body, ast.Group)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a = b, \quad c = d", ["a = b", "c = d"]),
        ("a = b, c = d", ["a = b", "c = d"]),
        ("i = 1, 2, 3", ["i = 1 , 2 , 3"]),
        ("a, b = c", ["a , b = c"]),
        (r"a = b \implies c = d", ["a = b", r"\Rightarrow c = d"]),
        (r"a = b \qquad \text{if $i \ne j$}", ["a = b", r"\text{if} i \ne j"]),
        (r"\text{if } i = j :& a = b", [r"\text{if} i = j", "a = b"]),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", ["a = b = c"]),
        (r"\begin{align} a &= b & c &= d \\ e &= f \end{align}", ["a = b", "c = d", "e = f"]),
        (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", ["a = b = c"]),
        (r"\begin{align} a =& b \\ +& c \\ =& d \end{align}", ["a = b + c = d"]),
        (r"a = \Big( b \\ + c \Big) \\ = d", [r"a = \left( b + c \right) = d"]),
        (r"a &= b \\ \text{Now use the rule} \\ &= c", ["a = b = c", r"\text{Now use the rule}"]),
        (r"a = b \quad \text{if } i = j \\ = c", [r"\text{if} i = j", "a = b = c"]),
        (r"\boxed{a = b}", ["a = b"]),
        (r"\therefore \boxed{a = b}", [r"\therefore a = b"]),
        (r"\left\{ \begin{aligned} a &= b \\ c &= d \end{aligned} \right.", ["a = b", "c = d"]),
        (r"a = b \\ c = d", ["a = b", "c = d"]),
        (r"\begin{cases} a \end{cases}", [r"\begin{cases} a \end{cases}"]),
        ("= b = c", ["= b = c"]),
        ("a = b =", ["a = b ="]),
    ],
)
def test_rows_and_lists_become_chains(latex: str, expected: list[str]) -> None:
    assert chains(latex) == expected


def test_a_relation_keeps_what_is_set_under_it() -> None:
    (chain,) = read_formula(r"a \underset{\text{chain rule}}= b \stackrel{(1)}{\le} c").chains
    assert [relation.sign for relation in chain.relations] == ["=", r"\le"]
    assert "chain rule" in chain.relations[0].note


@pytest.mark.parametrize(
    ("latex", "reason", "stopped"),
    [
        ("a + )", "no partner", 4),
        ("x^2^3", "two superscripts", 3),
        ("a +", "something is missing", 3),
        (r"\frac{a}", "argument|missing", None),
        (r"\mystery{a}", "unknown command", 0),
        (r"\begin{tikzpicture}", "unknown environment", 0),
        ("a # b", "isn't part of the language", 2),
        ("{a", "never closed", None),
        ("a}", "without an opening", 1),
        ("x^12", "only the 1", 2),
        ("3 4", "two numbers", 2),
    ],
)
def test_what_cannot_be_read_says_why_and_where(latex: str, reason: str, stopped: int | None) -> None:
    reading = read_formula(latex)
    assert reading.status == "unsupported"
    assert re.search(reason, reading.unread[0].reason), reading.unread[0].reason
    if stopped is not None:
        assert reading.unread[0].stopped == stopped


def test_one_bad_side_spoils_only_its_own_relations() -> None:
    reading = read_formula(r"\begin{aligned} a &= b) \\ &= c \\ &= d \end{aligned}")
    assert reading.status == "partly"
    (chain,) = reading.chains
    assert [isinstance(member, ast.Unread) for member in chain.members] == [False, True, False, False]


@pytest.mark.parametrize(
    ("latex", "sides"),
    [
        (r"\mystery{a} = b = c", [r"\mystery{a} ", " b ", " c"]),
        (r"x = \mystery{p = q} := \sum_{i=1}^n a} <= 2 \=", ["x ", r" \mystery{p = q} := \sum_{i=1}^n a} <= 2 \="]),
        (r"\mystery{a} == 3 => b", [r"\mystery{a} ", " 3 => b"]),
        ("}" + "a=" * 2_000, None),
    ],
)
def test_relations_of_a_formula_that_cannot_be_read_are_counted(latex: str, sides: list[str] | None) -> None:
    reading = read_formula(latex)
    (chain,) = reading.chains
    assert reading.status == "unsupported" and len(chain.members) == len(chain.relations) + 1
    if sides is None:
        assert len(chain.relations) == MAX_SIGNS
    else:
        assert [m.latex for m in chain.members if isinstance(m, ast.Unread)] == sides
        assert [latex[r.span.start : r.span.end].strip("=") for r in chain.relations] == [""] * (len(sides) - 1)
    report = check_notes(f"$${latex}$$")
    assert [step.verdict for step in report.steps] == ["unsupported"] * len(chain.relations)


def test_the_documents_macros_are_expanded_at_the_place_of_the_call() -> None:
    macros = {
        "w": Macro("w", 0, r"\mathbf{w}"),
        "half": Macro("half", 1, r"\frac{1}{2}#1"),
        "loop": Macro("loop", 0, r"\loop x"),
    }
    assert read_formula(r"\half{\w^T}", macros).chains == read_formula(r"\frac12 \mathbf w^T").chains
    assert "bounds" in read_formula(r"a = \loop", macros).unread[0].reason
    product = read_formula(r"\half{xy}", macros).chains[0].members[0]
    assert isinstance(product, ast.Product)
    assert product.factors[1].body.span == Span(6, 7)


def test_macros_defined_in_the_note_hold_from_there_on(tmp_path: Path) -> None:
    found = document(tmp_path, "$\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}$\n\n$$\\pd{L}{w} = x$$\n")
    assert render_chain(found.formulas[-1].chains[0]) == r"\frac{\partial L}{\partial w} = x"


def test_mends_are_recorded() -> None:
    assert [mend.written for mend in read_formula(r"\loss + \softmax(x)").mends] == [r"\softmax", r"\loss"]


def test_steps_have_the_places_of_both_sides(tmp_path: Path) -> None:
    found = document(tmp_path, "So\n\n> $$ a + b\n>  = cd \\\\\n>  = e $$\n")
    first, second = found.steps
    assert first.left is not None
    assert first.right is not None
    assert second.left is not None
    assert (first.left.place, first.left.end_place) == (Place(3, 6), Place(3, 11))
    assert (first.right.place, first.right.end_place) == (Place(4, 6), Place(4, 8))
    assert (first.place, first.left.latex, first.right.latex) == (Place(4, 4), "a + b", "cd")
    assert second.left.place == first.right.place


def test_a_display_that_begins_with_a_relation_continues_the_one_before(tmp_path: Path) -> None:
    found = document(tmp_path, "$$a = b$$\nby the rule, where $q = 1$,\n$$= c =$$\n$$= d$$\n")
    pairs = [(step.left and step.left.latex, step.right and step.right.latex) for step in found.steps]
    assert pairs == [("a", "b"), ("q", "1"), ("b", "c"), ("c", "d"), ("c", "d")]


def test_the_places_of_every_side_hold_its_source(tmp_path: Path) -> None:
    text = "# T\n- so $a_1 = \\frac{b}{c}$\n\n$$\n\\begin{align}\nx &= y^2 \\\\\n  &= z.\n\\end{align}\n$$\n"
    found = document(tmp_path, text)
    lines = text.split("\n")
    for step in found.steps:
        for end in (step.left, step.right):
            assert end is not None
            assert lines[end.place.line - 1][end.place.column - 1 :].startswith(end.latex.split("\n")[0])


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 10_000 + "x" + "}" * 10_000,
        "(" * 9_000,
        "[" * 4_000 + ")" * 4_000,
        "x^{" * 5_000 + "y" + "}" * 5_000,
        "x" + "^x" * 4_000,
        r"\frac" * 4_000,
        r"\hat" * 4_000 + "x",
        r"\rm " * 4_000,
        "x+" * 60_000,
        r"\cancel{" * 3_000 + "x" + "}" * 3_000,
        "|" * 5_000,
        r"\sqrt[" * 3_000,
        r"\left(" * 3_000,
        r"\begin{matrix}" * 1_000,
    ],
)
def test_hostile_formulas_are_unsupported_in_bounded_time(latex: str) -> None:
    start = time.perf_counter()
    assert read_formula(latex).status == "unsupported"
    assert time.perf_counter() - start < 20


FLAT = ["x+" * 3_000 + "x", "x " * 8_000, "-" * 5_000 + "x", "= b \\" * 1_000, "a," * 3_000, "f" + "'" * 5_000]


@pytest.mark.parametrize("latex", FLAT)
def test_long_flat_formulas_cost_no_recursion(latex: str) -> None:
    for chain in read_formula(latex).chains:
        render_chain(chain)


def test_depth_is_limited_where_recursion_would_matter() -> None:
    deep = "(" * 30 + "x" + ")" * 30
    node = side(deep)
    assert repr(node)
    assert hash(node) == hash(side(deep))


def test_the_command_prints_what_was_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "note.md"
    path.write_text("$a = b$ and $a = )$\n")
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert "1:1 read" in printed
    assert "has no partner" in printed
