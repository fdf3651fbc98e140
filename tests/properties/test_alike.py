"""Places that a close reads as one are answered as each would be: over made-up claims, deals, memberships and raises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.deals.example import feature
from tests.unit.payouts.test_coverage import grant

from accord.catalog.records import Asset, AssetKind, Claim, ClaimStatus, PublicDomain
from accord.metering.periods import parse
from accord.parties.records import Membership, MembershipKind
from accord.payouts.coverage import Coverage
from accord.payouts.epochs import cuts, epochs
from accord.payouts.order import CURRENT
from accord.payouts.raising import Raise, by_deal
from accord.payouts.reading_rooms import Known, RoomReader
from accord.payouts.records import Pay, Pool
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

Q3 = parse("2026-Q3")
PLACES = ("DE", "JP")
DAYS = [date(2026, month, 10) for month in (6, 7, 8, 9, 10)]
"""Days before, in and after the quarter."""

territories = st.sampled_from((WORLD, TerritorySet.of("DE"), TerritorySet.of("JP"), TerritorySet.of("DE", "JP")))


@st.composite
def stretches(draw) -> DayPeriod:
    first, last = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True)))
    return DayPeriod(first, last if draw(st.booleans()) else None)


@st.composite
def known(draw) -> Known:
    """Two recordings, up to four claims on each, four deals that begin, end and pause, memberships, raises."""
    assets = {f"R{n}": Asset(id=f"R{n}", kind=AssetKind.RECORDING, title="R", label="L") for n in range(2)}
    claims = [
        Claim(
            id=f"c{asset}{n}",
            asset=asset,
            right=Right.MASTER,
            claimant=draw(st.sampled_from("AB")),
            share=Fraction(1, draw(st.integers(1, 3))),
            territories=draw(territories),
            period=draw(stretches()),
            status=ClaimStatus.ACCEPTED,
        )
        for asset in assets
        for n in range(draw(st.integers(1, 3)))
    ]
    grants = []
    for number in range(draw(st.integers(1, 4))):
        states = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True)))
        grants.append(
            grant(
                draw(st.sampled_from("ABD")),
                f"d{number}",
                territories=draw(territories),
                period=draw(stretches()) if number else DayPeriod(DAYS[0]),
                states=tuple(
                    (datetime(d.year, d.month, d.day, tzinfo=UTC), ("active", "suspended", "active")[n])
                    for n, d in enumerate(states)
                ),
            )
        )
    members = [
        Membership(
            id="m", kind=MembershipKind.COLLECTIVE, member="A", collective="D", period=draw(stretches()), known_from=1
        )
    ]
    raises = [
        Raise(deal=one.deal, by=better.deal, term="rate_ppm", better=900_000, grants=(better,))
        for one in grants
        for better in grants
        if one.deal != better.deal
    ]
    return Known(
        assets=assets,
        claims=claims,
        public_domain=[PublicDomain(asset="R0", territories=draw(territories), evidence="old")],
        features={"blend": feature("blend", Use.REMIX)},
        coverage=Coverage(grants, members),
        pays={one.deal: Pay(deal=one.deal, licensor=one.licensor, currency="EUR", rate_ppm=500_000) for one in grants},
        order=CURRENT,
        raises=by_deal(raises),
    )


@settings(max_examples=150, deadline=None)
@given(known())
def test_places_that_are_alike_are_answered_alike(given_known):
    """For every asset, in every territory and stretch of time that a close is cut into."""
    cover = given_known.coverage
    periods = [one.period for one in (*given_known.claims, *cover.grants, *cover.memberships)]
    instants = [at for one in cover.grants for at, _ in one.states]
    pools = [
        Pool(number=n, feature="blend", territory=place, currency="EUR", revenue_micros=1)
        for n, place in enumerate(PLACES)
    ]
    made = []
    for place in PLACES:
        made += epochs(Q3, place, cuts(Q3, place, periods, instants), len(made))
    reader = RoomReader(given_known, pools, made)
    answers: dict = {}
    for pool in pools:
        for epoch in made:
            if epoch.territory == pool.territory:
                found = tuple(reader(pool.number, epoch.number, "source", asset) for asset in given_known.assets)
                assert answers.setdefault(reader.alike(pool.number, epoch.number), found) == found
