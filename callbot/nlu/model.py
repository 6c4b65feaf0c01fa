"""The small model: a sentence encoder with a trained adapter, and heads for intents, slots and emergencies.

It is small so that it answers between two breaths on one core, and it is asked together with the question that
was open: "two fifteen orange" is an address when the address was asked for, and noise when it was not. The encoder
runs as a quantised graph (see `served`), or in torch where that cannot be built (see `network`); the heads are a few
small matrices and are computed here, so both give the same answers but for rounding.

A probability that comes out is calibrated on utterances that the training never saw, on the model as it is served;
whether an utterance resembles anything known is judged apart, by its distance from the known intents, because
a softmax is confident about nonsense.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from callbot.errors import ModelError
from callbot.nlu.alarm import Alarm, Bank, Detector, merged
from callbot.nlu.calibrate import Floats, Scale, log_odds, sigmoid, softmax, squares
from callbot.nlu.utterances import OUTSIDE, spans, tokenise
from callbot.nlu.wishes import halves
from callbot.schema import OTHER_INTENTS

OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
ADAPTER, HEADS, SETTINGS = "adapter_model.safetensors", "heads.safetensors", "settings.json"
FORMAT = 3
"""Version of the adapter folder; raised when an older program could misread it."""

MAX_TOKENS = 256
"""Subwords of one input: some 200 words, more than a minute of speech. What is beyond is not read."""

CLEAR = 0.5
"""Probability from which on half an utterance has an intent of its own."""
LIKELY = 0.1
"""Probability from which on an intent counts when values are looked for."""
_NEVER = -1e4
"""Logit of what cannot be."""

Encode = Callable[[Sequence[int], Sequence[int]], Floats]
"""Subword ids and segment ids of one input to its states (subwords, hidden)."""


class Guess(NamedTuple):
    """One possible intent."""

    name: str
    probability: float


class Span(NamedTuple):
    """One slot's value in the caller's words."""

    slot: str
    start: int
    """Index of its first character in the text."""
    end: int
    """Index after its last character."""
    confidence: float
    """Calibrated probability that slot and both ends are right."""


class Prediction(NamedTuple):
    """What the small model makes of one utterance."""

    intents: tuple[Guess, ...]
    """Every intent, best first. Those but "emergency" sum to at most 1; "emergency" has the detectors' score, whose
    threshold is at 0.5, because an utterance may hold an emergency beside anything else. Empty for a text without
    words."""
    wanted: tuple[str, ...]
    """Every intent that the caller has, the surest first: more than one where he wants more than one thing."""
    spans: tuple[Span, ...]
    """In order of the text."""
    out_of_scope_score: float
    """Log-odds that the utterance is out of scope; infinite for a text without words."""
    out_of_scope: bool
    """The score is above the threshold (an emergency never is)."""
    alarm: Alarm


class AdapterSettings(BaseModel):
    """settings.json of an adapter folder: what its tensors mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    encoder: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the encoder's model.safetensors: an adapter fits one encoder only."""
    intents: tuple[str, ...] = Field(min_length=2)
    tags: tuple[str, ...] = Field(min_length=1)
    """BIO labels, "O" first."""
    kinds: tuple[str, ...] = Field(min_length=1)
    """Kinds of emergency."""
    scale: float
    """The low-rank product is multiplied by this before it is added to the encoder's weights."""
    blend: tuple[float, float]
    """Weights of the two opinions on the intent: the head's logits, and the nearness to each intent's cloud."""
    intent_scale: Scale
    """How far the probability of the best intent can be trusted."""
    slot_temperature: float = Field(gt=0)
    slot_scale: Scale
    """How far the probability of a value's most doubtful word can be trusted."""
    stranger: tuple[float, float, float]
    """Log-odds of being out of scope: constant, weight of the distance, weight of the class's log-odds."""
    stranger_threshold: float
    wanted_threshold: float = Field(gt=0)
    """Probability from which on a further intent counts as wanted too."""
    head: Detector
    """On the emergency head's logit."""
    likeness: Detector
    """On the likeness to known emergencies."""
    slots: dict[str, tuple[str, ...]]
    """Slots that each intent's utterances teach; the tags were trained, and are read, given the intent."""
    close_threshold: float
    """Confidence of an intent from which on it is wrong in less than 2 % (with 95 % certainty); above 1 = never."""


class Raw(NamedTuple):
    """What the heads say about one utterance."""

    intents: Floats
    """Logits (intents,) of which one wins."""
    wants: Floats
    """Logits (intents,), each by itself."""
    slots: Floats
    """Logits at the words (words, tags)."""
    alarm: float
    """Logit of an emergency."""
    kinds: Floats
    """Logits (kinds,)."""
    pooled: Floats
    """Embedding (hidden,)."""


