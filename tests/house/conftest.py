"""Two sides that have everything, for the tests that call everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.house import world
from tests.house.world import House


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """Made once for a file, and taken back at its end."""
    with django_db_blocker.unblock(), world.undone():
        yield world.build()
