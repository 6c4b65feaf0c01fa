"""A site that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from callbot.config import STARTER_SITE


@pytest.fixture
def site_copy(tmp_path: Path) -> Path:
    for folder in ("intents", "dialogs", "telephony"):
        shutil.copytree(STARTER_SITE / folder, tmp_path / folder, ignore=shutil.ignore_patterns("adapter"))
    return tmp_path
