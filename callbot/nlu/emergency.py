"""Find emergencies in what a caller says, by phrases that staff can read and edit.

A caller in danger may dial the non-emergency line, and no model may stand between such a caller and an
operator. So this check is plain text matching: no engine, no clock, no I/O, the same answer every time. It is
run on every partial and final transcript in every state of a dialog. What it looks for is content
(`intents/emergency.yaml`); this module knows only the phrase language:

    word    (a|b)    [optional]    <list>    ..       (a gap of up to three words; `.. ..` of up to six)

Words are compared after normalisation: case, punctuation, hesitations and stutters do not matter, and
contractions are opened ("isn't" is "is not"; the "'s" of "he's" answers to both "is" and "has"). Where the
transcript ends a sentence, the space before the next word is a line break: words may match across it, gaps
may not.

Recall comes first, so a hit stands unless a guard (`unless:`) touches that very hit. Nothing in the language
repeats without bound, so the time of a check grows with the length of the text and not faster.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, TypeAlias, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

Kind: TypeAlias = Literal[
    "medical",
    "fire",
    "gas",
    "crash_injury",
    "violence",
    "weapon",
    "intruder",
    "suicide",
    "missing_person",
    "other",
]
Path: TypeAlias = tuple[str | int, ...]
Sentence: TypeAlias = Annotated[str, Field(min_length=1)]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
GAP_WORDS: Final = 3
REACH_WORDS: Final = 20
"""A guard reaches no hit further away than this: without punctuation, all is one sentence."""
HOLD_WORDS: Final = 2
"""In a partial transcript a hit is held back until so many words follow it, because they may be a guard's."""


class PhraseError(ValueError):
    """A phrase cannot be compiled; `path` leads to it in the content: `("kinds", "fire", 3, "phrase")`."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path: Final = path


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhraseContent(_Content):
    """One way to say an emergency."""

    phrase: Sentence
    examples: tuple[Sentence, ...] = Field(min_length=1)
    """Sentences that this phrase must find, guards included."""
    alone: bool = False
    """True: the phrase counts only when it is all that was said (a cry like "fire")."""


class GuardContent(_Content):
    """Words that take a hit back, because they show that no one is in danger."""

    phrase: Sentence
    examples: tuple[Sentence, ...] = Field(min_length=1)
    """Sentences that hold these words and must give no hit."""
    scope: Literal["overlap", "sentence", "rest"] = "overlap"
    """Which hits are taken back: those sharing a word with it; all in its sentence; later ones there."""
    kinds: tuple[Kind, ...] = ()
    """Only hits of these kinds are taken back; empty: of every kind."""
    hit_has: Sentence | None = None
    """Only hits whose own words hold this phrase are taken back."""
    hit_lacks: Sentence | None = None
    """Hits whose own words hold this phrase stand."""
    sentence_lacks: Sentence | None = None
    """Where this phrase is in the sentence, the guard is void."""


class EmergencyContent(_Content):
    """The whole of `intents/emergency.yaml`."""

    lists: dict[str, tuple[Sentence, ...]] = {}
    """Groups of phrases, used in a phrase as `<name>`; they may use one another."""
    sentence_starters: tuple[Sentence, ...] = ()
    """Words that begin a new thought even where the transcript has no full stop ("oh my god", "but")."""
    kinds: dict[Kind, tuple[PhraseContent, ...]]
    """The phrases of each kind; the kinds stand in order of severity, the gravest first."""
    unless: tuple[GuardContent, ...] = ()
    not_emergencies: tuple[Sentence, ...] = ()
    """Sentences that must give no hit."""


@dataclass(frozen=True, slots=True)
class EmergencyHit:
    """An emergency that was heard."""

    kind: str
    """One of KINDS."""
    evidence: str
    """The caller's words that matched, normalised."""
    score: float
    """1.0: a phrase was said or it was not."""


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


def _normalise(text: str) -> str:
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


def _readable(normalised: str) -> str:
    return " ".join(normalised.split()).replace(" 's", "'s")


# --- The phrase language --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a phrase: its regular expression, and word sets that must each be in any text it matches.

    The sets let almost every phrase be ruled out without running its expression.
    """

    regex: str
    needs: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Matcher:
    """A compiled phrase."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]

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


def _words(symbol: str) -> _Part:
    words = [symbol] if symbol in _SAME else _normalise(symbol).split()
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


