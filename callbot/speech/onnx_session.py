"""The one way in which an ONNX model is opened.

onnxruntime takes every core unless it is told otherwise; here many calls share a few cores and each model is small,
so one thread a call gives the most calls.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from callbot.errors import ModelError

Session: TypeAlias = onnxruntime.InferenceSession


def onnx_file(path: Path) -> Path:
    """The .onnx file at `path`: the file itself, or the only one in a folder.

    Raises ModelError when there is none or the choice is not clear.
    """
    found = sorted(path.glob("*.onnx")) if path.is_dir() else [path]
    if len(found) != 1 or not found[0].is_file():
        raise ModelError(f"{path} has not exactly one .onnx file: name the file, or run `callbot models pull`")
    return found[0]


def open_session(path: Path, threads: int = 1) -> Session:
    """Load a model onto the CPU; one session may be run by many threads at once.

    Raises ModelError when the file is no model that onnxruntime can run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads that spin would take the cores from the other stations.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no other class in common
        raise ModelError(f"{path} is no ONNX model that can be loaded ({type(error).__name__})") from error
    return session


def run(session: Session, **inputs: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
    """All outputs of the model, in its order, for its named inputs."""
    return [np.asarray(output, np.float32) for output in session.run(None, inputs)]
