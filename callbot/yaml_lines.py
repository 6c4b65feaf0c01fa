"""YAML that remembers where everything stands, so that a mistake can be named with its line.

Strict where YAML is lax: duplicate keys are mistakes, and only `true` and `false` are truth values (in
plain YAML the key `on` and the answer "no" would be, too).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.reader import ReaderError

Position = tuple[str | int, ...]
"""Keys and list indexes that lead from the top of a document to a value."""


if yaml.__with_libyaml__:

    class _Base(Composer, yaml.CSafeLoader):
        """Read by libyaml, which is many times faster, but composed in Python, which survives endless nesting."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            Composer.__init__(self)

else:
    _Base = yaml.SafeLoader  # type: ignore[misc, assignment]


class _Loader(_Base):
    """YAML 1.2 truth values."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class Document:
    """A parsed file."""

    path: Path
    data: Any
    lines: dict[Position, int]
    """Line (from 1) of every value."""
    mistakes: tuple[str, ...]
    """Duplicate keys and syntax errors, as ``path:line: sentence``."""

    def place(self, position: Sequence[str | int]) -> Position:
        """`position`, or the nearest value around it that is in the file."""
        best: Position = ()
        for part in position:
            # Validators put the names of types between the keys; those are not in the file.
            if (*best, part) in self.lines:
                best = (*best, part)
        return best

    def line(self, position: Sequence[str | int]) -> int:
        """Line of the value at `position`, or of the nearest value around it."""
        return self.lines.get(self.place(position), 1)

    def mistake(self, position: Sequence[str | int], sentence: str) -> str:
        """One printable mistake."""
        return f"{self.path}:{self.line(position)}: {sentence}"


def parse(path: Path, text: str) -> Document:
    """Parse YAML text; `path` is only used for messages."""
    lines: dict[Position, int] = {(): 1}
    mistakes: list[str] = []
    data = None
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            data = None if node is None else _build(loader, node, (), lines, mistakes, path)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        mistakes.append(f"{path}:{line}: not valid YAML: {error.problem or error.context}")
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        mistakes.append(f"{path}:{line}: not valid YAML: an invisible character (U+{error.character:04X})")
    except RecursionError:
        mistakes.append(f"{path}:1: not valid YAML: lists and keys are nested without end")
    return Document(path, data, lines, tuple(mistakes))


def _build(
    loader: _Loader, node: yaml.Node, at: Position, lines: dict[Position, int], mistakes: list[str], path: Path
) -> Any:
    line = lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if isinstance(key, bool) or not isinstance(key, (str, int)):
                mistakes.append(f"{path}:{key_node.start_mark.line + 1}: a key must be a word, not {key!r}")
                continue
            if key in result:
                mistakes.append(f"{path}:{key_node.start_mark.line + 1}: the key '{key}' stands here twice")
            result[key] = _build(loader, value_node, (*at, key), lines, mistakes, path)
            lines[(*at, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, child, (*at, i), lines, mistakes, path) for i, child in enumerate(node.value)]
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:  # a date that is in no calendar
        mistakes.append(f"{path}:{line}: not valid YAML: {error}")
        return None