class _Compiler:
    """Turns the phrases of a content into matchers; remembers which lists were used."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists = lists
        self._parts: dict[str, _Part] = {}
        self._open: list[str] = []
        self.used: set[str] = set()

    def matcher(self, phrase: str, path: Path) -> _Matcher:
        """`phrase`, compiled. PhraseError bears `path`, or the path of the list entry that is at fault."""
        part = self._part(phrase, path)
        if not part.needs:
            raise PhraseError("a phrase needs at least one word that is not optional", path)
        return _Matcher(re.compile(part.regex + r"(?!\S)"), part.needs)

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


# --- Rules ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    matcher: _Matcher
    alone: bool
    path: Path

    def hits(self, kind: str, heard: "_Heard") -> Iterator[_Hit]:
        if not self.matcher.possible(heard.words):
            return
        if self.alone:
            if self.matcher.pattern.fullmatch(heard.text):
                yield _Hit(kind, 0, len(heard.text))
            return
        for start, end in self.matcher.spans(heard.text):
            yield _Hit(kind, start, end)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A normalised transcript, looked at as often as needed."""

    text: str
    words: set[str]
    guard_spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def sentence(self, hit: _Hit) -> tuple[int, int]:
        """Where the sentence (or sentences) of a hit starts and ends."""
        end = self.text.find("\n", hit.end)
        return self.text.rfind("\n", 0, hit.start + 1) + 1, end if end >= 0 else len(self.text)


@dataclass(frozen=True, slots=True)
class _Guard:
    matcher: _Matcher
    path: Path
    scope: str
    kinds: frozenset[str]
    hit_has: _Matcher | None
    hit_lacks: _Matcher | None
    sentence_lacks: _Matcher | None

    def cancels(self, hit: _Hit, heard: _Heard) -> bool:
        spans = self._spans(heard)
        return any(self._touches(span, hit, heard) for span in spans) and self.may_cancel(hit, heard)

    def may_cancel(self, hit: _Hit, heard: _Heard) -> bool:
        """Whether the guard could take this hit back, were its phrase said in the right place."""
        if self.kinds and hit.kind not in self.kinds:
            return False
        words = heard.text[hit.start : hit.end]
        if self.hit_has and not self.hit_has.pattern.search(words):
            return False
        if self.hit_lacks and self.hit_lacks.pattern.search(words):
            return False
        start, end = heard.sentence(hit)
        sentence = heard.text[max(start - 1, 0) : end]
        return not (self.sentence_lacks and self.sentence_lacks.pattern.search(sentence))

    def _spans(self, heard: _Heard) -> list[tuple[int, int]]:
        known = heard.guard_spans.get(id(self))
        if known is None:
            spans = self.matcher.spans(heard.text) if self.matcher.possible(heard.words) else ()
            known = [(start, end) for start, end in spans if "\n" not in heard.text[start + 1 : end]]
            heard.guard_spans[id(self)] = known
        return known

    def _touches(self, span: tuple[int, int], hit: _Hit, heard: _Heard) -> bool:
        start, end = span
        if start < hit.end and hit.start < end:
            return True
        if self.scope == "overlap" or (self.scope == "rest" and start > hit.start):
            return False
        sentence_start, sentence_end = heard.sentence(hit)
        if start + 1 < sentence_start or end > sentence_end:
            return False
        between = heard.text[end : hit.start] if end <= hit.start else heard.text[hit.end : start]
        return len(between.split()) <= REACH_WORDS


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """Compiled content; immutable, shared by all calls."""

    kinds: tuple[tuple[str, tuple[_Phrase, ...]], ...]
    guards: tuple[_Guard, ...]
    starters: tuple[_Matcher, ...]

    def find(self, text: str, *, partial: bool = False) -> EmergencyHit | None:
        """The gravest emergency in a transcript, of equal ones the first said; None if there is none.

        With `partial`, the caller is still speaking: a hit is held back while the next words may take it back
        ("there is a fire" before "hydrant", "I heard gunshots" before "last night"). Those are for the final
        transcript to decide.
        """
        heard = self.hear(text)
        for kind, phrases in self.kinds:
            hits = [hit for phrase in phrases for hit in phrase.hits(kind, heard)]
            for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
                if not self.cancelled(hit, heard) and (not partial or self._settled(hit, heard)):
                    return EmergencyHit(kind, _readable(heard.text[hit.start : hit.end]), 1.0)
        return None

    def hear(self, text: str) -> _Heard:
        """A transcript as the rules see it."""
        normalised = _normalise(text)
        for starter in self.starters:
            normalised = starter.pattern.sub(lambda match: "\n" + match[0][1:], normalised)
        return _Heard(normalised, set(normalised.split()))

    def hits(self, heard: _Heard) -> Iterator[_Hit]:
        """All phrases that were said, guarded or not, the gravest kind first."""
        for kind, phrases in self.kinds:
            for phrase in phrases:
                yield from phrase.hits(kind, heard)

    def cancelled(self, hit: _Hit, heard: _Heard) -> bool:
        """Whether a guard takes this hit back."""
        return any(guard.cancels(hit, heard) for guard in self.guards)

    def _settled(self, hit: _Hit, heard: _Heard) -> bool:
        if "\n" in heard.text[hit.end :]:
            return True
        if len(heard.text[hit.end :].split()) < HOLD_WORDS:
            return False
        late = (guard for guard in self.guards if guard.scope == "sentence")
        return not any(guard.may_cancel(hit, heard) for guard in late)


