"""What went wrong and was settled, counted from the cases and claims themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from accord.catalog import actions as catalog
from accord.insights import dispute_resolution, gather_cases, remediation_time, violations
from accord.integrity import actions as integrity
from accord.parties import actions as parties
from accord.terms.right import Right

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 9, tzinfo=UTC)


def hours(number: int) -> datetime:
    """So many hours later."""
    return AT + timedelta(hours=number)


def test_an_upheld_case_moves_both_figures_by_exactly_that() -> None:
    """Of three cases one is upheld after 6 hours, one dismissed, one open: in 100 creations 10 per 1,000, and 6 hours."""
    upheld, dismissed, waiting = (
        integrity.open_case("copy", f"tak_{n}", f"acc_{n}", "12 s are a recording", AT, "acc_9") for n in range(3)
    )
    before = violations.compute(gather_cases.cases(hours(99)), 100)
    assert (before.value, before.note) == (0, "3 cases are not decided yet")
    integrity.decide(upheld, "upheld", "it is a copy", "acc_r", hours(6), "acc_r")
    integrity.decide(dismissed, "dismissed", "it is not", "acc_r", hours(9), "acc_r")
    after = violations.compute(gather_cases.cases(hours(99)), 100)
    assert (after.value, after.note) == (10, "1 case is not decided yet")
    remedied = remediation_time.compute(gather_cases.remedies(hours(99)))
    assert (remedied.value, remedied.n, remedied.note) == (6, 1, "1 still open")
    then = violations.compute(gather_cases.cases(hours(5)), 100)
    assert (then.value, then.note) == (0, "3 cases are not decided yet")
    assert gather_cases.cases(hours(-1)) == gather_cases.remedies(hours(-1)) == []
    assert waiting not in {row.case for row in gather_cases.cases(hours(99)) if row.upheld is not None}


def test_disputes_and_conflicts_run_from_opening_to_resolution() -> None:
    """A dispute over money settled after 10 hours is 10 hours; one opened again waits; a conflict counts as well."""
    publisher, rival = (parties.register_party("publisher", name, at=AT, actor="acc_1") for name in ("P", "Q"))
    work = catalog.register_work("Air", at=AT, actor="acc_1")
    claim = catalog.assert_claim(work, Right.MR, publisher, Fraction(1), at=AT, actor="acc_1")
    catalog.evidence_claim(claim, "contract", at=AT, actor="acc_1")
    catalog.dispute_claim(claim, rival, "ours", at=AT, actor="acc_1")
    catalog.resolve_dispute(claim, "theirs", at=hours(10), actor="acc_1")
    figure = dispute_resolution.compute(gather_cases.disputes(hours(99)))
    assert (figure.value, figure.n, figure.note) == (10, 1, "")
    catalog.dispute_claim(claim, rival, "still ours", at=hours(20), actor="acc_1")
    other = catalog.assert_claim(work, Right.MR, rival, Fraction(1), at=hours(30), actor="acc_1")
    catalog.evidence_claim(other, "another contract", at=hours(30), actor="acc_1")
    figure = dispute_resolution.compute(gather_cases.disputes(hours(99)))
    assert (figure.value, figure.n, figure.note) == (10, 1, "2 still open")
    assert dispute_resolution.compute(gather_cases.disputes(hours(9))).note == "1 still open"
    catalog.reject_claim(claim, "the contract was another's", at=hours(44), actor="acc_1")
    figure = dispute_resolution.compute(gather_cases.disputes(hours(99)))
    assert [row.ended_at for row in gather_cases.disputes(hours(99)) if row.label == "dispute"] == [
        hours(10),
        hours(44),
    ]


def test_an_appeal_leaves_a_case_upheld_until_it_is_overturned() -> None:
    """Upheld after 2 hours, appealed after 3, overturned after 5: a violation in between, and none at the end."""
    case = integrity.open_case("copy", "tak_1", "acc_1", "12 s are a recording", AT, "acc_9")
    integrity.decide(case, "upheld", "it is a copy", "acc_r", hours(2), "acc_r")
    integrity.appeal(case, "it is not", "acc_1", hours(3), "acc_1")
    integrity.decide(case, "dismissed", "it is not", "acc_s", hours(5), "acc_s")
    stood = [[row.upheld for row in gather_cases.cases(hours(number))] for number in (1, 2, 4, 5)]
    assert stood == [[None], [True], [True], [False]]
    assert [row.ended_at for row in gather_cases.remedies(hours(4))] == [hours(2)]
    assert gather_cases.remedies(hours(5)) == []
