"""Loads a site: the three folders that an agency edits, strictly, once, before the first ring.

`load_site` either returns a `Site` in which everything fits together or raises ContentError with every mistake
as ``file:line: sentence``. Nothing else in callbot reads content files.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from callbot.cases.summary import check_template
from callbot.check import dialogs, flow, intents, knowledge, telephony
from callbot.check.findings import Finding
from callbot.errors import ContentError
from callbot.nlu.emergency import EmergencyContent, EmergencyRules, compile_checked
from callbot.nlu.gazetteer import Gazetteer, Place, Street
from callbot.nlu.utterances import UtteranceFile
from callbot.nlu.versions import current
from callbot.schema import (
    AskedFile,
    Catalogue,
    Flow,
    Form,
    Lines,
    Moods,
    Page,
    Places,
    Playbook,
    Policy,
    Prompts,
    Reasons,
    Unanswered,
    WordList,
)
from callbot.telephony.media_streams import Dialect
from callbot.yaml_lines import Document, parse

M = TypeVar("M", bound=BaseModel)

_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\s*", re.S)

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
    unanswered: tuple[str, ...]
    """Questions that no knowledge page answers."""

    @property
    def knowledge(self) -> Mapping[str, Page]:
        """Pages that answer questions, by file name without ending."""
        return self.playbook.knowledge

    @property
    def adapters(self) -> Path:
        """Folder of the small model's trained adapters, one a version."""
        return self.folder / "intents" / "adapter"

    @property
    def adapter(self) -> Path:
        """Folder of the adapter that serves. Raises ModelError when there is none."""
        return current(self.adapters)

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
    broken: set[str] = field(default_factory=set)
    """Files without usable content, by path relative to the site."""

    def text(self, relative: str) -> str | None:
        """A file's text, None (and a mistake) if it can't be read."""
        path = self.root / relative
        try:
            # Spreadsheets and some editors put a byte order mark in front.
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.mistakes.append(f"{path}:1: this file is missing")
        except (OSError, UnicodeDecodeError) as error:
            self.mistakes.append(f"{path}:1: this file cannot be read: {error}")
        self.broken.add(relative)
        return None

    def yaml(self, relative: str, shape: type[M]) -> M | None:
        """A YAML file of a given shape, None (and mistakes) if it is not."""
        text = self.text(relative)
        if text is None:
            return None
        return self._shaped(relative, text, shape)

    def page(self, relative: str) -> Page | None:
        """A knowledge page: YAML between two lines "---" and nothing else, None (and mistakes) if it is not."""
        text = self.text(relative)
        if text is None:
            return None
        front = _FRONT_MATTER.fullmatch(text)
        if front is None:
            sentence = "a page is keys and values between two lines '---', with nothing before or after them"
            self.mistakes.append(f"{self.root / relative}:1: {sentence}")
            self.broken.add(relative)
            return None
        # The empty line stands for the first "---", so that lines keep their numbers.
        return self._shaped(relative, f"\n{front[1]}", Page)

    def _shaped(self, relative: str, text: str, shape: type[M]) -> M | None:
        document = parse(self.root / relative, text)
        self.documents[relative] = document
        self.mistakes += document.mistakes
        try:
            if not document.mistakes:
                return shape.model_validate(document.data)
        except ValidationError as error:
            self.mistakes += _explain(document, error.errors())
        self.broken.add(relative)
        return None

    def folder(self, relative: str, shape: type[M]) -> dict[str, M]:
        """Every YAML file of a folder, by file name without ending."""
        names = self.names(relative)
        if not names:
            self.mistakes.append(f"{self.root / relative}:1: there is no .yaml file in this folder")
        loaded = {name: self.yaml(f"{relative}/{name}.yaml", shape) for name in names}
        return {name: content for name, content in loaded.items() if content is not None}

    def names(self, relative: str) -> list[str]:
        """Every YAML file of a folder, readable or not, without ending."""
        return sorted(path.stem for path in (self.root / relative).glob("*.yaml"))

    def report(self, relative: str, found: Iterable[Finding]) -> None:
        """Put file and line to what the cross-checks found."""
        for position, sentence in found:
            self.mistakes.append(self.documents[relative].mistake(position, sentence))


_IN_WORDS = {
    "string_type": "a text is expected here; put it into quotation marks",
    "string_too_short": "a text is expected here",
    "tuple_type": "a list is expected here",
    "dict_type": "keys with values are expected here",
    "model_type": "keys with values are expected here",
}
"""What a validator calls otherwise."""