def compile_rules(content: EmergencyContent) -> EmergencyRules:
    """Compile the content of a site; the first phrase that cannot be compiled raises PhraseError."""
    faults: list[PhraseError] = []
    rules = _build(content, _Compiler(content.lists), faults)
    if faults:
        raise faults[0]
    return rules


def problems(content: EmergencyContent) -> list[tuple[Path, str]]:
    """All that is wrong with a content, as (path, sentence): bad phrases, idle lists, failing examples."""
    faults: list[PhraseError] = []
    compiler = _Compiler(content.lists)
    rules = _build(content, compiler, faults)
    found = {fault.path: str(fault) for fault in faults}
    idle = sorted(content.lists.keys() - compiler.used)
    unused = [(("lists", name), f"no phrase uses the list <{name}>") for name in idle]
    return [*found.items(), *unused, *_failing(content, rules)]


def _build(content: EmergencyContent, compiler: _Compiler, faults: list[PhraseError]) -> EmergencyRules:
    """The rules of all that can be compiled; what cannot is added to `faults`."""
    phrases: dict[str, list[_Phrase]] = {kind: [] for kind in content.kinds}
    guards: list[_Guard] = []
    starters: list[_Matcher] = []
    for kind, entries in content.kinds.items():
        for at, entry in enumerate(entries):
            with _collecting(faults):
                matcher = compiler.matcher(entry.phrase, ("kinds", kind, at, "phrase"))
                phrases[kind].append(_Phrase(matcher, entry.alone, ("kinds", kind, at)))
    for at, guard in enumerate(content.unless):
        with _collecting(faults):
            guards.append(_guard(guard, ("unless", at), compiler))
    for at, starter in enumerate(content.sentence_starters):
        with _collecting(faults):
            starters.append(compiler.matcher(starter, ("sentence_starters", at)))
    return EmergencyRules(
        tuple((kind, tuple(compiled)) for kind, compiled in phrases.items()), tuple(guards), tuple(starters)
    )


@contextmanager
def _collecting(faults: list[PhraseError]) -> Iterator[None]:
    try:
        yield
    except PhraseError as fault:
        faults.append(fault)


def _guard(guard: GuardContent, path: Path, compiler: _Compiler) -> _Guard:
    matchers = {
        name: compiler.matcher(phrase, (*path, name))
        for name in ("hit_has", "hit_lacks", "sentence_lacks")
        if (phrase := getattr(guard, name)) is not None
    }
    return _Guard(
        compiler.matcher(guard.phrase, (*path, "phrase")),
        path,
        guard.scope,
        frozenset(guard.kinds),
        matchers.get("hit_has"),
        matchers.get("hit_lacks"),
        matchers.get("sentence_lacks"),
    )


def _failing(content: EmergencyContent, rules: EmergencyRules) -> Iterator[tuple[Path, str]]:
    """Examples that do not do what they stand for."""
    for kind, compiled in rules.kinds:
        for phrase in compiled:
            examples = content.kinds[cast(Kind, kind)][int(phrase.path[-1])].examples
            for at, example in enumerate(examples):
                if fault := _not_found(phrase, kind, example, rules):
                    yield (*phrase.path, "examples", at), fault
    for guard in rules.guards:
        for at, example in enumerate(content.unless[int(guard.path[-1])].examples):
            if fault := _not_guarded(guard, example, rules):
                yield (*guard.path, "examples", at), fault
    for at, sentence in enumerate(content.not_emergencies):
        if hit := rules.find(sentence):
            yield ("not_emergencies", at), f"{sentence!r} is taken for {hit.kind}, by {hit.evidence!r}"


def _not_found(phrase: _Phrase, kind: str, example: str, rules: EmergencyRules) -> str | None:
    heard = rules.hear(example)
    hits = list(phrase.hits(kind, heard))
    if not hits:
        return f"the phrase is not in {example!r}"
    if not all(rules.cancelled(hit, heard) for hit in hits):
        return None
    return f"a guard takes the hit in {example!r} back"


def _not_guarded(guard: _Guard, example: str, rules: EmergencyRules) -> str | None:
    heard = rules.hear(example)
    if not guard.matcher.pattern.search(heard.text):
        return f"the guard is not in {example!r}"
    if not any(guard.cancels(hit, heard) for hit in rules.hits(heard)):
        return f"the guard has no hit to take back in {example!r}"
    if hit := rules.find(example):
        return f"{example!r} is taken for {hit.kind}, by {hit.evidence!r}"
    return None
