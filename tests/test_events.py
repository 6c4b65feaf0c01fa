"""Every event can be written down and read back."""

from __future__ import annotations

import ast
import inspect
import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callbot
from callbot import events
from callbot.events import Command, Fact, IntentGuess, KeyPressed, Speak, Understanding, from_json, to_json

FACTS, COMMANDS = (
    [
        cls
        for _, cls in inspect.getmembers(events, inspect.isclass)
        if issubclass(cls, base) and cls is not base and cls.__module__ == events.__name__
    ]
    for base in (Fact, Command)
)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that events may hold; other types must be taught to the JSON functions first."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: _values(hints[field.name]) for field in fields(hint)})
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(_values, args))
    if origin is tuple and args[1:] == (...,):
        return st.lists(_values(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(_values(args[0]), _values(args[1]), max_size=3)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: st.datetimes(timezones=st.just(UTC)),
        **{kind: st.from_type(kind) for kind in (str, int, bool, bytes, type(None))},
    }
    return plain[hint]


@pytest.mark.parametrize("cls", FACTS + COMMANDS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_event_comes_back_from_json_as_it_was(cls: type[Fact | Command], data: st.DataObject) -> None:
    event = data.draw(_values(cls))
    written = json.dumps(to_json(event), allow_nan=False)
    back = from_json(json.loads(written))
    assert back == event
    assert type(back) is cls


def test_the_vocabulary_is_small() -> None:
    assert 10 <= len(FACTS) <= 16
    assert 8 <= len(COMMANDS) <= 15


@pytest.mark.parametrize("cls", FACTS + COMMANDS)
def test_an_event_never_changes(cls: type[Fact | Command]) -> None:
    assert cls.__dataclass_params__.frozen  # type: ignore[union-attr]
    assert not hasattr(cls, "__dict__") or "__slots__" in vars(cls)
    assert cls.__doc__


def test_all_events_stand_in_one_file() -> None:
    found = set()
    for path in Path(callbot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            bases = {base.id for base in getattr(node, "bases", []) if isinstance(base, ast.Name)}
            if bases & {"Fact", "Command"}:
                found.add((path.name, node.name))  # type: ignore[attr-defined]
    assert found == {("events.py", cls.__name__) for cls in FACTS + COMMANDS}


def test_a_strange_event_is_refused() -> None:
    with pytest.raises(KeyError):
        from_json({"event": "Dance"})
    with pytest.raises(KeyError):
        from_json({"event": "KeyPressed"})
    with pytest.raises(ValueError, match="isoformat"):
        from_json({**to_json(events.CallStarted("c", "main", None, "t", "C", datetime.now(UTC))), "wall": "noon"})


def test_reading_does_not_eat_what_was_read() -> None:
    row = to_json(KeyPressed("5"))
    from_json(row)
    assert row == {"event": "KeyPressed", "key": "5"}
    assert to_json(Speak(1, ("Hello.",), False))["sentences"] == ["Hello."]


def test_the_best_guess_counts_unless_nothing_fits() -> None:
    guesses = (IntentGuess("pothole", 0.7), IntentGuess("theft_report", 0.2))
    assert Understanding("hole", guesses, (), False).intent == "pothole"
    assert Understanding("hole", guesses, (), True).intent == "out_of_scope"
    assert Understanding("", (), (), False).intent == "out_of_scope"
    assert Understanding("", (), (), False).confidence == 0
