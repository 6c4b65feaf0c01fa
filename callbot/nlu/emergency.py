"""Find emergencies in what a caller says, by phrases that staff can read and edit.

A caller in danger may dial the non-emergency line, and no model may stand between such a caller and an
operator. So this check is plain text matching: no engine, no clock, no I/O, the same answer every time. It is
run on every partial and final transcript in every state of a dialog. What it looks for is content
(`intents/emergency.yaml`), written in the phrase language of `phrases.py`.

Recall comes first, so a hit stands unless a guard (`unless:`) touches that very hit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Annotated, Final, Literal, TypeAlias, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

from callbot.nlu.phrases import Compiler, Matcher, Path, PhraseError, normalise, readable

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
Sentence: TypeAlias = Annotated[str, Field(min_length=1)]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
REACH_WORDS: Final = 20
"""A guard reaches no hit further away than this: without punctuation, all is one sentence."""
HOLD_WORDS: Final = 2
"""In a partial transcript a hit is held back until so many words follow it, because they may be a guard's."""
LATE_SCOPES: Final = ("sentence", "back", "turn")
"""Scopes of guards that may be said long after what they take back."""
NEAR_WORDS: Final = 9
"""A second sign (`near:`) further away than this is no sign of the same thing."""
NEXT_WORDS: Final = 2
"""So many words may stand between a guard of scope `next` and the hit it takes back ("nobody is [even] hurt")."""


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhraseContent(_Content):
    """One way to say an emergency."""

    phrase: Sentence
    examples: tuple[Sentence, ...] = Field(min_length=1)
    """Sentences that this phrase must find, guards included."""
    alone: bool = False
    """True: the phrase counts only when it is all that was said (a cry like "fire")."""
    near: Sentence | None = None
    """The phrase counts only where this is said too, before or after it, at most NEAR_WORDS away.

    Two signs that are weak alone may be plain together: "hissing" and "meter", in whatever order.
    """
    lacks: Sentence | None = None
    """The phrase does not count where this is said in the same sentence."""


class GuardContent(_Content):
    """Words that take a hit back, because they show that no one is in danger."""

    phrase: Sentence
    examples: tuple[Sentence, ...] = Field(min_length=1)
    """Sentences that hold these words and must give no hit."""
    scope: Literal["overlap", "next", "rest", "sentence", "back", "turn"] = "overlap"
    """Which hits are taken back: those sharing a word with it; one that follows it at once, too; all that follow
    in its sentence; all in its sentence; all that was said before it; all that was said, whatever the sentence."""
    kinds: tuple[Kind, ...] = ()
    """Only hits of these kinds are taken back; empty: of every kind."""
    hit_has: Sentence | None = None
    """Only hits whose own words hold this phrase are taken back."""
    hit_lacks: Sentence | None = None
    """Hits whose own words hold this phrase stand."""
    sentence_lacks: Sentence | None = None
    """Where this phrase is in the sentence, the guard is void."""
    waits: bool = True
    """In a partial transcript, hits are held back while the guard may still be said.

    False, for a guard that is seldom said after what it takes back: it works on what has been said so far.
    """


class EmergencyContent(_Content):
    """The whole of `intents/emergency.yaml`."""

    lists: dict[str, tuple[Sentence, ...]] = {}
    """Groups of phrases, used in a phrase as `<name>`; they may use one another."""
    sentence_starters: tuple[Sentence, ...] = ()
    """Words that begin a new thought even where the transcript has no full stop ("oh my god", "but")."""
    kinds: dict[Kind, tuple[PhraseContent, ...]]
    """The phrases of each kind; the kinds stand in order of severity, the gravest first."""
    unless: tuple[GuardContent, ...] = ()
    emergencies: tuple[Sentence, ...] = ()
    """Sentences that must give a hit, whatever guards there are."""
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


