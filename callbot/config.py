"""Options of the process: read once from flags, environment and `.env`, then frozen.

Every option `x` is the environment variable `CALLBOT_X`. Secrets come only from the environment or a
secrets folder (`CALLBOT_SECRETS_DIR`, one file a secret, named like the variable), never from the site.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from callbot.errors import ConfigError

STARTER_SITE = Path(__file__).resolve().parent.parent
"""The folder that holds intents/, dialogs/ and telephony/ of the default site."""


class Settings(BaseSettings):
    """All options. Paths are absolute after loading."""

    # An empty variable counts as not set: container files pass those on, and an empty token would be a weak one.
    model_config = SettingsConfigDict(
        env_prefix="CALLBOT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("callbot", appauthor=False))
    """Database, recordings, keys."""
    models: Path = Field(default_factory=lambda: platformdirs.user_cache_path("callbot", appauthor=False) / "models")
    """Cache of the model store."""
    site: Path = STARTER_SITE
    database_url: str = ""
    """SQLAlchemy URL; "" = SQLite file `cases.db` in `home`."""
    host: str = "127.0.0.1"
    media_port: int = Field(default=8765, ge=0, le=65535)
    console_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    """How carriers reach this server from outside, e.g. https://bot.example.org; "" = from the request."""
    transcriber: str = "whisper-base"
    """Model name of the store, local path or hub id; likewise the next ones."""
    small_transcriber: str = "whisper-tiny-en"
    """Hears what a caller is saying before the turn is over; may be the same as `transcriber`."""
    encoder: str = "minilm-l6"
    turn_detector: str = "smart-turn"
    threads: int = Field(default=1, ge=1)
    """Threads of one recognition; as many recognitions run at the same time as there are cores."""
    twilio_auth_token: SecretStr | None = None

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'cases.db'}"


def load(**flags: Any) -> Settings:
    """Read the options; flags that are None count as not given.

    Raises ConfigError, naming the option, when a value is wrong.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    secrets = os.environ.get("CALLBOT_SECRETS_DIR") or None
    if secrets is not None and not Path(secrets).is_dir():
        raise ConfigError(f"CALLBOT_SECRETS_DIR: there is no folder {secrets}")
    try:
        settings = Settings(_secrets_dir=secrets, **given)
    except ValidationError as error:
        lines = [f"CALLBOT_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise ConfigError("; ".join(lines)) from error
    folders = {name: getattr(settings, name).expanduser().resolve() for name in ("home", "models", "site")}
    return settings.model_copy(update=folders)
