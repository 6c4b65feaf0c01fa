"""Turns prompts and case values into sentences. PURE.

Texts come from dialogs/<language>/prompts.yaml. Values are put in words ("215 Orange Street, near Court Street");
how numbers and abbreviations are pronounced is the business of speech/spoken.py.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence

from callbot.events import Scalar, SlotValue

VARIABLES = frozenset(
    {"location", "title", "name", "number", "vehicle", "plate", "item", "amount"}
    | {"report", "when", "caller", "case_number", "answer", "other", "due"}
)
"""What a prompt may contain in braces."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


def variables_of(text: str) -> set[str]:
    """Names in braces in a prompt; raises ValueError for unbalanced braces, or more than a name in them."""
    found = [(name, form, kind) for _, name, form, kind in string.Formatter().parse(text) if name is not None]
    if any(form or kind for _, form, kind in found):
        raise ValueError("only a name may stand in braces")
    return {name for name, _, _ in found}


def sentences(text: str) -> tuple[str, ...]:
    """A text as single sentences: the unit that is synthesised and cached.

    >>> sentences("Hello. How are you?")
    ('Hello.', 'How are you?')
    """
    return tuple(part for part in _SENTENCE_END.split(" ".join(text.split())) if part)


def render(variants: Sequence[str], turn: int, values: Mapping[str, str]) -> tuple[str, ...]:
    """The sentences of a prompt; `turn` picks the variant, so that a repeated prompt varies."""
    text = variants[turn % len(variants)].format_map(values)
    # A value that is not known leaves its comma behind.
    return sentences(re.sub(r"\s*,(?:\s*,)+", ",", re.sub(r"(?:\s*,)+\s*(?=[.?!])", "", text)))


def fixed_sentences(prompts: Mapping[str, Sequence[str]]) -> list[str]:
    """Every sentence that is always the same: what can be synthesised before the first call."""
    found = (part for variants in prompts.values() for text in variants for part in sentences(text))
    return list(dict.fromkeys(part for part in found if not variables_of(part)))


def spoken_value(value: SlotValue) -> str:
    """A slot's value in the words of a read-back; cases/summary.py has the written form.

    >>> spoken_value({"text": "215 orange", "street": "Orange Street", "number": "215", "matched": "Orange Street"})
    '215 Orange Street'
    >>> spoken_value(True)
    'yes'
    """
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _display_record(value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _display_record(value: Mapping[str, Scalar]) -> str:
    if "street" in value:
        return _display_location(value)
    if "make" in value:
        return _join(value, "color", "year", "make", "model") or str(value["text"])
    if "last" in value:
        return _join(value, "first", "last") or str(value["text"])
    return str(value.get("text", ""))


def _display_location(value: Mapping[str, Scalar]) -> str:
    street, number = value.get("matched") or value.get("street"), value.get("number")
    if not street:
        return str(value.get("place") or value.get("text") or "")
    parts = [f"{number} {street}" if number else str(street)]
    if value.get("unit"):
        unit = str(value["unit"])
        # "Apartment 4" and "floor 3" say what they are, "4" does not.
        parts.append(unit if re.search(r"[^\W\d_]{2}", unit) else f"unit {unit}")
    cross, place = value.get("cross_street"), value.get("place")
    if cross:
        parts.append(f"near {cross}")
    elif place:
        parts.append(f"by {place}")
    return ", ".join(parts)


def _join(value: Mapping[str, Scalar], *names: str) -> str:
    return " ".join(str(value[name]) for name in names if value.get(name) is not None)
