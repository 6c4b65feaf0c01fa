"""Trains the small model's adapter from a site's example utterances, as a new version.

What decides is data: each pass sees every line in other words (see `augment`, `typed`, `lessons`), and lines as the
recogniser heard them. A fifth is never trained on: a small part of it watches the passes, the larger part calibrates
the model as it is served (see `fitting`). The held-out utterances, written by
another hand, decide nothing; they are only reported.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.numpy import save_file

from callbot.content import Site
from callbot.errors import ModelError
from callbot.nlu.alarm import Bank, unit
from callbot.nlu.augment import Augmenter
from callbot.nlu.calibrate import Floats, clouds
from callbot.nlu.card import Report, card, card_json
from callbot.nlu.drift import Baseline, baseline, turn, vocabulary
from callbot.nlu.emergency import KINDS
from callbot.nlu.fitting import Fitted, Known, Labels, fit
from callbot.nlu.heard import HeardExample
from callbot.nlu.lessons import Lesson, Lessons
from callbot.nlu.material import (
    Division,
    Line,
    data_hash,
    divided,
    known_lines,
    own_values,
    plain_lines,
    site_heard,
    site_lists,
    site_slots,
    taught_slots,
)
from callbot.nlu.measures import Figures, measured
from callbot.nlu.model import (
    ADAPTER,
    EMERGENCY,
    FORMAT,
    HEADS,
    OUT_OF_SCOPE,
    SETTINGS,
    WEIGHTS,
    Encode,
    Heads,
    Raw,
    SmallModel,
    Subwords,
    Surroundings,
    file_hash,
    present,
    read_settings,
    read_tensors,
)
from callbot.nlu.network import Network, load_encoder
from callbot.nlu.recipe import Recipe
from callbot.nlu.served import open_encoder
from callbot.nlu.swaps import AugmentLists
from callbot.nlu.trainer import SCALE, Coder, Progress, Trainer, adapted, lora, meet, trained_weights
from callbot.nlu.utterances import OUTSIDE, UtteranceFile, examples, spans
from callbot.nlu.versions import CURRENT, promote

LEARNED = "learned.json"
"""Tells how the weights beside it were learned."""
BANK_CALM = 700
"""Ordinary lines that speak against a likeness to emergencies: the look-alikes, and those nearest to emergencies."""
JOINED_PAIRS = 200
"""Pairs of calibration lines that show how clearly two wishes are seen."""


@dataclass(frozen=True)
class Task:
    """What to train."""

    files: Sequence[UtteranceFile]
    """The site's utterances."""
    heard: Sequence[HeardExample]
    """The same as a recogniser heard them."""
    plain: Sequence[Line]
    """Lines that are only trained on; see `material.plain_lines`."""
    slots: Mapping[str, frozenset[str]]
    """Slots of each case intent."""
    lists: AugmentLists
    held_out: Sequence[UtteranceFile]
    """Utterances that only test."""
    is_emergency: Callable[[str], bool]
    """The emergency phrases."""
    encoder: Path
    out: Path
    """Folder of the versions."""
    cache: Path
    """Folder of the served graphs."""


class Learned(NamedTuple):
    """What came out of the teaching, beside the weights; `LEARNED` in their folder."""

    data: str
    """SHA-256 of the utterances."""
    seed: int
    best: int
    """The pass that was kept, counted from 1."""
    minutes: float
    recipe: Recipe
    after: str = ""
    """The version from which it went on."""


class _Made(NamedTuple):
    """What a training is made of."""

    known: list[Line]
    division: Division
    taught: dict[str, frozenset[str]]
    labels: Labels
    lessons: Lessons

    @classmethod
    def of(cls, task: Task, seed: int) -> Self:
        known = known_lines(task.files, task.heard)
        division = divided(known)
        taught = taught_slots(known, task.slots)
        rng = Random(seed)
        augmenter = Augmenter(task.lists, [line.example for line in division.trained], rng)
        lessons = Lessons([*division.trained, *_unseen(task.plain, known)], augmenter, taught, rng)
        return cls(known, division, taught, _labels(known), lessons)


