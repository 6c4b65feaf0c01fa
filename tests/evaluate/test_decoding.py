"""Intent and tags that fit each other."""

from __future__ import annotations

import numpy as np

from callbot.evaluate.decoding import Reading, decoded, several
from callbot.nlu.model import transitions

TAGS = ("O", "B-track", "I-track")
POOLED = np.zeros(4, np.float32)


def test_an_intent_brings_only_its_own_tags() -> None:
    reading = Reading(np.log(np.array([0.55, 0.45], np.float32)), np.array([[0.0, 3.0, 0.0]], np.float32), POOLED)
    table = transitions(TAGS)
    free = np.zeros((2, 3), np.float32)
    assert decoded(reading, table, free) == (0, [1])
    bound = np.array([[0, -np.inf, -np.inf], [0, 0, 0]], np.float32)
    assert decoded(reading, table, bound) == (1, [1]), "the less likely intent explains the words better"


def test_several_intents_are_those_more_likely_there_than_not() -> None:
    reading = Reading(np.array([0.1, -0.1, 3.0], np.float32), np.array([[0, 0, 9], [0, 0, 9]], np.float32), POOLED)
    assert several(reading, transitions(TAGS)) == ([0, 2], [1, 2]), "a value begins before it goes on"
