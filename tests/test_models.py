"""The model store: nothing wrong gets in, nothing half-done stays, a second pull does no harm."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from callbot import config, models
from callbot.errors import ModelError
from callbot.models import ModelEntry, ModelFile, ModelStore

WEIGHTS = bytes(range(256)) * 400
CONFIG = b'{"layers": 1}'
FIRST, SECOND = "tiny-weights-1==1.0", "tiny-weights-2==1.0"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry(name: str = "tiny", **changes: str) -> ModelEntry:
    """A model of two files; the big one comes in two parts out of two wheels."""
    parts = ((FIRST, "pkg/model.bin.1"), (SECOND, "pkg/model.bin.2"))
    weights = ModelFile(path="model.bin", bytes=len(WEIGHTS), sha256=changes.get("sha256", sha(WEIGHTS)), parts=parts)
    settings = ModelFile(
        path="sub/config.json", bytes=len(CONFIG), sha256=sha(CONFIG), parts=((SECOND, "pkg/config.json"),)
    )
    return ModelEntry(
        name=name,
        purpose="testing",
        licence="MIT",
        origin="this test",
        load=changes.get("load", ""),
        wheels={FIRST: 60_000, SECOND: 50_000},
        files=(weights, settings),
    )


def write_wheel(requirement: str, folder: Path, **members: bytes) -> Path:
    path = folder / f"{requirement.replace('==', '-')}-py3-none-any.whl"
    contents = {
        FIRST: {"pkg/model.bin.1": WEIGHTS[:60_000]},
        SECOND: {"pkg/model.bin.2": WEIGHTS[60_000:], "pkg/config.json": CONFIG},
    }[requirement]
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {**contents, **members}.items():
            archive.writestr(member, data)
    return path


class Index:
    """A package index that counts what is asked of it and can be told to misbehave once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.misbehave: Callable[[str, Path], Path] | None = None

    def __call__(self, requirement: str, staging: Path) -> Path:
        self.asked.append(requirement)
        if self.misbehave is not None:
            return self.misbehave(requirement, staging)
        return write_wheel(requirement, staging)


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def store(tmp_path: Path, index: Index) -> ModelStore:
    return ModelStore(tmp_path / "cache", catalogue=[entry()], fetch=index)


def left_over(store: ModelStore) -> list[str]:
    return [path.name for path in store.cache.iterdir() if path.name.startswith(".staging")]


def test_a_pull_puts_the_parts_together(store: ModelStore) -> None:
    assert not store.is_present("tiny")
    assert store.pull(progress=False) == ["tiny"]
    assert store.is_present("tiny")
    assert store.verify("tiny") == []
    assert store.resolve("tiny") == store.cache / "tiny"
    assert (store.cache / "tiny/model.bin").read_bytes() == WEIGHTS
    assert (store.cache / "tiny/sub/config.json").read_bytes() == CONFIG
    assert left_over(store) == []


def test_a_second_pull_fetches_nothing(store: ModelStore, index: Index) -> None:
    store.pull(["tiny"], progress=False)
    assert store.pull(["tiny"], progress=False) == []
    assert index.asked == [FIRST, SECOND]


def test_a_damaged_model_is_found_and_pulled_again(store: ModelStore) -> None:
    store.pull(progress=False)
    weights = store.cache / "tiny/model.bin"
    weights.write_bytes(WEIGHTS[:-1] + b"?")
    (store.cache / "tiny/sub/config.json").unlink()
    assert store.verify("tiny") == [
        f"{weights}: wrong SHA-256",
        f"{store.cache / 'tiny/sub/config.json'}: missing",
    ]
    weights.write_bytes(b"short")
    assert store.verify("tiny")[0] == f"{weights}: 5 bytes instead of {len(WEIGHTS)}"
    assert not store.is_present("tiny")
    assert store.pull(progress=False) == ["tiny"]
    assert store.verify("tiny") == []


def test_a_wrong_hash_is_refused(tmp_path: Path, index: Index) -> None:
    store = ModelStore(tmp_path, catalogue=[entry(sha256=sha(b"other"))], fetch=index)
    with pytest.raises(ModelError, match=r"model\.bin.*wrong SHA-256"):
        store.pull(progress=False)
    assert not (tmp_path / "tiny").exists()
    assert left_over(store) == []


