"""Letters said one by one: "A as in apple", "bravo", "double u", for number plates and spelled names."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.tokens import phrase_at

_CODE_WORDS = (
    *("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima"),
    *("mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey"),
    *("xray", "yankee", "zulu", "alfa", "juliett", "whisky"),
)
_SOUNDS = {
    **{word: word[0].upper() for word in _CODE_WORDS},
    **dict(zip(("ay", "bee", "cee", "dee", "eff", "gee", "aitch", "jay", "kay", "el"), "ABCDFGHJKL", strict=True)),
    **dict(
        zip(
            ("em", "en", "pee", "cue", "ar", "ess", "tee", "vee", "ex", "wye", "zee", "zed"),
            "MNPQRSTVXYZZ",
            strict=True,
        )
    ),
}
"""Words that stand for a letter wherever letters are expected."""
_AS_IN = ("as in", "is in", "for", "like", "like in", "as")


def letter_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The letters of one item at position `at` in capitals, and the position after it; None if it is no letter.

    >>> letter_at("b as in boy".split(), 0), letter_at("double u".split(), 0), letter_at("x ray".split(), 0)
    (('B', 4), ('W', 2), ('X', 2))
    """
    if at >= len(words):
        return None
    word, rest = words[at], words[at + 1 : at + 2]
    if word == "double" and rest:
        if rest[0] in {"u", "you"}:
            return "W", at + 2
        return (rest[0].upper() * 2, at + 2) if is_letter(rest[0]) else None
    if word == "x" and rest == ["ray"]:
        return "X", at + 2
    if is_letter(word):
        return word.upper(), _after_example(words, at + 1, word)
    return (_SOUNDS[word], at + 1) if word in _SOUNDS else None


def is_letter(word: str) -> bool:
    return len(word) == 1 and "a" <= word <= "z"


def _after_example(words: Sequence[str], at: int, letter: str) -> int:
    """The position after "as in apple"; `at` if no example with that letter follows."""
    size = phrase_at(words, at, *_AS_IN)
    example = at + size
    if size and list(words[example : example + 2]) == ["x", "ray"] and letter == "x":
        return example + 2
    fits = size and example < len(words) and words[example].startswith(letter) and len(words[example]) > 1
    return example + 1 if fits else at
