"""Bulk questions take as many statements for sixty assets as for three."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.unit.catalog.messages import AT, DOOR

from accord.catalog import actions, queries, visibility
from accord.journal.actions import writing
from accord.parties import actions as parties
from accord.parties import queries as known
from accord.parties.viewer import SYSTEM, Role, Viewer

pytestmark = pytest.mark.django_db


def catalogue(count: int) -> list[str]:
    """That many recordings, each with a performer, a stem and a claim."""
    found = []
    with writing("acc_test", AT):
        label = parties.register_party("label", "L", **DOOR)
        for number in range(count):
            person = parties.register_party("person", f"P{number}", **DOOR)
            asset = actions.register_recording("R", credits=[(person, "featured")], label=label, **DOOR)
            actions.register_stems(asset, [("voice", "sha256:" + "0" * 64, 1.0)], **DOOR)
            actions.assert_claim(asset, "master", label, Fraction(1), **DOOR)
            found.append(asset)
    return found


@pytest.mark.parametrize(
    ("statements", "ask"),
    [
        (1, lambda ids, people: queries.assets(ids)),
        (1, lambda ids, people: queries.claims(ids)),
        (1, lambda ids, people: queries.children(ids)),
        (1, lambda ids, people: queries.public_domain(asset_ids=ids)),
        (1, lambda ids, people: queries.conflicts(ids)),
        (1, lambda ids, people: known.names(people)),
        (3, lambda ids, people: known.parties(people)),
        (2, lambda ids, people: visibility.asset_page(SYSTEM)),
        (2, lambda ids, people: visibility.claim_page(Viewer("a", frozenset(people), frozenset({Role.ARTIST})))),
    ],
    ids=["assets", "claims", "children", "public domain", "conflicts", "names", "parties", "asset page", "claim page"],
)
def test_a_bulk_question_is_few_statements(statements: int, ask: Any, django_assert_num_queries: Any) -> None:
    """However many ids are asked for, the database is asked the same few times."""
    ids = catalogue(60)
    people = [credit.party for asset in queries.assets(ids).values() for credit in asset.credits]
    assert len(people) == 60
    for some in (3, 60):
        with django_assert_num_queries(statements):
            ask(ids[:some], people[:some])
