"""The shape of the code: what is pure stays pure, imports point one way, heavy libraries stay where they are."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import callbot

PACKAGE = Path(callbot.__file__).parent
TESTS = Path(__file__).parent

TIERS: tuple[tuple[str, ...], ...] = (
    ("__init__", "events", "engines", "errors"),
    ("audio", "config", "yaml_lines", "privacy", "stats"),
    # What decides: dialog, language, turns, cases. Pure, but for the model store.
    (
        *("schema", "check.*", "models", "dialog.*", "nlu.*", "speech.spoken", "speech.turns", "cases.*"),
        *("speech.echo", "speech.partials", "leaving", "metrics"),
        *("call", "floor", "keypad", "turn_log", "vigil", "replay", "telephony.media_streams", "telephony.signatures"),
    ),
    ("content",),
    # Engines and the store behind their doors, and what has them work.
    (
        *(
            "nlu.model",
            "nlu.network",
            "nlu.partner",
            "nlu.served",
            "nlu.knowledge",
            "nlu.understander",
            "nlu.material",
            "nlu.lessons",
            "nlu.mishearing",
            "nlu.train",
            "nlu.trainer",
        ),
        *("nlu.fitting", "nlu.measures", "nlu.card", "nlu.speaking", "speech.*"),
        *(
            "cases.store",
            "cases.database",
            "cases.models",
            "cases.views",
            "cases.tickets",
            "pool",
            "ear",
            "playback",
            "chat",
        ),
        "conversations",
    ),
    ("stations", "session"),
    ("room",),
    ("telephony.*", "console.*"),
    ("server", "demo", "dial", "hearing", "bench.*"),
    ("evaluate.*",),
    ("commands.*",),
    ("cli", "__main__"),
)
"""A module may import from its own tier and those above it in this list; the most exact name counts."""

PURE = (
    *("leaving", "speech.echo", "speech.partials", "nlu.completeness", "nlu.readings"),
    *("call", "floor", "keypad", "turn_log", "vigil", "replay", "privacy"),
    *("events", "engines", "errors", "schema", "yaml_lines"),
    *("check.dialogs", "check.findings", "check.flow", "check.intents", "check.knowledge", "check.telephony"),
    *(
        "dialog.answers",
        "dialog.asides",
        "dialog.corrections",
        "dialog.form",
        "dialog.machine",
        "dialog.matters",
        "dialog.meanings",
        "dialog.openings",
        "dialog.policy",
        "dialog.raising",
        "dialog.reading",
        "dialog.render",
    ),
    *("dialog.snapshot", "dialog.state", "dialog.status", "speech.turns", "speech.spoken", "speech.windows"),
    *("telephony.media_streams", "telephony.signatures"),
    *("cases.lifecycle", "cases.numbers", "cases.summary", "cases.changes", "cases.filing", "cases.repeats"),
    *("cases.quoting", "cases.proof", "cases.briefing"),
    *(
        "nlu.addresses",
        "nlu.corrections",
        "nlu.days",
        "nlu.emergency",
        "nlu.finders",
        "nlu.flags",
        "nlu.gazetteer",
        "nlu.letters",
    ),
    *("nlu.house_numbers", "nlu.landmarks", "nlu.merging"),
    *("nlu.bare_names", "nlu.edges", "nlu.mention", "nlu.ordinary", "nlu.recipe"),
    *("nlu.mentions", "nlu.money", "nlu.normalize", "nlu.numbers", "nlu.people", "nlu.phones", "nlu.phonetics"),
    *("nlu.phrases", "nlu.plates", "nlu.references", "nlu.rules", "nlu.slots", "nlu.street_names", "nlu.time_words"),
    *("bench.chart", "bench.scoring", "bench.stations", "bench.stats"),
    *("stats", "nlu.drift", "nlu.watched", "nlu.informed", "evaluate.plots", "evaluate.values"),
    *("nlu.times", "nlu.tokens", "nlu.utterances", "nlu.vehicles", "nlu.wishes"),
)
"""No clock, no thread, no socket, no database, no web, no model: time is an argument."""

IMPURE = {
    *(
        "asyncio",
        "threading",
        "multiprocessing",
        "concurrent",
        "subprocess",
        "time",
        "socket",
        "os",
        "sqlite3",
        "random",
    ),
    *("logging", "sqlmodel", "sqlalchemy", "fastapi", "starlette", "uvicorn", "websockets", "torch", "transformers"),
    *("tokenizers", "safetensors", "peft", "onnxruntime", "faster_whisper", "piper", "soundfile", "soxr"),
    *("prometheus_client", "huggingface_hub", "typer", "tqdm"),
}

HEAVY = {
    "faster_whisper": {"speech.whisper", "speech.smart_turn"},
    "piper": {"speech.tts"},
    "onnxruntime": {"speech.onnx_session", "nlu.served"},
    "onnx": {"nlu.served"},
    "torch": {
        *("nlu.network", "nlu.partner", "nlu.served", "nlu.train", "nlu.trainer"),
        *("evaluate.chain", "evaluate.fitting"),
    },
    "transformers": {"nlu.network"},
    "tokenizers": {"nlu.model", "nlu.knowledge"},
    "peft": {"nlu.train", "nlu.trainer", "evaluate.fitting"},
    "safetensors": {"nlu.model", "nlu.network", "nlu.train"},
    "sqlmodel": {"cases.models", "cases.store", "cases.tickets"},
    "sqlalchemy": {"cases.models", "cases.store", "cases.database"},
    "sqlite3": {"cases.database", "cases.store"},
    "fastapi": {"console.answers", "console.api", "console.app", "console.pages", "console.server"},
    "starlette": {"console.answers", "console.api", "console.app", "console.guard", "console.pages"},
    "uvicorn": {"console.server"},
    "jinja2": {"console.pages"},
    "websockets": {"telephony.gateway", "telephony.line", "telephony.simulator", "telephony.sockets"},
    "rapidfuzz": {"nlu.gazetteer", "nlu.people", "nlu.street_names"},
    "phonenumbers": {"nlu.phones"},
    "soundfile": {"audio"},
    "soxr": {"audio"},
    "yaml": {"yaml_lines"},
    "prometheus_client": {"metrics"},
    "pydantic_settings": {"config"},
    "platformdirs": {"config"},
    "huggingface_hub": {"models"},
    "filelock": {"models", "nlu.served"},
    "typer": {"cli", "commands.calls", "commands.measuring", "commands.models", "commands.options"}
    | {"commands.site", "commands.stations"},
    "tqdm": {"commands.measuring", "commands.progress", "models", "speech.tts"},
    "numpy": {
        "audio",
        "dial",
        "ear",
        "engines",
        "hearing",
        "nlu.calibrate",
        "nlu.gazetteer",
        "nlu.knowledge",
        "nlu.model",
        "nlu.train",
        "nlu.trainer",
    }
    | {"nlu.alarm", "nlu.fitting", "nlu.served", "nlu.speaking"}
    | {
        "speech.echo",
        "speech.onnx_session",
        "speech.smart_turn",
        "speech.stt",
        "speech.tts",
        "speech.vad",
        "speech.whisper",
    }
    | {"telephony.gateway", "telephony.line", "telephony.playout", "telephony.script", "telephony.simulator"}
    | {"bench.barge_in", "bench.cut_offs", "bench.emergency", "bench.material", "bench.noise", "bench.tracks"}
    | {"evaluate.chain", "evaluate.decoding", "evaluate.hearing", "evaluate.public"},
}
"""Library -> the only modules that may import it. pydantic is everywhere where content is read."""

PROVEN_ELSEWHERE = {
    "__main__": "test_cli",
    "engines": "test_ear",
    "schema": "test_content",
    "check.findings": "check.test_flow",
    "dialog.answers": "dialog.test_reading",
    "dialog.matters": "dialog.test_machine",
    "dialog.meanings": "dialog.test_reading",
    "dialog.openings": "dialog.test_reading",
    "dialog.state": "dialog.test_reading",
    "nlu.mention": "nlu.test_mentions",
    "nlu.recipe": "nlu.test_train",
    "nlu.trainer": "nlu.test_train",
    "cases.models": "cases.test_store",
    "cases.views": "cases.test_store",
    "bench.part": "bench.test_suite",
    "commands.options": "commands.test_stations",
}
"""Modules that hold only declarations, or one line -> the tests that would fail without them."""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py"}
MODULES["__init__"] = PACKAGE / "__init__.py"


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def _imports(module: str) -> Iterator[str]:
    """Full names of everything that is imported anywhere in a module, also inside functions."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own(module: str) -> set[str]:
    """Our own modules that a module imports."""
    found = set()
    for name in _imports(module):
        parts = name.split(".")
        if parts[0] == "callbot":
            inner = [".".join(parts[1:end]) for end in (len(parts), len(parts) - 1)]
            found.add(next((candidate for candidate in inner if candidate in MODULES), "__init__"))
    return found - {module}


