"""How the database file is opened."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from callbot.cases.database import for_writing, open_engine
from callbot.errors import StoreError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "of the bot" / "cases.db"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    """A database with one counter."""
    opened = open_engine(f"sqlite:///{file}")
    with for_writing(opened).begin() as connection:
        connection.execute(text("CREATE TABLE counter (number INTEGER UNIQUE)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    yield opened
    opened.dispose()


def number(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT number FROM counter")).scalar_one())


def test_the_file_and_its_folder_are_made_for_the_owner_alone(engine: Engine, file: Path) -> None:
    assert number(engine) == 0
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with for_writing(engine).begin() as writing:
        writing.execute(text("UPDATE counter SET number = 1"))
        assert number(engine) == 0
    assert number(engine) == 1


def test_writers_take_turns_and_none_is_lost(engine: Engine) -> None:
    def count() -> None:
        for _ in range(20):
            with for_writing(engine).begin() as writing:
                known = writing.execute(text("SELECT number FROM counter")).scalar_one()
                writing.execute(text("UPDATE counter SET number = :n"), {"n": known + 1})

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number(engine) == 60


def test_an_error_undoes_the_whole_transaction_and_holds_no_data(engine: Engine) -> None:
    def fail() -> None:
        with for_writing(engine).begin() as writing:
            writing.execute(text("UPDATE counter SET number = 7"))
            writing.execute(text("INSERT INTO counter VALUES (:n)"), {"n": 7})

    with pytest.raises(IntegrityError) as caught:
        fail()
    assert "(7,)" not in str(caught.value)
    assert number(engine) == 0


def test_what_is_committed_is_there_for_others(engine: Engine, file: Path) -> None:
    assert number(engine) == 0
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT number FROM counter").fetchone() == (0,)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("cases.db", "cannot be read"),
        ("postgresql://host/cases", "must be a SQLite file, not postgresql"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_only_a_sqlite_file_will_do(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        open_engine(url)


def test_a_password_in_a_wrong_url_is_not_told() -> None:
    with pytest.raises(StoreError) as caught:
        open_engine("postgresql://bot:hunter2@host/cases")
    assert "hunter2" not in str(caught.value)


def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    with pytest.raises(StoreError, match=r"cannot make the database .*occupied/cases\.db"):
        open_engine(f"sqlite:///{tmp_path / 'occupied' / 'cases.db'}")
