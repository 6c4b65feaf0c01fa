"""Brings the ways of finding a slot's words together and turns them into values.

Words come from the small model's spans, from rule-based finders (numbers, plates, addresses that the gazetteer
knows) and, for a short answer to the open question, from the whole utterance. The surest reading of a slot wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from callbot.events import Scalar, SlotHit
from callbot.nlu.addresses import NUMBER_ONLY
from callbot.nlu.corrections import corrected_number, corrected_place
from callbot.nlu.edges import whole
from callbot.nlu.finders import find_slots
from callbot.nlu.flags import FLAG_SLOTS, flag, stated
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.house_numbers import answered_number, number_behind
from callbot.nlu.landmarks import landmark, named_place
from callbot.nlu.normalize import SLOTS, normalize
from callbot.nlu.ordinary import is_ordinary_street
from callbot.nlu.people import is_introduced, is_spelled
from callbot.nlu.street_names import is_bare_street
from callbot.nlu.vehicles import VehicleLists

FoundSpan = tuple[str, int, int, float]
"""Slot, first character, character after the last, confidence of the finder."""

_RULE_CONFIDENCE = 0.9
"""The finders are built to be precise."""
_WHOLE_ANSWER = 0.8
"""A whole utterance taken as the answer to the open question, before its value is resolved."""
_WHOLE_WORDS = 14
"""Longer utterances are not taken whole."""
_NUMBER_ANSWER = 0.85
"""An utterance that is nothing but a house number, after a question for it."""
_LANDMARK = 0.5
"""Words such as "by the big church": worth having beside a known street."""
_FLAG_CONFIDENCE = 0.9
_NOTHING = 0.15
"""Scores below this say that nothing of the words was resolved."""
_BESIDE = 14
"""Words of a sentence, from the place on, in which its corner or landmark is looked for."""
_UNSOLICITED_FLAGS = 4
"""An unasked flag is read from sentences of at least this many words."""


@dataclass(frozen=True)
class SlotReader:
    """Reads the slots of an utterance."""

    gazetteer: Gazetteer
    vehicles: VehicleLists
    names: frozenset[str]
    """First and last names that are known, lower case: what makes a bare answer a name."""
    timezone: str
    area_code: str

    def fit(self, text: str, slot: str, wall: datetime) -> float:
        """How well `text` fits as the answer to a question for `slot`: its confidence, 0 if it is none."""
        hits = self.read(text, slot, (), wall, is_answer=True)
        return max((hit.confidence for hit in hits if hit.name == slot), default=0.0)

    def read(
        self, text: str, asked: str, spans: Iterable[FoundSpan], wall: datetime, *, is_answer: bool
    ) -> tuple[SlotHit, ...]:
        """Every slot that `text` names, each once, with its surest value.

        `is_answer`: the utterance may be, as a whole, the value that was asked for ("I don't know" is not).
        """
        if asked == "location" or corrected_number(text, asked):
            numbered = self._number(text, wall)
            if numbered is not None:
                return (numbered,)
        right = corrected_place(text, self.gazetteer)
        if right is not None:
            return (self._hit("location", right, _RULE_CONFIDENCE, wall),)
        best = self._found(text, asked, spans, wall)
        if "location" not in best and asked != "location" and (place := named_place(text)) is not None:
            best["location"] = self._at_landmark(self._hit("location", place, _RULE_CONFIDENCE, wall), _LANDMARK)
        if asked == "location" and len(text.split()) <= _WHOLE_WORDS:
            self._place(best, text, wall, is_answer=is_answer)
        elif is_answer and asked in _RESOLVABLE and _is_short(text, asked):
            hit = self._whole(asked, text, wall)
            if hit is not None and asked in _NAMES and is_spelled(text):
                best.pop(asked, None)  # the letters tell more than a part of the words does
            self._keep(best, hit)
        for hit in self._flags(text, asked):
            best[hit.name] = hit
        return tuple(hit for hit in best.values() if hit.confidence > 0)

    def _found(self, text: str, asked: str, spans: Iterable[FoundSpan], wall: datetime) -> dict[str, SlotHit]:
        """What the small model and the rules point at, in the order of the text."""
        best: dict[str, SlotHit] = {}
        rules = self._by_rules(text, asked)
        said = [(slot, *whole(slot, text, first, end), sure) for slot, first, end, sure in spans]
        for slot, first, end, sure in sorted((*said, *_named_alike(rules, said)), key=lambda span: span[1]):
            if slot in _AMOUNTS and slot != asked and asked in SLOTS and not _MONEY.search(text):
                continue
            hit = self._hit(slot, text[first:end], sure, wall)
            if slot == "location":
                hit = self._located(hit, text, first, end, wall, asked=asked)
                if slot in best and best[slot].confidence >= _PLACED and not _is_part(best[slot].text, hit.text):
                    continue
            elif slot == "vehicle" and _is_bare_color(hit) and _overlaps(rules, "location", first, end):
                continue
            self._keep(best, hit)
        return best

    def _located(self, hit: SlotHit, text: str, first: int, end: int, wall: datetime, *, asked: str) -> SlotHit:
        """The location with what stands beside it; nothing where its words only look like a street ("one day")."""
        assert isinstance(hit.value, dict)
        doubtful = is_ordinary_street(hit.text) or (hit.text.islower() and is_bare_street(hit.text))
        if asked != "location" and hit.value["matched"] and doubtful:
            before = re.split(r"[.?!;]\s", text[:first])[-1].split(" ")[-_AROUND:]
            after = re.split(r"[.?!;,](?:\s|$)", text[end:], maxsplit=1)[0].split(" ")[:_AROUND]
            context = self._hit("location", " ".join((*before, hit.text, *after)).strip(), 1.0, wall).value
            if not isinstance(context, dict) or context["matched"] is None:
                return replace(hit, confidence=0.0)
        if asked != "location" and hit.confidence == 0.0 and named_place(hit.text) is not None:
            return self._at_landmark(hit, _LANDMARK)
        return self._widened(self._numbered(hit, text, first), text[first:], wall)

    @staticmethod
    def _at_landmark(hit: SlotHit, sure: float) -> SlotHit:
        """A place that no list holds, in the caller's words."""
        assert isinstance(hit.value, dict)
        if hit.value["matched"]:
            return hit
        return replace(hit, value={**hit.value, "place": hit.text}, confidence=sure)

    def _widened(self, hit: SlotHit, rest: str, wall: datetime) -> SlotHit:
        """The location with what the sentence says beside it: "Whalley Avenue" right by the Stop and Shop."""
        sentence = re.split(r"[.?!](?:\s|$)", rest, maxsplit=1)[0]
        near = " ".join(sentence.split()[:_BESIDE])
        wide = self._hit("location", near, 1.0, wall)
        if not isinstance(hit.value, dict) or not isinstance(wide.value, dict) or not hit.value.get("matched"):
            return hit
        same = all(hit.value.get(part) == wide.value.get(part) for part in ("matched", "number"))
        if not same and hit.value.get("number") is None and _NUMBERED.search(near[len(hit.text) :]):
            same = hit.value.get("matched") == wide.value.get("matched")
        added = [part for part in _BESIDE_STREET if wide.value.get(part) and not hit.value.get(part)]
        if not same or not added or len(near) <= len(hit.text):
            return hit
        value = {**hit.value, **{part: wide.value[part] for part in added}, "text": near}
        return replace(hit, text=near, value=value)

    @staticmethod
    def _numbered(hit: SlotHit, text: str, first: int) -> SlotHit:
        """The location with the house number right behind it: "Lombard", seventy-seven."""
        if not isinstance(hit.value, dict) or not hit.value.get("matched") or hit.value.get("cross_street"):
            return hit
        if hit.value.get("number") or hit.value.get("place"):
            return hit
        if (found := number_behind(text, first + len(hit.text))) is None:
            return hit
        near = text[first : found[1]]
        return replace(hit, text=near, value={**hit.value, "number": found[0], "text": near})

    def _by_rules(self, text: str, asked: str) -> list[FoundSpan]:
        found = find_slots(text, gazetteer=self.gazetteer, asked=asked)
        places = [span for span in found if span[0] == "location"]
        # Where several places are named the first one is meant.
        kept = [span for span in found if span not in places[1:]]
        return [(slot, *whole(slot, text, first, end), _RULE_CONFIDENCE) for slot, first, end in kept]

    def _number(self, text: str, wall: datetime) -> SlotHit | None:
        """The utterance as a house number, whatever else the small model takes the number for."""
        if (number := answered_number(text)) is None:
            return None
        empty = self._hit("location", "", 0.0, wall).value
        assert isinstance(empty, dict)
        value: dict[str, Scalar] = {**empty, "text": text.strip(), "number": number, "score": NUMBER_ONLY}
        return SlotHit("location", text, value, _NUMBER_ANSWER)

    def _place(self, best: dict[str, SlotHit], text: str, wall: datetime, *, is_answer: bool) -> None:
        """Read the answer to "where?" as a whole: what a span leaves out ("near", "between") tells what it means."""
        found = best.get("location")
        if found is not None and found.confidence == 0.0:
            found = None
        if found is None and not is_answer:
            return
        others = [hit.text for hit in best.values() if hit.name in _ELSEWHERE and hit.confidence >= _SURE_OTHER]
        rest = text
        for words in others:
            if found is None or words not in found.text:
                rest = rest.replace(words, ",")
        whole = self._hit("location", rest, _WHOLE_ANSWER, wall)
        if found is not None and (not _covers(whole, found) or whole.confidence < _RESOLVABLE["location"]):
            best["location"] = _said(found, text)
        elif whole.confidence >= _RESOLVABLE["location"]:
            sure = max(whole.confidence, found.confidence if found else 0.0)
            best["location"] = replace(_said(whole, text), confidence=sure)
        elif is_answer and not others and (beside := landmark(text)) is not None:
            assert isinstance(whole.value, dict)
            best["location"] = SlotHit("location", text, {**whole.value, "place": beside}, _LANDMARK)

    def _hit(self, slot: str, words: str, sure: float, wall: datetime) -> SlotHit:
        value, score = normalize(
            slot,
            words,
            gazetteer=self.gazetteer,
            wall=wall,
            timezone=self.timezone,
            vehicles=self.vehicles,
            area_code=self.area_code,
        )
        return SlotHit(slot, words, value, round(sure * _weight(slot, score), 4))

    def _whole(self, asked: str, text: str, wall: datetime) -> SlotHit | None:
        """The utterance as the asked slot's value, if it resolves to one."""
        hit = self._hit(asked, text, _WHOLE_ANSWER, wall)
        listed = self.names.intersection(re.findall(r"[a-z]+", text.lower()))
        if asked in _NAMES and not (listed or is_spelled(text) or is_introduced(text)):
            return None
        return hit if hit.confidence >= _RESOLVABLE[asked] else None

    def _flags(self, text: str, asked: str) -> Iterable[SlotHit]:
        for slot in FLAG_SLOTS:
            if slot != asked and len(text.split()) < _UNSOLICITED_FLAGS:
                continue
            value = flag(slot, text) if slot == asked else stated(slot, text)
            if value is not None:
                yield SlotHit(slot, text, value, _FLAG_CONFIDENCE)

    @staticmethod
    def _keep(best: dict[str, SlotHit], hit: SlotHit | None) -> None:
        if hit is not None and (hit.name not in best or hit.confidence > best[hit.name].confidence):
            best[hit.name] = hit


