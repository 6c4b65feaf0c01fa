"""What the small model is shown in training: varied examples, and two callers' wishes in one breath.

Nobody writes enough utterances with two wishes, or with an emergency in the middle of something else, so they are
made by joining two.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from callbot.nlu.augment import Augmenter
from callbot.nlu.material import Line
from callbot.nlu.mishearing import Mishearing
from callbot.nlu.typed import typed
from callbot.nlu.utterances import OUTSIDE, Example, spans
from callbot.schema import OTHER_INTENTS

EMERGENCY = "emergency"

TWO_WISHES, WITH_EMERGENCY = 0.07, 0.04
"""Share of lessons that join two case intents, and an emergency with something else."""
TYPED = 0.15
"""Share of lessons as people type them."""
CUT_OFF = 0.06
"""Share of lessons without their last words, as a partial transcript has them."""
LONGEST_JOINED = 50
"""Words; longer stories than this are not made by joining."""
HEARD_MORE = 1.3
"""Lines with real recognition errors are shown so much more often than others."""
MISHEARD, WORSE = 0.35, 1.3
"""Share of the other lessons that get errors as the recogniser makes them, and how much more often than it does."""
LEAST_MISHEARD = 3
"""Words; one or two of which one is wrong say nothing."""
LOOK_ALIKES_MORE = 2.0
EMERGENCIES_MORE = 2.0
"""With this some 15 % of the lessons are emergencies: of ten kinds, and the one intent that must not be missed."""

_AND = ("and", "also", "and also", "oh and", "and then", "plus", "and another thing", "second thing", "on top of that")
_SUDDENLY = ("oh my god", "wait", "oh no", "and", "and now", "hang on", "oh god", "but", "and just now", "please")
_CALMLY = ("and", "but", "also", "anyway", "oh and", "")


class Lesson(NamedTuple):
    """One utterance with all that it teaches."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    asked: str
    intents: tuple[str, ...]
    """One, or two that are joined."""
    kind: str | None
    """Emergency kind; None for what is no emergency, or has none named."""
    slots: frozenset[str]
    """Slots whose absence it teaches; those of its values besides."""


class Lessons:
    """Makes lessons out of lines."""

    def __init__(
        self, lines: Sequence[Line], augmenter: Augmenter, taught: Mapping[str, frozenset[str]], rng: Random
    ) -> None:
        self._lines = lines
        self._augmenter = augmenter
        self._taught = taught
        self._rng = rng
        written = {line.source: line.example.words for line in lines if not line.is_heard}
        heard = [line for line in lines if line.is_heard and line.source in written]
        self._mishearing = Mishearing.learned((written[line.source], line.example.words) for line in heard)
        counts = Counter(line.example.intent for line in lines)
        self._weights = [_weight(line, counts[line.example.intent]) for line in lines]
        self._cases = [line for line in lines if line.example.intent not in OTHER_INTENTS]
        self._dangers = [line for line in lines if line.example.intent == EMERGENCY]

    def drawn(self, count: int, seed: str) -> list[Lesson]:
        """`count` lessons; the same for the same `seed`.

        Rare intents are drawn more often, by the square root of their rareness, and so are lines with values: slots
        take more examples to learn than intents do.
        """
        self._rng.seed(seed)
        self._augmenter.begin(seed)
        return [self._lesson(line) for line in self._rng.choices(self._lines, self._weights, k=count)]

    def plain(self, line: Line) -> Lesson:
        """A line as it is."""
        return self._of(line.example)

    def varied(self, line: Line) -> Lesson:
        """A line as another caller would say it."""
        return self._of(self._vary(line))

    def pairs(self, lines: Sequence[Line], count: int) -> list[Lesson]:
        """`count` lessons or fewer that join two of the `lines` with case intents, as they are."""
        cases = [line.example for line in lines if line.example.intent not in OTHER_INTENTS]
        if len({example.intent for example in cases}) < 2:
            return []
        couples = [self._rng.sample(cases, 2) for _ in range(count)]
        drawn = [self._joined(one, other, _AND) for one, other in couples]
        return [lesson for lesson in drawn if len(lesson.intents) == 2]

    def _lesson(self, line: Line) -> Lesson:
        rng, example = self._rng, self._vary(line)
        dice = rng.random()
        if example.intent not in OTHER_INTENTS:
            if dice < TWO_WISHES and self._cases:
                return self._cut(self._joined(example, self._vary(rng.choice(self._cases)), _AND))
            if dice < TWO_WISHES + WITH_EMERGENCY and self._dangers:
                return self._cut(self._joined(example, self._vary(rng.choice(self._dangers)), _SUDDENLY))
        elif example.intent == EMERGENCY and dice < WITH_EMERGENCY and self._cases:
            return self._cut(self._joined(example, self._vary(rng.choice(self._cases)), _CALMLY))
        return self._cut(self._of(example))

    def _vary(self, line: Line) -> Example:
        rng = self._rng
        # What was really heard has hesitations and errors enough.
        if line.is_heard:
            return line.example if rng.random() < 0.4 else self._augmenter.vary(line.example)
        example = self._augmenter.vary(line.example)
        if rng.random() < TYPED:
            return typed(example, rng)
        if rng.random() < MISHEARD and len(example.words) >= LEAST_MISHEARD:
            return self._mishearing.heard(example, rng, worse=WORSE)
        return example

    def _of(self, example: Example) -> Lesson:
        intent = str(example.intent)
        return Lesson(example.words, example.tags, example.asked, (intent,), example.kind, self._slots(example))

    def _slots(self, example: Example) -> frozenset[str]:
        return self._taught.get(str(example.intent), frozenset()) | {slot for slot, _, _ in spans(example.tags)}

    def _joined(self, one: Example, other: Example, between: Sequence[str]) -> Lesson:
        if one.intent == other.intent or len(one.words) + len(other.words) > LONGEST_JOINED:
            return self._of(one)
        link = tuple(self._rng.choice(between).split())
        return Lesson(
            (*one.words, *link, *other.words),
            (*one.tags, *[OUTSIDE] * len(link), *other.tags),
            one.asked if one.asked in ("", "reason", "more") else "",
            (str(one.intent), str(other.intent)),
            one.kind or other.kind,
            # Each teaches the absence of its own slots only; where both do, so does the whole.
            (self._slots(one) & self._slots(other)) | {slot for slot, _, _ in (*spans(one.tags), *spans(other.tags))},
        )

    def _cut(self, lesson: Lesson) -> Lesson:
        """Now and then without the last words; what is left must still tell what it was."""
        if len(lesson.words) < 8 or self._rng.random() > CUT_OFF:
            return lesson
        keep = len(lesson.words) - self._rng.randint(1, max(1, len(lesson.words) // 5))
        return lesson._replace(words=lesson.words[:keep], tags=lesson.tags[:keep])


def _weight(line: Line, count: int) -> float:
    values = sum(tag.startswith("B-") for tag in line.example.tags)
    more = (HEARD_MORE if line.is_heard else 1.0) * (LOOK_ALIKES_MORE if line.is_look_alike else 1.0)
    more *= EMERGENCIES_MORE if line.example.intent == EMERGENCY else 1.0
    return more * (1 + 0.3 * values) / math.sqrt(count)
