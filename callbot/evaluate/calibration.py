"""Whether the small model's confidence can be believed, and how much can be accepted at which risk."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.bench.part import Table, Value
from callbot.evaluate.judged import Judged
from callbot.evaluate.plots import Line, curves, reliability_chart
from callbot.evaluate.section import Picture, Section, percent
from callbot.nlu.calibrate import cutoff
from callbot.stats import Covered, calibration_error, reliability, risk_coverage

RISK = 0.02
"""Wrong intents among the accepted ones that a line which closes cases by itself may have."""
_COVERAGES = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def section(rows: Sequence[Judged]) -> Section:
    """Calibration error, reliability, and risk against coverage of the best intent."""
    outcomes = [(row.meaning.confidence, row.truth == row.guess) for row in rows if row.truth is not None]
    if not outcomes:
        return Section({"utterances": 0})
    curve, error = risk_coverage(outcomes), calibration_error(outcomes)
    bounded = cutoff(outcomes, RISK)
    figures = {
        "utterances": len(outcomes),
        "ece": error,
        "mean_confidence": sum(sure for sure, _ in outcomes) / len(outcomes),
        "bounded": bounded._asdict(),
        "risk_coverage": [[one.threshold, one.coverage, one.risk] for one in curve],
    }
    limit, shares = "upper 95 % bound of the risk under 2 % from", bounded.accepted > 0
    summary = {
        "calibration error (15 bins)": percent(error),
        limit: f"{bounded.threshold:.2f}: {bounded.accepted} accepted, {bounded.wrong} wrong" if shares else "nowhere",
    }
    tables = (
        Table("calibration", [{"measure": name, "": value} for name, value in summary.items()]),
        Table("risk at coverage", [_row(curve, share) for share in _COVERAGES]),
    )
    line = Line("risk", [(one.coverage, one.risk) for one in curve])
    pictures = (
        Picture("reliability", reliability_chart("reliability of the best intent", reliability(outcomes))),
        Picture("risk and coverage", curves("risk and coverage", "accepted", "wrong", [line], limit=RISK)),
    )
    return Section(figures, tables, pictures)


def _row(curve: Sequence[Covered], share: float) -> dict[str, Value]:
    one = next(one for one in curve if one.coverage >= share - 1e-9)
    return {"accepted": percent(one.coverage), "wrong": percent(one.risk), "from": f"{one.threshold:.3f}"}
