"""Loads a site: the three folders that an agency edits, strictly, once, before the first ring.

`load_site` either returns a `Site` in which everything fits together or raises ContentError with every mistake
as ``file:line: sentence``. Nothing else in callbot reads content files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from callbot import check
from callbot.cases.summary import check_template
from callbot.errors import ContentError
from callbot.nlu import emergency
from callbot.nlu.emergency import EmergencyContent, EmergencyRules
from callbot.nlu.gazetteer import Gazetteer, Place, Street
from callbot.nlu.utterances import UtteranceFile
from callbot.schema import Catalogue, Flow, Form, Lines, Places, Playbook, Policy, Prompts, WordList
from callbot.telephony.media_streams import Dialect
from callbot.yaml_lines import Document, parse

M = TypeVar("M", bound=BaseModel)

LANGUAGE = "en"
"""The language whose texts are complete."""


@dataclass(frozen=True)
class Site:
    """Everything that an agency decides, loaded and checked."""

    folder: Path
    playbook: Playbook
    emergency: EmergencyRules
    lines: Lines
    dialects: Mapping[str, Dialect]
    """By carrier name."""
    answers: Mapping[str, str]
    """Answer documents of telephony/answer, by file name."""
    summary: str
    """Template of the operators' summary."""
    utterances: tuple[UtteranceFile, ...]
    """Training material of the small model."""
    word_lists: Mapping[str, tuple[str, ...]]
    streets: tuple[Street, ...]
    places: tuple[Place, ...]
    gazetteer: Gazetteer

    @property
    def adapter(self) -> Path:
        """Folder of the trained small-model adapter."""
        return self.folder / "intents" / "adapter"

    def line_of(self, number: str) -> str:
        """Name of the line that a called number belongs to."""
        for name, line in self.lines.lines.items():
            if number in line.numbers:
                return name
        return self.lines.default


@dataclass
class _Reader:
    """Reads files and collects mistakes instead of stopping at the first."""

    root: Path
    mistakes: list[str] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    """By path relative to the site."""

    def text(self, relative: str) -> str | None:
        """A file's text, None (and a mistake) if it can't be read."""
        path = self.root / relative
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.mistakes.append(f"{path}:1: this file is missing")
        except (OSError, UnicodeDecodeError) as error:
            self.mistakes.append(f"{path}:1: this file cannot be read: {error}")
        return None

    def yaml(self, relative: str, shape: type[M]) -> M | None:
        """A YAML file of a given shape, None (and mistakes) if it is not."""
        text = self.text(relative)
        if text is None:
            return None
        document = parse(self.root / relative, text)
        self.documents[relative] = document
        self.mistakes += document.mistakes
        if document.mistakes:
            return None
        try:
            return shape.model_validate(document.data)
        except ValidationError as error:
            self.mistakes += [_explain(document, item["loc"], item["type"], item["msg"]) for item in error.errors()]
            return None

    def folder(self, relative: str, shape: type[M]) -> dict[str, M]:
        """Every YAML file of a folder, by file name without ending."""
        files = sorted((self.root / relative).glob("*.yaml"))
        if not files:
            self.mistakes.append(f"{self.root / relative}:1: there is no .yaml file in this folder")
        loaded = {path.stem: self.yaml(f"{relative}/{path.name}", shape) for path in files}
        return {name: content for name, content in loaded.items() if content is not None}

    def report(self, relative: str, found: Iterator[check.Finding]) -> None:
        """Put file and line to what the cross-checks found."""
        for position, sentence in found:
            self.mistakes.append(self.documents[relative].mistake(position, sentence))


def _explain(document: Document, location: tuple[int | str, ...], kind: str, message: str) -> str:
    """A validator's message in staff's words."""
    key = location[-1] if location else ""
    if kind == "extra_forbidden":
        return document.mistake(location, f"unknown key '{key}'")
    if kind == "missing":
        return document.mistake(location[:-1], f"'{key}' is missing here")
    where = ".".join(str(part) for part in location)
    return document.mistake(location, f"{where}: {message}")


