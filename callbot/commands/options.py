"""Options and arguments that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbot.errors import ConfigError

SiteOption = Annotated[Path | None, typer.Option("--site", help="Folder with intents/, dialogs/ and telephony/.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="SQLAlchemy URL of the case store.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def need_files(files: list[Path]) -> None:
    """Refuse files that are not there before anything is loaded."""
    for path in files:
        if not path.is_file():
            raise ConfigError(f"{path}: there is no such file")
