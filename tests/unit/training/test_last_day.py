"""A model of a licence that runs out by itself; apart from the other models' tests, since its world has another deal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.training.world import ACTOR, compose_world, sealed, trained

from accord.terms.refusal import Refused
from accord.training import actions, queries

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db


def test_law_5_a_deals_last_day_is_a_sunset_too():
    """Law 5: when the licence runs out by itself, the days to retire count from then, whenever somebody asks."""
    world = compose_world(ends=date(2026, 9, 1))
    model = actions.promote(trained(world, sealed(world)).id, world.now(), ACTOR)
    last = datetime(2026, 8, 31, 22, tzinfo=UTC)  # midnight in Berlin and Paris
    assert queries.check_serving(model.id, "DE", last - timedelta(days=2))
    assert queries.check_serving(model.id, "DE", last + timedelta(days=29))
    for days in (30, 400, 4000):
        with pytest.raises(Refused) as found:
            queries.check_serving(model.id, "DE", last + timedelta(days=days))
        assert found.value.refusal.code == "training.past-sunset"