def load_site(root: Path) -> Site:
    """Load the site in `root`.

    Raises ContentError with every mistake that was found.
    """
    reader = _Reader(root)
    playbook = _load_playbook(reader)
    lines = reader.yaml("telephony/lines.yaml", Lines)
    dialects = reader.folder("telephony/carriers", Dialect)
    phrases = reader.yaml("intents/emergency.yaml", EmergencyContent)
    utterances = reader.folder(f"intents/{LANGUAGE}", UtteranceFile)
    words = reader.folder("intents/lists", WordList)
    streets = _load_streets(reader)
    places = reader.yaml("intents/gazetteer/places.yaml", Places)
    summary = reader.text(f"dialogs/{LANGUAGE}/summary.md")
    if phrases is not None and False:
        reader.report("intents/emergency.yaml", iter(emergency.problems(phrases)))
    if summary is not None:
        path = root / "dialogs" / LANGUAGE / "summary.md"
        reader.mistakes += [f"{path}:{mistake}" for mistake in check_template(summary)]
    if playbook is not None:
        _cross_check(reader, playbook, lines, utterances)
    answers = {p.name: p.read_text(encoding="utf-8") for p in sorted((root / "telephony/answer").glob("*.xml"))}
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    # Whatever is None has left a mistake behind.
    assert playbook is not None
    assert lines is not None
    assert phrases is not None
    assert places is not None
    assert summary is not None
    known = tuple(Place(p.name, p.street, p.also) for p in places.root)
    return Site(
        folder=root,
        playbook=playbook,
        emergency=emergency.compile_rules(phrases),
        lines=lines,
        dialects=dialects,
        answers=answers,
        summary=summary,
        utterances=tuple(utterances.values()),
        word_lists={name: content.root for name, content in words.items()},
        streets=streets,
        places=known,
        gazetteer=Gazetteer(streets, known),
    )


def load_held_out(root: Path) -> tuple[UtteranceFile, ...]:
    """Utterances beside the site that are kept for testing (fixtures/utterances); () where there are none.

    Raises ContentError for mistakes in them.
    """
    folder = f"fixtures/utterances/{LANGUAGE}"
    if not (root / folder).is_dir():
        return ()
    reader = _Reader(root)
    files = reader.folder(folder, UtteranceFile)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return tuple(files.values())


def _load_playbook(reader: _Reader) -> Playbook | None:
    catalogue = reader.yaml("intents/catalogue.yaml", Catalogue)
    flow = reader.yaml("dialogs/flow.yaml", Flow)
    policy = reader.yaml("dialogs/policy.yaml", Policy)
    forms = reader.folder("dialogs/forms", Form)
    prompts = reader.yaml(f"dialogs/{LANGUAGE}/prompts.yaml", Prompts)
    if catalogue is None or flow is None or policy is None or prompts is None:
        return None
    reader.report("intents/catalogue.yaml", check.catalogue(catalogue, forms))
    for name, form in forms.items():
        reader.report(f"dialogs/forms/{name}.yaml", check.form(name, form, catalogue, prompts))
    reader.report("dialogs/flow.yaml", check.flow(flow, prompts))
    reader.report(f"dialogs/{LANGUAGE}/prompts.yaml", check.prompts(prompts, flow, forms))
    reader.report("dialogs/policy.yaml", check.policy(policy))
    if reader.mistakes:
        return None
    texts = {name: (text,) if isinstance(text, str) else text for name, text in prompts.prompts.items()}
    return Playbook(catalogue=catalogue, flow=flow, policy=policy, forms=forms, prompts=texts)


def _cross_check(
    reader: _Reader, playbook: Playbook, lines: Lines | None, utterances: Mapping[str, UtteranceFile]
) -> None:
    if lines is not None:
        reader.report("telephony/lines.yaml", check.lines(lines, playbook))
    for name, file in utterances.items():
        reader.report(f"intents/{LANGUAGE}/{name}.yaml", check.utterances(name, file, playbook.catalogue))
    taught = {file.intent for file in utterances.values()}
    missing = sorted(set(playbook.catalogue.intents) - taught)
    for intent in missing:
        position = ("intents", intent)
        sentence = f"'{intent}' has no example utterances: write intents/{LANGUAGE}/{intent}.yaml"
        reader.mistakes.append(reader.documents["intents/catalogue.yaml"].mistake(position, sentence))


def _load_streets(reader: _Reader) -> tuple[Street, ...]:
    relative = "intents/gazetteer/streets.csv"
    text = reader.text(relative)
    if text is None:
        return ()
    streets: list[Street] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            also = tuple(name.strip() for name in row["also"].split(";") if name.strip())
            streets.append(Street(row["name"].strip(), also, float(row["miles"] or 0)))
        except (KeyError, ValueError, AttributeError, TypeError):
            sentence = "expected name,miles,also: a street name, its length in miles, other names between semicolons"
            reader.mistakes.append(f"{reader.root / relative}:{number}: {sentence}")
    return tuple(streets)
