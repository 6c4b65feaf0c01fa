"""The chain against counting every row of tags by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from callbot.evaluate.chain import Chain
from callbot.nlu.model import viterbi

TAGS = ("O", "B-a", "I-a")


def chain() -> Chain:
    torch.manual_seed(1)
    made = Chain(TAGS)
    with torch.no_grad():
        made.weights.copy_(torch.randn_like(made.weights))
    return made


def weight(made: Chain, scores: torch.Tensor, row: tuple[int, ...]) -> float:
    table = torch.from_numpy(made.table())
    before = (len(TAGS), *row[:-1])
    return float(sum(scores[at, tag] + table[before[at], tag] for at, tag in enumerate(row)))


def test_the_loss_is_the_share_of_the_right_row_among_all() -> None:
    made, scores = chain(), torch.randn(2, 3, 3)
    rows = [weight(made, scores[0], row) for row in product(range(3), repeat=3)]
    first = torch.logsumexp(torch.tensor(rows), 0) - weight(made, scores[0], (1, 2, 0))
    short = [weight(made, scores[1], row) for row in product(range(3), repeat=1)]
    second = torch.logsumexp(torch.tensor(short), 0) - weight(made, scores[1], (1,))
    # What stands behind the end of the shorter row does not count.
    loss = made.loss(scores, torch.tensor([[1, 2, 0], [1, 0, 0]]), torch.tensor([3, 1]))
    assert float(loss.detach()) == pytest.approx(float(first + second) / 4, abs=1e-5)


def test_what_is_not_allowed_stays_so_and_harms_no_gradient() -> None:
    made = chain()
    table = made.table()
    assert np.isneginf(table[0, 2]), "a value does not go on where none has begun"
    assert np.isneginf(table[3, 2]), "nor at the start"
    made.loss(torch.randn(1, 4, 3), torch.tensor([[0, 1, 2, 0]]), torch.tensor([4])).backward()  # type: ignore[no-untyped-call]
    assert made.weights.grad is not None
    assert torch.isfinite(made.weights.grad).all()


def test_the_best_row_is_the_heaviest() -> None:
    made, scores = chain(), torch.randn(4, 3)
    heaviest = max(product(range(3), repeat=4), key=lambda row: weight(made, scores, row))
    assert tuple(viterbi(scores.numpy(), made.table())) == heaviest


def test_a_chain_learns_an_order_that_words_alone_do_not_show() -> None:
    torch.manual_seed(0)
    made = Chain(TAGS)
    optimizer = torch.optim.Adam(made.parameters(), lr=0.1)
    flat, right = torch.zeros(1, 4, 3), torch.tensor([[0, 1, 2, 0]])
    for _ in range(60):
        optimizer.zero_grad()
        made.loss(flat, right, torch.tensor([4])).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert viterbi(flat[0].numpy(), made.table()) == [0, 1, 2, 0]
