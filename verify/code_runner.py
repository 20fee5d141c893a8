r"""The process in which the Python blocks of a note run, one after the other with shared names.

    python -I -B code_runner.py FOLDER COUNT SECONDS              (block_0.py …)

Each block's output, and the error that ended it, is a JSON line on standard output as soon as the block ends. Time,
memory and files are limited by the operating system; a hook of the interpreter refuses the network, other programs
and changes to files. The hook stops accidents: whoever wants to get around it, can. So blocks run on request only.
"""

from __future__ import annotations

import code
import contextlib
import io
import json
import os
import sys
import traceback
from typing import Any

BYTES = 4 << 30
MAX_OUTPUT = 100_000
_REFUSED = ("socket.connect", "socket.bind", "socket.sendto", "subprocess.", "os.system", "os.exec", "os.fork",
            "os.posix_spawn", "os.spawn", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod",
            "os.chown", "os.link", "os.symlink", "os.kill", "shutil.")  # fmt: skip


class _Bounded(io.StringIO):
    """What is printed, up to a limit."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > MAX_OUTPUT:
            raise RuntimeError(f"more than {MAX_OUTPUT:,} characters are printed")
        return super().write(text)


def limit(seconds: int) -> None:
    """Limits of the operating system, and the hook."""
    with contextlib.suppress(ImportError):  # Windows has no such limits: the caller's clock is left
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(f"{event} is refused")
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError(f"writing {arguments[0]} is refused")

    sys.addaudithook(refuse)


def fault(error: BaseException, path: str) -> dict[str, Any]:
    """The error and the block's line at which it arose."""
    if isinstance(error, SyntaxError):
        return {"line": error.lineno or 1, "message": f"{type(error).__name__}: {error.msg}", "syntax": True}
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    message = f"{type(error).__name__}: {error}".split("\n")[0]
    return {"line": (lines or [1])[-1] or 1, "message": message[:200], "syntax": False}


class _Blocks(code.InteractiveInterpreter):
    """Blocks that share their names; `error` is what ended the last one."""

    error: BaseException | None = None

    def showtraceback(self) -> None:
        self.error = sys.exception()

    def run(self, path: str) -> BaseException | None:
        self.error = None
        with open(path, encoding="utf-8") as file:
            source = file.read()
        try:
            self.runcode(compile(source, path, "exec"))
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError, SystemExit) as error:
            self.error = error
        return self.error


def main() -> None:
    folder, count = sys.argv[1], int(sys.argv[2])
    results = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what C code prints is no result
    limit(int(sys.argv[3]))
    blocks = _Blocks({"__name__": "__main__"})
    for number in range(count):
        path = os.path.join(folder, f"block_{number}.py")
        printed = _Bounded()
        with contextlib.redirect_stdout(printed):
            error = blocks.run(path)
        found = {"block": number, "printed": printed.getvalue(), "error": error and fault(error, path)}
        os.write(results, (json.dumps(found) + "\n").encode())


if __name__ == "__main__":
    main()
