"""Law 4, a no is at once: through the real doors, a decision begun after a no was answered never says yes on it.

Properties: whatever was said before, what was last refused is refused; what was last agreed to is cleared.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.catalog import actions as catalog
from accord.clearance import queries as clearance
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Terms
from accord.governance import actions as governance
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties.viewer import Role
from accord.terms.refusal import Refused
from accord.terms.right import Right
from accord.terms.territory import EMPTY, WORLD, TerritorySet
from accord.terms.use import Use

NUMBERS = count()
PLACES = ("DE", "FR", "JP")
START = datetime(2026, 6, 1, tzinfo=UTC)
SAYINGS = st.lists(
    st.tuples(st.sampled_from(["yes", "no", "revoke"]), st.sets(st.sampled_from(PLACES), min_size=1)),
    min_size=1,
    max_size=6,
)


def a_work_with_everything_but_the_writers_yes(feature: str) -> tuple[str, str]:
    """(asset, writer): claimed whole by a publisher whose deal covers it, in a live feature of its own."""
    writer = parties.register_party("person", f"Writer {feature}", at=START, actor="t")
    account = parties.open_account(f"{feature}@example.org", "a long password of ours", [Role.ARTIST], [writer])
    parties.verify_identity(writer, account, "seen", "a document", at=START, actor="t")
    publisher = parties.register_party("publisher", f"Publisher {feature}", at=START, actor="t")
    work = catalog.register_work(f"Work {feature}", [writer], at=START, actor="t")
    claim = catalog.assert_claim(work, Right.MR, publisher, Fraction(1), at=START, actor="t")
    catalog.evidence_claim(claim, "the contract", at=START, actor="t")
    governance.propose_feature(feature, feature, {Use.TRAIN}, WORLD, START, "t", purpose="to be tested")
    governance.publish_policy(feature, START, "t", release_label="made", participation="by choice")
    governance.publish_split(feature, 800_000, 0, 200_000, START, "t")
    governance.open_controls(feature, START, "t")
    clause = Clause(number="1", uses=(Use.TRAIN,), features=(feature,), territories=WORLD, rights=(Right.MR,))
    terms = Terms(
        licensor=publisher,
        title="a deal",
        starts=date(2026, 1, 1),
        ends=None,
        clauses=(clause,),
        remuneration=Remuneration(rate_ppm=700_000),
    )
    deal = deals.open_deal(publisher, "a deal", START, "t")
    deals.negotiate(deal, terms, START, "t")
    for office in ("legal", "product"):
        deals.approve(deal, office, START, "t")
    for side in ("licensor", "platform"):
        deals.sign(deal, side, START, "t")
    deals.activate(deal, START, "t")
    for office in ("legal", "product", "trust", "comms"):
        governance.sign_off(feature, office, START + timedelta(days=1), "t")
    governance.launch(feature, 1, 1, START + timedelta(days=1), "t")
    return work, writer


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(sayings=SAYINGS)
def test_law_4_a_decision_after_a_no_never_says_yes_on_it(sayings: list[tuple[str, set[str]]]) -> None:
    """Law 4: after every answer, the next decision clears exactly where a yes stands and no no does."""
    feature = f"f{next(NUMBERS)}"  # a new one for each example, since the tables stay between examples
    work, writer = a_work_with_everything_but_the_writers_yes(feature)
    yes, at = EMPTY, START + timedelta(days=2)
    for answer, places in sayings:
        at += timedelta(hours=1)
        where = TerritorySet.of(*sorted(places))
        if answer == "revoke" and not yes & where:
            with pytest.raises(Refused):
                participation.revoke(writer, writer, Use.TRAIN, feature, where, at=at, actor="t")
        elif answer == "revoke":
            participation.revoke(writer, writer, Use.TRAIN, feature, where, at=at, actor="t")
            yes -= where
        else:
            participation.choose(writer, writer, Use.TRAIN, feature, where, None, answer, at=at, actor="t")
            yes = yes | where if answer == "yes" else yes - where
        assert clearance.decide(work, Use.TRAIN, feature, at).cleared == yes
