"""Loads the engines once for all calls.

An engine that cannot be loaded is replaced by one that raises its reason, so that every use of it takes the
fallback that policy.yaml declares: a caller who reaches a damaged installation reaches a person.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from callbot.cases.store import Store
from callbot.config import Settings
from callbot.content import Site
from callbot.dialog.asides import QUESTION, is_question, sounds_like_a_question
from callbot.dialog.render import fixed_sentences
from callbot.engines import (
    Audio,
    Synthesizer,
    Transcriber,
    Transcript,
    TurnDetector,
    Understander,
)
from callbot.errors import EngineError, ModelError
from callbot.events import Understanding
from callbot.metrics import Metrics
from callbot.models import ModelStore
from callbot.nlu.drift import CARD, baseline_of, vocabulary
from callbot.nlu.informed import Informed
from callbot.nlu.knowledge import KnowledgeBase, Sentences
from callbot.nlu.material import site_slots
from callbot.nlu.model import SmallModel
from callbot.nlu.rules import RulesUnderstander
from callbot.nlu.served import open_encoder, open_plain_encoder
from callbot.nlu.slots import SlotReader
from callbot.nlu.understander import ModelUnderstander
from callbot.nlu.vehicles import VehicleLists
from callbot.nlu.watched import Watched
from callbot.pool import Pool
from callbot.speech.picking import Picking
from callbot.speech.smart_turn import SmartTurn
from callbot.speech.spoken import speakable
from callbot.speech.stt import WhisperTranscriber
from callbot.speech.tts import PiperSynthesizer, PromptCache
from callbot.speech.vad import SileroVad
from callbot.stations import Publish, Room

log = logging.getLogger("callbot.room")

T = TypeVar("T")

VAD = "silero-vad"


class Missing:
    """Stands where an engine could not be loaded."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def transcribe(self, *_asked: object, **_how: object) -> Transcript:
        """Raises EngineError."""
        raise EngineError(self.reason)

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:  # noqa: ARG002
        """Raises EngineError."""
        raise EngineError(self.reason)

    def complete(self, audio: Audio) -> float:  # noqa: ARG002
        """Raises EngineError."""
        raise EngineError(self.reason)

    def synthesize(self, sentence: str) -> Iterator[Audio]:  # noqa: ARG002
        """Raises EngineError."""
        raise EngineError(self.reason)


def needed_models(settings: Settings, site: Site) -> list[str]:
    """The models that calls on this site use: store names, paths or hub ids."""
    voices = {line.voice for line in site.lines.lines.values()}
    hearing = (settings.transcriber, settings.small_transcriber, settings.turn_detector, VAD)
    return [*dict.fromkeys(hearing), settings.encoder, *sorted(voices)]


def pull_missing(settings: Settings, specs: list[str]) -> None:
    """Fetch the store's models among `specs` that are not there yet.

    Raises ModelError when one cannot be fetched.
    """
    models = ModelStore(settings.models)
    known = {entry.name for entry in models.entries()}
    absent = [spec for spec in specs if spec in known and not models.is_present(spec)]
    if absent:
        models.pull(absent, progress=True)


def open_store(settings: Settings, site: Site) -> Store:
    """The case store at the configured database."""
    if not settings.database_url:
        settings.home.mkdir(parents=True, exist_ok=True)
    codes = {name: intent.service_code for name, intent in site.playbook.catalogue.intents.items()}
    return Store(settings.database, service_codes=codes)


def slot_reader(site: Site) -> SlotReader:
    """Reads slots with the site's lists."""
    agency, lists = site.playbook.catalogue.agency, site.word_lists
    vehicles = VehicleLists(*(lists[name] for name in ("vehicle_makes", "vehicle_models", "colors")))
    names = frozenset(name.lower() for kind in ("first_names", "last_names") for name in lists[kind])
    return SlotReader(site.gazetteer, vehicles, names, agency.timezone, agency.area_code)


def load_understander(settings: Settings, site: Site, adapter: Path | None = None) -> ModelUnderstander:
    """The small model with the site's adapter.

    Raises ModelError when either is missing or damaged.
    """
    encoder = ModelStore(settings.models).resolve(settings.encoder)
    model = SmallModel.load(encoder, adapter or site.adapter, open_encoder(graphs(settings)))
    return ModelUnderstander(model, slot_reader(site), site_slots(site))


def informed(engine: Understander, settings: Settings, site: Site) -> Understander:
    """The small model with the site's knowledge pages; without them where they cannot be had.

    Then the agent does not know the answer to any question, and offers a person.
    """
    intents = site.playbook.catalogue.intents
    questions = frozenset(name for name in intents if is_question(site.playbook, name))
    try:
        pages = load_pages(settings, site)
    except ModelError as error:
        log.error("no question can be answered: %s", error)
        return engine

    def find(text: str) -> str | None:
        found = pages.find(text)
        return found.page if found is not None else None

    return Informed(engine, questions, QUESTION, sounds_like_a_question, find)


