"""Under which clause a claim is paid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accord.catalog.records import Asset, AssetKind
from accord.deals.records import Conditions, Grant, Revocation, Selection
from accord.parties.records import Membership, MembershipKind
from accord.payouts.coverage import Coverage
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
AUGUST = datetime(2026, 8, 1, 12, tzinfo=UTC)
REMIX = frozenset({Use.REMIX})
ASSET = Asset(id="R", kind=AssetKind.RECORDING, title="R", label="L")
YEAR = DayPeriod(date(2026, 6, 1), date(2027, 6, 1))


def grant(licensor: str = "L", deal: str = "d1", **changes: Any) -> Grant:
    """A clause that covers R for remix in blend, unless changed."""
    made = {
        "deal": deal,
        "clause": "1",
        "licensor": licensor,
        "uses": REMIX,
        "features": frozenset({"blend"}),
        "territories": WORLD,
        "period": YEAR,
        "rights": frozenset({Right.MASTER}),
        "selection": Selection(),
        "exclusions": (),
        "conditions": Conditions(),
        "revocation": Revocation(),
        "member_opt_in": False,
        "states": ((JUNE, "active"),),
        "known_from": 1,
    }
    return Grant(**(made | changes))


def paid(*grants: Grant, at: datetime = AUGUST, claimant: str = "L", memberships: tuple[Membership, ...] = ()) -> str:
    """The deal that pays, or `none`."""
    coverage = Coverage(grants, memberships)
    found = coverage.clause_for(claimant, Right.MASTER, ASSET, "blend", REMIX, "DE", at)
    return found.deal if found is not None else "none"


def test_the_claimants_own_deal_pays():
    """It covers the asset, the use, the feature, the place and the day."""
    assert paid(grant()) == "d1"


@pytest.mark.parametrize(
    "change",
    [
        {"features": frozenset({"compose"})},
        {"uses": frozenset({Use.TRAIN})},
        {"rights": frozenset({Right.MR})},
        {"territories": TerritorySet.of("FR")},
        {"exclusions": ("R",)},
        {"selection": Selection(kind="list", ids=("Q",))},
        {"selection": Selection(kind="label", ids=("M",))},
        {"licensor": "M"},
        {"states": ()},
    ],
)
def test_a_deal_that_does_not_reach_the_claim_does_not_pay_it(change: dict[str, Any]):
    """Another feature, use, right, place, catalogue or licensor, or never in force."""
    assert paid(grant(**change)) == "none"


def test_of_two_in_force_the_lowest_deal_pays():
    """Always the same one, whatever order they come in."""
    assert paid(grant(deal="d2"), grant(deal="d1")) == paid(grant(deal="d1"), grant(deal="d2")) == "d1"


def test_a_deal_in_force_comes_before_one_that_ended():
    """The later licence replaced the earlier."""
    ended = grant(deal="d1", states=((JUNE, "active"), (datetime(2026, 7, 1, tzinfo=UTC), "terminated")))
    assert paid(ended, grant(deal="d2")) == "d2"


def test_a_deal_that_ended_keeps_paying_for_what_was_released():
    """After its last day, and after its termination."""
    assert paid(grant(period=DayPeriod(date(2026, 6, 1), date(2026, 7, 1)))) == "d1"
    assert paid(grant(states=((JUNE, "active"), (datetime(2026, 7, 1, tzinfo=UTC), "terminated")))) == "d1"


def test_unless_its_terms_say_that_it_does_not():
    """`releases_keep_paying` is a term like any other."""
    stopped = grant(
        period=DayPeriod(date(2026, 6, 1), date(2026, 7, 1)), revocation=Revocation(releases_keep_paying=False)
    )
    assert paid(stopped) == "none"


def test_of_several_that_ended_the_last_one_counts():
    """The one that became active last before the event."""
    first = grant(
        deal="d1",
        period=DayPeriod(date(2026, 1, 1), date(2026, 2, 1)),
        states=((datetime(2026, 1, 1, tzinfo=UTC), "active"),),
    )
    second = grant(deal="d2", period=DayPeriod(date(2026, 6, 1), date(2026, 7, 1)))
    assert paid(second, first) == paid(first, second) == "d2"


def test_a_deal_that_begins_later_does_not_pay_what_was_before_it():
    """No deal stood when it was heard."""
    assert paid(grant(states=((datetime(2026, 9, 1, tzinfo=UTC), "active"),))) == "none"


def member(kind: MembershipKind, period: DayPeriod = YEAR) -> tuple[Membership, ...]:
    return (Membership(id="m1", kind=kind, member="L", collective="C", period=period, known_from=1),)


@pytest.mark.parametrize(
    "kind", [MembershipKind.COLLECTIVE, MembershipKind.DISTRIBUTION, MembershipKind.ADMINISTRATION]
)
def test_a_member_is_paid_by_the_deal_it_came_through(kind: MembershipKind):
    """A collective's, distributor's or administrator's deal covers its members' claims."""
    assert paid(grant("C"), memberships=member(kind)) == "d1"


def test_being_in_a_group_is_no_licence():
    """A band's deal is not its singer's."""
    assert paid(grant("C"), memberships=member(MembershipKind.GROUP)) == "none"


def test_who_has_left_is_not_paid_through_it():
    """The membership must cover the day."""
    gone = member(MembershipKind.COLLECTIVE, DayPeriod(date(2026, 6, 1), date(2026, 7, 1)))
    assert paid(grant("C"), memberships=gone) == "none"


def test_an_own_deal_comes_before_the_collectives():
    """Whoever made a deal of its own is paid by it."""
    assert paid(grant("C", "d1"), grant("L", "d2"), memberships=member(MembershipKind.COLLECTIVE)) == "d2"


def test_the_best_rate_is_over_the_deals_that_name_the_feature():
    """What has nobody to go to is kept at that rate."""
    coverage = Coverage([grant(deal="d1"), grant(deal="d2", features=frozenset({"compose"}))], ())
    assert coverage.best_rate("blend", {"d1": 600_000, "d2": 900_000}) == 600_000
    assert coverage.best_rate("duet", {"d1": 600_000}) is None