def cut_off(requirement: str, staging: Path) -> Path:
    wheel = write_wheel(requirement, staging)
    wheel.write_bytes(wheel.read_bytes()[:30_000])
    return wheel


def damaged(requirement: str, staging: Path) -> Path:
    wheel = write_wheel(requirement, staging)
    data = bytearray(wheel.read_bytes())
    data[1000] ^= 0xFF
    wheel.write_bytes(data)
    return wheel


def without_the_member(requirement: str, staging: Path) -> Path:
    wheel = staging / f"{requirement}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pkg/other.bin", WEIGHTS)
    return wheel


def too_long(requirement: str, staging: Path) -> Path:
    return write_wheel(requirement, staging, **{"pkg/model.bin.1": WEIGHTS * 2})


def offline(requirement: str, staging: Path) -> Path:
    (staging / "half").write_bytes(b"half")
    raise ModelError(f"pip could not download {requirement}")


@pytest.mark.parametrize(
    ("misbehave", "words"),
    [
        (cut_off, "cut off or damaged"),
        (damaged, "cut off or damaged"),
        (without_the_member, r"has no pkg/model\.bin\.1"),
        (too_long, "longer than promised"),
        (offline, "could not download"),
    ],
)
def test_a_bad_download_is_refused_and_the_next_pull_is_clean(
    store: ModelStore, index: Index, misbehave: Callable[[str, Path], Path], words: str
) -> None:
    index.misbehave = misbehave
    with pytest.raises(ModelError, match=words):
        store.pull(progress=False)
    assert not store.is_present("tiny")
    assert left_over(store) == []
    index.misbehave = None
    assert store.pull(progress=False) == ["tiny"]
    assert store.verify("tiny") == []


def test_a_failed_repair_leaves_the_other_files_alone(store: ModelStore, index: Index) -> None:
    store.pull(progress=False)
    (store.cache / "tiny/model.bin").unlink()
    index.misbehave = cut_off
    with pytest.raises(ModelError):
        store.pull(progress=False)
    assert (store.cache / "tiny/sub/config.json").read_bytes() == CONFIG


def test_an_interrupted_pull_leaves_nothing_behind(store: ModelStore, index: Index) -> None:
    def interrupted(requirement: str, staging: Path) -> Path:
        cut_off(requirement, staging)
        raise KeyboardInterrupt

    index.misbehave = interrupted
    with pytest.raises(KeyboardInterrupt):
        store.pull(progress=False)
    assert left_over(store) == []
    index.misbehave = None
    assert store.pull(progress=False) == ["tiny"]


