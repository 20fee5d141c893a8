r"""Mathematical tokens: what the grammar sees, made from TeX's tokens.

TeX has no words, no relations and no brackets that must match; this pass supplies them. It tells `log` in `y_ilog(p)`
from three letters, takes exactly one character as an unbraced argument (`\frac12`, `x^2y`), reads `\text`, fonts and
sizes, and drops what is only layout (spacing, labels, tags, colours). What it has to mend (an escaped underscore, a
command known only by custom) is recorded. Pairing brackets and bars is the next pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derivations.notes import vocabulary as words
from derivations.notes.macros import Macro, expand
from derivations.notes.tex import TexToken, Unreadable, tex_tokens

MAX_LENGTH = 50_000
MAX_TOKENS = 20_000
MAX_PREFIXES = 20
_MAX_WORK = 400_000
_COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}
_SHORT = 2
_WORDLIKE = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")


@dataclass(frozen=True, slots=True)
class Token:
    """A terminal of the grammar; `note` is a font, a bracket's side, or what stands over a relation."""

    kind: str
    text: str
    start: int
    end: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mend:
    """Something read otherwise than TeX would: the offset, what is written, what it was read as."""

    start: int
    end: int
    written: str
    read_as: str


@dataclass(slots=True)
class Lexed:
    tokens: list[Token] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)


def lex(latex: str, macros: Mapping[str, Macro] | None = None) -> Lexed:
    """The tokens of a formula; Unreadable where a token is unknown or a bound is exceeded."""
    if len(latex) > MAX_LENGTH:
        raise Unreadable(f"{len(latex)} characters, more than the {MAX_LENGTH} that are read", 0)
    expansion = expand(list(tex_tokens(latex)), macros or {})
    lexer = _Lexer(expansion.tokens)
    for token in expansion.customary:
        lexer.mend(token, f"\\{token.text}", "its customary meaning; this document doesn't define it")
    lexer.run()
    return Lexed(lexer.out, lexer.mends)


