"""A second process that computes half of every training step, so that a training uses both cores.

Threads would not do: on a shared machine each waits for the slowest at every product of matrices, and a step with two
threads and a busy second core took many times as long as with one. Two processes meet once a step. They share the
weights; each has its own gradients and its own chance, so a training can still be repeated.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import torch
from torch import Tensor

from callbot.errors import CallbotError

Part = TypeVar("Part")
Compute = Callable[[Part], float]
"""Computes the gradients of a part of a batch in this process's `weights`; returns its loss."""

_PATIENCE = 600.0
"""Seconds that the partner may take for its part: a machine may be suspended."""


class Partner(Generic[Part]):
    """The other process. Use it in a `with` statement; it must be made before this process computes gradients."""

    def __init__(self, weights: Mapping[str, torch.nn.Parameter], compute: Compute[Part], seed: int) -> None:
        """`weights` are what is trained; `compute` is called in the other process, with chance from `seed`."""
        for weight in weights.values():
            weight.data.share_memory_()  # type: ignore[no-untyped-call]
        self._weights = list(weights.values())
        self._gradients = [torch.zeros_like(weight) for weight in self._weights]
        for gradient in self._gradients:
            gradient.share_memory_()  # type: ignore[no-untyped-call]
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(other, self._weights, self._gradients, compute, seed), daemon=True
        )

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._pipe.send(None)
        self._process.join(5)
        self._process.kill()

    def step(self, mine: Part, other: Part, compute: Compute[Part], share: float) -> float:
        """Compute `mine` here and `other` there, and leave the gradients of both in the weights: `share` of them are
        mine. Returns the loss of both.

        Raises CallbotError when the partner has died.
        """
        self._pipe.send(other)
        loss = compute(mine)
        with torch.no_grad():
            if not self._pipe.poll(_PATIENCE):
                raise CallbotError("the second process of the training does not answer")
            try:
                theirs: float = self._pipe.recv()
            except EOFError as error:
                raise CallbotError("the second process of the training has died: is there memory left?") from error
            for weight, gradient in zip(self._weights, self._gradients, strict=True):
                own = weight.grad if weight.grad is not None else torch.zeros_like(weight)
                weight.grad = own.mul_(share).add_(gradient, alpha=1 - share)
        return share * loss + (1 - share) * theirs


def _serve(
    pipe: Connection, weights: Iterable[torch.nn.Parameter], shared: Iterable[Tensor], compute: Compute[Any], seed: int
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while (part := pipe.recv()) is not None:
            loss = compute(part)
            with torch.no_grad():
                for weight, place in zip(weights, shared, strict=True):
                    if weight.grad is None:
                        place.zero_()
                    else:
                        place.copy_(weight.grad)
            pipe.send(loss)
