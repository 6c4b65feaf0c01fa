"""What logs hold of an error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callbot.cases import summary
from callbot.events import Scalar
from callbot.privacy import where


class Rude(dict[str, Scalar]):
    """Quotes the caller in its error."""

    def __contains__(self, key: object) -> bool:
        raise KeyError("my name is Maria Santos")


def caught(work: Callable[[], object]) -> Exception:
    """The error that some work raises."""
    try:
        work()
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture
def through_callbot() -> Exception:
    """An error from outside callbot that came up through two of its functions."""
    return caught(lambda: summary.display(Rude()))


def test_the_innermost_place_in_callbot_is_told_and_the_message_is_not(through_callbot: Exception) -> None:
    text = where(through_callbot)
    kind, _, line = text.rpartition(":")
    assert kind == "KeyError at callbot/cases/summary.py"
    first = summary._record.__code__.co_firstlineno
    assert first < int(line) < first + 10
    assert "Maria" not in text


def test_an_error_from_elsewhere_is_only_its_kind() -> None:
    def fail() -> None:
        raise ValueError("Maria Santos")

    assert where(caught(fail)) == "ValueError"
    assert where(KeyError("never raised: Maria Santos")) == "KeyError"


def test_a_group_tells_of_its_members(through_callbot: Exception) -> None:
    group = ExceptionGroup("Maria", [through_callbot, ExceptionGroup("Santos", [ValueError("Maria")])])
    assert where(group) == f"ExceptionGroup of {where(through_callbot)}, ExceptionGroup of ValueError"
