"""Made-up usage: the same seed gives the same events, with duplicates and late ones among them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow.compute as pc

from accord.demo.usage import make_events, platform_plays, reports
from accord.metering.events import SCHEMA, checks, reasons

MONTHS = ("2026-07", "2026-08", "2026-09")
CREATIONS = [f"cre_{n}" for n in range(10)]
FEATURES = {creation: ("blend", "compose")[n % 2] for n, creation in enumerate(CREATIONS)}
SINCE = {"cre_0": datetime(2026, 8, 10, tzinfo=UTC)}


def made(seed: int = 3, n: int = 20_000):
    return make_events(CREATIONS, FEATURES, ["DE", "FR", "JP"], 500, MONTHS, seed, n, SINCE)


def test_the_seed_says_everything():
    """Twice the same, and another seed is another quarter."""
    assert made().equals(made()) and not made().equals(made(4))


def test_every_event_could_be_metered():
    """No line of it would be turned away."""
    events = made()
    assert events.schema.names == SCHEMA.names
    assert reasons(events, checks(frozenset({"DE", "FR", "JP"}), datetime(2026, 10, 1, tzinfo=UTC))) == {}


def test_some_events_come_twice():
    """About one in fifty rows was sent before."""
    ids = made()["id"].to_pylist()
    assert len(ids) == 20_000 and 0.015 < 1 - len(set(ids)) / len(ids) < 0.025


def test_some_events_come_late():
    """A few arrive after events that happened more than a day later."""
    at = made()["at"].cast("int64").to_numpy()
    late = np.maximum.accumulate(at) - at > 86_400_000_000
    assert 0.005 < late.mean() < 0.06


def test_nothing_is_heard_before_it_was_released():
    """And nothing outside the months."""
    events = made()
    mine = events.filter(pc.equal(events["creation"], "cre_0"))["at"]
    assert pc.min(mine).as_py() >= datetime(2026, 8, 10)
    assert pc.min(events["at"]).as_py() >= datetime(2026, 7, 1) and pc.max(events["at"]).as_py() < datetime(2026, 10, 1)


def test_revenue_is_counted_on_events_once():
    """Whole cents per feature, territory and month, and duplicates earn nothing."""
    found = reports(made(), MONTHS)
    assert {one.month for one in found} == set(MONTHS)
    assert all(one.amount_micros % 10_000 == 0 for one in found)
    events = made()
    listens = len(set(events.filter(pc.equal(events["kind"], "listen"))["id"].to_pylist()))
    assert listens * 4_000 - len(found) * 10_000 <= sum(one.amount_micros for one in found) <= listens * 4_000


def test_the_platform_plays_more_than_its_ai_features():
    """The denominator is larger than what it divides, in every territory and month."""
    plays = platform_plays(made(), MONTHS, 3)
    assert set(plays) == {(place, month) for place in ("DE", "FR", "JP") for month in MONTHS}
    assert all(sessions < total for total, sessions in plays.values())
    assert sum(total for total, _ in plays.values()) > 20 * 18_000
