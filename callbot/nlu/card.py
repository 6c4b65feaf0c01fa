"""The model card that stands beside a trained adapter: what it is, what it was made of, how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from callbot.nlu.scores import Measure, Scores


@dataclass(frozen=True, slots=True)
class Report:
    """What a training came to."""

    folder: Path
    bytes: int
    """Size of the adapter's files, without its card."""
    data: str
    """SHA-256 of all training utterances."""
    seed: int
    epochs: int
    best_epoch: int
    """The pass that was kept, counted from 1."""
    trained: int
    """Utterances trained on."""
    draws: int
    """Varied examples seen in all."""
    seconds: float
    calibration: Scores
    """On the calibration split, which chose the pass, the temperatures and the threshold: a little flattered."""
    held_out: Scores | None
    """On the held-out utterances; None if there were none."""


_HEAD = """# Small model: adapter for intents and slots

Written by `callbot train`; do not edit. The files here are a low-rank adapter (rank 16, in peft's format) for the
sentence encoder all-MiniLM-L6-v2, one linear head each for the intent and for the BIO tags of the words, and what
judges whether an utterance resembles anything known. `callbot.nlu.model.SmallModel.load` reads them.

Input: the caller's words in lower case without punctuation, and the question that was open.
Use: sorting what callers of a non-emergency line say. It must not be the only thing that watches for emergencies.

"""

_RIGHTS = """## Rights

The encoder is all-MiniLM-L6-v2 of the sentence-transformers project, Apache-2.0; it is not part of this folder.
The utterances are the site's own. Values swapped in while training come from the site's lists, which name their
origins and licences; in the site that is shipped with callbot these are streets (OpenStreetMap contributors and City
of New Haven GIS, ODbL 1.0), names (US Census Bureau, public domain), makes of vehicles (CC0-1.0) and models (MIT).
"""


def card(report: Report, counts: Mapping[str, int], today: date) -> str:
    """The card in Markdown; `counts` are all utterances by intent, those of the calibration split included."""
    made = f"""## Training

| | |
|---|---|
| date | {today.isoformat()} |
| utterances | {sum(counts.values())}: {report.trained} trained on, {report.calibration.count} for calibration |
| SHA-256 of the utterances | `{report.data}` |
| seed | {report.seed} |
| passes | {report.epochs} ({report.draws} varied examples in all), number {report.best_epoch} kept |
| minutes | {report.seconds / 60:.1f} |

Utterances by intent: {", ".join(f"{name} {count}" for name, count in sorted(counts.items()))}.

"""
    chosen = (
        "It chose the pass, the temperatures and the out-of-scope threshold, so its figures are a little flattered."
    )
    text = _HEAD + made + _section("Calibration split", chosen, report.calibration)
    if report.held_out:
        alien = "Written by another hand than the training utterances; nothing was trained or chosen on them."
        text += _section("Held-out utterances", alien, report.held_out)
    return text + _RIGHTS


def _section(title: str, note: str, scores: Scores) -> str:
    rows = {
        "utterances with an intent": str(scores.count),
        "intent accuracy": _percent(scores.accuracy),
        "intent accuracy after out-of-scope rejection": _percent(scores.accepted_accuracy),
        "macro-F1 of the intents": _percent(scores.macro_f1),
        "F1 of the slots (exact words)": _percent(scores.slot_f1),
        "emergencies found": f"{scores.emergencies_found} of {scores.emergencies}",
        "false emergency alarms": f"{scores.false_alarms} of {scores.others}",
        "among them on look-alikes": f"{scores.look_alike_alarms} of {scores.look_alikes}",
        "expected calibration error (15 bins)": _percent(scores.calibration_error),
    }
    table = "".join(f"| {name} | {value} |\n" for name, value in rows.items())
    wrong = ", ".join(f"{truth} as {guess} {n}" for truth, guess, n in scores.confusions[:12]) or "none"
    return (
        f"## {title}\n\n{note}\n\n| | |\n|---|---|\n{table}\n"
        f"Confusions: {wrong}.\n\n{_measures('intent', scores.intents)}\n{_measures('slot', scores.slots)}\n"
    )


def _measures(kind: str, measures: Mapping[str, Measure]) -> str:
    lines = [f"| {kind} | precision | recall | F1 | count |", "|---|---|---|---|---|"]
    for name, one in measures.items():
        figures = " | ".join(_percent(value) for value in (one.precision, one.recall, one.f1))
        lines.append(f"| {name} | {figures} | {one.support} |")
    return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
