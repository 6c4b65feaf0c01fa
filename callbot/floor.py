"""Who has the floor: what the bot says, whether the caller speaks over it, in which order turns count. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from callbot.events import PlaybackEnded, Speak, Transcribed
from callbot.schema import Murmur

_MOSTLY = 0.5
"""Share of a question that must have been heard for an answer to be one."""


@dataclass(slots=True)
class Floor:
    """The two voices of one call."""

    backchannels: frozenset[str]
    """Words that neither interrupt nor are a turn while the bot speaks, see `plain`."""
    murmur: Murmur
    """Neither do short sounds that were taken for words."""
    caller_speaks: bool = False
    over_bot: bool = False
    """The caller's turn began and ended while the bot was speaking."""
    held: bool = False
    """The bot has fallen silent in mid-sentence until it is known whether the caller said something."""
    question_heard: bool = True
    """The caller has heard most of the open question."""
    speaking: dict[int, bool] = field(default_factory=dict)
    """Utterances on their way to the caller -> protected."""
    _utterances: int = 0
    _question: int = 0

    @property
    def interruptible(self) -> bool:
        """The bot speaks, and nothing of it is protected."""
        return bool(self.speaking) and not any(self.speaking.values())

    @property
    def is_quiet(self) -> bool:
        """Nobody speaks."""
        return (not self.speaking or self.held) and not self.caller_speaks

    def speak(self, sentences: tuple[str, ...], *, protected: bool = False) -> Speak:
        """The bot takes the floor."""
        self._utterances += 1
        self.speaking[self._utterances] = protected
        return Speak(self._utterances, sentences, protected)

    def ask(self, sentences: tuple[str, ...], *, protected: bool) -> Speak:
        """The bot says something with a question at its end."""
        speak = self.speak(sentences, protected=protected)
        self._question, self.question_heard = speak.utterance, True
        return speak

    def played(self, fact: PlaybackEnded) -> None:
        """An utterance is over."""
        self.speaking.pop(fact.utterance, None)
        self.held = self.held and bool(self.speaking)
        if fact.utterance == self._question:
            self.question_heard = fact.heard >= _MOSTLY

    def caller_begins(self) -> None:
        """The caller takes the floor, perhaps over the bot."""
        self.caller_speaks = True
        self.over_bot = bool(self.speaking)

    def caller_ends(self) -> None:
        """The caller has finished; a quick answer to the tail of a question is no back-channel."""
        self.caller_speaks = False
        self.over_bot = self.over_bot and bool(self.speaking)

    def hold(self) -> bool:
        """The bot falls silent for now; False if it does not speak, must be heard, or has done so already."""
        if self.held or not self.interruptible:
            return False
        self.held = True
        return True

    def is_cut_by(self, text: str) -> bool:
        """Whether these words of a speaking caller interrupt."""
        words = plain(text)
        return bool(words) and words not in self.backchannels

    def is_backchannel(self, fact: Transcribed) -> bool:
        """ "Uh-huh" while the bot speaks is no turn."""
        return self.over_bot and (plain(fact.text) in self.backchannels or self._is_murmur(fact))

    def _is_murmur(self, fact: Transcribed) -> bool:
        """The recogniser has no word for most of what people hum, and writes others."""
        if not fact.words or fact.confidence >= self.murmur.confidence:
            return False
        is_short = fact.words[-1].end - fact.words[0].start <= self.murmur.longest
        said = f" {plain(fact.text)} "
        means_it = any(f" {phrase} " in said for phrase in self.murmur.unless) or any(map(str.isdigit, fact.text))
        return is_short and not means_it


@dataclass(slots=True)
class TurnOrder:
    """Brings transcripts into the order of their turns: a short turn may be recognised before a longer one."""

    _awaited: list[int] = field(default_factory=list)
    _early: dict[int, Transcribed] = field(default_factory=dict)

    @property
    def awaits_words(self) -> bool:
        """A turn is over whose words have not come yet."""
        return bool(self._awaited)

    def ended(self, turn: int) -> None:
        """A turn is over; its words are awaited."""
        self._awaited.append(turn)

    def arrived(self, fact: Transcribed) -> list[Transcribed]:
        """The transcripts whose turn it is now, in order; [] if an earlier one is still awaited."""
        if fact.turn in self._awaited[1:]:
            self._early[fact.turn] = fact
            return []
        return [fact, *self.dropped(fact.turn)]

    def dropped(self, turn: int) -> list[Transcribed]:
        """A turn is not awaited any more; gives what was held back for it."""
        if turn in self._awaited:
            self._awaited.remove(turn)
        ready: list[Transcribed] = []
        while self._awaited and self._awaited[0] in self._early:
            ready.append(self._early.pop(self._awaited.pop(0)))
        return ready


def plain_set(phrases: Iterable[str]) -> frozenset[str]:
    """Phrases as `plain` writes them."""
    return frozenset(plain(phrase) for phrase in phrases)


def plain(text: str) -> str:
    """Words only: case, hyphens and punctuation are the recogniser's guesses.

    >>> plain("Uh-huh.")
    'uh huh'
    """
    return " ".join(re.findall(r"[a-z']+", text.lower().replace("-", " ")))
