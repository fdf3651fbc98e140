"""Each figure counts what its definition says, out of what its denominator says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accord.insights import (
    artist_revenue,
    attribution_completeness,
    dispute_resolution,
    licensing_cycle,
    opt_in_rate,
    participation,
    play_share,
    remediation_time,
    retention,
    session_share,
    songwriter_revenue,
    violations,
)
from accord.insights.durations import Row as Span
from accord.insights.participant_revenue import Row as Earned
from accord.insights.records import Figure, Group

AT = datetime(2026, 7, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """So many days after 1 July."""
    return AT + timedelta(days=number)


def parts(figure: Figure) -> dict[str, object]:
    """The parts by label."""
    return {part.label: part.value for part in figure.parts}


def test_opt_in_counts_people_asked_and_nobody_else() -> None:
    """Three people asked, two said yes after it: 2/3; a yes before the asking, or by somebody not asked, is not in it."""
    rows = [
        opt_in_rate.Row(person="a", feature="compose", asked_at=AT, yes_at=day(1)),
        opt_in_rate.Row(person="a", feature="blend", asked_at=AT, yes_at=None),
        opt_in_rate.Row(person="b", feature="compose", asked_at=AT, yes_at=AT),
        opt_in_rate.Row(person="c", feature="compose", asked_at=AT, yes_at=day(-1)),
    ]
    figure = opt_in_rate.compute(rows)
    assert (figure.value, figure.n) == (2 / 3, 3)
    assert parts(figure) == {"compose": 2 / 3, "blend": 0.0}


def test_participation_counts_each_person_once() -> None:
    """Somebody in two features is two in the parts and one in the headline."""
    rows = [
        participation.Row(person="a", feature="compose", asked=True, standing=True),
        participation.Row(person="a", feature="blend", asked=True, standing=True),
        participation.Row(person="b", feature="blend", asked=True, standing=False),
    ]
    figure = participation.compute(rows)
    assert (figure.value, figure.n, parts(figure)) == (1, 2, {"blend": 1, "compose": 1})
    assert {part.label: part.n for part in figure.parts} == {"blend": 2, "compose": 1}


def test_retention_asks_only_those_who_can_answer() -> None:
    """Of three yeses older than 30 days, one left on day 29, one on day 30: 2/3; a yes of last week is not in it."""
    rows = [
        retention.Row(person="a", feature="compose", yes_at=AT, left_at=day(29)),
        retention.Row(person="b", feature="compose", yes_at=AT, left_at=day(30)),
        retention.Row(person="c", feature="compose", yes_at=AT, left_at=None),
        retention.Row(person="d", feature="compose", yes_at=day(53), left_at=day(54)),
    ]
    assert (retention.compute(rows, day(60)).value, retention.compute(rows, day(60)).n) == (2 / 3, 3)
    assert retention.compute(rows, day(29)).value is None


def test_play_share_needs_a_total() -> None:
    """Plays where the platform reported no total are left out and counted in the note."""
    rows = [
        play_share.Row(feature="compose", territory="DE", month="2026-07", count=30),
        play_share.Row(feature="blend", territory="DE", month="2026-07", count=10),
        play_share.Row(feature="blend", territory="FR", month="2026-07", count=7),
    ]
    figure = play_share.compute(rows, {("DE", "2026-07"): 1000})
    assert (figure.value, figure.n, parts(figure)) == (0.04, 1000, {"blend": 0.01, "compose": 0.03})
    assert figure.note.startswith("7 plays are left out")


def test_a_session_counts_once() -> None:
    """A session that touched both features is one of the sessions, and one in each part."""
    touched = [session_share.Row(feature="", territory="DE", month="2026-07", count=5)]
    rows = [
        session_share.Row(feature="compose", territory="DE", month="2026-07", count=4),
        session_share.Row(feature="blend", territory="DE", month="2026-07", count=3),
    ]
    figure = session_share.compute(touched, rows, {("DE", "2026-07"): 10})
    assert (figure.value, parts(figure)) == (0.5, {"blend": 0.3, "compose": 0.4})


def test_revenue_keeps_paid_and_attributed_apart() -> None:
    """Somebody who earned nothing is in the mean; mean, median and spread are of whole micros."""
    rows = [
        Earned(person="a", paid_direct_micros=0, attributed_gross_micros=10),
        Earned(person="b", paid_direct_micros=4, attributed_gross_micros=30),
        Earned(person="c", paid_direct_micros=8, attributed_gross_micros=20),
    ]
    paid, gross = artist_revenue.compute(rows, "EUR")
    assert (paid.key, paid.value, paid.unit, paid.n) == ("artist_revenue_paid_direct", 4, "micros EUR", 3)
    assert (gross.key, gross.value) == ("artist_revenue_attributed_gross", 20)
    assert parts(gross)["median"] == 20 and parts(gross)["standard deviation"] == 8
    assert songwriter_revenue.compute(rows)[0].key == "songwriter_revenue_paid_direct"


def test_completeness_wants_the_whole_on_known_things() -> None:
    """A creation with a share on nothing known, and one without any attribution, are not complete."""
    rows = [
        attribution_completeness.Row(creation="a", total_units=10, known_units=10),
        attribution_completeness.Row(creation="b", total_units=10, known_units=9),
        attribution_completeness.Row(creation="c", total_units=0, known_units=0),
    ]
    money = attribution_completeness.Money(due_micros=70, escrow_micros=20, unmatched_micros=10)
    figure = attribution_completeness.compute(rows, money)
    assert (figure.value, figure.n) == (1 / 3, 3)
    assert parts(figure) == {"reached a party": 0.7, "in escrow while disputed": 0.2, "unmatched": 0.1}


def test_one_upheld_case_moves_violations_by_exactly_that() -> None:
    """In 500 creations one upheld case is 2 per 1,000; overturned and open ones, and refused prompts, are not."""
    rows = [
        violations.Row(case="1", kind="copy", upheld=True),
        violations.Row(case="2", kind="copy", upheld=False),
        violations.Row(case="3", kind="spam", upheld=None),
    ]
    figure = violations.compute(rows, 500, prompts_refused=5)
    assert (figure.value, figure.n, figure.note) == (2.0, 500, "1 case is not decided yet")
    assert parts(figure) == {"copy": 2.0, "prompts refused beforehand": 10.0}


@pytest.mark.parametrize("module", [dispute_resolution, remediation_time])
def test_durations_are_medians_of_what_ended(module: object) -> None:
    """Of 2, 4 and 30 hours the median is 4; an open one waits in the note."""
    rows = [
        Span(id=str(hours), began_at=AT, ended_at=AT + timedelta(hours=hours), label="copy") for hours in (2, 30, 4)
    ] + [Span(id="open", began_at=AT, ended_at=None)]
    figure = module.compute(rows)  # type: ignore[attr-defined]
    assert (figure.value, figure.n, figure.unit, figure.note) == (4, 3, "hours", "1 still open")
    assert parts(figure)["90th percentile"] == 24.8
    assert parts(figure)["slowest"] == 30 and parts(figure)["copy"] == 4


def test_the_licensing_cycle_is_in_days() -> None:
    """Six days from the approvals to the launch are six."""
    figure = licensing_cycle.compute([Span(id="dea_1/compose", began_at=AT, ended_at=day(6), label="compose")])
    assert (figure.value, figure.unit, figure.group) == (6, "days", Group.LICENSING)


def test_a_share_of_nobody_is_nothing() -> None:
    """Without anything to count, each figure says None and not zero."""
    figures = [
        opt_in_rate.compute([]),
        participation.compute([]),
        retention.compute([], AT),
        play_share.compute([], {}),
        session_share.compute([], [], {}),
        *artist_revenue.compute([]),
        *songwriter_revenue.compute([]),
        attribution_completeness.compute([]),
        dispute_resolution.compute([]),
        violations.compute([], 0),
        remediation_time.compute([]),
        licensing_cycle.compute([]),
    ]
    assert [figure.key for figure in figures if figure.value is not None or figure.n] == []
    assert {figure.group for figure in figures} == set(Group)
    assert all(figure.definition and figure.denominator for figure in figures)