def test_a_killed_pull_blocks_nobody_and_is_swept_up(store: ModelStore) -> None:
    script = f"""
        import time
        from pathlib import Path
        from tests.test_models import cut_off, entry
        from callbot.models import ModelStore

        def stuck(requirement, staging):
            cut_off(requirement, staging)
            print("stuck", flush=True)
            time.sleep(60)

        ModelStore(Path({str(store.cache)!r}), catalogue=[entry()], fetch=stuck).pull(progress=False)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"stuck\n"
        process.send_signal(signal.SIGKILL)
    assert len(left_over(store)) == 1
    assert store.pull(progress=False) == ["tiny"]
    assert left_over(store) == []


def test_two_pulls_at_once_fetch_once(tmp_path: Path, index: Index, capsys: pytest.CaptureFixture[str]) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(requirement: str, staging: Path) -> Path:
        started.set()
        assert go_on.wait(10)
        return write_wheel(requirement, staging)

    index.misbehave = slow
    pulled: dict[int, list[str]] = {}

    def pull(number: int) -> None:
        store = ModelStore(tmp_path, catalogue=[entry()], fetch=index)
        pulled[number] = store.pull(progress=True)

    first = threading.Thread(target=pull, args=(1,))
    first.start()
    assert started.wait(10)
    second = threading.Thread(target=pull, args=(2,))
    second.start()
    time.sleep(0.3)
    assert pulled == {}
    go_on.set()
    first.join(10)
    second.join(10)
    assert pulled == {1: ["tiny"], 2: []}
    assert index.asked == [FIRST, SECOND]
    assert "waiting for it" in capsys.readouterr().err


def test_progress_is_plain_lines_where_stderr_is_no_terminal(
    store: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.pull(progress=True)
    assert capsys.readouterr().err == "pulling tiny (0 MB)\n"


def test_progress_is_a_bar_on_a_terminal(
    store: ModelStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    store.pull(progress=True)
    assert "tiny: 100%" in capsys.readouterr().err


def test_silence_without_progress(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.pull(progress=False)
    assert capsys.readouterr().err == ""


def test_a_cache_that_cannot_be_written_is_said_so(tmp_path: Path, index: Index) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be stored"):
        ModelStore(tmp_path / "file" / "cache", catalogue=[entry()], fetch=index).pull(progress=False)


def test_resolving_a_missing_model_says_what_to_do(store: ModelStore, index: Index) -> None:
    with pytest.raises(ModelError, match="callbot models pull"):
        store.resolve("tiny")
    assert index.asked == []


def test_resolving_gives_the_main_file_where_there_is_one(tmp_path: Path, index: Index) -> None:
    store = ModelStore(tmp_path, catalogue=[entry(load="model.bin")], fetch=index)
    store.pull(progress=False)
    assert store.resolve("tiny") == store.path("tiny") == tmp_path / "tiny/model.bin"


def test_resolving_paths_and_hub_repositories(tmp_path: Path) -> None:
    asked = []

    def hub(repository: str) -> Path:
        asked.append(repository)
        return tmp_path

    store = ModelStore(tmp_path / "cache", catalogue=[entry()], hub=hub)
    (tmp_path / "voice.onnx").write_bytes(b"")
    assert store.resolve(str(tmp_path / "voice.onnx")) == tmp_path / "voice.onnx"
    assert store.resolve("org/name") == tmp_path
    assert asked == ["org/name"]
    for wrong in ("nothing", "./missing/model", "/missing", "a/b/c"):
        with pytest.raises(ModelError, match="no model of the store"):
            store.resolve(wrong)


def test_a_hub_that_cannot_be_reached_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(repository: str, **_: object) -> str:
        raise OSError(f"no route to {repository}")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(ModelError, match="org/name cannot be fetched"):
        models.hub_snapshot("org/name")


def test_unknown_names_are_refused(store: ModelStore) -> None:
    for call in (store.is_present, store.verify, lambda name: store.pull([name], progress=False)):
        with pytest.raises(ModelError, match="choose from tiny"):
            call("nothing")


class FakePip:
    """Stands for subprocess.run: notes the environment, writes a wheel or complains."""

    def __init__(self, complaint: str) -> None:
        self.complaint = complaint
        self.environment: dict[str, str] = {}

    def __call__(self, command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        self.environment = env
        if self.complaint:
            return subprocess.CompletedProcess(command, 1, "", self.complaint)
        write_wheel(command[-1], Path(command[command.index("--dest") + 1]))
        return subprocess.CompletedProcess(command, 0, "", "")


def test_pip_works_inside_the_staging_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip("")
    monkeypatch.setattr(subprocess, "run", pip)
    assert zipfile.is_zipfile(models.pip_download(FIRST, tmp_path))
    assert models.pip_download(SECOND, tmp_path).name.startswith("tiny-weights-2")
    assert pip.environment["TMPDIR"] == str(tmp_path)
    assert pip.environment["PATH"] == os.environ["PATH"]


def test_pips_own_words_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", FakePip("ERROR: No matching distribution\n\nnotice: upgrade pip\n"))
    with pytest.raises(ModelError, match=r"tiny-weights-1==1\.0 \(ERROR: No matching distribution\)"):
        models.pip_download(FIRST, tmp_path)


def test_the_shipped_catalogue_is_whole() -> None:
    catalogue = {e.name: e for e in models.read_catalogue()}
    assert set(catalogue) == {"whisper-base", "whisper-tiny-en", "piper-joe", "smart-turn", "silero-vad", "minilm-l6"}
    settings = config.load()
    used = {settings.transcriber, settings.small_transcriber, settings.encoder, settings.turn_detector}
    assert used <= set(catalogue)
    for model in catalogue.values():
        assert model.purpose
        assert model.licence
        assert model.origin
        assert model.load in {"", *(file.path for file in model.files)}
        assert {wheel for file in model.files for wheel, _ in file.parts} == set(model.wheels)


@pytest.mark.model
def test_the_pulled_models_are_the_promised_ones() -> None:
    store = ModelStore(config.load().models)
    assert [problem for model in store.entries() for problem in store.verify(model.name)] == []