class Heads:
    """The linear heads on top of the encoder's states; the same as `network.Network` has in training."""

    def __init__(self, tensors: dict[str, Floats]) -> None:
        """Raises KeyError for a tensor that is not there."""
        self._layers = {
            name: (
                np.ascontiguousarray(tensors[f"{name}.weight"].T, np.float32),
                tensors[f"{name}.bias"].astype(np.float32),
            )
            for name in ("look", "intent", "wants", "slot", "alarm", "kind")
        }

    def read(self, states: Floats, firsts: Sequence[int]) -> Raw:
        """What the `states` (subwords, hidden) mean; `firsts` are the first subwords of the words."""
        pooled = states.mean(axis=0)
        attention = softmax(self._apply("look", states).T)
        intent_focus, alarm_focus = attention @ states
        both, danger = np.concatenate([pooled, intent_focus]), np.concatenate([pooled, alarm_focus])
        return Raw(
            self._apply("intent", both),
            self._apply("wants", both),
            self._apply("slot", states[firsts]),
            float(self._apply("alarm", danger)[0]),
            self._apply("kind", danger),
            pooled,
        )

    def _apply(self, name: str, values: Floats) -> Floats:
        weight, bias = self._layers[name]
        result: Floats = values @ weight + bias
        return result

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many intents, tags and kinds there are."""
        intents, tags, kinds = (len(self._layers[name][1]) for name in ("intent", "slot", "kind"))
        return intents, tags, kinds


class Encoded(NamedTuple):
    """One utterance as subwords."""

    ids: list[int]
    segments: list[int]
    firsts: list[int]
    """Index of the first subword of each word, in order; words beyond `MAX_TOKENS` have none."""


class Subwords:
    """The encoder's tokenizer, asked for pairs: the open question, then the caller's words."""

    def __init__(self, encoder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(present(encoder / TOKENIZER)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        self.mask: int | None = self._tokenizer.token_to_id("[MASK]")
        """Stands for a subword that is hidden in training; None where the encoder has no such word."""

    def encode(self, words: Sequence[str], asked: str) -> Encoded:
        """The subwords of `words`, given the open question (a slot name and the like, "" = none)."""
        question = ["asked", *(asked.replace("_", " ").split() or ["nothing"])]
        pair = self._tokenizer.encode(question, list(words), is_pretokenized=True)
        firsts: list[int] = []
        for at, (word, segment) in enumerate(zip(pair.word_ids, pair.sequence_ids, strict=True)):
            if segment == 1 and word == len(firsts):
                firsts.append(at)
        return Encoded(pair.ids, pair.type_ids, firsts)


class Surroundings(NamedTuple):
    """What is known of the space of embeddings."""

    means: Floats
    """(intents, hidden)"""
    precision: Floats
    """(hidden, hidden)"""
    bank: Bank


def opinions(raw: Raw, around: Surroundings, intents: Sequence[str]) -> tuple[Floats, Floats, float]:
    """Two opinions on the intent, each in logits (intents,), and the distance from the nearest intent.

    The second one is how near the utterance is to what was said for each intent in training. It is another view of the
    same embedding, and less sure of itself: together with the head's 3 of 100 utterances more are right.
    """
    halves = squares(raw.pooled, around.means, around.precision) / 2
    nearest = float(halves.min())
    # What is out of scope has no cloud: it is as near as the nearest other.
    near = np.full(len(intents), -nearest, np.float32)
    near[[at for at, name in enumerate(intents) if name != OUT_OF_SCOPE]] = -halves
    return raw.intents, near, math.sqrt(2 * nearest)


class SmallModel:
    """Intents, slots and alarms of an utterance. Loaded once; `predict` may be called from many threads at a time."""

    def __init__(
        self, encode: Encode, heads: Heads, subwords: Subwords, settings: AdapterSettings, around: Surroundings
    ) -> None:
        self._encode = encode
        self._heads = heads
        self._subwords = subwords
        self._around = around
        self.settings = settings
        self._allowed = transitions(settings.tags)
        self._stranger = settings.intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in settings.intents else None

    @classmethod
    def load(cls, encoder: Path, adapter: Path, open_encoder: Callable[[Path, Path, float], Encode]) -> Self:
        """The trained adapter of folder `adapter` on the encoder of folder `encoder`.

        `open_encoder` is told both folders and the adapter's scale and gives what computes states: see
        `served.open_encoder`. Raises ModelError, naming the file, when one is missing or damaged or the two do not
        belong together.
        """
        settings = read_settings(adapter / SETTINGS)
        if file_hash(encoder / WEIGHTS) != settings.encoder:
            raise ModelError(f"{adapter} was trained on another encoder than {encoder}: train it again")
        tensors = read_tensors(adapter / HEADS)
        try:
            heads = Heads(tensors)
            bank = Bank(tensors["bank"].astype(np.float16), tensors["bank_kinds"].astype(np.int8))
            around = Surroundings(tensors["means"], tensors["precision"], bank)
        except KeyError as error:
            raise ModelError(f"{adapter / HEADS} lacks {error}") from error
        if heads.shape != (len(settings.intents), len(settings.tags), len(settings.kinds)):
            raise ModelError(f"{adapter / HEADS} does not fit its own {SETTINGS}")
        return cls(open_encoder(encoder, adapter, settings.scale), heads, Subwords(encoder), settings, around)

    @property
    def intents(self) -> tuple[str, ...]:
        """Names of all intents that it knows."""
        return self.settings.intents

    def predict(self, text: str, asked: str = "") -> Prediction:
        """What `text` means, given the open question `asked`: a slot name, "reason", "confirm", "more" or "" for
        none."""
        tokens = tokenise(text)
        if not tokens:
            return Prediction((), (), (), math.inf, True, Alarm(0.0, "other", 0.0, 0.0))
        words = [token.word for token in tokens]
        raw = self._read(words, asked)
        alarm = self._alarm(raw)
        chances, far = self._chances(raw)
        strange = self._strangeness(far, chances)
        pair = self._pair(words)
        chances = self._trusted(merged(chances, EMERGENCY, alarm.score)) | pair
        ranked = sorted(chances.items(), key=lambda pair: -pair[1])
        if alarm.rings:
            ranked.sort(key=lambda pair: pair[0] != EMERGENCY)
        wanted = self._wanted(raw, ranked, pair)
        found = tuple(
            Span(name, tokens[first].start, tokens[end - 1].end, sure)
            for name, first, end, sure in self._values(raw.slots, [name for name, chance in ranked if chance >= LIKELY])
        )
        outside = strange > self.settings.stranger_threshold and not alarm.rings
        guesses = tuple(Guess(*row) for row in (ranked if pair else _counted_once(ranked, wanted)))
        return Prediction(guesses, wanted, found, strange, outside, alarm)

    def _read(self, words: Sequence[str], asked: str) -> Raw:
        encoded = self._subwords.encode(words, asked)
        return self._heads.read(self._encode(encoded.ids, encoded.segments), encoded.firsts)

    def _chances(self, raw: Raw) -> tuple[dict[str, float], float]:
        """The intents' probabilities as both opinions together have it, and the distance from the nearest intent."""
        head, near, far = opinions(raw, self._around, self.intents)
        said, like = self.settings.blend
        return dict(zip(self.intents, softmax(said * head + like * near).tolist(), strict=True)), far

    def _pair(self, words: Sequence[str]) -> dict[str, float]:
        """Two case intents and their probabilities, where the words come in halves that clearly want one each."""
        found: dict[str, float] = {}
        for half in halves(words) or ():
            chances = self._trusted(merged(self._chances(self._read(half, ""))[0], EMERGENCY, 0.0))
            best = max(chances, key=lambda name: chances[name])
            if best not in OTHER_INTENTS and chances[best] >= CLEAR:
                found[best] = chances[best]
        return found if len(found) > 1 else {}

    def _alarm(self, raw: Raw) -> Alarm:
        likeness, nearest = self._around.bank.likeness(raw.pooled)
        head, like = self.settings.head(raw.alarm), self.settings.likeness(likeness)
        kinds = self.settings.kinds
        # The kind of the one that rings: the head was taught kinds, the nearest line has one.
        kind = kinds[nearest] if like > head and head < 0.5 else kinds[int(raw.kinds.argmax())]
        return Alarm(max(head, like), kind, head, like)

    def _strangeness(self, far: float, chances: dict[str, float]) -> float:
        constant, by_distance, by_class = self.settings.stranger
        return constant + by_distance * far + by_class * log_odds(chances.get(OUT_OF_SCOPE, 0.0))

    def _trusted(self, chances: dict[str, float]) -> dict[str, float]:
        """The chances with the best ordinary intent's as it has proved right; the others share what is left, and
        none of them overtakes it."""
        ordinary = {name: chance for name, chance in chances.items() if name != EMERGENCY}
        best = max(ordinary, key=lambda name: ordinary[name])
        total = sum(ordinary.values()) or 1.0
        claimed = ordinary[best] / total
        sure = self.settings.intent_scale(best, claimed)
        shrunk = (1 - sure) / max(1 - claimed, 1e-9)
        scaled = {
            name: total * (sure if name == best else min(sure, chance / total * shrunk))
            for name, chance in ordinary.items()
        }
        return scaled | {EMERGENCY: chances[EMERGENCY]}

    def _wanted(self, raw: Raw, ranked: Sequence[tuple[str, float]], pair: Collection[str]) -> tuple[str, ...]:
        """The best intent, and every other one that stands by itself; where there is a `pair`, that."""
        best = ranked[0][0]
        if pair:
            return (best, *(name for name, _ in ranked if name in pair and name != best))
        chances = {name: sigmoid(float(odds)) for name, odds in zip(self.intents, raw.wants, strict=True)}
        others = [
            name
            for name, _ in ranked[1:]
            if name not in (EMERGENCY, OUT_OF_SCOPE) and chances[name] >= self.settings.wanted_threshold
        ]
        return (best, *sorted(others, key=lambda name: -chances[name])) if best != OUT_OF_SCOPE else (best,)

    def _values(self, logits: Floats, likely: Sequence[str]) -> list[tuple[str, int, int, float]]:
        """Slot, first word, word after the last, and confidence of each value that `likely` intents can have."""
        logits = given(logits, self.settings.tags, {slot for name in likely for slot in self.settings.slots[name]})
        return [
            (name, first, end, self.settings.slot_scale(name, sure))
            for name, first, end, sure in decoded(
                logits / self.settings.slot_temperature, self.settings.tags, self._allowed
            )
        ]


