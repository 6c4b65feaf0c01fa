"""Checks of intents/: the catalogue, what callers say, and the gazetteer. PURE."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from zoneinfo import available_timezones

from callbot.check.findings import Finding
from callbot.nlu.utterances import MarkupError, UtteranceFile, examples
from callbot.schema import OTHER_INTENTS, Catalogue, Places


def catalogue(content: Catalogue, forms: Collection[str], taught: Collection[str]) -> Iterator[Finding]:
    """Slots exist, every intent has a form and utterances, the zone is real.

    `forms` and `taught` are the names of the files in dialogs/forms and of those with utterances.
    """
    if content.agency.timezone not in available_timezones():
        yield ("agency", "timezone"), f"'{content.agency.timezone}' is not a time zone, e.g. America/New_York"
    for name in OTHER_INTENTS:
        if name in content.intents:
            yield ("intents", name), f"'{name}' is a reserved name"
    for name, intent in content.intents.items():
        for kind, slots in (("required", intent.required), ("one_of", intent.one_of), ("optional", intent.optional)):
            for index, slot in enumerate(slots):
                if slot not in content.slots:
                    yield ("intents", name, kind, index), f"there is no slot '{slot}'"
        if name not in forms:
            yield ("intents", name), f"'{name}' has no form: write dialogs/forms/{name}.yaml"
        if name not in taught:
            yield ("intents", name), f"'{name}' has no example utterances: write intents/en/{name}.yaml"


def utterances(file: str, content: UtteranceFile, known: Catalogue) -> Iterator[Finding]:
    """Intents, marks, slots and questions exist.

    A file that is named after no intent may be of various intents.
    """
    intents = {*known.intents, *OTHER_INTENTS}
    various = content.intent is None and file not in intents
    if not various and content.intent != file:
        yield ("intent",), f"the file is named {file}.yaml but its intent is '{content.intent or 'null'}'"
    if content.intent is not None and content.intent not in intents:
        yield ("intent",), f"there is no intent '{content.intent}' in intents/catalogue.yaml"
    questions = {*known.slots, "", "reason", "confirm", "more"}
    for index, utterance in enumerate(content.utterances):
        if various and utterance.intent is None:
            yield ("utterances", index), "'intent' is missing here: the file's own is null"
        elif various and utterance.intent not in intents:
            yield ("utterances", index, "intent"), f"there is no intent '{utterance.intent}' in intents/catalogue.yaml"
        elif not various and utterance.intent is not None:
            yield ("utterances", index, "intent"), "only a file that says `intent: null` names the intent of each line"
        try:
            example = examples(content.model_copy(update={"utterances": (utterance,)}))[0]
        except MarkupError as error:
            yield ("utterances", index), str(error)
            continue
        for slot in sorted({tag[2:] for tag in example.tags if tag != "O"} - set(known.slots)):
            yield ("utterances", index), f"there is no slot '{slot}' in intents/catalogue.yaml"
        if example.asked not in questions:
            yield ("utterances", index), f"there is no question '{example.asked}'"


def places(content: Places, streets: Collection[str]) -> Iterator[Finding]:
    """Places are on streets of the gazetteer."""
    for index, place in enumerate(content.root):
        if place.street is not None and place.street not in streets:
            yield (index, "street"), f"there is no street '{place.street}' in intents/gazetteer/streets.csv"
