"""The small model: a sentence encoder with a trained adapter, one head for the intent and one for the slots.

It is small so that it answers between two breaths on one core, and it is asked together with the question that
was open: "two fifteen orange" is an address when the address was asked for, and noise when it was not. The
adapter is low-rank (a few MB, one a site) and is added to the encoder's weights when loaded, so serving costs
nothing extra. A probability that comes out is temperature-scaled on utterances that the training never saw;
whether an utterance resembles anything known is judged apart, by its distance from the known intents, because
a softmax is confident about nonsense.

Only this module and `train` import torch.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from callbot.errors import ModelError
from callbot.nlu.calibrate import Floats, distance
from callbot.nlu.utterances import OUTSIDE, spans, tokenise

OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
ADAPTER, HEADS, SETTINGS = "adapter_model.safetensors", "heads.safetensors", "settings.json"
FORMAT = 1
"""Version of the adapter folder; raised when an older program could misread it."""

MAX_TOKENS = 256
"""Subwords of one input: some 200 words, more than a minute of speech. What is beyond is not read."""


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
    """Probability of its most doubtful word's label."""


class Prediction(NamedTuple):
    """What the small model makes of one utterance."""

    intents: tuple[Guess, ...]
    """Every intent, best first; probabilities sum to 1. Empty for a text without words."""
    spans: tuple[Span, ...]
    """In order of the text."""
    out_of_scope_score: float
    """Mahalanobis distance from the nearest known intent; infinite for a text without words."""
    out_of_scope: bool
    """The class "out_of_scope" won, or the distance is above the threshold (an emergency is never too far)."""


class AdapterSettings(BaseModel):
    """settings.json of an adapter folder: what its tensors mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    encoder: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the encoder's model.safetensors: an adapter fits one encoder only."""
    intents: tuple[str, ...] = Field(min_length=2)
    tags: tuple[str, ...] = Field(min_length=1)
    """BIO labels, "O" first."""
    scale: float
    """The low-rank product is multiplied by this before it is added to the encoder's weights."""
    intent_temperature: float = Field(gt=0)
    slot_temperature: float = Field(gt=0)
    threshold: float
    """Distance above which an utterance is out of scope."""