def _counted_once(ranked: Sequence[tuple[str, float]], wanted: Sequence[str]) -> list[tuple[str, float]]:
    """Where a caller wants two things, each is as likely as if the other had not been said."""
    several = {name for name in wanted if name != EMERGENCY}
    if len(several) < 2:
        return list(ranked)
    known = dict(ranked)
    total = sum(known[name] for name in several)
    return [
        (name, min(1.0, chance / max(1e-9, 1 - (total - chance))) if name in several else chance)
        for name, chance in ranked
    ]


def given(logits: Floats, tags: Sequence[str], slots: Collection[str]) -> Floats:
    """Tag `logits` (words, tags) where only values of `slots` can be."""
    possible = np.array([tag == OUTSIDE or tag[2:] in slots for tag in tags])
    kept: Floats = np.where(possible, logits, np.float32(_NEVER))
    return kept


def decoded(logits: Floats, tags: Sequence[str], allowed: Floats) -> list[tuple[str, int, int, float]]:
    """The values in tag `logits` (words, tags): slot, first word, word after the last, and the probability of the
    most doubtful word's tag."""
    chances = softmax(logits) if len(logits) else logits
    path = viterbi(np.log(chances + 1e-12), allowed)
    sure = chances[np.arange(len(path)), path]
    return [(name, first, end, float(sure[first:end].min())) for name, first, end in spans([tags[tag] for tag in path])]