_BESIDE_STREET = ("number", "cross_street", "place")
_NUMBERED = re.compile(r"\b(?:number|no\.?|house|building) (?:\d|[a-z])|#", re.I)
"""A number after other words is the house's if it is called so: "Ferry Street, out front of number two sixty"."""
_PLACED = 0.8
"""From this confidence on the first place that is named is where it is; others only tell more about it."""
_AROUND = 3
"""Words on either side that tell whether an ordinary word is a street."""
_NAMES = ("caller_name", "person_name")
_AMOUNTS = ("item_value", "amount")
_MONEY = re.compile(r"\$|\b(?:dollars?|bucks?|grand|worth|costs?|value[ds]?|paid|pay|price)\b", re.I)
_STRUCTURED = ("callback_number", "plate", "item_value", "amount", "case_number", "report_number", "vehicle")
_UNRESOLVED = 0.2
"""Up to this score nothing of the form that such a slot has was found."""
_ELSEWHERE = ("callback_number", "plate", "item_value", "amount", "occurred_at", *_NAMES)
"""Slots whose words are no part of a place."""
_SURE_OTHER = 0.5
"""From this confidence on their words are kept out of it."""

_RESOLVABLE: Mapping[str, float] = {
    "location": 0.35,
    "occurred_at": 0.5,
    "vehicle": 0.5,
    "plate": 0.5,
    "callback_number": 0.4,
    "caller_name": 0.4,
    "person_name": 0.4,
    "item_value": 0.5,
    "amount": 0.5,
    "case_number": 0.4,
    "report_number": 0.4,
}
"""Slots that a bare answer can fill, with the least confidence at which it does."""


