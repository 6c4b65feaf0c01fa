"""The model card that stands beside a trained adapter: what it is, what it was made of, how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from callbot.nlu.calibrate import Cutoff, lower_bound, upper_bound
from callbot.nlu.drift import KEY, Baseline
from callbot.nlu.measures import CERTAIN, Figures, Watch, plain
from callbot.nlu.recipe import Recipe
from callbot.nlu.scores import Measure


@dataclass(frozen=True, slots=True)
class Report:
    """What a training came to."""

    folder: Path
    bytes: int
    """Size of the adapter's files, without its card."""
    data: str
    """SHA-256 of all training utterances."""
    seed: int
    recipe: Recipe
    after: str
    """The version from which it went on; "" = from none."""
    best_epoch: int
    """The pass that was kept, counted from 1."""
    trained: int
    """Utterances trained on."""
    heard: int
    """Utterances, of all, that a recogniser heard."""
    seconds: float
    close: Cutoff
    """Where a case may close itself."""
    calibration: Figures
    """On the calibration split, which set temperatures and thresholds: a little flattered."""
    held_out: Figures | None
    """On the held-out utterances; None if there were none."""
    usual: Baseline
    """What is usual on the calibration split, to see callers drift from it."""


_DEVICES = {"cpu": "two cores", "cuda": "a graphics card"}

_HEAD = """# Small model: adapter for intents, slots and emergencies

Written by `callbot train`; do not edit. The files here are a low-rank adapter (in peft's format, half
precision) for the sentence encoder all-MiniLM-L6-v2; linear heads for the intent, for each intent by itself, for the
BIO tags of the words, for an emergency and for its kind; known emergencies and their look-alikes as embeddings; and
what judges whether an utterance resembles anything known. `callbot.nlu.model.SmallModel.load` reads them.

Input: the caller's words in lower case without punctuation, and the question that was open.
Use: sorting what callers of a non-emergency line say. It must not be the only thing that watches for emergencies.
All figures are those of the model as it is served: encoder quantised to 8 bits.

"""

_RIGHTS = """## Rights

The encoder is all-MiniLM-L6-v2 of the sentence-transformers project, Apache-2.0; it is not part of this folder.
The utterances are the site's own; those that were heard were spoken by the Piper voice en_US-joe (CC0-1.0). Values
swapped in while training come from the site's lists, which name their origins and licences; in the site that is
shipped with callbot these are streets (OpenStreetMap contributors and City of New Haven GIS, ODbL 1.0), names (US
Census Bureau, public domain), makes of vehicles (CC0-1.0) and models (MIT).
"""


def card(report: Report, counts: Mapping[str, int], today: date) -> str:
    """The card in Markdown; `counts` are all written utterances by intent, those of the calibration split included."""
    made = f"""## Training

| | |
|---|---|
| date | {today.isoformat()} |
| utterances | {sum(counts.values())} written, {report.heard} of them also heard; {report.trained} trained on, \
{report.calibration.scores.count} for calibration |
| SHA-256 of the utterances | `{report.data}` |
| seed | {report.seed} |
| passes | {report.recipe.passes} ({report.recipe.passes * report.recipe.draws} varied examples in all), number \
{report.best_epoch} kept |
| trained on | {_DEVICES[report.recipe.device]}{f", from version {report.after} on" if report.after else ""} |
| minutes | {report.seconds / 60:.1f} |

Utterances by intent: {", ".join(f"{name} {count}" for name, count in sorted(counts.items()))}.

"""
    chosen = (
        "It set temperatures and thresholds, so its figures are a little flattered. Heard utterances are part of it."
    )
    text = _HEAD + made + _closing(report.close) + _section("Calibration split", chosen, report.calibration)
    if report.held_out:
        alien = "Written by another hand than the training utterances; nothing was trained on them or fitted to them."
        text += _section("Held-out utterances", alien, report.held_out)
    return text + _RIGHTS


