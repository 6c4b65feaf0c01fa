"""Opening ONNX models: a clear choice of file, a clear word when it is no model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callbot.errors import ModelError
from callbot.models import ModelStore
from callbot.speech.onnx_session import onnx_file, open_session, run


def test_the_file_itself_or_the_only_one_in_its_folder(tmp_path: Path) -> None:
    model = tmp_path / "a.onnx"
    model.write_bytes(b"")
    assert onnx_file(model) == onnx_file(tmp_path) == model


def test_no_file_or_no_clear_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="exactly one"):
        onnx_file(tmp_path)
    with pytest.raises(ModelError, match="exactly one"):
        onnx_file(tmp_path / "missing.onnx")
    for name in ("a.onnx", "b.onnx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match="exactly one"):
        onnx_file(tmp_path)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="no ONNX model"):
        open_session(tmp_path / "a.onnx")


@pytest.mark.model
def test_outputs_come_in_the_models_order(store: ModelStore) -> None:
    session = open_session(store.resolve("silero-vad"))
    sound, memory = np.zeros((1, 576), np.float32), np.ones((2, 1, 128), np.float32)
    speech, after = run(session, input=sound, state=memory, sr=np.array(16000))
    assert (speech.shape, after.shape) == ((1, 1), (2, 1, 128))
