"""Dialling: callers who speak recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbot import config
from callbot.content import Site
from callbot.dial import dial_all, read_script, speaker, spoken, turns_of
from callbot.errors import ContentError
from callbot.server import running
from tests.fakes import FakeSynthesizer
from tests.test_server import fake_engines, settings, tone  # noqa: F401  fixtures


async def test_several_callers_at_once_are_measured(
    site: Site,
    settings: config.Settings,  # noqa: F811
    tone: Path,  # noqa: F811
) -> None:
    with fake_engines(["get me a person"]):
        async with running(settings, site) as server:
            url = f"ws://127.0.0.1:{server.media_port}/twilio"
            results = await dial_all(url, spoken([tone]), calls=2, caller="+12035550123", record=None)
    assert [row["call"] for row in results] == [1, 2, "all"]
    assert not any(row["failed"] for row in results)
    assert all(seconds is not None for seconds in results[-1]["latencies"])
    assert "median answer" in results[-1]["line"]


async def test_a_refused_call_is_a_row_not_an_exception(tone: Path) -> None:  # noqa: F811
    (row,) = await dial_all("ws://127.0.0.1:9/twilio", spoken([tone]), calls=1, caller="+12035550123", record=None)
    assert row["failed"]


def test_a_script_is_read_with_its_recordings_beside_it(tone: Path) -> None:  # noqa: F811
    script = tone.with_name("script.yaml")
    script.write_text('- audio: tone.wav\n- keys: "1"\n- silence: 2\n')
    (call,) = read_script(script, "+12035550123")
    assert (call.name, call.caller) == ("script", "+12035550123")
    turns = list(turns_of(call.lines, script.parent, unspoken))
    assert [turns[0].audio, turns[1].keys, turns[2].silence] == [tone, "1", 2.0]


def test_a_conversation_is_spoken_up_to_where_the_caller_hangs_up(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    lines = "lines: [{say: a pothole}, {say: a pothole}, {hangs_up: true}, {keys: '1'}]"
    script.write_text(f"- {{name: a hole, groups: [terse], caller: null, outcome: close, {lines}}}\n")
    (call,) = read_script(script, "+12035550123")
    assert (call.name, call.caller) == ("a hole", None)
    turns = list(turns_of(call.lines, tmp_path, speaker(FakeSynthesizer(), tmp_path)))
    assert len(turns) == 2
    assert turns[0].audio == turns[1].audio
    assert turns[0].audio is not None
    assert turns[0].audio.is_file()


def unspoken(words: str) -> Path:
    raise AssertionError(words)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- audio: no.wav\n", 1),
        ('- silence: 1\n- keys: "x"\n', 2),
        ("- silence: 1\n- what: 2\n", 2),
        ("- silence: 1\n- {keys: '1', silence: 3}\n", 2),
        ("- [\n", 2),
        ("- name: x\n  lines:\n  - audio: no.wav\n    say: x\n  groups: [terse]\n  outcome: close\n", 3),
        ("- name: x\n  lines:\n  - say: x\n", 1),
    ],
)
def test_mistakes_in_a_script_are_named_with_their_line(tmp_path: Path, text: str, line: int) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(text)
    with pytest.raises(ContentError, match=rf"script\.yaml:{line}: "):
        read_script(script, "+12035550123")
