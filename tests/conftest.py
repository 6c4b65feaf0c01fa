"""What many tests share: the shipped site, loaded once."""

from __future__ import annotations

import pytest

from callbot.config import STARTER_SITE
from callbot.content import Site, load_site


@pytest.fixture(scope="session")
def site() -> Site:
    """The default site as shipped."""
    return load_site(STARTER_SITE)