# --- Rules ----------------------------------------------------------------------------------------


Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: str
    start: int
    end: int
    """Of the phrase itself."""
    beside: Span | None = None
    """What was said near it, where the phrase asks for that."""
    lacks: Matcher | None = None
    """What the rest of the sentence may still say to make it no hit."""

    @property
    def spans(self) -> tuple[Span, ...]:
        return ((self.start, self.end), self.beside) if self.beside else ((self.start, self.end),)

    @property
    def last(self) -> int:
        """Where the last of its words ends."""
        return max(end for _, end in self.spans)

    def words(self, heard: "_Heard") -> str:
        return "".join(heard.text[start:end] for start, end in self.spans)

    def evidence(self, heard: "_Heard") -> str:
        """The caller's words from the first to the last that count."""
        return readable(heard.text[min(start for start, _ in self.spans) : self.last])


@dataclass(frozen=True, slots=True)
class _Phrase:
    matcher: Matcher
    kind: str
    alone: bool
    near: Matcher | None
    lacks: Matcher | None
    path: Path

    def hits(self, heard: "_Heard") -> Iterator[_Hit]:
        if not self.matcher.possible(heard.words) or (self.near and not self.near.possible(heard.words)):
            return
        if self.alone:
            if self.matcher.pattern.fullmatch(heard.text):
                yield _Hit(self.kind, 0, len(heard.text))
            return
        for start, end in self.matcher.spans(heard.text):
            hit = _Hit(self.kind, start, end, lacks=self.lacks)
            if self.lacks and heard.says(self.lacks, hit):
                continue
            if self.near is None:
                yield hit
            elif beside := next(self._beside(hit, heard), None):
                yield _Hit(self.kind, start, end, beside, self.lacks)

    def _beside(self, hit: _Hit, heard: "_Heard") -> Iterator[Span]:
        """Where the second sign is said near the first, without sharing a word with it."""
        assert self.near is not None
        for start, end in self.near.spans(heard.text):
            apart = end <= hit.start or start >= hit.end
            if apart and heard.words_between((start, end), (hit.start, hit.end)) <= NEAR_WORDS:
                yield start, end


@dataclass(frozen=True, slots=True)
class _Heard:
    """A normalised transcript, looked at as often as needed."""

    text: str
    words: set[str]
    guards: tuple["_Guard", ...] = ()
    """Those that may be said in it."""
    guard_spans: dict[int, list[Span]] = field(default_factory=dict)

    def sentence(self, hit: _Hit) -> Span:
        """Where the sentence (or sentences) of a hit starts and ends."""
        end = self.text.find("\n", hit.end)
        return self.text.rfind("\n", 0, hit.start + 1) + 1, end if end >= 0 else len(self.text)

    def says(self, matcher: Matcher, hit: _Hit) -> bool:
        """Whether a phrase is said in the sentence of a hit."""
        start, end = self.sentence(hit)
        return matcher.pattern.search(self.text[max(start - 1, 0) : end]) is not None

    def words_between(self, one: Span, other: Span) -> int:
        first, second = sorted((one, other))
        return len(self.text[first[1] : second[0]].split())


