"""What many tests share: the shipped site, loaded once."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from callbot.config import STARTER_SITE
from callbot.content import Site, load_site

# On a developer's machine property tests explore; where a commit is judged, they try the same examples each time.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def site() -> Site:
    """The default site as shipped."""
    return load_site(STARTER_SITE)
