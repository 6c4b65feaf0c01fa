"""Which case a snapshot belongs to, and how far a case follows it.

Pure. One call may file several cases, one after the other. A call's case is its newest one as long as that is a
draft; once it is filed, the next draft is another case. Two exceptions keep one report from becoming two: a
filed snapshot of the same kind speaks about the case that was filed, and a case that waits for a person stays
the call's case until the call ends, since the caller may still be telling more.
"""

from __future__ import annotations

from callbot.cases.lifecycle import Status, may_move
from callbot.events import CaseSnapshot


def belongs(snapshot: CaseSnapshot, intent: str, status: Status) -> bool:
    """Whether `snapshot` is about the call's newest case, which has this intent and status."""
    if status in ("draft", "escalated"):
        return True
    return snapshot.status != "draft" and snapshot.intent == intent


def next_status(snapshot: CaseSnapshot, status: Status) -> Status:
    """The status that `snapshot` asks for; a draft never takes a filed case back, and a repeat stays one."""
    return status if snapshot.status == "draft" or status == "linked" else snapshot.status


def follows_to_a_person(snapshot: CaseSnapshot | None, intent: str, status: Status) -> bool:
    """Whether the call's newest case goes to a person along with the call.

    A case that was filed before stays as it is, unless the handover is about it.
    """
    if status in ("draft", "escalated"):
        return True
    return snapshot is not None and belongs(snapshot, intent, status) and may_move(status, "escalated")
