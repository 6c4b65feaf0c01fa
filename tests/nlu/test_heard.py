"""What was heard keeps the marks of what was said."""

from pathlib import Path

import pytest

from callbot.errors import ContentError
from callbot.nlu.heard import Heard, alignment, carried, read_heard, source_of
from callbot.nlu.utterances import Example, UtteranceFile, examples


def said(text: str) -> Example:
    return examples(UtteranceFile.model_validate({"intent": "pothole", "utterances": [text]}))[0]


@pytest.mark.parametrize(
    ("text", "heard", "expected"),
    [
        (
            "a pothole at [two fifteen Dixwell Avenue](location) since [Monday](occurred_at)",
            "A pot hole at 215 Dix well Avenue since Monday.",
            "A pot hole at [215 Dix well Avenue](location) since [Monday](occurred_at).",
        ),
        (
            "call [two oh three five five five oh one four two](callback_number) please",
            "Call 203-555-0142, please.",
            "Call [203-555-0142](callback_number), please.",
        ),
        ("on [Whalley](location), it's deep", "on Wally it's deep", "on [Wally](location) it's deep"),
        ("it's on [Orange](location)", "It's on.", "It's on."),
        ("[plate](location) [X](plate) is long", "platex is long", "[platex](location) is long"),
    ],
)
def test_marks_follow_their_words(text: str, heard: str, expected: str) -> None:
    assert carried(said(text), heard) == expected


def test_noise_taken_for_words_teaches_nothing() -> None:
    assert carried(said("there's a pothole on my street"), "thank you very much") is None
    assert carried(said("there's a pothole on my street"), " ... ") is None


def test_an_alignment_costs_what_was_misheard() -> None:
    assert alignment(["a", "pothole"], ["a", "pothole"]) == ([(0, 0), (1, 1)], 0.0)
    assert alignment(["yesterday", "pothole"], ["pothole"]) == ([(1, 0)], 1.0)
    assert alignment([], []) == ([], 0.0)


def test_files_are_read_in_order(tmp_path: Path) -> None:
    assert read_heard(tmp_path / "missing") == []
    one = Heard(say="a pot hole on [Wally](location)", intent="pothole", source="0" * 16)
    other = Heard(say="help", intent="emergency", kind="other", asked="location", source="1" * 16)
    lines = [row.model_dump_json(exclude_defaults=True) for row in (one, other)]
    (tmp_path / "spoken.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    first, second = read_heard(tmp_path)
    assert (first.source, first.example.words) == ("0" * 16, ("a", "pot", "hole", "on", "wally"))
    assert first.example.tags[-1] == "B-location"
    assert (second.example.intent, second.example.kind, second.example.asked) == ("emergency", "other", "location")


@pytest.mark.parametrize("line", ["{}", '{"say": "x", "intent": "a", "source": "1"}', "no json"])
def test_a_broken_line_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "spoken.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"spoken\.jsonl:1: this is no heard utterance"):
        read_heard(tmp_path)


def test_a_source_is_the_words_alone() -> None:
    assert source_of(said("A pothole!")) == source_of(said("a [pothole](location)")) != source_of(said("potholes"))
