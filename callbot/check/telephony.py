"""Checks of telephony/: the lines that callers ring. PURE."""

from __future__ import annotations

from collections.abc import Iterator

from callbot.check.findings import Finding
from callbot.schema import Lines, Prompts


def lines(content: Lines, texts: Prompts) -> Iterator[Finding]:
    """The default line exists, greetings exist, no number rings twice."""
    if content.default not in content.lines:
        yield ("default",), f"there is no line '{content.default}'"
    owner: dict[str, str] = {}
    for name, line in content.lines.items():
        for index, prompt in enumerate(line.greeting):
            if prompt not in texts.prompts:
                yield ("lines", name, "greeting", index), f"there is no prompt '{prompt}'"
        for index, number in enumerate(line.numbers):
            if number in owner:
                yield ("lines", name, "numbers", index), f"{number} already belongs to the line '{owner[number]}'"
            owner.setdefault(number, name)
