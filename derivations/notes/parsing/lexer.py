r"""Mathematical tokens: what the grammar sees, made from TeX's tokens.

TeX has no words, no relations and no brackets that must match; this pass supplies them. It tells `log` in `y_ilog(p)`
from three letters, takes exactly one character as an unbraced argument (`\frac12`, `x^2y`), reads `\text`, fonts and
sizes, and drops what is only layout (spacing, labels, tags, colours). What it has to mend (an escaped underscore, a
command known only by custom) is recorded. Pairing brackets and bars is the next pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.characters import CharacterLexer
from derivations.notes.parsing.macros import Macro, expand
from derivations.notes.parsing.runs import brace, is_operator, relation_of, tex_source
from derivations.notes.parsing.tex import TexToken, Unreadable, tex_tokens
from derivations.notes.parsing.tokens import MAX_LENGTH, MAX_WORK, Lexed


def lex(latex: str, macros: Mapping[str, Macro] | None = None) -> Lexed:
    """The tokens of a formula; Unreadable where a token is unknown or a bound is exceeded."""
    if len(latex) > MAX_LENGTH:
        raise Unreadable(f"{len(latex)} characters, more than the {MAX_LENGTH} that are read", 0)
    expansion = expand(list(tex_tokens(latex)), macros or {})
    lexer = _Lexer(_without_empty_bases(expansion.tokens))
    for token in expansion.customary:
        lexer.mend(token, f"\\{token.text}", "its customary meaning; this document doesn't define it")
    lexer.run()
    return Lexed(lexer.out, lexer.mends)


def _without_empty_bases(tokens: Sequence[TexToken]) -> list[TexToken]:
    r"""The tokens less braces around nothing that carry a prime, as in g{}'(z), and a second ^ as in e^{^{-z}}.

    Less those of a function, too: {\cosh}^2 x is \cosh^2 x.
    """
    kept: list[TexToken] = []
    position = 0
    while position < len(tokens):
        texts = ["" if t.kind == "command" else t.text for t in tokens[position : position + 4]]
        if kept and texts[:3] == ["{", "}", "'"] and kept[-1].text not in ("{", "^", "_", "&"):
            position += 2
        elif texts == ["^", "{", "^", "{"]:
            kept += tokens[position : position + 2]
            position += 3
        elif (
            texts == ["{", "", "}", "^"] and tokens[position + 1].text in words.FUNCTIONS and not _takes_argument(kept)
        ):
            kept.append(tokens[position + 1])
            position += 3
        else:
            kept.append(tokens[position])
            position += 1
    return kept


def _takes_argument(before: Sequence[TexToken]) -> bool:
    """Whether what is in braces here may be an argument of what stands before."""
    return bool(before) and (before[-1].kind == "command" or before[-1].text in ("}", "^", "_"))


class _Lexer(CharacterLexer):
    """The commands."""

    def _command(self, token: TexToken) -> None:
        name = token.text
        if name in words.SYMBOLS:
            self._symbol_command(token)
        elif name in words.RELATIONS:
            sign = words.RELATIONS[name]
            self._plain("REL", {"lt": "<", "gt": ">"}.get(name, sign if sign in (":=", "=:") else f"\\{sign}"), token)
        elif name in words.CONNECTIVES:
            self._plain("CONNECTIVE", words.CONNECTIVES[name], token)
        elif name == "cdot" and self._goes_on("cdot", "cdot"):
            self._atom("DOTS", "dots", token)
        elif name in words.OPERATORS:
            sign = "odot" if name == "cdot" and self._is_starred() else words.OPERATORS[name]
            self._plain("TIMES", sign if sign == "*" else f"\\{sign}", token)
        elif name in words.SIGNS:
            self._plain("SIGN", f"\\{name}", token)
        elif name in words.DOTS:
            self._atom("DOTS", words.DOTS[name], token)
        elif name in words.FUNCTIONS:
            self._atom("FUNCTION", words.FUNCTIONS[name], token)
        elif name in words.BIG_OPERATORS:
            self._atom("BIG", words.BIG_OPERATORS[name], token)
        elif name in words.ACCENTS or (name in words.FONTS and name not in words.FONT_SWITCHES):
            self._prefix("ACCENT", words.ACCENTS.get(name) or words.FONTS[name], token, 1)
        elif name in words.LAYOUT:
            self._layout(token)
        elif name in words.SIZES:
            pass
        elif name in words.WIDE_SPACES or name in words.THIN_SPACES:
            if name not in (",", ":", ">", "thinspace", "medspace"):
                self._space(name, token)
        elif name in words.ROW_ENDS:
            self._row_end(token)
        elif name in words.TEXTS:
            self._text(token)
        elif name in words.FONT_SWITCHES:
            self._switch(token)
        elif name in words.NAME_FONTS:
            self._name(token)
        elif name in words.TRANSPARENT or name in words.COLOURED:
            self._transparent(token)
        else:
            self._other(token)

    def _other(self, token: TexToken) -> None:
        name = token.text
        if name in ("frac", "dfrac", "tfrac", "cfrac", "sfrac", "nicefrac"):
            self._prefix("FRAC", "frac", token, 2)
        elif name in ("binom", "dbinom", "tbinom"):
            self._prefix("BINOM", "binom", token, 2)
        elif name == "sqrt":
            self._root(token)
        elif name in ("underbrace", "overbrace"):
            self._prefix("BRACED", name, token, 1)
        elif name in ("underset", "overset", "stackrel"):
            self._stacked(token)
        elif name in ("xrightarrow", "xleftarrow", "xlongequal", "xLeftrightarrow", "xRightarrow"):
            self._optional(token)
            note = tex_source(self._argument(token))
            sign = {"xleftarrow": r"\gets", "xlongequal": "="}.get(name, r"\to")
            self._plain("REL", sign, token, note)
        elif name in ("over", "choose"):
            self._put("OVER", name, token)
        elif name in ("left", "right", "middle"):
            self._sided(token)
        elif f"\\{name}" in words.OPENING:
            self._plain("OPEN", words.OPENING[f"\\{name}"], token)
        elif f"\\{name}" in words.CLOSING:
            self._plain("CLOSE", words.CLOSING[f"\\{name}"], token)
        elif name in ("{", "}"):
            self._plain("OPEN" if name == "{" else "CLOSE", f"\\{name}", token)
        elif name in ("(", ")", "[", "]"):
            self.mend(token, f"\\{name}", name)
            self._plain("OPEN" if name in "([" else "CLOSE", name, token)
        elif name in ("|", "Vert", "vert", "mid"):
            self._bar(token)
        elif name == "partial":
            self._atom("PARTIAL", name, token)
        elif name in ("nabla", "bigtriangledown", "triangledown"):
            self._atom("NABLA", name, token)
        elif name == "prime":
            self._plain("PRIME", "'", token)
        elif name in ("begin", "end"):
            self._environment(token)
        elif name == "not":
            self._not(token)
        elif name == "substack":
            self.substack = True
        elif name == "textcircled":
            self._words([brace("(", token), *self._argument(token), brace(")", token)], token)
        elif name in ("intertext", "shortintertext"):
            self._put("ROW", "\\\\", token)
            self._words(self._argument(token), token)
            self._put("ROW", "\\\\", token)
        elif name in ("ref", "eqref", "cite"):
            self._atom("WORDS", f"({tex_source(self._argument(token))})", token)
        elif name == "*":
            self.mend(token, r"\*", "*")
            self._star(TexToken("char", "*", token.start, token.end))
        else:
            self._unknown(token)

    def _bar(self, token: TexToken) -> None:
        """A bar by its name; two in a row are a norm's."""
        following = self._next()
        if following is not None and following.kind == "command" and following.text == token.text:
            self.rest.pop()
            half = r"\|" if token.text in ("|", "Vert") else "|"
            self._plain("BAR", r"\|", TexToken("command", token.text, token.start, following.end), half)
        elif token.text == "mid":
            self._plain("SEP", "|", token)
        else:
            self._plain("BAR", "|" if token.text == "vert" else r"\|", token)

    def _symbol_command(self, token: TexToken) -> None:
        if token.text == "forall":
            self._put("WORDS", "for all", token)
            return
        if token.text == "_" and self.escaped_subscripts:
            self.mend(token, r"\_", "_")
            self._script(TexToken("char", "_", token.start, token.end))
        else:
            self._atom("SYMBOL", f"\\{token.text}", token)

    def _unknown(self, token: TexToken) -> None:
        following = self._next()
        if not token.text.isalpha() or (following is not None and following.text == "{"):
            raise Unreadable(f"unknown command \\{token.text}", token.start)
        self.mend(token, f"\\{token.text}", "an unknown command, taken for a name")
        self._atom("SYMBOL", f"\\{token.text}", token)

    def _layout(self, token: TexToken) -> None:
        arguments = words.LAYOUT[token.text]
        if arguments < 0:
            following = self._next()
            if following is not None and following.text == "-":
                self.rest.pop()
            while self.rest and self.rest[-1].kind in ("digits", "space"):
                self.rest.pop()
            for _ in range(2):
                if self.rest and self.rest[-1].kind == "letter":
                    self.rest.pop()
            return
        if self.rest and self.rest[-1].text == "*" and arguments:  # a star, or Markdown's escape of one
            self.rest.pop()
        found = [self._argument(token) for _ in range(arguments)]
        if token.text in ("hspace", "mspace") and _is_wide("".join(t.text for part in found for t in part)):
            self._space("quad", token)
        if token.text == "color":
            self._unwrap_signed(token)

    def _row_end(self, token: TexToken) -> None:
        following = self.rest[-1] if self.rest else None
        if following is not None and following.kind == "char" and following.text == "*":
            self.rest.pop()
        following = self._next()
        if following is not None and following.kind == "char" and following.text == "[":
            peeked = "".join(part.text for part in reversed(self.rest[-10:]))
            if re.match(r"\[\s*-?[0-9.]+\s*(?:em|ex|pt|mm|cm|px|in)\s*\]|\[\s*\d*\s*\]", peeked):
                self._inside("[", "]", token)
        self.pending = 0
        self._put("ROW", "\\\\", token)

    def _text(self, token: TexToken) -> None:
        inside = self._argument(token)
        if "".join(tex_source(inside).split()) in ("+", "-"):  # 1 \text{+} x
            self._push([part for part in inside if part.kind == "char"])
        else:
            self._words(inside, token)

    def _words(self, inside: Sequence[TexToken], token: TexToken) -> None:
        """Words, with the formulas between dollars in them."""
        plain: list[TexToken] = []
        pieces: list[TexToken] = []
        formula = False
        for part in [*inside, TexToken("char", "$", token.end, token.end)]:
            if part.kind == "char" and part.text == "$":
                if not formula and "".join(tex_source(plain).split()):
                    start = plain[0].start
                    pieces.append(TexToken("words", tex_source(plain, spaced=True), start, plain[-1].end))
                formula, plain = not formula, []
            elif formula:
                pieces.append(part)
            else:
                plain.append(part)
        self.pending = max(0, self.pending - 1)
        if len(pieces) == 1:
            self._put("WORDS", pieces[0].text, TexToken("words", "", token.start, max(token.end, self.argument_end)))
        else:
            self._push(pieces)

    def _switch(self, token: TexToken) -> None:
        """A font switch holds to the end of its group: the same as a command on the rest of it."""
        taken: list[TexToken] = []
        depth = 0
        while self.rest:
            following = self.rest[-1]
            if following.kind == "char":
                depth += (following.text == "{") - (following.text == "}")
                if depth < 0 or (depth == 0 and following.text == "&"):
                    break
            taken.append(self.rest.pop())
        self.work += len(taken)
        if self.work > MAX_WORK:
            raise Unreadable("too much work for one formula", token.start)
        font = words.NAME_FONTS.get(token.text) or words.FONTS[token.text]
        end = taken[-1].end if taken else token.end
        opening = TexToken("char", "{", token.end, token.end)
        self._push(
            [TexToken("command", font, token.start, token.end), opening, *taken, TexToken("char", "}", end, end)]
        )

    def _name(self, token: TexToken) -> None:
        r"""\mathrm{…} and its like: a whole name where it holds letters, else a font over an expression."""
        if self.rest and self.rest[-1].kind == "char" and self.rest[-1].text == "*":
            self.rest.pop()
        inside = self._argument(token)
        font = words.NAME_FONTS[token.text]
        spacing = words.THIN_SPACES | {"!", "_", "-"}
        simple = all(
            part.kind in ("letter", "digits", "space")
            or (part.kind == "command" and part.text in spacing)
            or part.text == "-"
            for part in inside
        )
        name = "".join(part.text for part in inside if part.kind in ("letter", "digits") or part.text in "-_")
        spaced = any(part.kind == "space" for part in inside[1:-1])
        at = TexToken("letter", name, token.start, max(token.end, self.argument_end))
        if simple and name and name[0].isalpha() and not (spaced and font != "operatorname"):
            if name in words.FUNCTIONS:
                self._atom("FUNCTION", words.FUNCTIONS[name], at)
            elif name in words.BIG_OPERATORS:
                self._atom("BIG", words.BIG_OPERATORS[name], at)
            else:
                self._atom("SYMBOL", name, at, font)
        elif simple and spaced and all(len(part) > 1 for part in tex_source(inside, spaced=True).split()):
            self._words(inside, token)
        elif token.text == "mathop" and (name := tex_source(inside).strip()) in words.CAPITALS:
            self._atom("BIG", words.CAPITALS[name], at)
        elif token.text in ("mathop", "operatorname"):
            self._push([brace("{", token), *inside, brace("}", token, at.end)])
        else:
            self._prefix("ACCENT", font, token, 1)
            self._push([brace("{", token), *inside, brace("}", token, at.end)])

    def _transparent(self, token: TexToken) -> None:
        if token.text in words.COLOURED:
            self._argument(token)
        self._unwrap_signed(token)

    def _unwrap_signed(self, token: TexToken) -> None:
        """A group that begins with a sign or a relation continues the expression around it: its braces go."""
        following = self._next()
        if following is None or following.text != "{" or following.kind != "char":
            return
        inside = self._inside("{", "}", token)
        first = next((part for part in inside if part.kind != "space"), None)
        signed = first is not None and (first.text in "+-=<>" if first.kind == "char" else first.text in ("pm", "mp"))
        closing = brace("}", token, max(following.end, self.argument_end))
        self._push(inside if signed else [following, *inside, closing])

    def _root(self, token: TexToken) -> None:
        self._prefix("SQRT", "sqrt", token, 1)
        following = self._next()
        if following is not None and following.kind == "char" and following.text == "[":
            self._put("LOPT", "[", self.rest.pop())
            self.options.append(len(self.saved))
            self.pending -= 1
            self._index()

    def _index(self) -> None:
        """Read the index up to its bracket now, so that the radicand is the next argument."""
        depth = len(self.saved)
        while self.rest and self.options and self.options[-1] == depth:
            self._read(self.rest.pop())
        self.pending = 1

    def _sided(self, token: TexToken) -> None:
        following = self._next()
        if following is None:
            raise Unreadable(f"\\{token.text} lacks its bracket", token.start)
        self.rest.pop()
        if following.kind == "command" and following.text == "\\" and self.rest and self.rest[-1].text in "{}|":
            following = replace(following, text=self.rest[-1].text, end=self.rest.pop().end)  # \left\\{ of a web page
        at = TexToken("char", following.text, token.start, following.end)
        escaped = following.kind == "char" or following.text in ("(", ")", "[", "]")
        spelled = following.text if escaped else f"\\{following.text}"
        known = {"|": "|", "\\|": r"\|", "\\vert": "|", "\\Vert": r"\|", ".": ".", "<": r"\langle", ">": r"\rangle"}
        bracket = known.get(spelled) or words.OPENING.get(spelled) or words.CLOSING.get(spelled)
        if token.text == "middle" and bracket == "|":
            self._put("SEP", "|", at)
            return
        if bracket is None or token.text == "middle":
            raise Unreadable(f"\\{token.text}{spelled} isn't a bracket", token.start)
        self._plain("OPEN" if token.text == "left" else "CLOSE", bracket, at, token.text)

    def _environment(self, token: TexToken) -> None:
        name = "".join(part.text for part in self._argument(token)).strip().rstrip("*")
        at = TexToken(token.kind, token.text, token.start, max(token.end, self.argument_end))
        if name not in words.LAYOUT_ENVIRONMENTS and name not in words.CELL_ENVIRONMENTS:
            raise Unreadable(f"unknown environment {name!r}", token.start)
        if token.text == "begin":
            if not self.rest or self.rest[-1].kind != "space":
                self._optional(token)
            if name in words.COLUMN_ENVIRONMENTS:
                self._argument(token)
        self.pending = 0
        self._put("BEGIN" if token.text == "begin" else "END", name, at)

    def _not(self, token: TexToken) -> None:
        following = self._next()
        plain = following and relation_of([following])
        if not plain:
            raise Unreadable("\\not before something that it can't negate", token.start)
        self.rest.pop()
        sign = {"=": r"\ne", r"\in": r"\notin"}.get(plain, rf"\not{plain}")
        self._plain("REL", sign, token)

    def _stacked(self, token: TexToken) -> None:
        r"""\underset{note}{…}: a relation with a note, an operator with its bound, or an annotated expression."""
        note = self._argument(token)
        body = [part for part in self._argument(token) if part.kind != "space"]
        sign = relation_of(body)
        at = TexToken("command", token.text, token.start, body[-1].end if body else token.end)
        script = "_" if token.text == "underset" else "^"
        if sign is not None:
            self._plain("REL", sign, at, tex_source(note))
        elif is_operator(body):
            self._push([*body, brace(script, token), brace("{", token), *note, brace("}", token)])
        else:
            kind = "underset" if token.text == "underset" else "overset"
            self._prefix("STACKED", kind, token, 2)
            self._push([brace("{", token), *note, brace("}", token), brace("{", token), *body, brace("}", at, at.end)])


def _is_wide(length: str) -> bool:
    """Whether a length is that of a quad or more: 1in, 0.5 cm, 20pt, and no correction by 0.1em."""
    found = re.fullmatch(r"\s*([\d.]+)\s*(in|cm|mm|pt|em|ex|mu|px)\s*", length)
    if found is None or found[1].count(".") > 1:
        return False
    least = {"in": 0.15, "cm": 0.35, "mm": 3.5, "pt": 10, "em": 1, "ex": 2, "mu": 18, "px": 12}[found[2]]
    return found[1] != "." and float(found[1]) >= least
