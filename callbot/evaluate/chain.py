"""A linear-chain conditional random field over the tags of words: which tag follows which is learnt as well.

With tags chosen word by word a value that begins as an artist can go on as an album. The chain is trained on whole
rows of tags, under the same rule that decoding obeys: a value goes on only where it has begun.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from callbot.nlu.calibrate import Floats
from callbot.nlu.model import transitions

_NEVER = -1e4
"""Log-weight of a transition that is not allowed: e to it is 0, and no infinity gets into a gradient."""
_LEAST = 1e-30
"""Smallest sum whose logarithm is taken."""


class Chain(nn.Module):
    """Learnt weights of one tag after another."""

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__()
        allowed = torch.from_numpy(transitions(tags)).clamp(min=_NEVER)
        self.register_buffer("allowed", allowed, persistent=False)
        self.weights = nn.Parameter(torch.zeros_like(allowed))

    def loss(self, scores: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Negative log-likelihood a word of the right `tags` (batch, words) under `scores` (batch, words, tags).

        `lengths` (batch,) are the words of each row, at least one.
        """
        matrix = self._matrix()
        inside = torch.arange(scores.shape[1], device=scores.device)[None, :] < lengths[:, None]
        right = scores.gather(2, tags.unsqueeze(2)).squeeze(2)
        before = torch.cat([torch.full_like(tags[:, :1], len(matrix) - 1), tags[:, :-1]], dim=1)
        right = ((right + matrix[before, tags]) * inside).sum(1)
        return (self._total(scores, inside, matrix) - right).sum() / lengths.sum()

    def table(self) -> Floats:
        """The weights (from, to), -inf where not allowed; the last row for the start, as `viterbi` takes them."""
        with torch.no_grad():
            learnt: Floats = self._matrix().cpu().numpy().astype(np.float32)
        learnt[learnt <= _NEVER / 2] = -np.inf
        return learnt

    def _matrix(self) -> Tensor:
        allowed: Tensor = self.get_buffer("allowed")
        return self.weights + allowed

    def _total(self, scores: Tensor, inside: Tensor, matrix: Tensor) -> Tensor:
        """Log of the summed weight of every row of tags (batch,)."""
        steps = matrix[:-1].exp()
        reached = scores[:, 0] + matrix[-1]
        for at in range(1, scores.shape[1]):
            peak = reached.max(1, keepdim=True).values.detach()
            further = ((reached - peak).exp() @ steps).clamp(min=_LEAST).log() + peak + scores[:, at]
            reached = torch.where(inside[:, at, None], further, reached)
        return torch.logsumexp(reached, 1)