def _explain(document: Document, errors: Sequence[ErrorDetails]) -> list[str]:
    """A validator's messages in staff's words, one a mistake."""
    # Where a text or a list is allowed, the validator complains of both: only the deepest, first complaint is kept.
    places = [document.place(error["loc"]) for error in errors]
    found = []
    for index, (place, error) in enumerate(zip(places, errors, strict=True)):
        key = error["loc"][-1] if error["loc"] else ""
        if error["type"] == "extra_forbidden":
            found.append(document.mistake(place, f"unknown key '{key}'"))
        elif error["type"] == "missing":
            found.append(document.mistake(place, f"'{key}' is missing here"))
        elif place not in places[:index] and not any(other[: len(place)] == place != other for other in places):
            where = ".".join(str(part) for part in place) or "file"
            found.append(document.mistake(place, f"{where}: {_IN_WORDS.get(error['type'], error['msg'])}"))
    return found


def load_site(root: Path) -> Site:
    """Load the site in `root`.

    Raises ContentError with every mistake that was found.
    """
    reader = _Reader(root)
    linked = _load_linked(reader)
    dialects = reader.folder("telephony/carriers", Dialect)
    phrases = reader.yaml("intents/emergency.yaml", EmergencyContent)
    words = reader.folder("intents/lists", WordList)
    streets = _load_streets(reader)
    places = reader.yaml("intents/gazetteer/places.yaml", Places)
    pages, unanswered = _load_knowledge(reader)
    summary = reader.text(f"dialogs/{LANGUAGE}/summary.md")
    emergency = None
    if phrases is not None:
        emergency, problems = compile_checked(phrases)
        reader.report("intents/emergency.yaml", problems)
    if places is not None and streets:
        reader.report("intents/gazetteer/places.yaml", intents.places(places, {street.name for street in streets}))
    if summary is not None:
        path = root / "dialogs" / LANGUAGE / "summary.md"
        reader.mistakes += [f"{path}:{mistake}" for mistake in check_template(summary)]
    names = sorted(path.name for path in (root / "telephony/answer").glob("*.xml"))
    answers = {name: reader.text(f"telephony/answer/{name}") or "" for name in names}
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    # Whatever is None has left a mistake behind.
    assert linked.lines is not None
    assert emergency is not None
    assert places is not None
    assert summary is not None
    known = tuple(Place(p.name, p.street, p.also) for p in places.root)
    return Site(
        folder=root,
        playbook=linked.playbook(pages),
        emergency=emergency,
        lines=linked.lines,
        dialects=dialects,
        answers=answers,
        summary=summary,
        utterances=tuple(linked.utterances.values()),
        word_lists={name: content.root for name, content in words.items()},
        streets=streets,
        places=known,
        gazetteer=Gazetteer(streets, known),
        unanswered=unanswered,
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


def load_asked(root: Path, name: str, pages: Collection[str]) -> AskedFile:
    """The questions of fixtures/knowledge/`name`.yaml beside the site, which ask for `pages`.

    Raises ContentError for mistakes in them.
    """
    reader = _Reader(root)
    relative = f"fixtures/knowledge/{name}.yaml"
    asked = reader.yaml(relative, AskedFile)
    if asked is not None:
        reader.report(relative, knowledge.asked(asked, pages))
    if asked is None or reader.mistakes:
        raise ContentError(reader.mistakes)
    return asked


@dataclass(frozen=True)
class _Linked:
    """The files that refer to each other; None, or not in the folder, = it could not be read."""

    catalogue: Catalogue | None
    flow: Flow | None
    policy: Policy | None
    forms: Mapping[str, Form]
    prompts: Prompts | None
    reasons: Reasons | None
    moods: Moods | None
    lines: Lines | None
    utterances: Mapping[str, UtteranceFile]

    def playbook(self, pages: Mapping[str, Page]) -> Playbook:
        """What the pure core needs, after all mistakes have been raised."""
        assert self.catalogue is not None
        assert self.flow is not None
        assert self.policy is not None
        assert self.prompts is not None
        assert self.reasons is not None
        assert self.moods is not None
        texts = {name: (text,) if isinstance(text, str) else text for name, text in self.prompts.prompts.items()}
        return Playbook(
            catalogue=self.catalogue,
            flow=self.flow,
            policy=self.policy,
            forms=dict(self.forms),
            prompts=texts,
            reasons=self.reasons.reasons,
            knowledge=dict(pages),
            moods=self.moods.moods,
        )


def _load_linked(reader: _Reader) -> _Linked:
    linked = _Linked(
        reader.yaml("intents/catalogue.yaml", Catalogue),
        reader.yaml("dialogs/flow.yaml", Flow),
        reader.yaml("dialogs/policy.yaml", Policy),
        reader.folder("dialogs/forms", Form),
        reader.yaml(f"dialogs/{LANGUAGE}/prompts.yaml", Prompts),
        reader.yaml(f"dialogs/{LANGUAGE}/reasons.yaml", Reasons),
        reader.yaml(f"dialogs/{LANGUAGE}/moods.yaml", Moods),
        reader.yaml("telephony/lines.yaml", Lines),
        reader.folder(f"intents/{LANGUAGE}", UtteranceFile),
    )
    if linked.policy is not None:
        reader.report("dialogs/policy.yaml", dialogs.policy(linked.policy))
    if linked.moods is not None:
        reader.report(f"dialogs/{LANGUAGE}/moods.yaml", dialogs.moods(linked.moods))
    if linked.policy is not None and linked.catalogue is not None:
        reader.report("dialogs/policy.yaml", dialogs.repeats(linked.policy, linked.catalogue))
    # A file that cannot be read is one mistake, and no reason to find fault with those that refer to it.
    if linked.catalogue is not None:
        _check_intents(reader, linked.catalogue, linked.utterances)
    if linked.reasons is not None and linked.flow is not None:
        reader.report(f"dialogs/{LANGUAGE}/reasons.yaml", dialogs.reasons(linked.reasons, linked.flow, linked.policy))
    if linked.prompts is not None:
        _check_prompts(reader, linked.prompts, linked)
    return linked


def _check_intents(reader: _Reader, known: Catalogue, utterances: Mapping[str, UtteranceFile]) -> None:
    taught = reader.names(f"intents/{LANGUAGE}")
    reader.report("intents/catalogue.yaml", intents.catalogue(known, reader.names("dialogs/forms"), taught))
    for name, file in utterances.items():
        reader.report(f"intents/{LANGUAGE}/{name}.yaml", intents.utterances(name, file, known))


def _check_prompts(reader: _Reader, texts: Prompts, linked: _Linked) -> None:
    relative = f"dialogs/{LANGUAGE}/prompts.yaml"
    reader.report(relative, dialogs.prompts(texts))
    if linked.lines is not None:
        reader.report("telephony/lines.yaml", telephony.lines(linked.lines, texts))
    if linked.catalogue is not None:
        if linked.policy is not None:
            reader.report("dialogs/policy.yaml", dialogs.raises(linked.policy, linked.catalogue, texts))
            reader.report("dialogs/policy.yaml", dialogs.phrases(linked.policy, linked.catalogue, texts))
        for name, form in linked.forms.items():
            reader.report(f"dialogs/forms/{name}.yaml", dialogs.form(name, form, linked.catalogue, texts))
    if linked.flow is not None:
        reader.report("dialogs/flow.yaml", flow.transitions(linked.flow, texts))
        if linked.policy is not None and not any(file.startswith("dialogs/forms/") for file in reader.broken):
            reader.report(relative, dialogs.unused_prompts(texts, linked.flow, linked.forms, linked.policy))


def _load_knowledge(reader: _Reader) -> tuple[dict[str, Page], tuple[str, ...]]:
    """The pages, and the questions that none of them answers; a site may have neither."""
    folder = "intents/knowledge"
    names = sorted(path.stem for path in (reader.root / folder).glob("*.md") if path.stem != "README")
    loaded = {name: reader.page(f"{folder}/{name}.md") for name in names}
    pages = {name: page for name, page in loaded.items() if page is not None}
    for name, finding in knowledge.pages(pages, names):
        reader.report(f"{folder}/{name}.md", [finding])
    if "unanswered" not in reader.names(folder):
        return pages, ()
    strangers = reader.yaml(f"{folder}/unanswered.yaml", Unanswered)
    if strangers is None:
        return pages, ()
    reader.report(f"{folder}/unanswered.yaml", knowledge.unanswered(strangers, pages))
    return pages, strangers.questions


def _load_streets(reader: _Reader) -> tuple[Street, ...]:
    relative = "intents/gazetteer/streets.csv"
    text = reader.text(relative)
    if text is None:
        return ()
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames is None or not {"name", "miles", "also"} <= set(rows.fieldnames):
        reader.mistakes.append(f"{reader.root / relative}:1: the first line must be name,miles,also")
        return ()
    streets: list[Street] = []
    for row in rows:
        try:
            also = tuple(name.strip() for name in row["also"].split(";") if name.strip())
            street = Street(row["name"].strip(), also, float(row["miles"] or 0))
        except (ValueError, AttributeError):
            street = None
        if street is None or not street.name or not 0 <= street.miles < math.inf or None in row:
            sentence = "expected name,miles,also: a street name, its length in miles, other names between semicolons"
            reader.mistakes.append(f"{reader.root / relative}:{rows.line_num}: {sentence}")
            continue
        streets.append(street)
    return tuple(streets)
