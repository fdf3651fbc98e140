"""Corrections: which events stand, which are turned away, and that a line that is turned away takes no id."""

from __future__ import annotations

import pytest
from tests.unit.metering.made import OTHERWISE, event, ingest, standing_events

from accord.journal.actions import rebuild
from accord.metering import queries
from accord.metering.periods import parse

pytestmark = pytest.mark.django_db


def standing() -> list[tuple[str, int]]:
    """(id, seconds) of what counts of the quarter."""
    rows = standing_events(parse("2026-Q3")).to_pylist()
    return sorted((row["id"], row["seconds"]) for row in rows)


def test_a_line_that_was_turned_away_takes_no_id():
    """A correction of the unknown, twice in a batch: neither is a duplicate, and an event that comes by their id counts."""
    report = ingest(event("c1", corrects="e9"), event("c1", corrects="e9"), event("c1", seconds=7), event("c1"))
    assert (report.accepted, report.duplicates) == (1, 0)
    unknown = "event `e9` is not known: send it first"
    assert [(one.line, one.reason) for one in report.rejected] == [
        (1, unknown),
        (2, unknown),
        (4, OTHERWISE.replace("e1", "c1")),
    ]
    assert standing() == [("c1", 7)]


def test_a_correction_before_its_event_is_turned_away_in_one_batch_too():
    """As it is in two: how lines are put into batches changes nothing."""
    report = ingest(event("c1", corrects="e1"), event("e1"), event("c1", corrects="e1", seconds=5))
    assert (report.accepted, [one.line for one in report.rejected]) == (2, [1])
    assert standing() == [("c1", 5)]


def test_a_correction_stands_in_the_place_of_what_it_corrects():
    """e1 was 5 seconds, not 30; e2 never happened. Both files stay as they were."""
    ingest(event("e1"), event("e2"))
    ingest(event("c1", corrects="e1", seconds=5), event("c2", kind="void", corrects="e2"))
    assert standing() == [("c1", 5)]
    assert queries.events().num_rows == 4


def test_an_event_corrected_twice_counts_once():
    """The second correction is turned away by name, in the same batch or a later one; correcting the first is the way."""
    ingest(event("e1"))
    report = ingest(event("c1", corrects="e1"), event("c2", corrects="e1"), event("c1", corrects="e1"))
    again = ingest(event("v", corrects="e1", kind="void"), event("c1", corrects="e1"))
    assert (report.accepted, report.duplicates, again.accepted, again.duplicates) == (1, 1, 0, 1)
    for one in (*report.rejected, *again.rejected):
        assert one.reason == "event `e1` was corrected before: correct its correction"
    ingest(event("c3", corrects="c1", seconds=7))
    assert standing() == [("c3", 7)]
    assert ingest(event("e1", source="other"), event("d", source="other", corrects="e1")).accepted == 2
    rebuild()
    assert ingest(event("c4", corrects="e1")).rejected


def test_a_correction_comes_after_what_it_corrects():
    """Of an event that was never counted it is turned away; sent again after it, it counts."""
    (early,) = ingest(event("c1", corrects="e1")).rejected
    assert early.reason == "event `e1` is not known: send it first"
    assert ingest(event("e1")).accepted == ingest(event("c1", corrects="e1")).accepted == 1
