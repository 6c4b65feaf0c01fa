"""Two processes compute what one would."""

from __future__ import annotations

import os

import pytest
import torch
from torch import nn

from callbot.errors import CallbotError
from callbot.nlu.partner import Partner


class Line(nn.Module):
    """One weight."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor([2.0]))

    def gradients(self, points: list[float]) -> float:
        """Of the mean square of slope times point."""
        self.zero_grad()
        if not points:
            return 0.0
        loss = (self.slope * torch.tensor(points)).square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())


def test_gradients_of_both_halves_are_joined_and_weights_shared() -> None:
    line = Line()
    with Partner(dict(line.named_parameters()), line.gradients, seed=0) as partner:
        loss = partner.step([1.0], [3.0], line.gradients, 0.5)
        assert loss == pytest.approx((4 + 36) / 2)
        assert line.slope.grad is not None
        assert line.slope.grad.tolist() == [pytest.approx((4 + 36) / 2)]
        with torch.no_grad():
            line.slope.fill_(1.0)
        assert partner.step([1.0, 1.0], [3.0], line.gradients, 2 / 3) == pytest.approx((1 + 1 + 9) / 3)
        assert partner.step([1.0], [], line.gradients, 1.0) == pytest.approx(1.0)


def test_a_partner_that_dies_is_told() -> None:
    line = Line()

    def gradients(points: list[float]) -> float:
        if points == [13.0]:
            os._exit(1)
        return line.gradients(points)

    with (
        Partner(dict(line.named_parameters()), gradients, seed=0) as partner,
        pytest.raises(CallbotError, match="has died"),
    ):
        partner.step([1.0], [13.0], line.gradients, 0.5)
