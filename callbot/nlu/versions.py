"""Where a site's trained adapters lie: a folder a version, and a file that says which one serves.

    intents/adapter/2026-11-22-4f1c/   adapter_model.safetensors, heads.safetensors, settings.json, card.json, README.md
    intents/adapter/current            2026-11-22-4f1c

A version is never changed. Changing the pointer is one rename, so a reader finds the old version or the new one.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from callbot.errors import ModelError

CURRENT = "current"
_NAME = re.compile(r"[0-9a-z][0-9a-z.-]{0,63}")


def versions(folder: Path) -> list[str]:
    """All versions in `folder`, the oldest first (their names begin with a date)."""
    return sorted(path.parent.name for path in folder.glob("*/settings.json") if not path.parent.name.startswith("."))


def current(folder: Path) -> Path:
    """The folder of the version that serves.

    Raises ModelError when none does, or the one that should is not there.
    """
    pointer = folder / CURRENT
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ModelError(f"{pointer} is missing: no trained adapter is in use; run `callbot train`") from error
    if not _NAME.fullmatch(name) or not (folder / name).is_dir():
        raise ModelError(f"{pointer} names a version that is not there: {name!r}")
    return folder / name


def version_folder(folder: Path, name: str) -> Path:
    """The folder of version `name` in `folder`. Raises ModelError if it is not there."""
    if name not in versions(folder):
        raise ModelError(f"there is no version {name!r} in {folder}")
    return folder / name


def promote(folder: Path, name: str) -> None:
    """Have version `name` of `folder` serve from the next start on. Raises ModelError if it is not there."""
    version_folder(folder, name)
    making = folder / f".{CURRENT}.new"
    making.write_text(f"{name}\n", encoding="utf-8")
    os.replace(making, folder / CURRENT)
