"""Public benchmarks of language understanding, read from a folder and trained by `fitting`.

None of their data comes with callbot: name the folder of a copy. Published figures stand beside ours so that
nobody has to look them up; their papers trained other encoders with other budgets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbot.errors import ConfigError
from callbot.evaluate.labelled import Labelled
from callbot.nlu.utterances import OUTSIDE, tokenise


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A public data set in its own division."""

    name: str
    trained: tuple[Labelled, ...]
    checked: tuple[Labelled, ...]
    """Chooses between weights; never tested on."""
    tested: tuple[Labelled, ...]
    strangers: tuple[Labelled, ...] = ()
    """Tested utterances that belong to no known intent."""


def snips(folder: Path) -> Benchmark:
    """SNIPS: seven intents with values, in train/, dev/ and test/ with label, seq.in and seq.out each.

    Raises ConfigError when a file is missing or the three do not have the same lines.
    """
    parts = (_bio(folder / "train"), _bio(folder / "dev"), _bio(folder / "test"))
    return Benchmark("snips", *parts)


def _bio(folder: Path) -> tuple[Labelled, ...]:
    columns = [_text(folder / name).splitlines() for name in ("label", "seq.in", "seq.out")]
    if len({len(column) for column in columns}) > 1:
        raise ConfigError(f"{folder}: label, seq.in and seq.out differ in length")
    found = []
    for number, (label, words, tags) in enumerate(zip(*columns, strict=True), start=1):
        example = Labelled(tuple(words.split()), (label.strip(),), tuple(tags.split()))
        if len(example.words) != len(example.tags):
            raise ConfigError(f"{folder / 'seq.out'}:{number}: {len(example.tags)} tags, {len(example.words)} words")
        found.append(example)
    return tuple(found)


def clinc(folder: Path) -> Benchmark:
    """CLINC150: 150 intents without values, and utterances out of scope, in data_full.json.

    The utterances out of scope that are meant for training are not used: a caller's never are known beforehand.
    Raises ConfigError when the file is missing or another.
    """
    data = _json(folder / "data_full.json")
    try:
        trained, checked, tested, strangers = (
            tuple(_plain(text, () if intent == "oos" else (intent,)) for text, intent in data[part])
            for part in ("train", "val", "test", "oos_test")
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{folder / 'data_full.json'} is not CLINC150's: {error!r}") from error
    return Benchmark("clinc", trained, checked, tested, strangers)


def _plain(text: str, intents: tuple[str, ...]) -> Labelled:
    words = tuple(token.word for token in tokenise(text))
    return Labelled(words, intents, (OUTSIDE,) * len(words))


NLUPP_FOLDS = 20


def nlupp(folder: Path) -> Benchmark:
    """NLU++: several intents an utterance, and values, in banking/ and hotels/ with fold0.json to fold19.json.

    The first division of its "large" setting: both domains, folds 0 and 1 are tested, 18 are trained on, of which
    the last only chooses between weights. Raises ConfigError when a file is missing or another.
    """
    folds = [
        tuple(example for domain in ("banking", "hotels") for example in _fold(folder / domain / f"fold{number}.json"))
        for number in range(NLUPP_FOLDS)
    ]
    trained = tuple(example for fold in folds[2:-1] for example in fold)
    return Benchmark("nlupp", trained, folds[-1], (*folds[0], *folds[1]))


def _fold(path: Path) -> tuple[Labelled, ...]:
    try:
        return tuple(_multi(row) for row in _json(path))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path} is not one of NLU++: {error!r}") from error


def _multi(row: dict[str, Any]) -> Labelled:
    tokens = tokenise(row["text"])
    tags = [OUTSIDE] * len(tokens)
    for slot, value in row.get("slots", {}).items():
        start, end = value["span"]
        inside = [at for at, token in enumerate(tokens) if token.start < end and token.end > start]
        for at in inside:
            tags[at] = f"{'B' if at == inside[0] else 'I'}-{slot}"
    return Labelled(tuple(token.word for token in tokens), tuple(row.get("intents", ())), tuple(tags))


READERS = {"snips": snips, "clinc": clinc, "nlupp": nlupp}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise ConfigError(f"{path} is no JSON: {error}") from error


def names_seen(trained: Sequence[Labelled]) -> frozenset[tuple[str, str]]:
    """(intent, tag) pairs that occur together."""
    return frozenset((intent, tag) for example in trained for intent in example.intents for tag in example.tags)
