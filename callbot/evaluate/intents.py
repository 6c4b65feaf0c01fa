"""Which intent: how often right, in which the small model is weak, and what it takes for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from callbot.bench.part import Table
from callbot.evaluate.judged import Judged
from callbot.evaluate.plots import heat_map
from callbot.evaluate.section import Picture, Section, counted, percent
from callbot.nlu.scores import label_measures
from callbot.stats import exact_interval

_SHOWN = 15
"""Confusions that are listed."""


def section(rows: Sequence[Judged]) -> Section:
    """Accuracy, macro-F1, each intent, and the confusions."""
    known = [row for row in rows if row.truth is not None]
    pairs = Counter((str(row.truth), row.guess) for row in known)
    measures = label_measures(pairs)
    right = sum(count for (truth, guess), count in pairs.items() if truth == guess)
    macro = sum(one.f1 for one in measures.values()) / max(1, len(measures))
    low, high = exact_interval(right, len(known))
    wrong = [(truth, guess, count) for (truth, guess), count in pairs.most_common() if truth != guess]
    figures = {
        "utterances": len(known),
        "accuracy": right / max(1, len(known)),
        "accuracy_interval": [low, high],
        "macro_f1": macro,
        "intents": {
            name: {"precision": m.precision, "recall": m.recall, "f1": m.f1, "n": m.support}
            for name, m in measures.items()
        },
        "confusions": wrong,
    }
    tables = (
        Table(
            "intents",
            [
                {
                    "accuracy": counted(right, len(known), (low, high)),
                    "macro-F1": percent(macro),
                    "intents": len(measures),
                }
            ],
        ),
        Table(
            "each intent, the weakest first",
            [
                {"intent": n, "precision": percent(m.precision), "recall": percent(m.recall), "F1": percent(m.f1)}
                | {"n": m.support}
                for n, m in sorted(measures.items(), key=lambda pair: pair[1].f1)
            ],
        ),
        Table("most frequent confusions", [{"right": t, "taken for": g, "n": n} for t, g, n in wrong[:_SHOWN]]),
    )
    return Section(figures, tables, (Picture("confusion", heat_map("right intent (rows), guess (columns)", pairs)),))