class Network(nn.Module):
    """Encoder, intent head on the mean of the words, slot head on every word."""

    def __init__(self, encoder: nn.Module, hidden: int, intents: int, tags: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.intent = nn.Linear(hidden, intents)
        self.slot = nn.Linear(hidden, tags)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Subword ids, segment ids and mask, each (batch, subwords), to intent logits (batch, intents),
        tag logits (batch, subwords, tags) and mean embeddings (batch, hidden)."""
        states = self.encoder(input_ids=ids, token_type_ids=segments, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * weights).sum(1) / weights.sum(1)
        return self.intent(self.dropout(pooled)), self.slot(self.dropout(states)), pooled


class Encoded(NamedTuple):
    """One utterance as subwords."""

    ids: list[int]
    segments: list[int]
    firsts: list[int]
    """Index of the first subword of each word, in order; words beyond `MAX_TOKENS` have none."""


class Subwords:
    """The encoder's tokenizer, asked for pairs: the open question, then the caller's words."""

    def __init__(self, encoder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(_present(encoder / TOKENIZER)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")

    def encode(self, words: Sequence[str], asked: str) -> Encoded:
        """The subwords of `words`, given the open question (a slot name and the like, "" = none)."""
        question = ["asked", *(asked.replace("_", " ").split() or ["nothing"])]
        pair = self._tokenizer.encode(question, list(words), is_pretokenized=True)
        firsts: list[int] = []
        for at, (word, segment) in enumerate(zip(pair.word_ids, pair.sequence_ids, strict=True)):
            if segment == 1 and word == len(firsts):
                firsts.append(at)
        return Encoded(pair.ids, pair.type_ids, firsts)


class SmallModel:
    """Intents and slots of an utterance. Loaded once; `predict` may be called from many threads at a time."""

    def __init__(
        self, network: Network, subwords: Subwords, settings: AdapterSettings, means: Floats, precision: Floats
    ) -> None:
        self._network = network
        self._subwords = subwords
        self._settings = settings
        self._means = means
        self._precision = precision
        self._allowed = transitions(settings.tags)

    @classmethod
    def load(cls, encoder: Path, adapter: Path, threads: int = 1) -> Self:
        """The encoder of folder `encoder` with the trained adapter of folder `adapter`.

        `threads` counts for all of torch in this process. More than one is slower on a shared machine: with a
        second thread and a busy second core one utterance took 27 times as long.

        Raises ModelError, naming the file, when one is missing or damaged or the two do not belong together.
        """
        torch.set_num_threads(threads)
        settings = _read_settings(adapter / SETTINGS)
        if file_hash(encoder / WEIGHTS) != settings.encoder:
            raise ModelError(f"{adapter} was trained on another encoder than {encoder}: train it again")
        heads = _read_tensors(adapter / HEADS)
        body, hidden = load_encoder(encoder)
        network = Network(body, hidden, len(settings.intents), len(settings.tags))
        try:
            add_adapter(body, _read_tensors(adapter / ADAPTER), settings.scale)
            means, precision = heads.pop("means").numpy(), heads.pop("precision").numpy()
            missing = network.load_state_dict(heads, strict=False).missing_keys
        except (KeyError, AttributeError, RuntimeError) as error:
            raise ModelError(f"{adapter} does not fit its own {SETTINGS}: {error}") from error
        if absent := [name for name in missing if not name.startswith("encoder.")]:
            raise ModelError(f"{adapter / HEADS} lacks {', '.join(absent)}")
        return cls(network.eval(), Subwords(encoder), settings, means, precision)

    @property
    def intents(self) -> tuple[str, ...]:
        """Names of all intents that it knows."""
        return self._settings.intents

    def predict(self, text: str, asked: str = "") -> Prediction:
        """Intents and slots of `text`, given the open question `asked`: a slot name, "reason", "confirm", "more"
        or "" for none."""
        tokens = tokenise(text)
        if not tokens:
            return Prediction((), (), math.inf, True)
        encoded = self._subwords.encode([token.word for token in tokens], asked)
        intent, slot, pooled = self._run(encoded)
        chances = softmax(intent / self._settings.intent_temperature)
        ranked = sorted(zip(self._settings.intents, chances.tolist(), strict=True), key=lambda pair: -pair[1])
        score = distance(pooled, self._means, self._precision)
        best = ranked[0][0]
        far = score > self._settings.threshold and best != EMERGENCY
        tags = softmax(slot / self._settings.slot_temperature)
        found = tuple(
            Span(name, tokens[first].start, tokens[end - 1].end, sure) for name, first, end, sure in self._values(tags)
        )
        return Prediction(tuple(Guess(*pair) for pair in ranked), found, score, best == OUT_OF_SCOPE or far)

    def _run(self, encoded: Encoded) -> tuple[Floats, Floats, Floats]:
        """Intent logits (intents,), tag logits (words, tags) and embedding (hidden,)."""
        ids, segments = torch.tensor([encoded.ids]), torch.tensor([encoded.segments])
        with torch.inference_mode():
            intent, slot, pooled = self._network(ids, segments, torch.ones_like(ids))
        return intent[0].numpy(), slot[0, encoded.firsts].numpy(), pooled[0].numpy()

    def _values(self, chances: Floats) -> list[tuple[str, int, int, float]]:
        """Slot, first word, word after the last, and confidence of each value."""
        path = viterbi(np.log(chances + 1e-12), self._allowed)
        sure = chances[np.arange(len(path)), path]
        names = [self._settings.tags[tag] for tag in path]
        return [(name, first, end, float(sure[first:end].min())) for name, first, end in spans(names)]


def load_encoder(folder: Path) -> tuple[nn.Module, int]:
    """The encoder in `folder`, and the width of its states.

    Built from its own files, so that nothing is looked for in a hub. Raises ModelError.
    """
    tensors = _read_tensors(folder / WEIGHTS)
    try:
        config = AutoConfig.from_pretrained(_present(folder / "config.json").parent, local_files_only=True)
        body: nn.Module = AutoModel.from_config(config, add_pooling_layer=False)
        # The pooler is a layer of another use of this encoder; positions are counted by the code.
        unused = ("pooler.", "embeddings.position_ids")
        body.load_state_dict({name: value for name, value in tensors.items() if not name.startswith(unused)})
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise ModelError(f"{folder} holds no usable encoder: {error}") from error
    return body, int(config.hidden_size)


def add_adapter(encoder: nn.Module, tensors: dict[str, Tensor], scale: float) -> None:
    """Add each low-rank product of `tensors` (named as peft writes them) to the encoder's weights, times `scale`.

    Raises AttributeError, KeyError or RuntimeError where they do not fit the encoder.
    """
    with torch.no_grad():
        for name, down in tensors.items():
            if name.endswith(".lora_A.weight"):
                stem = name.removesuffix(".lora_A.weight")
                up = tensors[f"{stem}.lora_B.weight"]
                layer = encoder.get_submodule(stem.removeprefix("base_model.model."))
                layer.get_parameter("weight").add_(up @ down, alpha=scale)


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


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
    with _present(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _present(path: Path) -> Path:
    if not path.is_file():
        raise ModelError(f"{path} is missing")
    return path


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(_present(path))
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    return tensors


def _read_settings(path: Path) -> AdapterSettings:
    try:
        settings = AdapterSettings.model_validate_json(_present(path).read_bytes())
    except ValidationError as error:
        raise ModelError(f"{path} is not an adapter's settings: {_first_mistake(error)}") from error
    if settings.format != FORMAT:
        raise ModelError(f"{path} has format {settings.format}, this program reads {FORMAT}: train the adapter again")
    return settings


def _first_mistake(error: ValidationError) -> str:
    mistake: Any = error.errors()[0]
    return f"{'.'.join(str(part) for part in mistake['loc']) or 'file'}: {mistake['msg']}"
