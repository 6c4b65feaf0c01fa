"""How the database file is opened: private to its owner, safe against a killed process, readers beside a writer.

In WAL mode a commit survives the death of the process (not of the machine's power, which `synchronous=NORMAL`
leaves to the next checkpoint), and a reader never waits for the writer.
"""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from callbot.errors import StoreError

BUSY_TIMEOUT = 5.0
"""Seconds that a writer waits for another one."""

_WRITES = "callbot_writes"


def open_engine(url: str) -> Engine:
    """An engine for a SQLite file; the file and its folder are made if missing.

    Raises StoreError when `url` is not a SQLite file's URL or the file can't be made.
    """
    path = _file_of(url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its WAL files the mode of the main file. Callers' data is for the owner alone.
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"cannot make the database {path}: {error.strerror}") from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        # Parameters are callers' data, and error messages end in logs.
        hide_parameters=True,
        json_serializer=partial(json.dumps, ensure_ascii=False),
        connect_args={"timeout": BUSY_TIMEOUT},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that will write."""
    return engine.execution_options(**{_WRITES: True})


def _file_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("the database URL cannot be read; write sqlite:////path/to/cases.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"the database must be a SQLite file, not {parsed.get_backend_name()}")
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("the database must be a file, because a case must outlive the process")
    return Path(str(parsed.database)).absolute()


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy's own transaction control would begin too late and too weak: see _begin.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # A writer that began as a reader could not wait for its turn; it would fail at its first write.
    is_writer = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