def transitions(tags: Sequence[str]) -> Floats:
    """Log-allowance (from, to) of one tag after another; a row more, the last, for the start.

    A value goes on only where it has begun: "I-x" follows "B-x" or "I-x" alone. 0 = allowed, -inf = not.
    """
    allowed = np.zeros((len(tags) + 1, len(tags)), dtype=np.float32)
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            rows = [row for row, before in enumerate((*tags, OUTSIDE)) if before[2:] != tag[2:]]
            allowed[rows, column] = -np.inf
    return allowed


def viterbi(scores: Floats, allowed: Floats) -> list[int]:
    """The best row of tags for `scores` (words, tags), log-probabilities, under `transitions`."""
    if not len(scores):
        return []
    best = scores[0] + allowed[-1]
    steps: list[npt.NDArray[np.intp]] = []
    for row in scores[1:]:
        reached = best[:, None] + allowed[:-1]
        steps.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + row
    path = [int(best.argmax())]
    for step in reversed(steps):
        path.append(int(step[path[-1]]))
    return path[::-1]


def file_hash(path: Path) -> str:
    """SHA-256 of a file in hexadecimal. Raises ModelError if it is not there."""
    with present(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def present(path: Path) -> Path:
    """`path`, which must be a file. Raises ModelError if it is not there."""
    if not path.is_file():
        raise ModelError(f"{path} is missing")
    return path


def read_tensors(path: Path) -> dict[str, Floats]:
    """The tensors of a file as float32 arrays. Raises ModelError for a missing or damaged one."""
    try:
        tensors = {name: np.asarray(value, np.float32) for name, value in load_file(present(path)).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    return tensors


def read_settings(path: Path) -> AdapterSettings:
    """An adapter's settings. Raises ModelError for what is none, or is of another format."""
    try:
        settings = AdapterSettings.model_validate_json(present(path).read_bytes())
    except ValidationError as error:
        raise ModelError(f"{path} is not an adapter's settings: {_first_mistake(error)}") from error
    if settings.format != FORMAT:
        raise ModelError(f"{path} has format {settings.format}, this program reads {FORMAT}: train the adapter again")
    return settings


def _first_mistake(error: ValidationError) -> str:
    mistake: Any = error.errors()[0]
    return f"{'.'.join(str(part) for part in mistake['loc']) or 'file'}: {mistake['msg']}"