def load_pages(settings: Settings, site: Site) -> KnowledgeBase:
    """The site's knowledge pages, searched with the encoder as it is without its adapter, in whole precision.

    Raises ModelError when the encoder is missing, damaged or no BERT.
    """
    encoder = ModelStore(settings.models).resolve(settings.encoder)
    threshold = site.playbook.policy.thresholds.knowledge
    sentences = Sentences(open_plain_encoder(graphs(settings), encoder), encoder)
    return KnowledgeBase(site.knowledge, site.unanswered, sentences, threshold, graphs(settings))


def graphs(settings: Settings) -> Path:
    """Folder of the small model's graphs, which are built here from an encoder and an adapter."""
    return settings.models.parent / "understanding"


def watched(engine: Understander, site: Site, metrics: Metrics) -> Watched:
    """The small model with its drift counted in `metrics`, beside what the version's card calls usual."""
    names = [name for entries in site.word_lists.values() for name in entries]
    names += [name for street in site.streets for name in (street.name, *street.also)]
    names += [name for place in site.places for name in (place.name, *place.also)]
    card = site.adapter / CARD
    try:
        usual = baseline_of(card.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Calls go on without it; only the comparison is missing.
        log.warning("%s does not tell what is usual: %s", card, error)
    else:
        if usual is not None:
            metrics.usual(usual)
    return Watched(engine, vocabulary(site.utterances, names), metrics.understood)


def load_rules(site: Site) -> RulesUnderstander:
    """The keyword rules that need no model."""
    return RulesUnderstander(site.playbook.catalogue, slot_reader(site))


def load_transcriber(settings: Settings) -> WhisperTranscriber:
    """The speech recogniser, one decoding for each core at the same time.

    Raises ModelError when one of its models is missing or damaged.
    """
    models = ModelStore(settings.models)
    large, small = models.resolve(settings.transcriber), models.resolve(settings.small_transcriber)
    return WhisperTranscriber(large, cpu_threads=settings.threads, workers=workers(), small_model=small)


def load_voice(settings: Settings, voice: str) -> PiperSynthesizer:
    """A Piper voice with its cache of fixed prompts.

    Raises ModelError when it is missing or damaged.
    """
    path = ModelStore(settings.models).resolve(voice)
    return PiperSynthesizer(path, PromptCache(settings.models.parent / "prompts"))


def workers() -> int:
    """Engine threads: one for each core that this process may use."""
    return max(1, len(os.sched_getaffinity(0)))


@contextmanager
def open_room(settings: Settings, site: Site, store: Store, metrics: Metrics, publish: Publish) -> Iterator[Room]:
    """Load everything that calls need, warm the prompts, and put it away afterwards.

    Raises ModelError when voice activity detection is missing: without it nobody is heard at all.
    """
    models = ModelStore(settings.models)
    vad = models.resolve(VAD)
    SileroVad(vad)
    transcriber: Transcriber = _or_missing(lambda: load_transcriber(settings))
    understander: Understander = _or_missing(lambda: _understander(settings, site, metrics))
    if isinstance(transcriber, WhisperTranscriber):
        metrics.texts_refused(transcriber.refused)
        transcriber = Picking(transcriber, slot_reader(site).fit)
    detector: TurnDetector = _or_missing(lambda: SmartTurn(models.resolve(settings.turn_detector)))
    voices = {line.voice: _voice(settings, site, line.voice) for line in site.lines.lines.values()}
    with Pool(workers()) as pool, ThreadPoolExecutor(1, "store") as files:
        yield Room(
            pool=pool,
            new_vad=lambda: SileroVad(vad),
            turn_detector=detector,
            transcriber=transcriber,
            understander=understander,
            rules=load_rules(site),
            voices=voices,
            store=store,
            files=files,
            metrics=metrics,
            publish=publish,
            summary_template=site.summary,
        )


def _understander(settings: Settings, site: Site, metrics: Metrics) -> Understander:
    return watched(informed(load_understander(settings, site), settings, site), site, metrics)


def readiness(room: Room) -> dict[str, bool]:
    """What of the room is there."""
    return {
        "hear": not isinstance(room.transcriber, Missing),
        "end_of_turn": not isinstance(room.turn_detector, Missing),
        "understand": not isinstance(room.understander, Missing),
        "speak": not any(isinstance(voice, Missing) for voice in room.voices.values()),
        "database": room.store.is_reachable(),
    }


def _voice(settings: Settings, site: Site, voice: str) -> Synthesizer:
    def load() -> PiperSynthesizer:
        synthesizer = load_voice(settings, voice)
        synthesizer.warm(map(speakable, fixed_sentences(site.playbook.prompts)), progress=True)
        return synthesizer

    return _or_missing(load)


def _or_missing(load: Callable[[], T]) -> T | Missing:
    try:
        return load()
    except ModelError as error:
        log.error("an engine is missing, its station's fallback will be taken: %s", error)
        return Missing(str(error))
