"""YAML with line numbers, and stricter than YAML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.yaml_lines import parse

FILE = Path("policy.yaml")


def test_every_value_is_found_on_its_line() -> None:
    document = parse(FILE, "# a remark\nstates:\n  open:\n    say:\n      - hello\n      - {text: bye}\n")
    assert document.data == {"states": {"open": {"say": ["hello", {"text": "bye"}]}}}
    assert document.line(("states",)) == 2
    assert document.line(("states", "open", "say")) == 4
    assert document.line(("states", "open", "say", 0)) == 5
    assert document.line(("states", "open", "say", 1, "text")) == 6


def test_what_is_not_in_the_file_is_named_with_what_is_around_it() -> None:
    document = parse(FILE, "prompts:\n  hello: {a: b}\n")
    assert document.line(("prompts", "hello", "constrained-str")) == 2
    assert document.line(("prompts", "bye")) == 1
    assert document.line(()) == 1
    assert document.mistake(("prompts", "hello"), "too short") == "policy.yaml:2: too short"


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "x:\n  a: 1\n  a: 2\n", "a: 1\n\n'a': 2\n"])
def test_a_key_that_stands_twice_is_a_mistake_where_it_stands_again(text: str) -> None:
    assert parse(FILE, text).mistakes == ("policy.yaml:3: the key 'a' stands here twice",)


def test_every_key_that_stands_twice_is_named() -> None:
    mistakes = parse(FILE, "a: 1\na: 2\nb:\n  c: 1\n  c: 2\n").mistakes
    assert [mistake.split(":")[1] for mistake in mistakes] == ["2", "5"]


def test_only_true_and_false_are_truth_values() -> None:
    document = parse(FILE, "on: yes\nno: [off, y, n, True, true, false]\n")
    assert document.data == {"on": "yes", "no": ["off", "y", "n", "True", True, False]}
    assert document.mistakes == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: c: d\n", 2),
        ("a: 1\nb: [1, 2\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: !custom 2\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: c\0d\n", 2),
        ("a: 1\nb: 2026-02-30\n", 2),
        ("a: 1\n? [b, c]\n: 2\n", 2),
        ("a: 1\ntrue: 2\n", 2),
        ("&a [*a]", 1),
        ("[" * 5000, 1),
    ],
)
def test_broken_yaml_is_one_mistake_with_its_line(text: str, line: int) -> None:
    (mistake,) = parse(FILE, text).mistakes
    assert mistake.startswith(f"policy.yaml:{line}: ")
    assert "\n" not in mistake


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    document = parse(FILE, "\ufeffa: 1\r\nb: 2\r\n")
    assert document.data == {"a": 1, "b": 2}
    assert document.line(("b",)) == 2


@given(st.one_of(st.text(), st.text(alphabet="ab:-?!&*[]{}#|>'\"% \t\n0")))
def test_any_text_is_either_data_or_a_mistake(text: str) -> None:
    document = parse(FILE, text)
    assert all(mistake.startswith("policy.yaml:") for mistake in document.mistakes)