def train(
    task: Task,
    *,
    seed: int,
    recipe: Recipe,
    progress: Progress,
    today: date,
    learned: Path | None = None,
    after: Path | None = None,
) -> Report:
    """Train an adapter and put it into a new version of folder `task.out`; the first one serves at once.

    `learned`: a folder that `learn` has filled, perhaps elsewhere; only the rest is done here then, with the seed and
    recipe of that. `after`: the folder of a version to go on from, see
    `recipe.continued`. The same input and seed give the same adapter on the same machine. The version appears in one
    move at the end, so a training that is broken off leaves nothing.

    Raises ValueError for a training file without an intent or fewer than two intents, MarkupError for broken marks,
    ModelError for an unusable encoder or for weights that were learned from other utterances.
    """
    scratch = task.out / ".new"
    if learned is None:
        learn(task, scratch, seed=seed, recipe=recipe, progress=progress, after=after)
    else:
        for name in (LEARNED, ADAPTER, HEADS):
            present(learned / name)
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(learned, scratch)
    taught = _read_learned(scratch / LEARNED)
    made = _Made.of(task, taught.seed)
    if taught.data != data_hash(made.known):
        raise ModelError(f"{scratch / LEARNED}: these weights were learned from other utterances than the site's")
    (scratch / LEARNED).unlink()
    return _served(task, scratch, made, taught, today)


def learn(
    task: Task, folder: Path, *, seed: int, recipe: Recipe, progress: Progress, after: Path | None = None
) -> None:
    """Teach the network and write its weights into `folder`: what takes long, and may be done on a machine that has
    a graphics card. Raises like `train`."""
    begun = time.monotonic()
    torch.manual_seed(seed)
    # With two threads a busy second core makes each step many times slower, and the result differ.
    torch.set_num_threads(1)
    made, subwords = _Made.of(task, seed), Subwords(task.encoder)
    body, hidden = load_encoder(task.encoder)
    labels = made.labels
    network = Network(adapted(body, recipe), hidden, len(labels.intents), len(labels.tags), len(labels.kinds))
    trainer = Trainer(network, Coder(labels, subwords), made.lessons, recipe, seed)
    if after is not None:
        _go_on_from(network, after, labels)
    weights = trained_weights(network)
    dev = [made.lessons.plain(line) for line in made.division.dev]
    best = trainer.fit(dev, progress, is_new=after is None)
    if after is not None:
        # Halfway between the two is better on other hands' utterances than either (held-out intents 89.8 %, not 89.4
        # and 89.1; robust fine-tuning, Wortsman et al. 2022).
        meet(network, weights)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write_weights(folder, network, recipe)
    minutes = (time.monotonic() - begun) / 60
    before = after.name if after is not None else ""
    done = Learned(data_hash(made.known), seed, best, round(minutes, 1), recipe, before)._asdict()
    done["recipe"] = asdict(recipe)
    (folder / LEARNED).write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")