def card_json(report: Report, counts: Mapping[str, int], today: date) -> str:
    """The same for programs."""
    content = {
        "version": report.folder.name,
        "date": today.isoformat(),
        "data": report.data,
        "seed": report.seed,
        "recipe": asdict(report.recipe),
        "after": report.after,
        "best_epoch": report.best_epoch,
        "minutes": round(report.seconds / 60, 1),
        "utterances": dict(sorted(counts.items())),
        "trained": report.trained,
        "heard": report.heard,
        "close": report.close._asdict(),
        "calibration": plain(report.calibration),
        "held_out": plain(report.held_out) if report.held_out else None,
        KEY: report.usual.model_dump(),
    }
    return json.dumps(content, indent=1) + "\n"


def _closing(close: Cutoff) -> str:
    if not close.accepted:
        evidence = "No confidence was found from which on the bound holds: nothing may close itself."
    else:
        evidence = (
            f"From a confidence of {close.threshold:.2f} on, {close.wrong} of {close.accepted} intents of the "
            f"calibration split were wrong: with 95 % certainty less than {100 * close.bound:.2f} % "
            "(Clopper-Pearson, one-sided)."
        )
    return f"## When a case may close itself\n\n{evidence}\n\n"


def _section(title: str, note: str, figures: Figures) -> str:
    scores = figures.scores
    rows = {
        "utterances with an intent": str(scores.count),
        "intent accuracy": _percent(scores.accuracy),
        "intent accuracy after out-of-scope rejection": _percent(scores.accepted_accuracy),
        "macro-F1 of the intents": _percent(scores.macro_f1),
        "F1 of the slots (exact words, each intent's own)": _percent(scores.slot_f1),
        "expected calibration error (15 bins)": _percent(scores.calibration_error),
        "out-of-scope utterances flagged": f"{figures.strangers_flagged} of {figures.strangers}",
        "in-scope utterances flagged": f"{figures.familiar_flagged} of {figures.familiar}",
    }
    table = "".join(f"| {name} | {value} |\n" for name, value in rows.items())
    wrong = ", ".join(f"{truth} as {guess} {n}" for truth, guess, n in scores.confusions[:12]) or "none"
    return (
        f"## {title}\n\n{note}\n\n| | |\n|---|---|\n{table}\n{_alarms(figures)}\n{_coverage(figures)}\n"
        f"Confusions: {wrong}.\n\n{_measures('intent', scores.intents)}\n{_measures('slot', scores.slots)}\n"
    )


def _alarms(figures: Figures) -> str:
    """Who is taken for an emergency, with exact binomial bounds."""
    sets = {"emergencies": figures.emergencies, "look-alikes": figures.look_alikes, "others": figures.others}
    lines = [
        f"| taken for one by | phrases | head | likeness | any | bound, 95 % | head and likeness ≥ {CERTAIN} |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, watch in sets.items():
        if watch.count:
            cells = f"{watch.phrases} | {watch.head} | {watch.likeness} | {watch.any} of {watch.count}"
            lines.append(f"| {name} | {cells} | {_bound(name, watch)} | {watch.certain} |")
    return "\n".join(lines) + "\n"


def _bound(name: str, watch: Watch) -> str:
    if name == "emergencies":
        return f"at least {_percent(lower_bound(watch.any, watch.count))}"
    return f"at most {_percent(upper_bound(watch.any, watch.count))}"


def _coverage(figures: Figures) -> str:
    lines = ["| surest | their least confidence | wrong intents |", "|---|---|---|"]
    lines += [f"| {share:.0%} | {least:.2f} | {_percent(wrong)} |" for share, least, wrong in figures.coverage]
    return "\n".join(lines) + "\n"


def _measures(kind: str, measures: Mapping[str, Measure]) -> str:
    lines = [f"| {kind} | precision | recall | F1 | count |", "|---|---|---|---|---|"]
    for name, one in measures.items():
        values = " | ".join(_percent(value) for value in (one.precision, one.recall, one.f1))
        lines.append(f"| {name} | {values} | {one.support} |")
    return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
