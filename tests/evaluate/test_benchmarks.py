"""Folders of public benchmarks, as small as they can be, and what is wrong with some."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callbot.errors import ConfigError
from callbot.evaluate.benchmarks import READERS, Benchmark, clinc, names_seen, nlupp, snips


def snips_folder(folder: Path) -> Path:
    for part in ("train", "dev", "test"):
        (folder / part).mkdir(parents=True)
        (folder / part / "label").write_text("PlayMusic\nBookRestaurant\n")
        (folder / part / "seq.in").write_text("play blue moon\nbook  a table \n")
        (folder / part / "seq.out").write_text("O B-track I-track\nO O O \n")
    return folder


def clinc_folder(folder: Path) -> Path:
    rows = [["what's my balance?", "balance"], ["play a song", "play"]]
    parts: dict[str, Any] = dict.fromkeys(("train", "val", "test"), rows)
    strange = [["how far is the moon", "oos"]]
    parts |= dict.fromkeys(("oos_train", "oos_val", "oos_test"), strange)
    (folder / "data_full.json").write_text(json.dumps(parts))
    return folder


def nlupp_folder(folder: Path) -> Path:
    for domain in ("banking", "hotels"):
        (folder / domain).mkdir()
        for number in range(20):
            rows: list[dict[str, Any]] = [
                {"text": f"Cancel it {number}, please", "intents": ["cancel", "thank"]},
                {"text": "from May 1st on", "slots": {"date_from": {"text": "May 1st", "span": [5, 12]}}},
            ]
            (folder / domain / f"fold{number}.json").write_text(json.dumps(rows))
    return folder


def test_snips(tmp_path: Path) -> None:
    read = snips(snips_folder(tmp_path))
    assert [len(part) for part in (read.trained, read.checked, read.tested)] == [2, 2, 2]
    assert read.tested[0].words == ("play", "blue", "moon")
    assert read.tested[0].intents == ("PlayMusic",)
    assert read.tested[1].tags == ("O", "O", "O")
    assert names_seen(read.trained) >= {("PlayMusic", "B-track"), ("BookRestaurant", "O")}


def test_clinc(tmp_path: Path) -> None:
    read = clinc(clinc_folder(tmp_path))
    assert read.trained[0].words == ("what's", "my", "balance")
    assert [one.intents for one in read.strangers] == [()]
    assert all(one.intents != () for one in (*read.trained, *read.checked, *read.tested))


def test_nlupp(tmp_path: Path) -> None:
    read = nlupp(nlupp_folder(tmp_path))
    assert [len(part) for part in (read.trained, read.checked, read.tested)] == [17 * 4, 4, 8]
    assert read.tested[0].intents == ("cancel", "thank")
    assert read.tested[1].tags == ("O", "B-date_from", "I-date_from", "O")
    assert read.tested[0].words[2] in ("0", "1")
    assert read.checked[0].words[2] == "19"


@pytest.mark.parametrize("name", READERS)
def test_a_folder_without_the_files_is_wrong_usage(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        READERS[name](tmp_path)


def test_broken_files_are_named(tmp_path: Path) -> None:
    folder = snips_folder(tmp_path / "snips")
    (folder / "test" / "seq.out").write_text("O B-track I-track\nO O\n")
    with pytest.raises(ConfigError, match=r"seq\.out:2: 2 tags, 3 words"):
        snips(folder)
    (folder / "test" / "label").write_text("PlayMusic\n")
    with pytest.raises(ConfigError, match="differ in length"):
        snips(folder)
    cases: list[tuple[Callable[[Path], Benchmark], str, str]] = [
        (clinc, "data_full.json", "not CLINC150"),
        (nlupp, "banking/fold0.json", r"not one of NLU\+\+"),
    ]
    nlupp_folder(tmp_path)
    for reader, file, wrong in cases:
        (tmp_path / file).write_text('{"train": 1}')
        with pytest.raises(ConfigError, match=wrong):
            reader(tmp_path)
        (tmp_path / file).write_text("{")
        with pytest.raises(ConfigError, match="no JSON"):
            reader(tmp_path)
