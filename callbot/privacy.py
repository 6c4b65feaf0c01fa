"""What a log may hold of an error: never its message, which may quote a caller."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def where(error: BaseException) -> str:
    """An error's kind and the innermost place in callbot that it came through: "KeyError at callbot/call.py:12".

    A group gives those of its members. An error that never came through callbot gives only its kind.
    """
    kind = type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        return f"{kind} of {', '.join(where(member) for member in error.exceptions)}"
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    ours = [(path, line) for path, line in frames if path.is_relative_to(_PACKAGE)]
    if not ours:
        return kind
    path, line = ours[-1]
    return f"{kind} at {path.relative_to(_PACKAGE.parent).as_posix()}:{line}"
