"""A world that every test of a file begins with, made once: each test has its own copy and takes back what it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction


def made_once(make: Callable[[], Any]) -> tuple[Any, Any]:
    """Two fixtures for a test file whose tests are all marked `django_db`: `once, world = made_once(blend_world)`.

    What `make` writes stands in one transaction for the whole file, and each test in another inside it. So one file can
    have one such world, and no test in it can commit (`transaction=True`).
    """

    @pytest.fixture(scope="module")
    def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield make()
            transaction.set_rollback(True)

    @pytest.fixture
    def world(once: Any, db: None) -> Any:
        return deepcopy(once)

    return once, world