@dataclass(frozen=True, slots=True)
class _Guard:
    matcher: Matcher
    path: Path
    scope: str
    kinds: frozenset[str]
    hit_has: Matcher | None
    hit_lacks: Matcher | None
    sentence_lacks: Matcher | None
    waits: bool

    def cancels(self, hit: _Hit, heard: _Heard) -> bool:
        spans = self._spans(heard)
        return any(self._touches(span, hit, heard) for span in spans) and self.may_cancel(hit, heard)

    def may_cancel(self, hit: _Hit, heard: _Heard) -> bool:
        """Whether the guard could take this hit back, were its phrase said in the right place."""
        if self.kinds and hit.kind not in self.kinds:
            return False
        words = hit.words(heard)
        if self.hit_has and not self.hit_has.pattern.search(words):
            return False
        if self.hit_lacks and self.hit_lacks.pattern.search(words):
            return False
        return not (self.sentence_lacks and heard.says(self.sentence_lacks, hit))

    def _spans(self, heard: _Heard) -> list[Span]:
        known = heard.guard_spans.get(id(self))
        if known is None:
            spans = self.matcher.spans(heard.text) if self.matcher.possible(heard.words) else ()
            known = [(start, end) for start, end in spans if "\n" not in heard.text[start + 1 : end]]
            heard.guard_spans[id(self)] = known
        return known

    def _touches(self, span: Span, hit: _Hit, heard: _Heard) -> bool:
        start, end = span
        if any(start < hit_end and hit_start < end for hit_start, hit_end in hit.spans):
            return True
        forward = start < hit.start
        if self.scope == "overlap" or (self.scope in ("next", "rest") and not forward):
            return False
        if self.scope == "back" and forward:
            return False
        between = heard.words_between(span, (hit.start, hit.end))
        if self.scope in ("back", "turn"):
            return between <= REACH_WORDS
        sentence_start, sentence_end = heard.sentence(hit)
        if start + 1 < sentence_start or end > sentence_end:
            return False
        return between <= (NEXT_WORDS if self.scope == "next" else REACH_WORDS)


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """Compiled content; immutable, shared by all calls."""

    phrases: tuple[_Phrase, ...]
    """The gravest kind first."""
    guards: tuple[_Guard, ...]
    starters: tuple[Matcher, ...]
    index: Mapping[str, tuple[int, ...]]
    """Where a word is said, these of the phrases may be, and no others: of a thousand, some thirty are tried."""
    guard_index: Mapping[str, tuple[int, ...]]
    """The same for the guards."""

    def find(self, text: str, *, partial: bool = False) -> EmergencyHit | None:
        """The gravest emergency in a transcript, of equal ones the first said; None if there is none.

        With `partial`, the caller is still speaking: a hit is held back while the next words may take it back
        ("there is a fire" before "hydrant", "I heard gunshots" before "last night"). Those are for the final
        transcript to decide.
        """
        heard = self.hear(text)
        for kind, hits in groupby(self.hits(heard), key=lambda hit: hit.kind):
            for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
                if not self.cancelled(hit, heard) and (not partial or self._settled(hit, heard)):
                    return EmergencyHit(kind, hit.evidence(heard), 1.0)
        return None

    def hear(self, text: str) -> _Heard:
        """A transcript as the rules see it."""
        normalised = normalise(text)
        words = set(normalised.split())
        for starter in self.starters:
            if starter.possible(words):
                normalised = starter.pattern.sub(lambda match: "\n" + match[0][1:], normalised)
        return _Heard(normalised, words, tuple(self.guards[at] for at in _places(words, self.guard_index)))

    def hits(self, heard: _Heard) -> Iterator[_Hit]:
        """All phrases that were said, guarded or not, the gravest kind first."""
        for at in _places(heard.words, self.index):
            yield from self.phrases[at].hits(heard)

    def cancelled(self, hit: _Hit, heard: _Heard) -> bool:
        """Whether a guard takes this hit back."""
        return any(guard.cancels(hit, heard) for guard in heard.guards)

    def _settled(self, hit: _Hit, heard: _Heard) -> bool:
        if "\n" in heard.text[hit.last :]:
            return True
        if len(heard.text[hit.last :].split()) < HOLD_WORDS or hit.lacks:
            return False
        late = (guard for guard in self.guards if guard.waits and guard.scope in LATE_SCOPES)
        return not any(guard.may_cancel(hit, heard) for guard in late)


def compile_checked(content: EmergencyContent) -> tuple[EmergencyRules, list[tuple[Path, str]]]:
    """The rules of a site's content, and all that is wrong with it as (path, sentence).

    Wrong are phrases that cannot be compiled, which the rules lack; lists that no phrase uses; examples that do
    not do what they stand for.
    """
    faults: list[PhraseError] = []
    compiler = Compiler(content.lists)
    rules = _build(content, compiler, faults)
    found = {fault.path: str(fault) for fault in faults}
    idle = sorted(content.lists.keys() - compiler.used)
    unused = [(("lists", name), f"no phrase uses the list <{name}>") for name in idle]
    return rules, [*found.items(), *unused, *_failing(content, rules)]