class _Lexer:
    def __init__(self, tokens: Sequence[TexToken]) -> None:
        self.rest = list(reversed(tokens))
        self.out: list[Token] = []
        self.mends: list[Mend] = []
        self.pending = 0
        self.saved: list[tuple[int, str]] = []
        self.options: list[int] = []
        self.substack = False
        self.prefixes = 0
        self.work = 0
        self.escaped_subscripts = _has_escaped_subscripts(tokens)

    def run(self) -> None:
        while self.rest:
            if len(self.out) > MAX_TOKENS:
                raise Unreadable(f"more than {MAX_TOKENS} tokens", self.rest[-1].start)
            token = self.rest.pop()
            if token.kind == "letter":
                self._letters(token)
            elif token.kind == "digits":
                self._digits(token)
            elif token.kind == "words":
                self._atom("WORDS", token.text, token)
            elif token.kind == "char":
                self._character(token)
            elif token.kind == "command":
                self._command(token)
        if self.saved:
            raise Unreadable("a brace is never closed", self.out[-1].end if self.out else 0)

    # Helpers

    def mend(self, token: TexToken, written: str, read_as: str) -> None:
        self.mends.append(Mend(token.start, token.end, written, read_as))

    def _put(self, kind: str, text: str, at: TexToken, note: str = "") -> None:
        self.out.append(Token(kind, text, at.start, at.end, note))

    def _atom(self, kind: str, text: str, at: TexToken, note: str = "") -> None:
        """A token that can be an unbraced argument."""
        self.pending = max(0, self.pending - 1)
        self.prefixes = 0
        self._put(kind, text, at, note)

    def _prefix(self, kind: str, text: str, at: TexToken, arguments: int) -> None:
        """A command that takes arguments, and can itself be an unbraced one."""
        self.prefixes += 1
        if self.prefixes > MAX_PREFIXES:
            raise Unreadable(f"more than {MAX_PREFIXES} commands applied to one another", at.start)
        self.pending = max(0, self.pending - 1) + arguments
        self._put(kind, text, at)

    def _plain(self, kind: str, text: str, at: TexToken, note: str = "") -> None:
        """A token that ends whatever argument was expected, except after ^ and _ where it is one."""
        self.pending = max(0, self.pending - 1)
        self._put(kind, text, at, note)

    def _skip_spaces(self) -> None:
        while self.rest and self.rest[-1].kind == "space":
            self.rest.pop()

    def _next(self) -> TexToken | None:
        self._skip_spaces()
        return self.rest[-1] if self.rest else None

    def _follows(self, token: TexToken, text: str) -> bool:
        """Whether the very next character, without a space, is `text`; it is taken if so."""
        if self.rest and self.rest[-1].kind == "char" and self.rest[-1].text == text and self.rest[-1].start >= token.end:
            self.rest.pop()
            return True
        return False

    def _push(self, tokens: Sequence[TexToken]) -> None:
        self.rest.extend(reversed(tokens))

    def _argument(self, call: TexToken) -> list[TexToken]:
        """The next argument, taken off: the inside of a group, or one token."""
        following = self._next()
        if following is None:
            raise Unreadable(f"\\{call.text} lacks its argument", call.start)
        if following.kind == "char" and following.text == "{":
            return self._inside("{", "}", call)
        if following.kind == "digits" and len(following.text) > 1:
            self.rest.pop()
            self._push(_split_digits(following)[1:])
            return _split_digits(following)[:1]
        return [self.rest.pop()]

    def _inside(self, opening: str, closing: str, call: TexToken) -> list[TexToken]:
        taken: list[TexToken] = []
        depth = 0
        while self.rest:
            token = self.rest.pop()
            if token.kind == "char":
                depth += (token.text == opening) - (token.text == closing)
            taken.append(token)
            if depth == 0:
                self.work += len(taken)
                if self.work > _MAX_WORK:
                    raise Unreadable("too much work for one formula", call.start)
                return taken[1:-1]
        raise Unreadable(f"the argument of \\{call.text} is never closed", call.start)

    def _optional(self, call: TexToken) -> None:
        following = self._next()
        if following is not None and following.kind == "char" and following.text == "[":
            self._inside("[", "]", call)

    # Letters, digits, characters

    def _letters(self, first: TexToken) -> None:
        if self.pending:
            mark = self._combining(first)
            if mark is None:
                self._atom("SYMBOL", first.text, first)
            return
        run = [first]
        while self.rest and self.rest[-1].kind == "letter" and self.rest[-1].start == run[-1].end:
            run.append(self.rest.pop())
        if self.rest and self.rest[-1].text in _COMBINING and self.rest[-1].start == run[-1].end:
            last = run.pop()
            if run:
                self._run(run)
            self._combining(last)
            return
        self._run(run)

    def _combining(self, letter: TexToken) -> str | None:
        """A letter followed by a combining accent."""
        if not self.rest or self.rest[-1].text not in _COMBINING or self.rest[-1].start != letter.end:
            return None
        mark = _COMBINING[self.rest.pop().text]
        self._prefix("ACCENT", mark, letter, 1)
        self._atom("SYMBOL", letter.text, letter)
        return mark

    def _run(self, run: list[TexToken]) -> None:
        """A run of adjacent letters: functions, names and single letters."""
        run = self._qualified(run)
        text = "".join(token.text for token in run)
        if text in words.CONDITION_WORDS and len(text) > 1 and self._among_spaces(run[-1]):
            self._atom("WORDS", text, _spanning(run))
            return
        position = 0
        for part, kind in split_run(text):
            pieces = run[position : position + len(part)]
            position += len(part)
            at = _spanning(pieces)
            if kind == "SYMBOL" and position == len(text):
                part, at = self._glued_digits(part, at)
            self._atom(kind, part, at)

    def _qualified(self, run: list[TexToken]) -> list[TexToken]:
        r"""A name with a dot or an escaped underscore inside (`np.sum`, `y\_true`), as one run."""
        while self.rest and self.rest[-1].start == run[-1].end:
            mark = self.rest[-1]
            tail = self.rest[-2] if len(self.rest) > 1 else None
            if tail is None or tail.kind != "letter" or tail.start != mark.end:
                break
            dotted = mark.kind == "char" and mark.text == "." and (len(run) > 1 or tail.text == "T")
            joined = mark.kind == "command" and mark.text == "_" and not self.escaped_subscripts
            hyphened = mark.kind == "char" and mark.text == "-" and self._hyphened(run)
            if not (dotted or joined or hyphened):
                break
            run.append(self.rest.pop())
            while self.rest and self.rest[-1].kind == "letter" and self.rest[-1].start == run[-1].end:
                run.append(self.rest.pop())
        return run

    def _hyphened(self, run: Sequence[TexToken]) -> bool:
        """Whether `log` and the letters behind the hyphen are one name, as in log-loss."""
        tail = "".join(part.text for part in reversed(self.rest[-12:-1]) if part.kind == "letter")
        return "".join(part.text for part in run).lower() == "log" and tail.lower().startswith(words.AFTER_LOG)

    def _among_spaces(self, last: TexToken) -> bool:
        spaced = bool(self.out) and self.out[-1].kind == "SPACE"
        following = self.rest[-1] if self.rest else None
        after = following is not None and (
            (following.kind == "command" and following.text in words.THIN_SPACES | words.WIDE_SPACES)
            or (following.kind == "char" and following.text == "~")
        )
        return spaced or after

    def _glued_digits(self, name: str, at: TexToken) -> tuple[str, TexToken]:
        """A letter with digits right behind it (`h1`) is one name."""
        following = self.rest[-1] if self.rest else None
        if following is None or following.kind != "digits" or following.start != at.end or "." in following.text:
            return name, at
        self.rest.pop()
        return name + following.text, TexToken("letter", name, at.start, following.end)

    def _digits(self, token: TexToken) -> None:
        if self.pending and len(token.text) > 1:
            parts = _split_digits(token)
            self._push(parts[1:])
            token = parts[0]
        self._atom("NUMBER", token.text, token)

    def _character(self, token: TexToken) -> None:
        text = token.text
        if text == "{":
            kind = "LBRACE"
            if self.substack:
                kind, self.substack = "BEGIN", False
            self.saved.append((max(0, self.pending - 1), kind))
            self.pending, self.prefixes = 0, 0
            self._put(kind, "substack" if kind == "BEGIN" else "{", token)
        elif text == "}":
            if not self.saved:
                raise Unreadable("a closing brace without an opening one", token.start)
            self.pending, kind = self.saved.pop()
            self._put("END" if kind == "BEGIN" else "RBRACE", "substack" if kind == "BEGIN" else "}", token)
        elif text in "^_":
            self._script(token)
        elif text in "([":
            self._plain("OPEN", text, token)
        elif text == "]" and self.options and self.options[-1] == len(self.saved):
            self.options.pop()
            self._put("ROPT", text, token)
        elif text in ")]":
            self._plain("CLOSE", text, token)
        elif text == "|":
            double = self._follows(token, "|")
            self._plain("BAR", r"\|" if double else "|", token)
        elif text in "=<>:!-":
            self._compound(token)
        elif text == "+":
            self._plain("SIGN", "+", token)
        elif text == "*":
            self._star(token)
        elif text == "/":
            self._plain("TIMES", "/", token)
        elif text in ",;":
            self._plain("SEP", text, token)
        elif text == ".":
            dots = 1
            while self._follows(token, "."):
                dots += 1
            self._plain(*(("DOTS", "dots") if dots > 1 else ("SEP", ".")), token)
        elif text == "'":
            self._plain("PRIME", "'", token)
        elif text == "&":
            self._put("AMP", "&", token)
        elif text == "~":
            self._space("~", token)
        else:
            raise Unreadable(f"a character that isn't part of the language: {text!r}", token.start)

    def _script(self, token: TexToken) -> None:
        self.prefixes += 1
        if self.prefixes > MAX_PREFIXES:
            raise Unreadable(f"more than {MAX_PREFIXES} scripts applied to one another", token.start)
        self._put("SUP" if token.text == "^" else "SUB", token.text, token)
        self.pending += 1

    def _compound(self, token: TexToken) -> None:
        text = token.text
        if text == "=":
            if self._follows(token, ">"):
                self._plain("CONNECTIVE", "Rightarrow", token)
            else:
                self._follows(token, "=")
                self._plain("REL", "=", token)
        elif text in "<>":
            if self._follows(token, "="):
                if text == "<" and self._follows(token, ">"):
                    self._plain("CONNECTIVE", "Leftrightarrow", token)
                    return
                self._plain("REL", r"\le" if text == "<" else r"\ge", token)
            else:
                self._plain("REL", text, token)
        elif text == ":":
            self._plain(*(("REL", ":=") if self._follows(token, "=") else ("SEP", ":")), token)
        elif text == "!":
            self._plain(*(("REL", r"\ne") if self._follows(token, "=") else ("BANG", "!")), token)
        else:
            self._plain(*(("REL", r"\to") if self._follows(token, ">") else ("SIGN", "-")), token)

    def _star(self, token: TexToken) -> None:
        following = self._next()
        if self.out and self.out[-1].kind == "BIG" and following is not None and following.text == "{":
            self.mend(token, "*{", "_{")
            self._script(TexToken("char", "_", token.start, token.end))
        else:
            self._plain("TIMES", "*", token)

    def _space(self, text: str, token: TexToken) -> None:
        wide = text in words.WIDE_SPACES
        if self.out and self.out[-1].kind == "SPACE":
            last = self.out.pop()
            token = TexToken("space", text, last.start, token.end)
            wide = True
        self._put("SPACE", "wide" if wide else "thin", token)

    # Commands

    def _command(self, token: TexToken) -> None:
        name = token.text
        if name in words.SYMBOLS:
            self._symbol_command(token)
        elif name in words.RELATIONS:
            sign = words.RELATIONS[name]
            self._plain("REL", {"lt": "<", "gt": ">"}.get(name, sign if sign == ":=" else f"\\{sign}"), token)
        elif name in words.CONNECTIVES:
            self._plain("CONNECTIVE", words.CONNECTIVES[name], token)
        elif name in words.OPERATORS:
            sign = words.OPERATORS[name]
            self._plain("TIMES", sign if sign == "*" else f"\\{sign}", token)
        elif name in words.SIGNS:
            self._plain("SIGN", f"\\{name}", token)
        elif name in words.DOTS:
            self._atom("DOTS", words.DOTS[name], token)
        elif name in words.FUNCTIONS:
            self._atom("FUNCTION", words.FUNCTIONS[name], token)
        elif name in words.BIG_OPERATORS:
            self._atom("BIG", words.BIG_OPERATORS[name], token)
        elif name in words.ACCENTS or name in words.FONTS and name not in words.FONT_SWITCHES:
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
        elif name in ("|", "Vert"):
            self._plain("BAR", r"\|", token)
        elif name == "vert":
            self._plain("BAR", "|", token)
        elif name == "mid":
            self._plain("SEP", "|", token)
        elif name == "partial":
            self._atom("PARTIAL", name, token)
        elif name == "nabla":
            self._atom("NABLA", name, token)
        elif name == "prime":
            self._plain("PRIME", "'", token)
        elif name in ("begin", "end"):
            self._environment(token)
        elif name == "not":
            self._not(token)
        elif name == "substack":
            self.substack = True
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

    def _symbol_command(self, token: TexToken) -> None:
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
        if self.rest and self.rest[-1].kind == "char" and self.rest[-1].text == "*" and arguments:
            self.rest.pop()
        for _ in range(arguments):
            self._argument(token)
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
        self._words(self._argument(token), token)

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
            self._put("WORDS", pieces[0].text, TexToken("words", "", token.start, max(token.end, pieces[0].end + 1)))
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
        if self.work > _MAX_WORK:
            raise Unreadable("too much work for one formula", token.start)
        font = words.NAME_FONTS.get(token.text) or words.FONTS[token.text]
        end = taken[-1].end if taken else token.end
        opening = TexToken("char", "{", token.end, token.end)
        self._push([TexToken("command", font, token.start, token.end), opening, *taken, TexToken("char", "}", end, end)])

    def _name(self, token: TexToken) -> None:
        r"""\mathrm{…} and its like: a whole name where it holds letters, else a font over an expression."""
        if self.rest and self.rest[-1].kind == "char" and self.rest[-1].text == "*":
            self.rest.pop()
        before = list(self.rest[-1:])
        inside = self._argument(token)
        braced = bool(before) and before[0].text != inside[0].text if inside else True
        font = words.NAME_FONTS[token.text]
        spacing = words.THIN_SPACES | {"!", "_", "-"}
        simple = all(
            part.kind in ("letter", "digits", "space") or (part.kind == "command" and part.text in spacing) or part.text == "-"
            for part in inside
        )
        name = "".join(part.text for part in inside if part.kind in ("letter", "digits") or part.text in "-_")
        spaced = any(part.kind == "space" for part in inside[1:-1])
        at = TexToken("letter", name, token.start, max(token.end, inside[-1].end + braced if inside else token.end))
        if simple and name and name[0].isalpha() and not (spaced and font != "operatorname"):
            if name in words.FUNCTIONS:
                self._atom("FUNCTION", words.FUNCTIONS[name], at)
            elif name in words.BIG_OPERATORS:
                self._atom("BIG", words.BIG_OPERATORS[name], at)
            else:
                self._atom("SYMBOL", name, at, font)
        elif simple and spaced and all(len(part) > 1 for part in tex_source(inside, spaced=True).split()):
            self._words(inside, token)
        elif token.text in ("mathop", "operatorname"):
            self._push([_brace("{", token), *inside, _brace("}", token, at.end)])
        else:
            self._prefix("ACCENT", font, token, 1)
            self._push([_brace("{", token), *inside, _brace("}", token, at.end)])

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
        end = inside[-1].end if inside else following.end
        self._push(inside if signed else [following, *inside, TexToken("char", "}", end, end + 1)])

    def _root(self, token: TexToken) -> None:
        self._prefix("SQRT", "sqrt", token, 1)
        following = self._next()
        if following is not None and following.kind == "char" and following.text == "[":
            self._put("LOPT", "[", self.rest.pop())
            self.options.append(len(self.saved))
            self.pending -= 1
            self.saved_option()

    def saved_option(self) -> None:
        """Read the index up to its bracket now, so that the radicand is the next argument."""
        depth = len(self.saved)
        while self.rest and self.options and self.options[-1] == depth:
            token = self.rest.pop()
            if token.kind == "letter":
                self._letters(token)
            elif token.kind == "digits":
                self._digits(token)
            elif token.kind == "char":
                self._character(token)
            elif token.kind == "command":
                self._command(token)
            elif token.kind == "words":
                self._atom("WORDS", token.text, token)
        self.pending = 1

    def _sided(self, token: TexToken) -> None:
        following = self._next()
        if following is None:
            raise Unreadable(f"\\{token.text} lacks its bracket", token.start)
        self.rest.pop()
        at = TexToken("char", following.text, token.start, following.end)
        spelled = following.text if following.kind == "char" else f"\\{following.text}"
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
        if name not in words.LAYOUT_ENVIRONMENTS and name not in words.CELL_ENVIRONMENTS:
            raise Unreadable(f"unknown environment {name!r}", token.start)
        if token.text == "begin":
            if not self.rest or self.rest[-1].kind != "space":
                self._optional(token)
            if name in words.COLUMN_ENVIRONMENTS:
                self._argument(token)
        self.pending = 0
        self._put("BEGIN" if token.text == "begin" else "END", name, token)

    def _not(self, token: TexToken) -> None:
        following = self._next()
        sign = following and {"=": r"\ne", "in": r"\notin", "equiv": r"\ne"}.get(following.text)
        if not sign:
            raise Unreadable("\\not before something that it can't negate", token.start)
        self.rest.pop()
        self._plain("REL", sign, token)

    def _stacked(self, token: TexToken) -> None:
        r"""\underset{note}{…}: a relation with a note, an operator with its bound, or an annotated expression."""
        note = self._argument(token)
        body = [part for part in self._argument(token) if part.kind != "space"]
        sign = _relation_of(body)
        at = TexToken("command", token.text, token.start, body[-1].end if body else token.end)
        script = "_" if token.text == "underset" else "^"
        if sign is not None:
            self._plain("REL", sign, at, tex_source(note))
        elif _operator_of(body):
            self._push([*body, _brace(script, token), _brace("{", token), *note, _brace("}", token)])
        else:
            kind = "underset" if token.text == "underset" else "overset"
            self._prefix("STACKED", kind, token, 2)
            self._push([_brace("{", token), *note, _brace("}", token), _brace("{", token), *body, _brace("}", at, at.end)])