def _is_short(text: str, asked: str) -> bool:
    """It may be taken whole; the letters of a spelled name do not count."""
    words = text.split()
    return sum(len(word) > 1 or asked not in _NAMES for word in words) <= _WHOLE_WORDS


def _named_alike(rules: Iterable[FoundSpan], spans: Iterable[FoundSpan]) -> list[FoundSpan]:
    """The rules' amounts under the name that the small model has for these words: it knows what was paid for what."""
    amounts = [(slot, first, end) for slot, first, end, _ in spans if slot in _AMOUNTS]
    named = []
    for slot, first, end, sure in rules:
        if slot in _AMOUNTS:
            slot = next((other for other, start, stop in amounts if start < end and first < stop), slot)
        named.append((slot, first, end, sure))
    return named


def _overlaps(spans: Iterable[FoundSpan], name: str, first: int, end: int) -> bool:
    return any(slot == name and start < end and first < stop for slot, start, stop, _ in spans)


def _is_part(one: str, other: str) -> bool:
    """Two readings of the same words."""
    return one in other or other in one


def _is_bare_color(hit: SlotHit) -> bool:
    """ "Orange" is also a street."""
    return isinstance(hit.value, dict) and not hit.value["make"] and not hit.value["model"]


def _covers(whole: SlotHit, part: SlotHit) -> bool:
    """The whole utterance's location holds what a stretch of it does."""
    if not isinstance(whole.value, dict) or not isinstance(part.value, dict):
        return False
    streets = {whole.value["street"], whole.value["cross_street"]}
    if part.value["street"] == whole.value["cross_street"] and not part.value["number"] and whole.value["number"]:
        streets.add(part.value["cross_street"])  # the house is between the two
    named = all(part.value[key] in (None, whole.value[key]) for key in ("number", "place", "unit"))
    return named and all(part.value[key] in (None, *streets) for key in ("street", "cross_street"))


def _said(hit: SlotHit, text: str) -> SlotHit:
    """A location with the whole utterance as its words."""
    assert isinstance(hit.value, dict)
    return replace(hit, text=text, value={**hit.value, "text": text.strip()})


def _weight(slot: str, score: float) -> float:
    """How much an unresolved value takes from the finder's confidence.

    A street that the gazetteer does not know, or a time that is vague, is still worth having; words that name no
    place and no time at all are not.
    """
    if slot in _STRUCTURED and score <= _UNRESOLVED:
        return 0.0
    if slot not in ("location", "occurred_at", "vehicle"):
        return score
    return 0.0 if score < _NOTHING else 0.5 + 0.5 * score
