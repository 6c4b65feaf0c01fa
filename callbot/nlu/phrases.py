"""The phrase language of the emergency check: how words are compared, and how a phrase finds them. PURE.

Staff write phrases that they can read and edit:

    word    (a|b)    [optional]    <list>    ..       (a gap of up to three words; `.. ..` of up to six)

Words are compared after normalisation: case, punctuation, hesitations and stutters do not matter, and
contractions are opened ("isn't" is "is not"; the "'s" of "he's" answers to both "is" and "has"). Where the
transcript ends a sentence, the space before the next word is a line break: words may match across it, gaps
may not.

Nothing in the language repeats without bound, so the time of a search grows with the length of the text and
not faster.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead to a phrase in its file."""

GAP_WORDS: Final = 3


class PhraseError(ValueError):
    """A phrase cannot be compiled; `path` leads to it in the content: `("kinds", "fire", 3, "phrase")`."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path: Final = path


# --- Normalisation --------------------------------------------------------------------------------

_QUOTES: Final = {0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x60: "'"}
_NINE_ONE_ONE: Final = re.compile(r"\b(?:9[\s.-]*1[\s.-]*1|nine[\s-]*one[\s-]*one|nine[\s-]*eleven)\b")
_ABBREVIATION: Final = re.compile(r"\b(st|ave|rd|blvd|ln|ct|pl|apt|mr|mrs|ms|dr|jr|sr|a\.m|p\.m)\.(?=\s+\w)")
_ANSWER: Final = re.compile(r"\b(no|nope|yes|yeah|yep),")
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.!?;]+(?=\s|$)")
_HESITATIONS: Final = frozenset({"um", "umm", "uh", "uhh", "uhm", "er", "erm", "hm", "hmm", "mm", "ah", "eh"})
_SUFFIXES: Final = {"'s": "'s", "n't": "not", "'re": "are", "'m": "am", "'ve": "have", "'ll": "will"}
_OPENED: Final = {
    "cannot": "can not", "can't": "can not", "cant": "can not", "won't": "will not", "wont": "will not",
    "ain't": "is not", "aint": "is not", "isnt": "is not", "wasnt": "was not", "arent": "are not",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "hasnt": "has not", "havent": "have not",
    "wouldnt": "would not", "couldnt": "could not", "im": "i am", "ive": "i have",
    "hes": "he 's", "shes": "she 's", "its": "it 's", "thats": "that 's", "theres": "there 's",
    "theyre": "they are", "youre": "you are",
    "whats": "what 's", "someones": "someone 's", "somebodys": "somebody 's", "lets": "let us",
    "i'd": "i would", "he'd": "he would", "she'd": "she would", "we'd": "we would", "they'd": "they would",
    "you'd": "you would", "gonna": "going to", "wanna": "want to", "gotta": "got to", "outta": "out of",
    "tryna": "trying to", "lemme": "let me", "gimme": "give me", "ok": "okay",
}  # fmt: skip
_SAME: Final = {
    "is": frozenset({"is", "'s"}),
    "has": frozenset({"has", "'s"}),
    "'s": frozenset({"is", "has", "'s"}),
}


def _open(word: str) -> list[str]:
    """The words that a contraction stands for; other words as they are."""
    if word in _OPENED:
        return _OPENED[word].split()
    for suffix, meaning in _SUFFIXES.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            return [word.removesuffix(suffix), meaning]
    return [word]


def normalise(text: str) -> str:
    """The words of `text`, each after a space, or after a line break where it begins a sentence."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_QUOTES)
    text = _ABBREVIATION.sub(r"\1", _ANSWER.sub(r"\1.", _NINE_ONE_ONE.sub("911", text)))
    pieces: list[str] = []
    separator, previous = " ", ""
    for token in _TOKEN.findall(text):
        if token[0] in ".!?;":
            separator = separator if token.startswith("...") else "\n"  # dots are a pause
            continue
        for word in _open(token):
            if word == previous or word in _HESITATIONS:
                continue
            pieces += (separator, word)
            separator, previous = " ", word
    return "".join(pieces)


def readable(normalised: str) -> str:
    return " ".join(normalised.split()).replace(" 's", "'s")


