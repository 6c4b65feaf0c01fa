"""Single stations of a call: what is understood of a text, and heard in a recording."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callbot import config
from callbot.commands.options import JsonOption, SiteOption, need_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callbot.events import Understanding
    from callbot.schema import Playbook


def understand(as_json: JsonOption = False, site: SiteOption = None) -> None:
    """Understand one utterance per line of stdin."""
    from callbot.content import load_site
    from callbot.room import load_understander, pull_missing

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    pull_missing(settings, [settings.encoder])
    engine = load_understander(settings, loaded)
    for line in sys.stdin:
        text = line.strip()
        began = time.perf_counter()
        hit = loaded.emergency.find(text)
        meaning = engine.understand(text, "", datetime.now(UTC))
        spent = (time.perf_counter() - began) * 1000
        felt = meaning.suspicion
        suspected = felt if felt and felt.score >= loaded.playbook.policy.thresholds.emergency else None
        dangers = ["emergency"] if hit or suspected else []
        result = {
            "text": text,
            "intent": "emergency" if dangers else meaning.intent,
            "confidence": hit.score if hit else meaning.confidence,
            "intents": dangers + [name for name in _ordinary(meaning) if name != "emergency"],
            "alternatives": [[guess.name, guess.confidence] for guess in meaning.intents],
            "slots": _own_words(loaded.playbook, meaning) | {slot.name: slot.value for slot in meaning.slots},
            "emergency": {
                "is": bool(dangers),
                "kind": hit.kind if hit else suspected.kind if suspected else None,
                "score": hit.score if hit else felt.score if felt else 0.0,
                "evidence": hit.evidence if hit else suspected.evidence if suspected else None,
            },
            "out_of_scope": meaning.out_of_scope and not dangers,
            "ms": round(spent, 2),
        }
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            slots = ", ".join(f"{slot.name}={slot.text!r}" for slot in meaning.slots)
            print(f"{result['intent']} {result['confidence']:.2f}  {slots}  ({spent:.0f} ms)", flush=True)


def _ordinary(meaning: Understanding) -> Sequence[str]:
    return (meaning.intent,) if meaning.out_of_scope else meaning.wanted


def _own_words(book: Playbook, meaning: Understanding) -> dict[str, str]:
    """What a case of this kind cannot do without and the utterance tells as a whole: what happened, what is asked."""
    from callbot.dialog.matters import told_by_opening

    spec = book.catalogue.intents.get(meaning.intent)
    if spec is None or meaning.out_of_scope:
        return {}
    told = told_by_opening(book, meaning.intent, meaning.text, is_answered=False)
    return {slot: meaning.text for slot in told if slot in spec.required}


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings: wav, flac, ogg, sph.")],
    as_json: JsonOption = False,
    full: Annotated[bool, typer.Option("--full", help="Decode offline with the full 30 s window.")] = False,
    site: SiteOption = None,
) -> None:
    """Hear recordings as a call would: 8 kHz telephone audio through the same ear."""
    from callbot.content import load_site
    from callbot.hearing import hear_as_call, hear_offline
    from callbot.room import VAD, pull_missing

    need_files(files)
    settings = config.load(site=site)
    policy = load_site(settings.site).playbook.policy
    pull_missing(settings, [settings.transcriber, settings.small_transcriber, settings.turn_detector, VAD])
    for result in hear_offline(settings, files) if full else hear_as_call(settings, policy, files):
        print(json.dumps(result, ensure_ascii=False) if as_json else f"{result['path']}: {result['text']}", flush=True)
