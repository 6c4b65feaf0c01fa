"""The shipped prompts, as their file has them."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.schema import Prompts


@pytest.fixture
def texts(site: Site) -> Prompts:
    return Prompts.model_validate({"prompts": site.playbook.prompts})
