r"""A note's text to the formulas, code blocks and comments in it, each at its place.

One pass with one regular expression for everything that opens a region (a formula, a code block, a comment); each
opener then looks for its own closer, and an opener that has none is remembered so that the pass stays linear. The
Markdown libraries aren't used: they keep no columns, and they take a line of `=` or `- y` inside a formula for a
heading or a list, where readers (and MathJax) see the formula.

Understood: `$`, `$$`, `\(…\)`, `\[…\]` and the same with doubled backslashes, a lone `$` on its line, ```math fences,
`$`…`$`, `$$…$$` between backticks, bare environments, <script type="math/tex">, the tags of Hugo, Jekyll and WordPress
({{< katex >}}, {% math %}, [latex]), reStructuredText's :math: and `.. math::`, block quotes, brackets that stand alone
on their lines, whose backslashes were lost, whole .tex files, the Markdown cells of notebooks. Left out: formulas
without delimiters, and all else in code.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from derivations.notes.parsing.macros import DEFINITION, Macro, read_definition
from derivations.notes.parsing.notebook import read_cells
from derivations.notes.parsing.numbering import without_numbers
from derivations.notes.parsing.openers import CLOSERS, NAMES, PATTERNS, TAGS, Syntax
from derivations.notes.parsing.regions import CodeBlock, Comment, NoteError, SourceDocument, SourceFormula
from derivations.notes.parsing.source import Excerpt, Source, line_starts

MAX_BYTES = 50_000_000
MAX_FORMULAS = 50_000
MAX_MACROS = 1_000
_ESCAPED = re.compile(r"\\\\(?=[\\{}_*,;!|\[\]()&%$# ])|\\(?=[_*])")
_PROSE = re.compile(r"(?:[A-Za-z]{2,}[ ,]+){4,}[A-Za-z]{2,}|[\u3040-\u9fff\uac00-\ud7af]{6,}|^[ ]{0,3}#{1,6} ", re.M)
_WORDS = re.compile(r"\\(?:text|mbox|tag|label|textbf|intertext)\w*\s*\{[^{}]*\}")
_BLANK = re.compile(r"\n[ \t>]*\r?\n")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_LONE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d{1,3}[.)][ \t]+)?[ \t]*")
_TICKS = re.compile(r"`+")
_DOLLARS = re.compile(r"\s*(?P<marks>\$\$?)(?P<inner>[^$]*)(?P=marks)\s*")
_OPTIONS = re.compile(r"(?:[ \t>]*:[a-z]+:[^\n]*\n)*")
_ONE = re.compile(r"[^\n]+|\\begin\{(\w+\*?)\}[\s\S]*\\end\{\1\}")
_DOCUMENT = re.compile(r"\\(?:document|use|section|new|def)")
_NESTED = 20

_CLOSING: dict[str, re.Pattern[str]] = {}


def read_source(path: Path) -> SourceDocument:
    """The formulas, code and comments of a file; NoteError where it can't be read at all."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise NoteError(f"{path}: {size} bytes, more than the {MAX_BYTES} that are read; split the note")
        data = path.read_bytes()
    except OSError as error:
        raise NoteError(f"{path}: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoteError(f"{path}: not UTF-8 at byte {error.start}; convert it to UTF-8") from None
    if "\0" in text:
        raise NoteError(f"{path}: a binary file (it has a NUL character)")
    try:
        if path.suffix == ".ipynb":
            return scan_notebook(text)
        return scan(text, "tex" if path.suffix in (".tex", ".ltx", ".sty") else "markdown")
    except (ValueError, NoteError) as error:
        raise NoteError(f"{path}: {error}") from None


def scan(text: str, syntax: Syntax = "markdown") -> SourceDocument:
    """The formulas, code and comments of a text."""
    return _Scanner(Source.of(text), syntax).document()


def scan_notebook(text: str) -> SourceDocument:
    """The same for a notebook: its Markdown cells are one text, its code cells are code blocks."""
    characters: list[str] = []
    origin = array("q")
    code: list[CodeBlock] = []
    whole = Source.of(text)
    for cell in read_cells(text):
        if cell.kind == "code" and cell.origin:
            place, end = whole.place(cell.origin[0]), whole.end_place(cell.origin[-1] + 1)
            code.append(CodeBlock("python", cell.text, place, end))
        elif cell.kind == "markdown" and cell.origin:
            characters.append(cell.text + "\n\n")
            origin.extend(cell.origin)
            origin.extend([cell.origin[-1]] * 2)
    source = Source("".join(characters), line_starts(text), origin)
    found = _Scanner(source, "markdown").document()
    blocks = sorted([*code, *found.code], key=lambda block: block.place)
    return SourceDocument(found.formulas, tuple(blocks), found.comments)


class _Scanner:
    def __init__(self, source: Source, syntax: Syntax) -> None:
        self.source, self.text, self.syntax = source, source.text, syntax
        self.lines = line_starts(self.text)
        self.formulas: list[SourceFormula] = []
        self.code: list[CodeBlock] = []
        self.comments: list[Comment] = []
        self.headings: list[tuple[int, str]] = []
        self.macros: dict[str, Macro] = {}
        self.unreadable_definitions = 0
        self.searched: dict[str, tuple[int, re.Match[str] | None]] = {}
        self.blank = -1
        self.display_end = 0

    def document(self) -> SourceDocument:
        pattern, position = PATTERNS[self.syntax], 0
        while (match := pattern.search(self.text, position)) is not None:
            position = max(self._open(match), match.start() + 1)
        return SourceDocument(without_numbers(self.formulas), tuple(self.code), tuple(self.comments))

    def _open(self, match: re.Match[str]) -> int:
        """Read the region that the match opens; the offset at which scanning continues."""
        name = next(key for key in NAMES[self.syntax] if match[key] is not None)
        reader = getattr(self, f"_{name}", None)
        if reader is not None:
            position: int = reader(match)
            return position
        if name in CLOSERS:
            return self._bracketed(match, name)
        return match.end()

    def _find(self, pattern: str, position: int, limit: int | None = None) -> re.Match[str] | None:
        """The next match of a closer up to the limit; what the last search found is kept, so that none is repeated."""
        start, found = self.searched.get(pattern, (len(self.text) + 1, None))
        if not (start <= position and (found is None or found.start() >= position)):
            compiled = _CLOSING.get(pattern) or _CLOSING.setdefault(pattern, re.compile(pattern, re.M))
            found = compiled.search(self.text, position)
            self.searched[pattern] = position, found
        return found if found is not None and (limit is None or found.end() <= limit) else None

    def _paragraph_end(self, position: int) -> int:
        if position > self.blank:
            match = _BLANK.search(self.text, position)
            self.blank = match.start() if match else len(self.text)
        return self.blank

    def _line(self, position: int) -> tuple[int, int]:
        """Where the line of a position begins and ends, its newline left out."""
        number = bisect_right(self.lines, position)
        return self.lines[number - 1], self.lines[number] - 1 if number < len(self.lines) else len(self.text)

    # Regions that hold no formula

    def _fence(self, match: re.Match[str]) -> int:
        ticks = match["ticks"]
        closer = self._find(rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", match.end())
        start = min(match.end() + 1, len(self.text))
        end, after = (closer.start(), closer.end()) if closer else (len(self.text), len(self.text))
        language = match["info"].strip().strip("{}.").split(" ")[0]
        options = _OPTIONS.match(self.text, start, max(start, end)) if language == "math" else None
        if options is not None or self._is_formula(language, start, end):
            begin = options.end() if options is not None else start
            self._formula(match.start("ticks"), after, *self._without_dollars(begin, max(begin, end)), "```math", True)
        else:
            places = self.source.place(start), self.source.end_place(max(start, end))
            self.code.append(CodeBlock(language, self.text[start:end], *places))
        return after

    def _is_formula(self, language: str, start: int, end: int) -> bool:
        """Whether a block of LaTeX is one formula and no document: a line, or an environment."""
        if language not in ("latex", "tex", "katex"):
            return False
        inside = self.text[start:end].strip()
        return bool(_ONE.fullmatch(inside) or _DOLLARS.fullmatch(inside)) and _DOCUMENT.search(inside) is None

    def _verbatim(self, match: re.Match[str]) -> int:
        closer = self._find(rf"\\end\{{{match['verb']}\*?\}}", match.end())
        end, after = (closer.start(), closer.end()) if closer else (len(self.text), len(self.text))
        if match["verb"] != "comment":
            places = self.source.place(match.end()), self.source.end_place(end)
            self.code.append(CodeBlock(match["verb"], self.text[match.end() : end], *places))
        return after

    def _comment(self, match: re.Match[str]) -> int:
        closer = self._find(r"-->", match.end())
        if closer is None:
            return match.end()
        text = self.text[match.end() : closer.start()].strip()
        if text.startswith("verify:"):
            self.comments.append(Comment(text[7:].strip(), self.source.place(match.start()), match.start()))
        return closer.end()

    def _code(self, match: re.Match[str]) -> int:
        limit = min(self._paragraph_end(match.end()), match.end() + 2_000)
        for closer in _TICKS.finditer(self.text, match.end(), limit):
            if len(closer[0]) == len(match[0]):
                inner = self._without_dollars(match.end(), closer.start())
                if inner[0] > match.end() and self.text[inner[0] - 2 : inner[0]] == "$$":
                    self._formula(match.start(), closer.end(), *inner, "`$$", True)
                return closer.end()
        return match.end()

    def _heading(self, match: re.Match[str]) -> int:
        self._enter(len(match["level"]), match["title"].strip(" #"))
        return match.end("level")

    def _section(self, match: re.Match[str]) -> int:
        depths = ("chapter", "section", "subsection", "subsubsection", "paragraph")
        self._enter(depths.index(match["depth"]), match["name"])
        return match.start("name")

    def _enter(self, level: int, title: str) -> None:
        self.headings = [entry for entry in self.headings if entry[0] < level] + [(level, title)]

    def _definition(self, match: re.Match[str]) -> int:
        if self.unreadable_definitions > MAX_MACROS:
            return match.end()
        macro, end = read_definition(self.text, match.start())
        self.unreadable_definitions += macro is None
        if macro is not None and len(self.macros) < MAX_MACROS:
            self.macros = self.macros | {macro.name: macro}
        return end

    # Formulas

    def _script(self, match: re.Match[str]) -> int:
        closer = self._find(r"</script>", match.end())
        if closer is None:
            return match.end()
        display = "display" in match[0]
        self._formula(match.start(), closer.end(), match.end(), closer.start(), "<script>", display)
        return closer.end()

    def _tag(self, match: re.Match[str]) -> int:
        pattern = rf"\[/{match['tagged']}\]"
        if match["hugo"] is not None:
            pattern = rf"\{{\{{[<%][ \t]*/[ \t]*(?:{TAGS})[ \t]*[>%]\}}\}}"
        elif match["liquid"]:
            pattern = rf"\{{%-?[ \t]*end{match['liquid']}[ \t]*-?%\}}"
        closer = self._find(pattern, match.end())
        if closer is None or not self._is_one_formula(match.end(), closer.start()):
            return match.end()
        line = self._line(match.start())[0]
        display = "inline" not in match[0] and bool(_LONE.fullmatch(self.text[line : match.start()]))
        inner = self._without_dollars(match.end(), closer.start())
        self._formula(match.start(), closer.end(), *inner, match[0], display)
        return closer.end()

    def _lost(self, match: re.Match[str]) -> int:
        r"""A bracket alone on its line, with a formula behind it and the other alone on a line of its own."""
        closer = self._find(r"^[ \t>]*\][ \t]*\r?$", match.end(), match.end() + 5_000)
        inside = self.text[match.end() : closer.start()] if closer is not None else ""
        if closer is None or _BLANK.search(inside) or "$" in inside or not re.search(r"\\[A-Za-z]", inside):
            return match.end()
        self._formula(match.start(), closer.end(), match.end(), closer.start(), "[", True)
        return closer.end()

    def _role(self, match: re.Match[str]) -> int:
        closer = self._find(r"`", match.end(), self._paragraph_end(match.end()))
        if closer is None:
            return match.end()
        self._formula(match.start(), closer.end(), match.end(), closer.start(), ":math:", False)
        return closer.end()

    def _directive(self, match: re.Match[str]) -> int:
        """The indented block under `.. math::`; its paragraphs are formulas of their own."""
        margin, position = len(match["margin"].expandtabs(8)), match.end()
        if match["oneline"].strip():
            self._formula(match.start("oneline"), match.end("oneline"), *match.span("oneline"), ".. math::", True)
        begin: int | None = None
        last = position
        while position < len(self.text):
            start, end = position + 1, self._line(position + 1)[1]
            line = self.text[start:end]
            filled = bool(line.strip())
            if filled and len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip()) <= margin:
                break
            if filled:
                begin, last = (start if begin is None else begin), end
            elif begin is not None:
                self._formula(begin, last, begin, last, ".. math::", True)
                begin = None
            position = end
        if begin is not None:
            self._formula(begin, last, begin, last, ".. math::", True)
        return position

    def _dollartick(self, match: re.Match[str]) -> int:
        closer = self._find(r"`\$", match.end(), self._paragraph_end(match.end()))
        if closer is None:
            return match.start() + 1
        self._formula(match.start(), closer.end(), match.end(), closer.start(), "$`", False)
        return closer.end()

    def _environment(self, match: re.Match[str]) -> int:
        name = match["env"] + match["star"]
        depth, position = 1, match.end()
        pattern = rf"\\(begin|end)\{{{re.escape(name)}\}}"
        while 0 < depth <= _NESTED and (found := self._find(pattern, position)) is not None:
            depth += 1 if found[1] == "begin" else -1
            position = found.end()
        if depth:
            return self._unclosed(match, rf"\begin{{{name}}}")
        self._formula(match.start(), position, match.start(), position, name, True)
        return position

    def _bracketed(self, match: re.Match[str], name: str) -> int:
        display = name.endswith("display")
        closer = self._find(CLOSERS[name], match.end(), None if display else self._paragraph_end(match.end()))
        if closer is None or not self._is_one_formula(match.end(), closer.start()):
            return self._unclosed(match, match[0]) if display else match.end()
        inner = self._without_dollars(match.end(), closer.start())
        self._formula(match.start(), closer.end(), *inner, match[0], display)
        return closer.end()

    def _without_dollars(self, start: int, end: int) -> tuple[int, int]:
        r"""What stands inside dollars that are delimiters written twice: \( $z = w x$ \), in a math block, too."""
        dollars = _DOLLARS.fullmatch(self.text, start, end)
        return dollars.span("inner") if dollars else (start, end)

    def _double(self, match: re.Match[str]) -> int:
        start = match.end()
        line_end = self._line(start)[1]
        closer = self._find(r"(?<!\\)\$\$", start, line_end)
        if closer is None:
            single = self._single_closer(start, line_end)
            if single is not None and self.text[start:single].strip():
                self._formula(match.start(), single + 1, start, single, "$$", True)
                return single + 1
            closer = self._find(r"(?<!\\)\$\$", start)
        if closer is None or not self._is_one_formula(start, closer.start()):
            return self._unclosed(match, "$$")
        line = self._line(match.start())[0]
        alone = bool(_LONE.fullmatch(self.text[line : match.start()]))
        after = self.text[closer.end() : self._line(closer.end())[1]].strip()
        self._formula(match.start(), closer.end(), start, closer.start(), "$$", alone and len(after) < 2)
        return closer.end()

    def _single(self, match: re.Match[str]) -> int:
        start = match.end()
        line, line_end = self._line(match.start())
        if _LONE.fullmatch(self.text[line : match.start()]) and not self.text[start:line_end].strip():
            closer = self._find(r"^[ \t>]*\$[ \t]*\r?$", line_end)
            if (
                closer is not None
                and self._is_one_formula(start, closer.start())
                and "$" not in self.text[start : closer.start()]
            ):
                self._formula(match.start(), closer.end(), start, closer.start(), "$", True)
                return closer.end()
        end = self._single_closer(start, min(self._paragraph_end(start), start + 20_000))
        if end is None or self._is_money(start, end):
            return start
        self._formula(match.start(), end + 1, start, end, "$", False)
        return end + 1

    def _single_closer(self, start: int, limit: int) -> int | None:
        """The next `$` outside braces (a `\\text{…}` may hold formulas of its own), else the next at all."""
        depth, first = 0, None
        for match in re.compile(r"\\[\s\S]|[{}$]").finditer(self.text, start, limit):
            if match[0] in "{}":
                depth += 1 if match[0] == "{" else -1
            elif match[0] == "$":
                if depth <= 0:
                    return match.start()
                first = match.start() if first is None else first
            if first is not None and match.start() > first + 300:
                break
        return first

    def _is_money(self, start: int, end: int) -> bool:
        inside = self.text[start:end]
        if not inside.strip():
            return True
        plain = not re.search(r"[\\^_={}<>+*/|]", inside)
        return plain and inside[0].isdigit() and re.search(r"\s[A-Za-z]{2,}", inside) is not None

    def _is_one_formula(self, start: int, end: int) -> bool:
        """Whether the text between two delimiters can be one formula: no prose behind a blank line."""
        if _BLANK.search(self.text, start, end) is None:
            return True
        return end - start < 100_000 and _PROSE.search(_WORDS.sub("", self.text[start:end])) is None

    def _unclosed(self, match: re.Match[str], delimiter: str) -> int:
        end = min(self._line(match.end())[1], match.end() + 200)
        if self.text[match.end() : end].strip():
            problem = f"{delimiter} is never closed"
            self._formula(match.start(), end, match.end(), end, delimiter, True, problem)
        return match.end()

    def _formula(
        self,
        start: int,
        end: int,
        inner: int,
        inner_end: int,
        delimiter: str,
        display: bool,
        problem: str | None = None,
    ) -> None:
        if not self.text[inner:inner_end].strip():
            return
        slices = [(inner, inner_end)]
        line = self._line(start)[0]
        if "\n" in self.text[inner:inner_end] and _QUOTE.match(self.text, line, max(line, start)):
            slices = list(_without(slices, self._quote_marks(inner, inner_end)))
        if delimiter.startswith("\\\\"):
            escapes = [(m.start(), m.start() + 1) for m in _ESCAPED.finditer(self.text, inner, inner_end)]
            slices = list(_without(slices, escapes))
        elif self.syntax == "markdown" and self.text.startswith("|", line) and delimiter == "$":
            pipes = [(m.start(), m.start() + 1) for m in re.compile(r"\\(?=\|)").finditer(self.text, inner, inner_end)]
            slices = list(_without(slices, pipes))
        slices = list(_without(slices, self._definitions(inner, inner_end)))
        if not any(self.text[a:b].strip() for a, b in slices):
            return
        headings = tuple(title for _, title in self.headings)
        excerpt = Excerpt.join(self.source, slices)
        found = SourceFormula(excerpt, delimiter, display, start, end, headings, self.display_end, self.macros, problem)
        self.formulas.append(found)
        if len(self.formulas) > MAX_FORMULAS:
            raise NoteError(f"more than {MAX_FORMULAS} formulas; split the note")
        if display:
            self.display_end = end

    def _quote_marks(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        position = self.text.find("\n", start, end)
        while position >= 0:
            match = _QUOTE.match(self.text, position + 1, end)
            if match is not None:
                yield match.span()
            position = self.text.find("\n", position + 1, end)

    def _definitions(self, start: int, end: int) -> list[tuple[int, int]]:
        """The macro definitions inside a formula, which take effect and aren't part of what it says."""
        spans: list[tuple[int, int]] = []
        match = DEFINITION.search(self.text, start, end)
        while match is not None:
            after = self._definition(match)
            spans.append((match.start(), min(after, end)))
            match = DEFINITION.search(self.text, max(after, match.end()), end)
        return spans


def _without(slices: Iterable[tuple[int, int]], holes: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The slices with the holes (in order, apart) cut out."""
    gaps = list(holes)
    for start, end in slices:
        for hole, after in gaps:
            if hole >= end or after <= start:
                continue
            yield start, hole
            start = max(after, start)
        yield start, end
