"""Claims: which count, which wait, and how what overlaps is resolved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.catalog.messages import DOOR

from accord.catalog import actions, queries
from accord.catalog.claims import weigh
from accord.catalog.intake import ClaimGiven, compare
from accord.catalog.records import ALWAYS, Claim, ClaimStatus
from accord.journal import actions as journal
from accord.journal.queries import facts_of, head, table_digest
from accord.parties import actions as parties
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput, Refused
from accord.terms.right import Right
from accord.terms.territory import EMPTY, WORLD, TerritorySet

FR, JP = TerritorySet.of("FR"), TerritorySet.of("JP")
Claimed = Callable[..., str]


def a_claim(name: str, share: str = "1", where: TerritorySet = WORLD, **changes: object) -> Claim:
    plain: dict[str, object] = {
        "id": name,
        "asset": "rec_1",
        "right": Right.MASTER,
        "claimant": f"pty_{name}",
        "share": Fraction(share),
        "territories": where,
        "period": ALWAYS,
        "status": ClaimStatus.ACCEPTED,
    }
    return Claim(**{**plain, **changes})  # type: ignore[arg-type]


def test_a_claim_that_fits_is_clean_everywhere() -> None:
    """Half beside half leaves nothing contested."""
    weighed = weigh(a_claim("b", "1/2"), [a_claim("a", "1/2")])
    assert (weighed.clean, weighed.contested, weighed.against) == (WORLD, EMPTY, ())


def test_a_claim_is_contested_only_where_it_overlaps() -> None:
    """Claims to one master in France and everywhere are contested in France alone, and name who against."""
    weighed = weigh(a_claim("b"), [a_claim("a", where=FR)])
    assert (weighed.clean, weighed.contested) == (WORLD - FR, FR)
    assert (weighed.against, weighed.total) == (("a",), Fraction(2))


@pytest.mark.parametrize("status", [ClaimStatus.ASSERTED, ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN])
def test_what_does_not_stand_contests_nothing(status: ClaimStatus) -> None:
    """An assertion, a rejected and a withdrawn claim stand in nobody's way."""
    assert weigh(a_claim("b"), [a_claim("a", status=status)]).contested == EMPTY


def test_claims_to_different_rights_do_not_meet() -> None:
    """The mechanical right of a work says nothing about its performing right."""
    assert weigh(a_claim("b", right=Right.MR), [a_claim("a", right=Right.PR)]).contested == EMPTY


def test_claims_one_after_the_other_do_not_overlap() -> None:
    """A claim that ends on the day another begins leaves it clean; one day more and they overlap."""
    new_year = date(2027, 1, 1)
    later = a_claim("b", period=DayPeriod(new_year))
    assert weigh(later, [a_claim("a", period=DayPeriod(date(2020, 1, 1), new_year))]).contested == EMPTY
    assert weigh(later, [a_claim("a", period=DayPeriod(date(2020, 1, 1), date(2027, 1, 2)))]).contested == WORLD


def test_what_was_rejected_stays_rejected() -> None:
    """A rejected claim is not raised by saying it again, and not withdrawn by saying it no more."""
    rejected = a_claim("a", status=ClaimStatus.REJECTED, claimant="pty_a")
    said = ClaimGiven(right=Right.MASTER, party="pty_a", share=Fraction(1), territories=WORLD)
    for given in ([said], []):
        change = compare([rejected], given)
        assert (change.added, change.withdrawn) == ((), ())


@pytest.fixture
def recording() -> str:
    return actions.register_recording("R", **DOOR)


@pytest.fixture
def claimed(recording: str) -> Claimed:
    def make(name: str, where: TerritorySet = WORLD, share: str = "1", evidenced: bool = True) -> str:
        party = parties.register_party("label", name, **DOOR)
        claim = actions.assert_claim(recording, "master", party, Fraction(share), where, **DOOR)
        if evidenced:
            actions.evidence_claim(claim, "the contract", **DOOR)
        return claim

    return make


def status(claim: str) -> ClaimStatus:
    return queries.claim(claim).status


