"""What a check finds. PURE."""

from __future__ import annotations

Finding = tuple[tuple[str | int, ...], str]
"""Keys and list indexes in a file, and one sentence that says what to mend."""