def split_run(run: str) -> list[tuple[str, str]]:
    """A run of adjacent letters as functions, names and single letters: ylogp is y, log, p; loss is one name."""
    if run in words.NAMES or set(run) & set("._-"):
        return [(run, "SYMBOL")]
    for name, kind in ((words.FUNCTIONS, "FUNCTION"), (words.BIG_OPERATORS, "BIG")):
        if run in name and len(run) > 1:
            return [(name[run], kind)] if len(name[run]) == len(run) else [(run, "SYMBOL")]
    for word in words.FUNCTION_WORDS:
        before, found, after = run.partition(word)
        if found and len(before) <= _SHORT and len(after) <= _SHORT:
            kind = "BIG" if word in words.BIG_OPERATORS else "FUNCTION"
            return [*((letter, "SYMBOL") for letter in before), (word, kind), *((letter, "SYMBOL") for letter in after)]
    if len(run) >= 3 and _WORDLIKE.fullmatch(run) and (run.isupper() or (len(run) >= 4 and set(run.lower()) & set("aeiou"))):
        return [(run, "SYMBOL")]
    return [(letter, "SYMBOL") for letter in run]


def tex_source(tokens: Sequence[TexToken], spaced: bool = False) -> str:
    """The tokens written out again."""
    parts: list[str] = []
    for token in tokens:
        if token.kind == "command":
            plain = {"_": "_", " ": " ", ",": " ", ";": " ", "quad": " ", "$": "$", "%": "%", "&": "&", "#": "#"}
            parts.append(plain.get(token.text, "") if spaced and token.text in plain else f"\\{token.text} ")
        else:
            parts.append(" " if token.kind == "space" else token.text)
    return "".join(parts)


