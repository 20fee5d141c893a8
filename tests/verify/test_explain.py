"""The teaching proofs: every derivation in every form, and LaTeX that compiles where a compiler is installed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from derivations.catalog import derivations, find
from derivations.proof import prove
from derivations.rules import RULES
from verify.explain import explain_latex, explain_markdown, explain_text


def test_every_step_names_a_rule_of_the_table():
    for d in derivations():
        assert all(step.rule in RULES for step in d.steps), d.name


@pytest.mark.parametrize("family", ["logistic_regression", "softmax_regression", "maximum_likelihood"])
def test_each_form_shows_each_step(family):
    for d in derivations(family):
        proof = prove(d)
        text, markdown, latex = explain_text(proof), explain_markdown(proof), explain_latex(proof)
        assert text.count("✓") == len(d.steps), d.name
        assert markdown.count("&=") == len(d.steps)
        assert latex.count("&=") >= len(d.steps)
        assert latex.isascii(), d.name
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert latex.count(opening) == latex.count(closing), d.name


def test_mathematics_in_prose_is_set_as_mathematics():
    """∂w_k/∂w_j is one formula, and a square of a^l_j has no two superscripts."""
    shown = explain_latex(prove(find("neural_network.layers.base.tanh")))
    assert r"$\partial w_k/\partial w_j$" in shown
    assert r"\left(a^{L}_{k}\right)^{2}" in shown
    shown = explain_latex(prove(find("logistic_regression.z")))
    assert r"$\sigma '$ = $\sigma (1$ $-$ $\sigma )$" in shown


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX compiler is installed")
def test_the_whole_catalogue_compiles(tmp_path):
    """All proofs as one document: they have one preamble."""
    start, end = r"\begin{document}", r"\end{document}"
    documents = [explain_latex(prove(d)) for d in derivations()]
    bodies = [d[d.index(start) + len(start) : d.rindex(end)] for d in documents]
    preamble = documents[0][: documents[0].index(start)]
    source = tmp_path / "proofs.tex"
    source.write_text("\n".join([preamble, start, *bodies, end]))
    assert not [d for d in documents if "U+" in d], "a letter without its command"
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX compiler is installed")
@pytest.mark.parametrize("name", ["logistic_regression.z", "softmax_regression.sample.z"])
def test_the_latex_compiles(name, tmp_path):
    source = tmp_path / "proof.tex"
    source.write_text(explain_latex(prove(find(name))))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
