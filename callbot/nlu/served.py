"""The encoder as a graph: with an adapter quantised, 23 MB that answer in a third of torch's time on one thread.

It is built from the encoder and the adapter when it is first needed (some 20 s), and kept in the user's cache under a
hash of both. Where it cannot be built, torch serves: slower, with the same answers but for rounding.
"""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from filelock import FileLock

from callbot.errors import ModelError
from callbot.nlu.calibrate import Floats
from callbot.nlu.model import ADAPTER, WEIGHTS, Encode, file_hash
from callbot.speech.onnx_session import Session, open_session, run

log = logging.getLogger(__name__)

_MAKING = "2"
"""Raised when the graph made from the same weights changes, so that old ones are not used."""


def open_encoder(cache: Path) -> Callable[[Path, Path, float], Encode]:
    """How `SmallModel.load` gets at an encoder whose graph is kept in the folder `cache`.

    Raises ModelError, when called, for an encoder or an adapter that is missing or damaged.
    """
    return partial(_opened, cache)


def open_plain_encoder(cache: Path, encoder: Path) -> Encode:
    """The encoder without an adapter, in whole precision.

    In eight bits the processor's rounding decides where a value lies between two steps: scores that were fitted on one
    processor do not fit on another. Raises ModelError for an encoder that is missing or damaged.
    """
    return _opened(cache, encoder, None, 0.0)


def _opened(cache: Path, encoder: Path, adapter: Path | None, scale: float) -> Encode:
    try:
        return _onnx_encoder(open_session(graph(encoder, adapter, scale, cache)))
    except (ModelError, OSError, ImportError, RuntimeError) as error:
        log.warning("the encoder runs in torch, its graph cannot be had: %s", error)
        from callbot.nlu.network import torch_encoder

        return torch_encoder(encoder, adapter, scale)


def graph(encoder: Path, adapter: Path | None, scale: float, cache: Path) -> Path:
    """The quantised graph of an adapted encoder, or the whole one of an encoder without an adapter, built if `cache`
    does not have it.

    Raises ModelError for weights that are missing or damaged, OSError where the cache cannot be written.
    """
    adapted = f"{scale} {file_hash(adapter / ADAPTER)}" if adapter is not None else "plain"
    weights = f"{_MAKING} {adapted} {file_hash(encoder / WEIGHTS)}"
    path = cache / f"{hashlib.sha256(weights.encode()).hexdigest()[:32]}.onnx"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            if not path.is_file():
                log.info("building the encoder's graph in %s", path)
                _build(encoder, adapter, scale, path)
    return path


def _build(encoder: Path, adapter: Path | None, scale: float, path: Path) -> None:
    # Imported here: a process that finds the graph ready needs none of them, and starts 4 s sooner.
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from callbot.nlu.network import adapted_encoder

    class States(torch.nn.Module):
        """The encoder with one plain output."""

        def __init__(self) -> None:
            super().__init__()
            self.body = adapted_encoder(encoder, adapter, scale)

        def forward(self, ids: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
            mask = torch.ones_like(ids)
            states: torch.Tensor = self.body(
                input_ids=ids, token_type_ids=segments, attention_mask=mask
            ).last_hidden_state
            return states

    length = torch.export.Dim("length", min=2, max=512)
    sample = torch.ones((1, 16), dtype=torch.long)
    with TemporaryDirectory(dir=path.parent) as scratch, warnings.catch_warnings():
        # The exporter warns of its own libraries' future.
        warnings.simplefilter("ignore")
        full, small = Path(scratch) / "full.onnx", Path(scratch) / "small.onnx"
        shapes = {"ids": {1: length}, "segments": {1: length}}
        program = torch.onnx.export(
            *(States().eval(), (sample, torch.zeros_like(sample))),
            input_names=["ids", "segments"],
            output_names=["states"],
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
        assert program is not None
        program.save(str(full))
        if adapter is None:
            os.replace(full, path)
            return
        model = onnx.load(str(full))
        # Shapes that the exporter wrote down contradict those that the quantiser infers.
        del model.graph.value_info[:]
        onnx.save(model, str(full))
        # Seven bits a weight: without VNNI two products of eight bits overflow their 16, and one in eight of the
        # held-out utterances got another intent than in torch.
        quantize_dynamic(str(full), str(small), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        os.replace(small, path)


def _onnx_encoder(session: Session) -> Encode:
    def encode(ids: Sequence[int], segments: Sequence[int]) -> Floats:
        states = run(session, ids=np.array([ids], np.int64), segments=np.array([segments], np.int64))[0]
        found: Floats = states[0]
        return found

    return encode
