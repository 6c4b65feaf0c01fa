"""Names of people: "my name is Daniel Ortiz", "O R T I Z", "Reuben Katz, with a K"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

from callbot.events import Scalar
from callbot.nlu.letters import letter_at
from callbot.nlu.tokens import Token, said, tokenize

UNRESOLVED = 0.1
"""Score of words that hold no name."""

_RELATION = (
    "(?:neighbou?r|friend|husband|wife|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|landlord|landlady"
    "|roommate|tenant|coworker|uncle|aunt|cousin|grandmother|grandfather|grandma|grandpa|niece|nephew|partner|boyfriend"
    "|girlfriend|kid|boy|girl)"
)
_LEAD_IN = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|sure|okay|ok|hi|hello|um|uh|oh|well|so|of course|just|only|maybe|probably|perhaps|again"
    r"|actually|it's me|pretty sure|fairly sure|i go by|(?:they|he|she) (?:told me|said)(?: that)?"
    r"|you(?:'ve)? got(?: me)?|you're (?:speaking with|talking to)|(?:i|it) (?:said|meant|should be)"
    r"|no(?=,? (?:it's|it is|i said|i meant|that's|my name|his name|her name)|, .*\b[a-z][ ,.-]+[a-z]\b)"
    r"|(?:i )?(?:think|believe|guess)(?: that)?|it was|that was|he was|she was|(?:it|he|she) (?:might|may|could) be"
    r"|it's|it is|this is|that's|that is|i am|i'm|he's|she's"
    r"|(?:my|his|her|their|the) (?:full )?name(?:'s| is| was)?|name(?:'s| is)"
    r"|(?:my|his|her|their) [a-z]+'s (?:full )?name(?:'s| is| was)?"
    r"|(?:my|his|her|their) (?!name)[a-z]+(?: in law)?(?=,| named| is)"
    r"|(?:my|his|her|their) " + _RELATION + r"(?: in law)?"
    r"|(?:an? )(?:\w+ ){1,2}(?=named\b|called\b)"
    r"|(?:(?:you|you can|you could|let's) )?(?:just )?(?:put|put down|say|use|write)(?: down)?"
    r"|(?:(?:you can |you could )?(?:just )?|folks |people )call me"
    r"|(?:everybody|everyone|people|folks|they all|they) (?:just )?calls? me"
    r"|everybody says|named|called|is)\b[\s,.:]*)+",
    re.I,
)
_TAIL = re.compile(
    r"[\s,.]*\b(?:with (?:a|an|one|two)\b.*|that's [a-z](?:\W|$).*|spelled\b.*"
    r"|please|speaking|here|calling(?: back)?|again|from (?:before|earlier)|something(?: or other)?"
    r"|thank you|thanks|and (?:i|he|she|they|my)\b.*|i live\b.*"
    r"|i (?:think|guess|believe)|or something(?: like that)?|for now|if that helps"
    r"|(?<=[a-z])'s (?:fine|okay|ok|good)|will do"
    r"|(?:is|will be|would be|works|is just|should be) (?:fine|okay|ok|good|enough|all right|great|it)"
    r"|is (?:my|his|her|their|the) (?:full )?name|that's (?:it|all|me|my name|enough|fine)"
    r"|badge\b.*|(?<=[,.;] )(?:like\b.*|(?:my|his|her|their) " + _RELATION + r"\b.*)|,? ?not (?-i:[A-Z])[\w']+"
    r"|(?<=[,.;] )(?:she|he|they|but i|i)(?:'s|'re|'d)? (?!the\b)[a-z']+\b.*)[\s,.!]*$",
    re.I,
)
_PART = re.compile(
    r"\b(?:(?:my|his|her|their|the|and|with|with the|but)\s+)*(?P<part>first|given|last|family)\s+name"
    r"(?:'s|\s+is|\s+was)?"
    r"|\b(?:(?:my|his|her|their|the)\s+)?(?P<sur>surname)(?:'s|\s+is|\s+was)?\b",
    re.I,
)
"""What announces one part of a name."""
_BADGE = re.compile(
    r"\b(?:(?:the|his|her|their) )?(?:badge|name ?tag|tag|nameplate|uniform) (?:said|says|read|reads|was)\b", re.I
)
"""What officers wear shows their last name."""
_INTRODUCED = re.compile(
    r"\b(?:name(?:'s| is| was)|(?:first|last) name|surname|calls? me|named)\b"
    r"|\b(?:officer|detective|sergeant|mrs?|ms|doctor)\b\.? (?-i:[A-Z])"
    r"|" + _BADGE.pattern,
    re.I,
)
_IS_LAST = re.compile(
    r"(?P<name>.+?),?\s+(?:is|was|would be|being|that's|that is)\s+"
    r"(?:my|his|her|their|the)\s+(?P<part>first|last) name\W*$",
    re.I,
)
_SPELLS = re.compile(
    r"[\s,.;:]*\b(?:and )?(?:(?:that's|that is|it's|it is|which is|i|i'll|i can|can i|should i|let me|i will"
    r"|(?:do )?(?:you )?(?:need|want) me to)\s+)?(?:spelled|spell (?:it|that)|spelling)"
    r"(?:\s+(?:is|it|that|like|for you))*"
    r"(?=[\s,:?.]+[a-z]\b(?!'))"
    r"|[\s,.;:]*\b(?:and )?(?:that's|that is|it's|it is)(?=[\s,:]+[a-z](?:[\s,.-]+|\s+as in \w+\W+)[a-z]\b(?!'))",
    re.I,
)
"""Words that announce letters."""
_HINT = re.compile(
    r",?\s*\bnot (?-i:[A-Z])[\w']+(?=,)|\b(?:(?:it|that|which) )?(?:with|starts with|begins with) (?:a|an|one|two) "
    r"(?:double )?[a-z](?:'?s)?\b(?!')|\bagain(?=[,.])|,\s*(?:no|without an?) [a-z]\b(?!')",
    re.I,
)
"""Words beside a name: "with an H", "with two Ns", "not Reese"."""
_BETWEEN_LETTERS = frozenset({"apostrophe", "hyphen", "dash", "capital", "then"})
_NEW_WORD = frozenset({"space", "and"})
_SHORTEST_WORD = 3
"""Letters of a spelled name that nothing but a pause divides from the next."""
_ALIKE = 0.6
"""A word that is so much like what is spelled is the same name misheard."""
_TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mister", "missus", "doctor", "dr", "sister", "father", "reverend"),
        *("officer", "detective", "sergeant"),
    }
)
_SUFFIXES = frozenset({"junior", "jr", "senior", "sr", "ii", "iii"})
_PARTICLES = frozenset({"de", "da", "di", "del", "la", "van", "von", "der", "el", "al", "st", "saint", "o", "mac"})
_NO_NAME = frozenset(
    {
        *("an", "his", "her", "my", "your", "their", "me", "to", "told", "never", "gave", "it", "you", "this", "that"),
        *("some", "guy", "man", "woman", "lady", "name", "names", "who", "why", "what", "of", "for", "they", "we"),
        *("no", "not", "rather", "anonymous", "don't", "want", "give", "why", "nobody", "none", "nope"),
        *("prefer", "won't"),
        *("second", "moment", "minute", "sec", "hold", "wait", "telling", "sorry"),
        *("know", "unknown", "private", "question", "calling", "the", "and", "but", "can't", "is", "was"),
    }
)


def parse_name(text: str) -> tuple[dict[str, Scalar], float]:
    """{"text", "first", "last"} of the person named in `text`, and how sure it is.

    A single name is the first name, after a title or "last name" the last one; None where nothing was said. Letters
    said one by one are put together, and replace the name that they spell.
    """
    first, last, count = _in_parts(text)
    if first is None and last is None:
        return {"text": text.strip(), "first": None, "last": None}, UNRESOLVED
    score = 0.95 if first and last else 0.8
    return {"text": text.strip(), "first": first, "last": last}, score if count <= 3 else 0.6


def is_introduced(text: str) -> bool:
    """Something in it says that a name follows: "the badge said Doyle"; such a name need be in no list.

    >>> is_introduced("I think it was Officer Ramos"), is_introduced("it was Ramos")
    (True, False)
    """
    return _INTRODUCED.search(text) is not None


def is_spelled(text: str) -> bool:
    """A name is spelled in it.

    >>> is_spelled("Kim, K I M"), is_spelled("Ruiz, R as in Romeo, U, I, Z"), is_spelled("J Kim")
    (True, True, False)
    """
    return any(len(item.letters) >= _SHORTEST_WORD for item in _items(text))


def _in_parts(text: str) -> tuple[str | None, str | None, int]:
    """First and last name and how many words they are, each part by what announces it: "last name Ortiz"."""
    text = _BADGE.sub("officer", text)
    if (behind := _IS_LAST.match(text)) is not None and not _PART.search(behind["name"]):
        text = f"{behind['part']} name {behind['name']}"
    marks = list(_PART.finditer(text))
    first, last, count = _named(text[: marks[0].start()] if marks else text)
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        front, back, size = _named(text[mark.end() : end])
        if not size:
            continue
        named = " ".join(part for part in (front, back) if part)
        if first and last is None and (mark["part"] or "").lower() in {"first", "given"}:
            first, last = None, first
        if (mark["part"] or "last").lower() in {"first", "given"}:
            first = named
        else:
            last = named[0].upper() + named[1:]
        count = max(count, size)
    return first, last, count


def _named(text: str) -> tuple[str | None, str | None, int]:
    """First and last name in words without "first name" and the like, and how many words they are; 0 for none."""
    words = _words(_items(text))
    titles = [index for index, word in enumerate(words) if word.lower() in _TITLES]
    titled = bool(titles) and titles[-1] < len(words) - 1
    names = [_cased(word) for word in (words[titles[-1] + 1 :] if titled else words) if word.lower() not in _TITLES]
    if not names or len(names) > 5 or "a" in words or any(name.lower() in _NO_NAME for name in names):
        return None, None, 0
    return *_first_last(names, titled), len(names)


class _Item(NamedTuple):
    """A word as it was written, or a name that was spelled."""

    word: str
    letters: str
    after_break: bool


def _items(text: str) -> list[_Item]:
    """The words and spelled names of `text`, without what stands around them."""
    plain = _LEAD_IN.sub("", _HINT.sub(",", _SPELLS.sub(", ", text.strip())))
    while (shorter := _TAIL.sub("", plain)) != plain:
        plain = shorter
    plain = re.sub(r",\s*(?:it's|that's|just|so)\b", ",", plain, flags=re.I)
    tokens = tokenize(plain)
    lower = [token.text for token in tokens]
    items: list[_Item] = []
    at = 0
    while at < len(lower):
        pieces, here = _letters(tokens, lower, at)
        if sum(map(len, pieces)) >= 2 and not _are_initials(tokens, lower, here, pieces, bool(items)):
            items += [_Item("", piece, True) for piece in pieces]
            at = here
            continue
        word = said(plain, tokens[at : at + 1])
        stray = len(word) == 1 and tokens[at].after_break and items
        if (lower[at].isalpha() or "'" in lower[at]) and not stray and lower[at] not in _NEW_WORD:
            if items and items[-1].word and tokens[at].dashed:
                items[-1] = items[-1]._replace(word=f"{items[-1].word}-{word}")
            else:
                items.append(_Item(word, "", tokens[at].after_break))
        elif lower[at] in _NEW_WORD and not (at + 1 < len(lower) and letter_at(lower, at + 1)):
            items.append(_Item(word, "", tokens[at].after_break))
        at += 1
    return items


def _are_initials(tokens: Sequence[Token], lower: Sequence[str], stop: int, pieces: Sequence[str], later: bool) -> bool:
    """ "J. R. Smith": two letters in front of a name."""
    follows = stop < len(lower) and not tokens[stop].after_break and lower[stop].isalpha() and len(lower[stop]) > 1
    return not later and sum(map(len, pieces)) == 2 and follows


def _letters(tokens: Sequence[Token], lower: Sequence[str], at: int) -> tuple[list[str], int]:
    """The letters said one by one from token `at` on, cut into names, and the position after them.

    What divides them more than the others does, divides names: a space between hyphens, a comma between spaces.
    """
    runs: list[tuple[str, int]] = []
    divides = _LETTER
    while at < len(lower):
        skipped = at + (bool(runs) and lower[at] in {*_BETWEEN_LETTERS, *_NEW_WORD})
        item = letter_at(lower, skipped)
        if item is None or not (runs or len(lower[at]) == 1 or item[0] == "W"):
            break
        token = tokens[at]
        if skipped > at and lower[at] in _NEW_WORD:
            divides = _WORD
        elif token.after_break:
            divides = _PAUSE
        else:
            divides = _LETTER if token.dashed or token.glued else _SPACE
        mark = "'" if skipped > at and lower[at] == "apostrophe" else ""
        runs.append((mark + item[0], divides))
        at = item[1]
    return _cut(runs), at


_LETTER, _SPACE, _PAUSE, _WORD = range(4)
"""What stands between two letters, from nothing but a hyphen to a word that says that a name is over."""


def _cut(runs: Sequence[tuple[str, int]]) -> list[str]:
    inner = [divides for _, divides in runs[1:]]
    if not inner:
        return [letters for letters, _ in runs]
    most = max(inner)
    pieces = [runs[0][0]]
    for letters, divides in runs[1:]:
        if divides == most:
            pieces.append(letters)
        else:
            pieces[-1] += letters
    # "K as in kilo, I, M" is divided everywhere: letters by themselves belong together.
    joined: list[str] = [pieces[0]]
    for before, piece in pairwise(pieces):
        if len(before) == len(piece) == 1:
            joined[-1] += piece
        else:
            joined.append(piece)
    if most < _WORD and any(len(piece) < _SHORTEST_WORD for piece in joined):
        return ["".join(joined)]
    return joined


def _words(items: Sequence[_Item]) -> list[str]:
    """The words of a name, each once; what is spelled stands in place of the word that it spells."""
    groups: list[list[str]] = []
    after_letters = False
    for item in items:
        if item.word and groups and not item.after_break and not after_letters:
            groups[-1].append(item.word)
        elif item.word:
            groups.append([item.word])
        after_letters = bool(item.letters)
    sets = [{word.lower() for word in group} for group in groups]
    once = [
        group
        for index, group in enumerate(groups)
        if not any(sets[index] < other for other in sets) and sets[index] not in sets[:index]
    ]
    words = [word for group in once for word in group]
    spelled = [piece for item in items if item.letters for piece in _along(item.letters, words)]
    ordered = [item.word or item.letters for item in items]
    if not words:
        return spelled
    for letters in spelled:
        words = _with_spelling(words, letters, behind=ordered)
    return words


def _along(letters: str, words: Sequence[str]) -> list[str]:
    """ "GRACEKIM" as the words that were said right before, "Grace Kim"."""
    for first in range(len(words)):
        for stop in range(first + 2, len(words) + 1):
            if "".join(words[first:stop]).lower() == letters.lower():
                return [word.upper() for word in words[first:stop]]
    return [letters]


def _with_spelling(words: list[str], spelled: str, behind: Sequence[str]) -> list[str]:
    """The spelled name in place of the word that is most like it, else where it was said."""
    likeness = [Indel.normalized_similarity(word.lower(), spelled.lower()) for word in words]
    for index, word in enumerate(words):
        if word[:1].lower() == spelled[:1].lower() and abs(len(word) - len(spelled)) <= 2:
            likeness[index] = max(likeness[index], _ALIKE)
    best = max(range(len(words)), key=lambda index: likeness[index])
    if likeness[best] >= _ALIKE:
        same = words[best].lower() == spelled.lower()
        return words if same else [*words[:best], spelled, *words[best + 1 :]]
    at = next((i for i, word in enumerate(behind) if word == spelled), len(behind))
    before = sum(1 for word in words if word in behind[:at])
    return [*words[:before], spelled, *words[before:]]


def _cased(word: str) -> str:
    """Mixed case is kept ("McDonald"), all capitals and all small letters become a name."""
    if word.lower() in _PARTICLES and len(word) > 1:
        return word.lower()
    mixed = any(c.islower() for c in word) and any(c.isupper() for c in word)
    return word if mixed else "".join(part[:1].upper() + part[1:].lower() for part in re.split(r"(?<=['-])", word))


def _first_last(names: list[str], titled: bool) -> tuple[str | None, str | None]:
    core = [name for name in names if name.lower() not in _SUFFIXES] or names
    if len(core) == 1:
        name = core[0][0].upper() + core[0][1:]
        return (None, name) if titled else (name, None)
    start = len(core) - 1
    while start > 1 and core[start - 1].lower() in _PARTICLES:
        start -= 1
    first, last = " ".join(core[:start]), " ".join(core[start:])
    return first, last[0].upper() + last[1:] if start == len(core) - 1 else last
