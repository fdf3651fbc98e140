"""The API's document: a schema's name means one thing."""

from __future__ import annotations

import inspect
from collections import defaultdict

from ninja import Schema

from accord.server.rooms import furniture


def test_no_two_bodies_share_a_name() -> None:
    """OpenAPI keeps one schema a name: two with other fields would describe one operation wrongly."""
    fields: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name in ("api", "api_claims"):
        for _, module in furniture(name):
            for kind in vars(module).values():
                if inspect.isclass(kind) and issubclass(kind, Schema) and kind.__module__ == module.__name__:
                    fields[kind.__name__].add(tuple(sorted(kind.model_fields)))
    assert len(fields) > 20
    assert {name for name, found in fields.items() if len(found) > 1} == set()