# --- The phrase language --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a phrase: its regular expression, and word sets that must each be in any text it matches.

    The sets let almost every phrase be ruled out without running its expression.
    """

    regex: str
    needs: tuple[frozenset[str], ...] = ()


_EVERYDAY: Final = frozenset(
    {"a", "an", "and", "are", "at", "be", "but", "can", "for", "from", "get", "go", "got", "had", "has", "have",
     "he", "her", "him", "his", "i", "in", "is", "it", "just", "me", "my", "no", "not", "now", "of", "on", "or",
     "our", "out", "she", "so", "some", "that", "the", "their", "them", "there", "they", "this", "to", "up", "us",
     "was", "we", "were", "will", "with", "you", "'s"}
)  # fmt: skip
"""Words in most of what callers say; a phrase is looked up by others where it has any."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled phrase."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]

    @property
    def rarest(self) -> frozenset[str]:
        """Words of which one is in any text it matches: those least often said, of the sets there are."""
        return min(self.needs, key=lambda need: sum(word in _EVERYDAY for word in need) * len(_EVERYDAY) + len(need))

    def possible(self, words: set[str]) -> bool:
        return not any(map(words.isdisjoint, self.needs))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the phrase is in `text`, one span for each place it starts, overlapping ones too."""
        match = self.pattern.search(text)
        while match:
            yield match.span()
            match = self.pattern.search(text, match.start() + 1)


_SYMBOL: Final = re.compile(r"\.\.|<[a-z_]+>|[()\[\]|]|[\w'-]+|\S")
_CLOSING: Final = {"(": ")", "[": "]"}


class _Parser:
    """Reads one phrase, left to right; a list name is looked up through `resolve`."""

    def __init__(self, phrase: str, resolve: Callable[[str], _Part]) -> None:
        self._symbols = _SYMBOL.findall(phrase)
        self._resolve = resolve

    def parse(self) -> _Part:
        """The whole phrase; ValueError says what is wrong with it."""
        part = self._choice()
        if self._symbols:
            raise ValueError(f"unexpected {self._symbols[0]!r}")
        return part

    def _choice(self) -> _Part:
        branches = [self._sequence()]
        while self._symbols[:1] == ["|"]:
            self._symbols.pop(0)
            branches.append(self._sequence())
        return _either(branches)

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        gap = 0
        while self._symbols and self._symbols[0] not in "|)]":
            symbol = self._symbols.pop(0)
            if symbol == "..":
                gap += GAP_WORDS
                continue
            part = self._group(symbol)
            parts += [_gap(gap), part] if gap else [part]
            if gap and len(parts) == 2:
                raise ValueError("a gap must stand between words")
            gap = 0
        if gap:
            raise ValueError("a gap must stand between words")
        if not parts:
            raise ValueError("a phrase or an alternative is empty")
        needs = tuple(need for part in parts for need in part.needs)
        return _Part("".join(part.regex for part in parts), needs)

    def _group(self, symbol: str) -> _Part:
        if symbol in _CLOSING:
            inner = self._choice()
            if self._symbols[:1] != [_CLOSING[symbol]]:
                raise ValueError(f"{symbol!r} is not closed by {_CLOSING[symbol]!r}")
            self._symbols.pop(0)
            return inner if symbol == "(" else _Part(f"(?:{inner.regex})?")
        if symbol.startswith("<") and symbol.endswith(">") and len(symbol) > 2:
            return self._resolve(symbol[1:-1])
        return _words(symbol)


@cache
def _words(symbol: str) -> _Part:
    words = [symbol] if symbol in _SAME else normalise(symbol).split()
    if not words:
        raise ValueError(f"{symbol!r} is not a word")
    choices = [_SAME.get(word, frozenset({word})) for word in words]
    return _Part("".join(_one_of(choice) for choice in choices), tuple(choices))


def _one_of(words: frozenset[str]) -> str:
    escaped = sorted(map(re.escape, words))
    return rf"\s{escaped[0]}" if len(escaped) == 1 else rf"\s(?:{'|'.join(escaped)})"


def _gap(words: int) -> _Part:
    return _Part(rf"(?: \S+){{0,{words}}}?")


def _either(branches: list[_Part]) -> _Part:
    if len(branches) == 1:
        return branches[0]
    regex = "(?:" + "|".join(branch.regex for branch in branches) + ")"
    if not all(branch.needs for branch in branches):
        return _Part(regex)
    return _Part(regex, (frozenset().union(*(_rarest(branch.needs) for branch in branches)),))


def _rarest(needs: tuple[frozenset[str], ...]) -> frozenset[str]:
    """The set least likely to be met by chance: the smallest, of those the one with the longest words."""
    return min(needs, key=lambda need: (len(need), -min(map(len, need))))


class Compiler:
    """Turns the phrases of a content into matchers; remembers which lists were used."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists = lists
        self._parts: dict[str, _Part] = {}
        self._open: list[str] = []
        self.used: set[str] = set()

    def matcher(self, phrase: str, path: Path) -> Matcher:
        """`phrase`, compiled. PhraseError bears `path`, or the path of the list entry that is at fault."""
        part = self._part(phrase, path)
        if not part.needs:
            raise PhraseError("a phrase needs at least one word that is not optional", path)
        return Matcher(re.compile(part.regex + r"(?!\S)"), part.needs)

    def _part(self, phrase: str, path: Path) -> _Part:
        try:
            return _Parser(phrase, self._list).parse()
        except PhraseError:
            raise
        except ValueError as error:
            raise PhraseError(f"{error}, in {phrase!r}", path) from None

    def _list(self, name: str) -> _Part:
        self.used.add(name)
        if name not in self._lists:
            raise ValueError(f"there is no list <{name}>")
        if name in self._open:
            raise ValueError(f"the list <{name}> holds itself")
        if name not in self._parts:
            self._open.append(name)
            try:
                self._parts[name] = self._entries(name)
            finally:
                self._open.pop()
        return self._parts[name]

    def _entries(self, name: str) -> _Part:
        branches = [self._part(entry, ("lists", name, at)) for at, entry in enumerate(self._lists[name])]
        if not branches:
            raise PhraseError(f"the list <{name}> is empty", ("lists", name))
        return _either(branches)
