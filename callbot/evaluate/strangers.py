"""Out of scope: whether what nobody here can help with is told from what somebody can."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.bench.part import Table
from callbot.evaluate.judged import Judged
from callbot.evaluate.section import Section, counted, percent
from callbot.stats import auroc, exact_interval, passed

OUT_OF_SCOPE = "out_of_scope"


def section(rows: Sequence[Judged]) -> Section:
    """How many of either are flagged, and how well the strangeness alone parts them."""
    strange = [row for row in rows if row.truth == OUT_OF_SCOPE]
    known = [row for row in rows if row.truth not in (OUT_OF_SCOPE, None)]
    caught, lost = (sum(row.meaning.intent == OUT_OF_SCOPE for row in group) for group in (strange, known))
    scores = [row.strangeness for row in strange], [row.strangeness for row in known]
    area, through = auroc(*scores), passed(*scores)
    caught_in, lost_in = exact_interval(caught, len(strange)), exact_interval(lost, len(known))
    figures = {
        "out_of_scope": {"flagged": caught, "n": len(strange), "interval": list(caught_in)},
        "in_scope": {"flagged": lost, "n": len(known), "interval": list(lost_in)},
        "auroc": area,
        "passed_at_95": through,
    }
    row = {
        "out of scope, flagged": counted(caught, len(strange), caught_in),
        "in scope, flagged": counted(lost, len(known), lost_in),
        "AUROC of the distance": percent(area),
        "passed where 95 % of in-scope do": percent(through),
    }
    return Section(figures, (Table("out of scope", [{"measure": name, "": value} for name, value in row.items()]),))
