"""The bar on stderr that shows how far long work is; nothing where nobody watches."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm


def progress_bar(doing: str | None = None, unit: str = "it") -> tqdm[Any]:
    return tqdm(desc=doing, unit=unit, disable=not sys.stderr.isatty())


def show_progress(bar: tqdm[Any], done: int, of: int, doing: str) -> None:
    bar.total = of
    bar.set_description(doing, refresh=False)
    bar.update(done - bar.n)