@pytest.mark.django_db
class TestDecided:
    """Claims through the doors."""

    def test_an_assertion_asks_for_evidence_and_changes_nothing_else(self, claimed: Claimed) -> None:
        """Story 5: had L2 only asserted, L1's claim would have stood throughout."""
        first = claimed("L1")
        second = claimed("L2", FR, evidenced=False)
        assert (status(first), status(second)) == (ClaimStatus.ACCEPTED, ClaimStatus.ASSERTED)
        assert queries.conflicts() == []
        asked = [entry.fact.claim for entry in facts_of("catalog.evidence-asked")]
        assert asked == [first, second]

    def test_what_was_decided_is_not_taken_back(self, claimed: Claimed) -> None:
        """A rejected claim stays rejected: withdrawn, its delivery could raise it again as if it were new."""
        rejected, gone = claimed("L1"), claimed("L2", FR)
        actions.reject_claim(rejected, "forged", **DOOR)
        actions.withdraw_claim(gone, "sold", **DOOR)
        at = head()
        for claim in (rejected, gone):
            with pytest.raises(Refused, match="already"):
                actions.withdraw_claim(claim, "never mind", **DOOR)
        assert head() == at and status(rejected) is ClaimStatus.REJECTED

    def test_every_decision_has_a_reason(self, claimed: Claimed) -> None:
        """Law 8: without a because nothing is accepted, rejected, withdrawn, disputed or resolved; blank evidence is none."""
        claim, bare, at = claimed("L1"), claimed("L2", FR, evidenced=False), head()
        party = queries.claim(claim).claimant
        decisions: list[Callable[[], object]] = [
            lambda: actions.accept_claim(claim, " ", **DOOR),
            lambda: actions.reject_claim(claim, "", **DOOR),
            lambda: actions.withdraw_claim(claim, "\n", **DOOR),
            lambda: actions.dispute_claim(claim, party, "", **DOOR),
            lambda: actions.resolve_dispute(claim, "", **DOOR),
            lambda: actions.resolve_conflict("cnf_1", [claim], "", **DOOR),
            lambda: actions.evidence_claim(bare, "  ", **DOOR),
        ]
        for decide in decisions:
            with pytest.raises(BadInput, match=r"no (reason|evidence) is given"):
                decide()
        assert head() == at

    def test_an_evidenced_overlap_is_a_conflict_with_a_deadline(self, recording: str, claimed: Claimed) -> None:
        """Story 5: two claims to 100 % in France sum to 200 % there, due in thirty days; elsewhere nothing changes."""
        first, second = claimed("L1"), claimed("L2", FR)
        (conflict,) = queries.conflicts([recording])
        assert (conflict.total, conflict.territories, set(conflict.claims)) == (Fraction(2), FR, {first, second})
        assert (conflict.deadline - DOOR["at"]).days == 30  # type: ignore[operator]
        assert (status(first), status(second)) == (ClaimStatus.ACCEPTED, ClaimStatus.EVIDENCED)

    def test_the_clean_part_of_a_claim_is_accepted_apart(self, recording: str, claimed: Claimed) -> None:
        """A claim to two countries, contested in one, counts in the other under an id of its own."""
        claimed("L1", FR)
        second = claimed("L2", FR | JP)
        mine = {
            c.territories: c.status for c in queries.claims([recording]) if c.claimant == queries.claim(second).claimant
        }
        assert mine == {JP: ClaimStatus.ACCEPTED, FR: ClaimStatus.EVIDENCED}

    def test_a_resolved_conflict_keeps_the_loser_as_rejected(self, recording: str, claimed: Claimed) -> None:
        """Story 5: resolved for L1, L2's claim is kept as rejected, not erased."""
        first, second = claimed("L1"), claimed("L2", FR)
        (conflict,) = queries.conflicts()
        actions.resolve_conflict(conflict.id, [first], "the older contract", **DOOR)
        assert (status(first), status(second)) == (ClaimStatus.ACCEPTED, ClaimStatus.REJECTED)
        assert queries.conflicts() == [] and queries.conflict(conflict.id).resolved
        assert [because for _, because in queries.claim_history(second)][-1] == "the older contract"

    def test_a_conflict_resolved_for_the_newcomer_takes_only_its_territory(
        self, recording: str, claimed: Claimed
    ) -> None:
        """When L2 wins France, L1 keeps the rest of the world."""
        first, second = claimed("L1"), claimed("L2", FR)
        (conflict,) = queries.conflicts()
        actions.resolve_conflict(conflict.id, [second], "the newer contract", **DOOR)
        accepted = {c.id: c.territories for c in queries.claims() if c.status is ClaimStatus.ACCEPTED}
        assert accepted == {first: WORLD - FR, second: FR}

    def test_winners_must_fit_together(self, claimed: Claimed) -> None:
        """A conflict cannot be resolved for both sides."""
        first, second = claimed("L1"), claimed("L2")
        (conflict,) = queries.conflicts()
        with pytest.raises(BadInput, match="sum to 200 %"):
            actions.resolve_conflict(conflict.id, [first, second], "both", **DOOR)
        with pytest.raises(BadInput, match="is not in the conflict"):
            actions.resolve_conflict(conflict.id, ["clm_other"], "neither", **DOOR)

    def test_what_waited_is_accepted_when_the_other_goes(self, claimed: Claimed) -> None:
        """When the accepted claim is withdrawn, the one that waited for it is accepted and the conflict is over."""
        first, second = claimed("L1"), claimed("L2")
        actions.withdraw_claim(first, "sold", **DOOR)
        assert (status(first), status(second)) == (ClaimStatus.WITHDRAWN, ClaimStatus.ACCEPTED)
        assert queries.conflicts() == []

    def test_a_contested_claim_is_not_accepted_by_hand(self, claimed: Claimed) -> None:
        """Nobody accepts past a conflict, or without evidence."""
        claimed("L1")
        second, bare = claimed("L2"), claimed("L3", evidenced=False)
        with pytest.raises(Refused, match="sums to 200 %"):
            actions.accept_claim(second, "because", **DOOR)
        with pytest.raises(Refused, match="has no evidence"):
            actions.accept_claim(bare, "because", **DOOR)

    def test_a_dispute_is_about_money_alone(self, claimed: Claimed) -> None:
        """A disputed claim stays accepted; it is disputed once, and settled once."""
        claim = claimed("L1")
        by = parties.register_party("label", "Somebody", **DOOR)
        actions.dispute_claim(claim, by, "we split differently", **DOOR)
        assert queries.claim(claim).disputed and status(claim) is ClaimStatus.ACCEPTED
        with pytest.raises(Refused, match="in dispute already"):
            actions.dispute_claim(claim, by, "again", **DOOR)
        actions.resolve_dispute(claim, "agreed", **DOOR)
        with pytest.raises(Refused, match="is not in dispute"):
            actions.resolve_dispute(claim, "again", **DOOR)

    def test_a_claim_as_known_before_is_what_it_was(self, claimed: Claimed) -> None:
        """Every version of a claim stays known at its positions."""
        claim = claimed("L1", evidenced=False)
        before = head()
        actions.evidence_claim(claim, "the contract", **DOOR)
        assert queries.claim(claim, known=before).status is ClaimStatus.ASSERTED
        versions = [version.status for version, _ in queries.claim_history(claim)]
        assert versions == [ClaimStatus.ASSERTED, ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED]

    @pytest.mark.parametrize(("share", "why"), [("0", "above 0"), ("11/10", "a claim to 110 %")])
    def test_an_impossible_share_is_bad_input(self, recording: str, claimed: Claimed, share: str, why: str) -> None:
        """Nobody claims nothing, or more than all of it."""
        with pytest.raises(BadInput, match=why):
            claimed("L1", share=share)
        assert queries.claims() == []

    def test_a_right_belongs_to_its_kind_of_asset(self, recording: str) -> None:
        """The performing right of a recording's master does not exist."""
        party = parties.register_party("publisher", "P", **DOOR)
        with pytest.raises(BadInput, match="is not a right in a recording"):
            actions.assert_claim(recording, "PR", party, Fraction(1), **DOOR)

    def test_rebuilt_tables_are_the_same(self, claimed: Claimed) -> None:
        """Law 6: claims and conflicts after a rebuild equal those before."""
        first, _ = claimed("L1"), claimed("L2", FR | JP)
        actions.resolve_conflict(queries.conflicts()[0].id, [first], "older", **DOOR)
        before = table_digest()
        journal.rebuild()
        assert table_digest() == before
