"""`callbot understand` and `callbot transcribe`."""

from __future__ import annotations

import pytest

from tests.commandline import CALLERS, rows, run


@pytest.mark.model
def test_understand_answers_line_by_line() -> None:
    found = rows(run("understand", "--json", stdin="loud party at 88 Howe Street\nhe is not breathing\n"))
    assert found[0]["intent"] == "noise_complaint"
    assert found[0]["slots"]["location"]["number"] == "88"
    assert not found[0]["emergency"]["is"]
    assert found[1]["emergency"] == {"is": True, "kind": "medical", "score": 1.0, "evidence": "not breathing"}
    keys = {"text", "intent", "confidence", "intents", "alternatives", "slots", "emergency", "out_of_scope", "ms"}
    assert set(found[0]) == keys
    assert [one["intents"] for one in found] == [["noise_complaint"], ["emergency"]]


@pytest.mark.model
def test_understand_tells_what_is_asked_and_what_happened_in_the_callers_words() -> None:
    said = (
        "What time does the library close on Saturdays?",
        "a man on the phone said he was from the tax office and I paid him in gift cards",
        "there's a pothole on Chapel Street near College",
    )
    question, fraud, pothole = rows(run("understand", "--json", stdin="\n".join(said) + "\n"))
    assert question["slots"]["question"] == said[0]
    assert fraud["slots"]["description"] == said[1]
    assert set(pothole["slots"]) == {"location"}, "what is not needed and was not told apart is not told"


@pytest.mark.model
def test_transcribe_hears_a_recording_as_a_call_would() -> None:
    (heard,) = rows(run("transcribe", str(CALLERS / "noise_03.wav"), "--json"))
    assert set(heard) == {"path", "text", "seconds", "compute_seconds", "finalize_ms", "partials"}
    assert "daniel" in heard["text"].lower()
    assert heard["compute_seconds"] > 0
    (full,) = rows(run("transcribe", str(CALLERS / "noise_03.wav"), "--json", "--full"))
    assert "daniel" in full["text"].lower()
    assert full["partials"] == []


def test_a_missing_recording_is_wrong_usage() -> None:
    done = run("transcribe", "no-such.wav")
    assert done.returncode == 2
    assert "no-such.wav: there is no such file" in done.stderr