def _libraries(module: str) -> set[str]:
    return {name.split(".")[0] for name in _imports(module)}


def _tier(module: str) -> int:
    """Place in `TIERS`; a module without one has to be given one."""
    for pattern in (module, f"{module.partition('.')[0]}.*"):
        for index, tier in enumerate(TIERS):
            if pattern in tier:
                return index
    raise AssertionError(f"{module} has no tier: add it to TIERS")


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    wrong = {other for other in _own(module) if _tier(other) > _tier(module)}
    assert not wrong, f"{module} must not import {sorted(wrong)}"


def test_imports_never_go_in_circles() -> None:
    TopologicalSorter({module: _own(module) for module in MODULES}).prepare()


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_use_nothing_that_blocks_or_ticks(module: str) -> None:
    assert not _libraries(module) & IMPURE
    assert not _own(module) - {*PURE, "__init__"}, "what is pure uses only what is pure"


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_do_not_look_at_the_clock_or_the_disk(module: str) -> None:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today", "read_text", "write_text", "read_bytes"}, node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}, node.lineno


def test_only_the_listed_modules_import_a_library() -> None:
    free = {"callbot", "pydantic", "pydantic_core", *sys.stdlib_module_names} - {"sqlite3"}
    found: dict[str, set[str]] = {}
    for module in MODULES:
        for library in _libraries(module) - free:
            found.setdefault(library, set()).add(module)
    assert found == HEAVY


def test_the_console_and_the_telephone_do_not_know_each_other() -> None:
    for module in MODULES:
        area, _, _ = module.partition(".")
        if area in ("console", "telephony"):
            other = {"console": "telephony.", "telephony": "console."}[area]
            known = {name for name in _own(module) if name.startswith(other)}
            assert known <= {"telephony.signatures", "telephony.media_streams"}, module


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"__init__"}))
def test_every_module_has_its_tests(module: str) -> None:
    elsewhere = PROVEN_ELSEWHERE.get(module)
    area, _, name = module.rpartition(".")
    mirrored = f"{area}.test_{name}" if area else f"test_{name}"
    path = TESTS / f"{(elsewhere or mirrored).replace('.', '/')}.py"
    assert path.is_file(), f"callbot/{module.replace('.', '/')}.py has no tests in {path.relative_to(TESTS.parent)}"


def test_no_exception_has_outlived_its_reason() -> None:
    assert set(PROVEN_ELSEWHERE) | set(PURE) <= set(MODULES)
    named = {name for tier in TIERS for name in tier if not name.endswith(".*")}
    assert named <= set(MODULES)
