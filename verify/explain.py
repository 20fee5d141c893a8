r"""The teaching proof: a derivation written out for a reader, each line with the rule that gives it.

Three forms of one content: lines of text for the terminal, Markdown with display mathematics, and
a LaTeX document that compiles by itself (amsmath only). What is shown is the proof's own
expressions and verdicts; a line that is not proved is shown with its verdict, never dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivations.notation import latex, text
from derivations.proof import Proof
from derivations.rules import RULES
from derivations.statement import Definition, Statement, Variable
from derivations.verdict import Verdict

from .certificate import claim_latex, claim_text

__all__ = ["explain_latex", "explain_markdown", "explain_text"]


@dataclass(frozen=True)
class _Line:
    relation: str
    text: str
    latex: str
    rule: str
    verdict: Verdict


def _lines(proof: Proof) -> list[_Line]:
    found = []
    for step, verdict in zip(proof.derivation.steps, proof.steps, strict=True):
        rule = RULES.get(step.rule)
        title = step.note or (rule.title if rule else step.rule)
        found.append(_Line("=", text(step.expr), latex(step.expr), title, verdict))
    return found


def _definitions(statement: Statement, proof: Proof) -> list[Definition]:
    """The definitions that the derivation mentions, directly or through others, in their order."""
    exprs = [proof.derivation.left, *(s.expr for s in proof.derivation.steps)]
    needed = {d.key for d in statement.definitions if any(e.has(d.key) for e in exprs)}
    for d in reversed(statement.definitions):
        if d.key in needed:
            needed |= {e.key for e in statement.definitions if d.value.has(e.key)}
    return [d for d in statement.definitions if d.key in needed]


def _about(statement: Statement) -> str:
    return f"{statement.title} ({statement.convention})." if statement.convention else f"{statement.title}."


def _variables(statement: Statement) -> list[str]:
    def shown(v: Variable) -> str:
        name = text(v.label)
        shape = f"({', '.join(text(a) for a in v.axes)})" if v.axes else "scalar"
        return f"{name} {v.role}, {shape}, {v.domain.value}"

    return [shown(v) for v in statement.variables]


def _verdict_line(proof: Proof) -> str:
    verdict = proof.verdict
    if verdict.is_proved:
        under = f", given {'; '.join(verdict.conditions)}" if verdict.conditions else ""
        return f"Proved for all sizes{under}." if proof.derivation.statement.ranges else f"Proved{under}."
    return f"{verdict.status.value}: {verdict.reason or verdict.status.guidance}"


def explain_text(proof: Proof) -> str:
    """The proof as lines for the terminal; ends with the verdict."""
    d, statement = proof.derivation, proof.derivation.statement
    out = [f"{d.name}: {d.title}", ""]
    out += [f"  {_about(statement)}", f"  Source: {d.source or statement.source}", ""]
    out += ["  Let"] + [f"    {line}" for line in _variables(statement)]
    definitions = _definitions(statement, proof)
    if definitions:
        out += ["  and"] + [f"    {text(e.target)} = {text(e.value)}" for e in definitions]
    lines = _lines(proof)
    width = min(max((len(line.text) for line in lines), default=0), 84)
    out += ["", f"  {text(d.left)}"]
    for line in lines:
        mark = "✓" if line.verdict.is_proved else f"✗ {line.verdict.status.value}"
        out.append(f"    = {line.text:<{width}}   {line.rule}  {mark}")
    if d.kind == "sign":
        relation = claim_text(d).removeprefix(text(d.left)).strip()
        out.append(f"    {relation}")
    if proof.verdict.witness is not None:
        out += ["", f"  Witness: {proof.verdict.witness}"]
    out += ["", f"  {_verdict_line(proof)} ∎" if proof.is_proved else f"  {_verdict_line(proof)}"]
    return "\n".join(out)


def _aligned(proof: Proof) -> str:
    d = proof.derivation
    rows = [f"{latex(d.left)}"]
    lines = _lines(proof)
    body = []
    for position, line in enumerate(lines):
        head = rows[0] if position == 0 else ""
        body.append(f"{head} &= {line.latex} && \\text{{{_escape(line.rule)}}}")
    if d.kind == "sign":
        body.append(f"&{claim_latex(d).removeprefix(latex(d.left)).strip()}")
    return " \\\\\n".join(body)


_MATHS = {
    "Σ": r"\Sigma ", "σ": r"\sigma ", "δ": r"\delta ", "∂": r"\partial ", "′": "'", "≠": r"\ne ", "≥": r"\ge ",
    "≤": r"\le ", "−": "-", "·": r"\cdot ", "∈": r"\in ", "∞": r"\infty ", "→": r"\to ", "θ": r"\theta ",
    "λ": r"\lambda ", "η": r"\eta ", "ε": r"\varepsilon ", "ŷ": r"\hat{y}", "ŵ": r"\hat{w}", "½": r"\tfrac{1}{2}",
    "¼": r"\tfrac{1}{4}", "∏": r"\prod ", "ᵀ": r"^{\mathsf T}", "×": r"\times ", "±": r"\pm ", "μ": r"\mu ",
    "≡": r"\equiv ", "∎": r"\blacksquare ", "↦": r"\mapsto ", "∇": r"\nabla ", "π": r"\pi ", "ℝ": r"\mathbb{R}",
    "⊙": r"\odot ", "√": r"\surd ", "x̄": r"\bar{x}", "ȳ": r"\bar{y}", "⁻": "^-", "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k",
    "ˡ": "^l", "γ": r"\gamma ", "α": r"\alpha ", "β": r"\beta ", "‖": r"\|", "⇒": r"\Rightarrow ", "φ": r"\varphi ",
}  # fmt: skip
_MATHS |= {digit: f"^{position}" for position, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_MATHS |= {digit: f"_{position}" for position, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_PROSE = {"…": r"\ldots{}", "–": "--", "’": "'", "é": r"\'e", "ö": r"\"o"}


def _escape(words: str) -> str:
    """Prose as LaTeX text: a word with mathematics in it (∂w_k/∂w_j, e^{−z}) in math mode, the others escaped."""
    parts = re.split(r"(\s+)", words)
    return "".join(
        _maths(part) if any(c in part for c in _MATHS) or _is_letter(part) else _prose(part) for part in parts
    )


def _is_letter(word: str) -> bool:
    """Whether a word is a letter of mathematics: y alone, but not the words a and I, or one with an index."""
    return bool(re.fullmatch(r"[B-HJ-Zb-z][,;:]?", word) or re.search(r"(?<![A-Za-z])[A-Za-z][_^]", word))


def _maths(word: str) -> str:
    """One word of mathematics: subscripts of several letters braced, names of functions upright."""
    body, end = re.fullmatch(r"(.*?)([,.;:]*)", word, re.DOTALL).groups()  # type: ignore[union-attr]
    body = re.sub(r"[#%&$]", lambda found: "\\" + found[0], body)
    if body.count("{") != body.count("}") or not re.search(r"[_^]\{", body):
        body = body.replace("{", r"\{").replace("}", r"\}")
    body = re.sub(r"_([A-Za-z0-9]{2,})", r"_{\1}", body)
    body = re.sub(r"(?<![A-Za-z\\{])[A-Za-z]{3,}", lambda found: rf"\mathrm{{{found[0]}}}", body)
    for symbol, command in _MATHS.items():
        body = body.replace(symbol, command)
    return f"${body}${_prose(end)}"


def _prose(words: str) -> str:
    for plain in "\\{}&%#_^~$":
        words = words.replace(
            plain, {"\\": r"\textbackslash "}.get(plain, f"\\{plain}") + ("{}" if plain in "^~" else "")
        )
    for symbol, command in _PROSE.items():
        words = words.replace(symbol, command)
    return "".join(c if c.isascii() else rf"\texttt{{U+{ord(c):04X}}}" for c in words)


def explain_markdown(proof: Proof) -> str:
    """The proof as Markdown with display mathematics."""
    d, statement = proof.derivation, proof.derivation.statement
    out = [f"## {d.name}: {d.title}", "", _about(statement), ""]
    definitions = _definitions(statement, proof)
    if definitions:
        out += ["with", ""]
        for e in definitions:
            out += ["$$", f"{latex(e.target)} = {latex(e.value)}", "$$", ""]
    out += ["$$", r"\begin{aligned}", _aligned(proof), r"\end{aligned}", "$$", ""]
    out += [f"**{_verdict_line(proof)}** Source: {d.source or statement.source}", ""]
    return "\n".join(out)


def explain_latex(proof: Proof) -> str:
    """The proof as a LaTeX document that compiles by itself."""
    d, statement = proof.derivation, proof.derivation.statement
    out = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amsmath,amssymb}",
        r"\usepackage[landscape,margin=1.5cm]{geometry}",
        r"\begin{document}",
        rf"\section*{{{_escape(d.title)}}}",
        f"\\texttt{{{_escape(d.name)}}}. {_escape(_about(statement))}",
    ]
    definitions = _definitions(statement, proof)
    if definitions:
        rows = " \\\\\n".join(f"{latex(e.target)} &= {latex(e.value)}" for e in definitions)
        out += [r"\begin{align*}", rows, r"\end{align*}"]
    out += [r"\begin{align*}", _aligned(proof), r"\end{align*}"]
    out += [f"{_escape(_verdict_line(proof))} Source: {_escape(d.source or statement.source)}.", r"\end{document}", ""]
    return "\n".join(out)
