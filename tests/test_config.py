"""Options: where they come from, and what an administrator is told about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbot.config import STARTER_SITE, Settings, load
from callbot.errors import ConfigError


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and none of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CALLBOT_{name.upper()}", raising=False)
    monkeypatch.delenv("CALLBOT_SECRETS_DIR", raising=False)


def test_without_options_the_starter_site_is_served_on_this_machine_only() -> None:
    settings = load()
    assert settings.site == STARTER_SITE
    assert settings.host == "127.0.0.1"
    assert settings.twilio_auth_token is None


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_MEDIA_PORT", "9000")
    assert load().media_port == 9000


def test_flags_win_over_the_environment_and_that_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CALLBOT_MEDIA_PORT=1\nCALLBOT_CONSOLE_PORT=2\nCALLBOT_THREADS=3\n")
    monkeypatch.setenv("CALLBOT_MEDIA_PORT", "10")
    monkeypatch.setenv("CALLBOT_CONSOLE_PORT", "20")
    settings = load(media_port=100)
    assert (settings.media_port, settings.console_port, settings.threads) == (100, 20, 3)


def test_a_flag_that_was_not_given_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_HOST", "0.0.0.0")
    assert load(host=None).host == "0.0.0.0"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "TWILIO_AUTH_TOKEN", "MEDIA_PORT"):
        monkeypatch.setenv(f"CALLBOT_{name}", "")
    settings = load()
    assert settings.home == Settings().home
    assert settings.twilio_auth_token is None
    assert settings.media_port == 8765


def test_secrets_come_from_a_folder_and_are_not_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "CALLBOT_TWILIO_AUTH_TOKEN").write_text("s3cret\n")
    monkeypatch.setenv("CALLBOT_SECRETS_DIR", str(secrets))
    settings = load()
    assert settings.twilio_auth_token is not None
    assert settings.twilio_auth_token.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_secrets_folder_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CALLBOT_SECRETS_DIR", str(tmp_path / kind))
    with pytest.raises(ConfigError, match="CALLBOT_SECRETS_DIR"):
        load()


@pytest.mark.parametrize(("name", "value"), [("MEDIA_PORT", "99999"), ("CONSOLE_PORT", "x"), ("THREADS", "-1")])
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CALLBOT_{name}", value)
    with pytest.raises(ConfigError, match=f"CALLBOT_{name}: "):
        load()


def test_a_wrong_flag_names_its_variable_and_all_are_named_at_once() -> None:
    with pytest.raises(ConfigError, match=r"CALLBOT_MEDIA_PORT.*CALLBOT_THREADS"):
        load(media_port=-1, threads=-1)


def test_paths_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLBOT_HOME", "data")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    settings = load(site=Path("my-site"), models=Path("~/models"))
    assert settings.home == tmp_path.resolve() / "data"
    assert settings.site == tmp_path.resolve() / "my-site"
    assert settings.models == tmp_path.resolve() / "me" / "models"


def test_the_database_is_in_the_home_folder_unless_it_is_elsewhere() -> None:
    assert load(home=Path("/data")).database == "sqlite:////data/cases.db"
    assert load(database_url="postgresql://db/cases").database == "postgresql://db/cases"


def test_options_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().host = "0.0.0.0"  # type: ignore[misc]