def recipe_of(version: Path) -> Recipe:
    """The recipe by which a version was learned. Raises ModelError if its card does not tell."""
    try:
        return Recipe(**json.loads((version / "card.json").read_text(encoding="utf-8"))["recipe"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{version / 'card.json'} does not tell how it was learned: train from the start") from error


def _go_on_from(network: Network, version: Path, labels: Labels) -> None:
    settings = read_settings(version / SETTINGS)
    if (settings.intents, settings.tags, settings.kinds) != (labels.intents, labels.tags, labels.kinds):
        raise ModelError(f"{version} knows other intents or slots than the site: train from the start")
    heads = {name: torch.from_numpy(value) for name, value in read_tensors(version / HEADS).items()}
    own = network.state_dict()
    network.load_state_dict({name: value for name, value in heads.items() if name in own}, strict=False)
    adapter = {name: torch.from_numpy(value) for name, value in read_tensors(version / ADAPTER).items()}
    set_peft_model_state_dict(network.encoder, adapter)


def _read_learned(path: Path) -> Learned:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Learned(**{**row, "recipe": Recipe(**row["recipe"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} does not tell what was learned: {error}") from error


def _served(task: Task, scratch: Path, made: _Made, learned: Learned, today: date) -> Report:
    """Calibrate the model as it is served, judge it, and put it where versions are."""
    begun = time.monotonic()
    division, taught = made.division, made.taught
    fitted = _fitted(task, scratch, made)
    model = SmallModel.load(task.encoder, scratch, open_encoder(task.cache))
    report = Report(
        folder=task.out / f"{today.isoformat()}-{file_hash(scratch / ADAPTER)[:4]}",
        bytes=sum(file.stat().st_size for file in scratch.iterdir()),
        data=learned.data,
        seed=learned.seed,
        recipe=learned.recipe,
        after=learned.after,
        best_epoch=learned.best,
        trained=len(division.trained),
        heard=sum(line.is_heard for line in made.known),
        seconds=learned.minutes * 60 + time.monotonic() - begun,
        close=fitted.close,
        calibration=_on_calibration(model, division, taught, task),
        held_out=_held_out(model, task, taught),
        usual=_usual(model, division, task.lists),
    )
    counts = Counter(str(line.example.intent) for line in made.known if not line.is_heard)
    (scratch / "README.md").write_text(card(report, counts, today), encoding="utf-8")
    (scratch / "card.json").write_text(card_json(report, counts, today), encoding="utf-8")
    shutil.rmtree(report.folder, ignore_errors=True)
    scratch.rename(report.folder)
    if not (task.out / CURRENT).exists():
        promote(task.out, report.folder.name)
    return report


def site_task(site: Site, held_out: Sequence[UtteranceFile], encoder: Path, cache: Path) -> Task:
    """What to train for a loaded site.

    Raises ContentError when the site lacks a list that training needs, or a heard utterance is broken.
    """
    return Task(
        files=site.utterances,
        heard=site_heard(site),
        plain=plain_lines(site.playbook.catalogue),
        slots=site_slots(site),
        lists=site_lists(site),
        held_out=held_out,
        is_emergency=lambda text: site.emergency.find(text) is not None,
        encoder=encoder,
        out=site.adapters,
        cache=cache,
    )


def _unseen(plain: Sequence[Line], known: Sequence[Line]) -> list[Line]:
    """Those of the `plain` lines whose words are not already on one side of the division."""
    taken = {line.source for line in known}
    intents = {line.example.intent for line in known}
    return [line for line in plain if line.source not in taken and line.example.intent in intents]


def _labels(known: Sequence[Line]) -> Labels:
    slots = sorted({slot for line in known for slot, _, _ in spans(line.example.tags)})
    intents = tuple(sorted({str(line.example.intent) for line in known}))
    return Labels(intents, (OUTSIDE, *(f"{mark}-{slot}" for slot in slots for mark in "BI")), KINDS)


# ---------------------------------------------------------------- from the network to an adapter that serves


def _write_weights(folder: Path, network: Network, recipe: Recipe) -> None:
    """The adapter in half precision (a third of a thousandth of what it adds is lost), the heads in full."""
    heads = {name: value.numpy() for name, value in network.state_dict().items() if not name.startswith("encoder.")}
    save(heads, folder / HEADS)
    adapter = {name: value.half().numpy() for name, value in get_peft_model_state_dict(network.encoder).items()}
    save(adapter, folder / ADAPTER)
    config = lora(recipe)
    shape = config.to_dict() | {"base_model_name_or_path": None, "target_modules": config.target_modules}
    (folder / "adapter_config.json").write_text(json.dumps(shape, indent=1, default=str) + "\n", encoding="utf-8")


def save(tensors: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write tensors that whoever runs the site may read."""
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)
    # safetensors makes files that only their owner can read.
    path.chmod(0o644)


def _fitted(task: Task, folder: Path, made: _Made) -> Fitted:
    """Complete the heads' file and write the settings, from what the served encoder says."""
    division, taught, labels, lessons = made.division, made.taught, made.labels, made.lessons
    subwords = Subwords(task.encoder)
    tensors = read_tensors(folder / HEADS)
    reader = _Reader(open_encoder(task.cache)(task.encoder, folder, SCALE), Heads(tensors), subwords)
    trained = [Known(line, reader.raw(lessons.plain(line))) for line in division.trained]
    # Unseen lines lie further from the middles than trained ones; their variants come nearer to that.
    varied = [Known(line, reader.raw(lessons.varied(line))) for line in division.trained]
    around = _surroundings([*trained, *varied], trained, labels)
    calibration = [Known(line, reader.raw(lessons.plain(line))) for line in division.calibration]
    fitted = fit(
        calibration,
        _pairs(division.calibration, lessons, reader),
        around.surroundings,
        labels,
        lambda line: own_values(line.example, taught).tags,
        taught,
        encoder=file_hash(task.encoder / WEIGHTS),
        adapter_scale=SCALE,
        version=FORMAT,
    )
    save(tensors | around.tensors, folder / HEADS)
    (folder / SETTINGS).write_text(fitted.settings.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return fitted


@dataclass(frozen=True)
class _Reader:
    """The heads on the served encoder."""

    encode: Encode
    heads: Heads
    subwords: Subwords

    def raw(self, lesson: Lesson) -> Raw:
        encoded = self.subwords.encode(lesson.words, lesson.asked)
        return self.heads.read(self.encode(encoded.ids, encoded.segments), encoded.firsts)


class _Around(NamedTuple):
    surroundings: Surroundings
    tensors: dict[str, npt.NDArray[Any]]


def _surroundings(shown: Sequence[Known], trained: Sequence[Known], labels: Labels) -> _Around:
    """Clouds of the intents, and the bank of known emergencies with what only sounds like them."""
    embeddings: dict[str, list[Floats]] = defaultdict(list)
    for line, raw in shown:
        if line.example.intent != OUT_OF_SCOPE:
            embeddings[str(line.example.intent)].append(raw.pooled)
    means, precision = clouds(embeddings)
    dangers = [one for one in trained if one.line.example.intent == EMERGENCY]
    calm = [one for one in trained if one.line.example.intent != EMERGENCY]
    if dangers:
        nearest = (
            unit(np.stack([one.raw.pooled for one in calm])) @ unit(np.stack([one.raw.pooled for one in dangers])).T
        )
        order = np.argsort(-nearest.max(axis=1) - np.array([one.line.is_look_alike for one in calm]))
        calm = [calm[at] for at in order[:BANK_CALM]]
    rows = [*dangers, *calm]
    kinds = [
        labels.kinds.index(one.line.example.kind or "other") if one.line.example.intent == EMERGENCY else -1
        for one in rows
    ]
    vectors = unit(np.stack([one.raw.pooled for one in rows])).astype(np.float16)
    numbers = np.array(kinds, np.int8)
    tensors: dict[str, npt.NDArray[Any]] = {
        **{"means": means, "precision": precision},
        **{"bank": vectors, "bank_kinds": numbers},
    }
    return _Around(Surroundings(means, precision, Bank(vectors, numbers)), tensors)


def _pairs(lines: Sequence[Line], lessons: Lessons, reader: _Reader) -> list[tuple[tuple[str, ...], Raw]]:
    """Calibration lines, two case intents in one utterance."""
    joined = lessons.pairs([line for line in lines if not line.is_heard], JOINED_PAIRS)
    return [(lesson.intents, reader.raw(lesson)) for lesson in joined]


def _on_calibration(model: SmallModel, division: Division, taught: Mapping[str, frozenset[str]], task: Task) -> Figures:
    lines = division.calibration
    alike = frozenset(at for at, line in enumerate(lines) if line.is_look_alike and line.example.intent != EMERGENCY)
    return measured(model, [line.example for line in lines], taught, task.is_emergency, alike)


def _usual(model: SmallModel, division: Division, lists: AugmentLists) -> Baseline:
    """What is usual among utterances that were not trained on, to see callers drift from it."""
    names = [name for field in fields(lists) for name in getattr(lists, field.name)]
    known = frozenset(word for line in division.trained for word in line.example.words) | vocabulary((), names)
    turns = []
    for line in division.calibration:
        found = model.predict(line.example.text, line.example.asked)
        turns.append(turn(line.example.text, found.intents[0].probability, found.out_of_scope, known))
    return baseline(turns)


def _held_out(model: SmallModel, task: Task, taught: Mapping[str, frozenset[str]]) -> Figures | None:
    tested = [example for file in task.held_out for example in examples(file)]
    return measured(model, tested, taught, task.is_emergency) if tested else None