def _build(content: EmergencyContent, compiler: Compiler, faults: list[PhraseError]) -> EmergencyRules:
    """The rules of all that can be compiled; what cannot is added to `faults`."""
    phrases: list[_Phrase] = []
    guards: list[_Guard] = []
    starters: list[Matcher] = []
    for kind, entries in content.kinds.items():
        for at, entry in enumerate(entries):
            with _collecting(faults):
                phrases.append(_phrase(entry, kind, ("kinds", kind, at), compiler))
    for at, guard in enumerate(content.unless):
        with _collecting(faults):
            guards.append(_guard(guard, ("unless", at), compiler))
    for at, starter in enumerate(content.sentence_starters):
        with _collecting(faults):
            starters.append(compiler.matcher(starter, ("sentence_starters", at)))
    return EmergencyRules(tuple(phrases), tuple(guards), tuple(starters), _index(phrases), _index(guards))


def _index(said: Sequence[_Phrase | _Guard]) -> Mapping[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for at, one in enumerate(said):
        for word in one.matcher.rarest:
            index.setdefault(word, []).append(at)
    return {word: tuple(places) for word, places in index.items()}


def _places(words: Iterable[str], index: Mapping[str, tuple[int, ...]]) -> list[int]:
    """Of an index, all that may be said in these words, in order."""
    return sorted({at for word in words for at in index.get(word, ())})


@contextmanager
def _collecting(faults: list[PhraseError]) -> Iterator[None]:
    try:
        yield
    except PhraseError as fault:
        faults.append(fault)


def _phrase(entry: PhraseContent, kind: str, path: Path, compiler: Compiler) -> _Phrase:
    more = _matchers(entry, ("near", "lacks"), path, compiler)
    matcher = compiler.matcher(entry.phrase, (*path, "phrase"))
    return _Phrase(matcher, kind, entry.alone, more.get("near"), more.get("lacks"), path)


def _matchers(entry: _Content, names: Sequence[str], path: Path, compiler: Compiler) -> dict[str, Matcher]:
    """The phrases of those fields that are filled in."""
    return {
        name: compiler.matcher(phrase, (*path, name)) for name in names if (phrase := getattr(entry, name)) is not None
    }


def _guard(guard: GuardContent, path: Path, compiler: Compiler) -> _Guard:
    matchers = _matchers(guard, ("hit_has", "hit_lacks", "sentence_lacks"), path, compiler)
    return _Guard(
        compiler.matcher(guard.phrase, (*path, "phrase")),
        path,
        guard.scope,
        frozenset(guard.kinds),
        matchers.get("hit_has"),
        matchers.get("hit_lacks"),
        matchers.get("sentence_lacks"),
        guard.waits,
    )


def _failing(content: EmergencyContent, rules: EmergencyRules) -> Iterator[tuple[Path, str]]:
    """Examples that do not do what they stand for."""
    for phrase in rules.phrases:
        examples = content.kinds[cast(Kind, phrase.kind)][int(phrase.path[-1])].examples
        for at, example in enumerate(examples):
            if fault := _not_found(phrase, example, rules):
                yield (*phrase.path, "examples", at), fault
    for guard in rules.guards:
        for at, example in enumerate(content.unless[int(guard.path[-1])].examples):
            if fault := _not_guarded(guard, example, rules):
                yield (*guard.path, "examples", at), fault
    for at, sentence in enumerate(content.emergencies):
        if rules.find(sentence) is None:
            yield ("emergencies", at), f"{sentence!r} is taken for no emergency"
    for at, sentence in enumerate(content.not_emergencies):
        if hit := rules.find(sentence):
            yield ("not_emergencies", at), f"{sentence!r} is taken for {hit.kind}, by {hit.evidence!r}"


def _not_found(phrase: _Phrase, example: str, rules: EmergencyRules) -> str | None:
    heard = rules.hear(example)
    hits = list(phrase.hits(heard))
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
