r"""Letters, digits and single characters as mathematical tokens: half of the lexer, the other half being commands.

It keeps count of the unbraced arguments that are still expected, because TeX gives each exactly one character
(`\frac12`, `x^2y`), and joins adjacent letters into functions and names only where none is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.runs import has_escaped_subscripts, spanning, split_digits, split_run
from derivations.notes.parsing.tex import TexToken, Unreadable
from derivations.notes.parsing.tokens import MAX_PREFIXES, MAX_TOKENS, MAX_WORK, Mend, Token

_COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}


class CharacterLexer:
    """The state of a lexer, and all of it but the commands."""

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
        self.argument_end = 0
        self.escaped_subscripts = has_escaped_subscripts(tokens)

    def run(self) -> None:
        while self.rest:
            if len(self.out) > MAX_TOKENS:
                raise Unreadable(f"more than {MAX_TOKENS} tokens", self.rest[-1].start)
            self._read(self.rest.pop())
        if self.saved:
            raise Unreadable("a brace is never closed", self.out[-1].end if self.out else 0)

    def _read(self, token: TexToken) -> None:
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

    def _command(self, token: TexToken) -> None:
        raise NotImplementedError

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
        if (
            self.rest
            and self.rest[-1].kind == "char"
            and self.rest[-1].text == text
            and self.rest[-1].start >= token.end
        ):
            self.rest.pop()
            return True
        return False

    def _goes_on(self, *commands: str) -> bool:
        """Whether these commands come next, with nothing but spaces between; they are taken if so."""
        places = (at for at in range(len(self.rest) - 1, -1, -1) if self.rest[at].kind != "space")
        following = list(itertools.islice(places, len(commands)))
        if [(self.rest[at].kind, self.rest[at].text) for at in following] != [("command", name) for name in commands]:
            return False
        del self.rest[following[-1] :]
        return True

    def _is_starred(self) -> bool:
        r"""Whether a star comes next, which is taken: \cdot * is .* as programs have it."""
        following = self._next()
        is_star = following is not None and following.kind == "char" and following.text == "*"
        if is_star:
            self.rest.pop()
        return is_star

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
            self._push(split_digits(following)[1:])
            self.argument_end = following.start + 1
            return split_digits(following)[:1]
        self.argument_end = following.end
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
                self.argument_end = token.end
                self.work += len(taken)
                if self.work > MAX_WORK:
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
        run = self._qualified(self._numbered(run))
        text = "".join(token.text for token in run)
        if text in words.CONDITION_WORDS and len(text) > 1 and self._among_spaces(run[-1]):
            self._atom("WORDS", text, spanning(run))
            return
        position = 0
        for part, kind in split_run(text):
            pieces = run[position : position + len(part)]
            position += len(part)
            at = spanning(pieces)
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

    def _numbered(self, run: list[TexToken]) -> list[TexToken]:
        r"""A name whose number stands inside, `h1\_out` or `o_i\_out`: h\_out with the number as its index."""
        ahead = self.rest[:-8:-1]
        marked = bool(ahead) and ahead[0].kind == "char" and ahead[0].text == "_"
        script = ahead[1:2] if marked else ahead[:1]
        if marked and script and script[0].text == "{" and len(ahead) > 3 and ahead[3].text == "}":
            script = ahead[1:4]
        behind = ahead[len(script) + marked :]
        is_index = bool(script) and (script[-1].kind == "digits" or marked and script[-1].kind in ("letter", "char"))
        if (
            self.escaped_subscripts
            or not is_index
            or len(behind) < 2
            or (behind[0].kind, behind[0].text, behind[1].kind) != ("command", "_", "letter")
        ):
            return run
        del self.rest[-len(script) - marked - 1 :]
        joined = [*run, behind[0]]
        while self.rest and self.rest[-1].kind == "letter":
            joined.append(self.rest.pop())
        at = script[0]
        self._push([TexToken("char", "_", at.start, at.start), *script])
        return joined

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
            if self.out[-1].kind in ("SUB", "SUP"):
                raise Unreadable(f"TeX puts only the {token.text[0]} of {token.text} in the script", token.start)
            parts = split_digits(token)
            self._push(parts[1:])
            token = parts[0]
        self._atom("NUMBER", token.text, token)

    def _character(self, token: TexToken) -> None:
        text = token.text
        if text == "{" and not self.pending and self._lone_bracket():
            return
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
            self._plain("BAR", r"\|" if double else "|", token, "|" if double else "")
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
        elif text == "." and self._follows(token, "*"):  # entry by entry, as in programs: \delta .* g'(z)
            self._plain("TIMES", r"\odot", token)
        elif text == ".":
            dots = 1
            while self._follows(token, "."):
                dots += 1
            self._plain(*(("DOTS", "dots") if dots > 1 else ("SEP", ".")), token)
        elif text in "'`":
            self._plain("PRIME", "'", token)
        elif text == '"':
            self._plain("PRIME", "'", token)
            self._plain("PRIME", "'", token)
        elif text == "?":
            self._put("WORDS", "?", token)
        elif text == "&":
            self._put("AMP", "&", token)
        elif text == "~":
            self._space("~", token)
        else:
            raise Unreadable(f"a character that isn't part of the language: {text!r}", token.start)

    def _lone_bracket(self) -> bool:
        r"""Braces around a single bracket or sign (`\large{(}`, `{=}`) are typography; they are taken off."""
        inside = next((part for part in reversed(self.rest[-3:]) if part.kind != "space"), None)
        if inside is None or inside.kind != "char" or inside.text not in "()[]|=+-<>":
            return False
        following = [part for part in reversed(self.rest[-4:]) if part.kind != "space"][1:2]
        if not following or following[0].text != "}" or following[0].kind != "char":
            return False
        while self.rest.pop() is not following[0]:
            pass
        self.rest.append(inside)
        return True

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
            elif self._follows(token, ":"):
                self._plain("REL", "=:", token)
            else:
                self._follows(token, "=")
                self._plain("REL", "=", token)
        elif text in "<>":
            if self._follows(token, "="):
                if text == "<" and self._follows(token, ">"):
                    self._plain("CONNECTIVE", "Leftrightarrow", token)
                    return
                self._plain("REL", r"\le" if text == "<" else r"\ge", token)
            elif self._follows(token, text):  # a >> b
                self._plain("REL", r"\ll" if text == "<" else r"\gg", token)
            else:
                self._plain("REL", text, token)
        elif text == ":":
            self._colon(token)
        elif text == "!":
            self._plain(*(("REL", r"\ne") if self._follows(token, "=") else ("BANG", "!")), token)
        else:
            self._plain(*(("REL", r"\to") if self._follows(token, ">") else ("SIGN", "-")), token)

    def _colon(self, token: TexToken) -> None:
        """A colon, or with an equals sign behind it an assignment: `:=`, `: =`, `:&=`."""
        between = list(itertools.takewhile(lambda part: part.kind == "space" or part.text == "&", reversed(self.rest)))
        after = self.rest[-len(between) - 1] if len(between) < len(self.rest) else None
        if after is None or after.kind != "char" or after.text != "=":
            self._plain("SEP", ":", token)
            return
        del self.rest[-len(between) - 1 :]
        for mark in between:
            if mark.text == "&":
                self._character(mark)
        self._plain("REL", ":=", token)

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
