"""The tree of errors is the one that errors.py draws."""

from __future__ import annotations

import inspect
import re

import pytest

from callbot import errors
from callbot.errors import CallbotError, ContentError

assert errors.__doc__ is not None
TREE = re.findall(r"^[├└]── (\w+) +(.*)$", errors.__doc__, re.MULTILINE)
CLASSES = {name: cls for name, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, CallbotError)}


def test_the_tree_in_the_docstring_is_complete() -> None:
    assert {name for name, _ in TREE} | {"CallbotError"} == CLASSES.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_is_a_direct_child_of_one_base(name: str) -> None:
    cls = CLASSES[name]
    assert cls.__base__ is (Exception if cls is CallbotError else CallbotError)
    assert cls.__doc__


def test_content_errors_print_one_mistake_a_line() -> None:
    error = ContentError(["flow.yaml:3: no such state", "prompts.yaml:7: unknown variable"])
    assert error.mistakes == str(error).splitlines()