def _split_digits(token: TexToken) -> list[TexToken]:
    first = TexToken("digits", token.text[:1], token.start, token.start + 1)
    if len(token.text) == 1:
        return [token]
    kind = "digits" if token.text[1:] != "." else "char"
    return [first, TexToken(kind, token.text[1:], token.start + 1, token.end)]


def _spanning(run: Sequence[TexToken]) -> TexToken:
    return TexToken("letter", "".join(token.text for token in run), run[0].start, run[-1].end)


def _brace(text: str, at: TexToken, offset: int | None = None) -> TexToken:
    place = at.start if offset is None else offset
    return TexToken("char", text, place, place)


def _relation_of(body: Sequence[TexToken]) -> str | None:
    """The relation sign that the tokens are, if they are one."""
    text = "".join(token.text if token.kind == "char" else f"\\{token.text}" for token in body)
    if text in ("=", "<", ">", ":="):
        return text
    name = text[1:]
    if text.startswith("\\") and name in words.RELATIONS:
        sign = words.RELATIONS[name]
        return sign if sign == ":=" else f"\\{sign}"
    if text.startswith("\\") and name in words.CONNECTIVES:
        return f"\\{words.CONNECTIVES[name]}"
    return None


def _operator_of(body: Sequence[TexToken]) -> bool:
    r"""Whether the tokens are an operator that takes bounds: \max, \arg\min, \operatorname{argmax}, argmin."""
    wrappers = words.TEXTS | set(words.NAME_FONTS)
    name = "".join(
        token.text for token in body if token.kind in ("letter", "command") and token.text not in wrappers | words.THIN_SPACES
    )
    return name in words.BIG_OPERATORS


def _has_escaped_subscripts(tokens: Sequence[TexToken]) -> bool:
    r"""Whether `\_` is Markdown's escape of a subscript here: it stands before a brace, a digit or one letter."""
    for here, token in enumerate(tokens):
        if token.kind != "command" or token.text != "_" or here + 1 >= len(tokens):
            continue
        following = tokens[here + 1]
        after = tokens[here + 2] if here + 2 < len(tokens) else None
        lone = following.kind == "letter" and not (after and after.kind == "letter" and after.start == following.end)
        if following.text == "{" or following.kind in ("digits", "command") or lone:
            return True
    return False
