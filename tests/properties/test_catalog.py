"""Properties of the catalogue.

| law | test |
|---|---|
| claims never lose history | test_no_version_of_a_claim_is_ever_lost |
| law 2, accepted shares never pass the whole | test_accepted_claims_never_pass_the_whole |
| shares normalise | test_a_rounded_whole_becomes_a_whole |
| law 6, rebuild equality | test_rebuilt_tables_are_the_same_after_any_actions |
| bad input changes nothing | test_a_damaged_message_changes_nothing, test_a_damaged_registration_changes_nothing |
| saying it again changes nothing | test_the_same_claims_again_change_nothing |
| law 9, as of then is what it was then | test_claims_as_known_then_are_what_they_were_then |
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.unit.catalog import messages as m

from accord.catalog import actions, queries
from accord.catalog.claims import accepted_sums, sums, weigh
from accord.catalog.intake import ClaimGiven, compare
from accord.catalog.records import ALWAYS, Claim, ClaimStatus
from accord.journal import actions as journal
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.terms import share
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.territory import EMPTY, WORLD, TerritorySet

PLACES = [TerritorySet.of(code) for code in ("FR", "JP", "US")]
where = st.sets(st.sampled_from([0, 1, 2]), min_size=1).map(lambda few: _union(PLACES[i] for i in few))
places = st.one_of(where, st.just(WORLD), where.map(lambda some: WORLD - some))
parts = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3, 8), Fraction(1, 8), Fraction(1, 3)])
statuses = st.sampled_from(list(ClaimStatus))


def _union(some: Any) -> TerritorySet:
    whole = EMPTY
    for each in some:
        whole |= each
    return whole


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Up to six claims to one right."""
    return [
        Claim(
            id=f"clm_{number}",
            asset="rec_1",
            right=Right.MASTER,
            claimant=f"pty_{draw(st.integers(0, 2))}",
            share=draw(parts),
            territories=draw(places),
            period=ALWAYS,
            status=draw(statuses),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


@given(claims())
def test_sums_are_the_plain_sums_of_each_territory(some: list[Claim]) -> None:
    """The partition into sums says of each territory what adding up its claims one by one says."""
    found = {code: total for total, place in sums(some) for code in place}
    for code in ("FR", "JP", "US", "DE"):
        held = [claim.share for claim in some if code in claim.territories]
        assert found.get(code, Fraction(0)) == sum(held, Fraction(0))


@given(claims())
def test_weighing_divides_a_claim_without_loss(some: list[Claim]) -> None:
    """Clean and contested are the whole claim, apart; where it is clean it fits, where contested it does not."""
    claim, *others = some
    weighed = weigh(claim, others)
    assert weighed.clean | weighed.contested == claim.territories and not weighed.clean & weighed.contested
    standing = [o for o in others if o.status in (ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED)]
    for total, place in sums([claim, *standing]):
        assert not (place & weighed.clean) or total <= 1
        assert not (place & weighed.contested) or total > 1


@given(st.integers(1, 12))
def test_a_rounded_whole_becomes_a_whole(count: int) -> None:
    """Equal parts of a whole, each rounded to two decimals of a percent, sum to exactly one again."""
    rounded = Fraction(round(Fraction(10000, count)), 10000)
    assume(share.is_whole([rounded] * count))
    assert sum(share.normalise((rounded,) * count)) == 1


@given(st.lists(st.tuples(parts, places), max_size=5), st.lists(places, max_size=3))
def test_the_same_claims_again_change_nothing(
    given_: list[tuple[Fraction, TerritorySet]], cuts: list[TerritorySet]
) -> None:
    """What stands because a message said it is not changed by saying it again, however it was divided meanwhile."""
    lines = [ClaimGiven(right=Right.MR, party="p", share=part, territories=place) for part, place in given_]
    standing = []
    for number, line in enumerate(compare([], lines).added):
        for piece, place in enumerate(_cut(line.territories, cuts)):
            standing.append(
                Claim(
                    id=f"clm_{number}_{piece}",
                    asset="wrk_1",
                    right=Right.MR,
                    claimant="p",
                    share=line.share,
                    territories=place,
                    period=ALWAYS,
                    status=ClaimStatus.ACCEPTED,
                )
            )
    change = compare(standing, lines)
    assert (change.added, change.withdrawn) == ((), ())
    assert compare(standing, []).withdrawn == tuple((claim.id, claim.territories) for claim in standing)


def _cut(whole: TerritorySet, cuts: list[TerritorySet]) -> list[TerritorySet]:
    pieces = [whole]
    for cut in cuts:
        pieces = [part for piece in pieces for part in (piece & cut, piece - cut) if part]
    return pieces


steps = st.lists(
    st.one_of(
        st.tuples(st.just("assert"), st.integers(0, 2), parts, places),
        st.tuples(
            st.sampled_from(["evidence", "accept", "reject", "withdraw", "dispute", "settle", "resolve"]),
            st.integers(0, 9),
        ),
    ),
    min_size=1,
    max_size=14,
)


class Desk:
    """Takes steps at random; what the rules refuse is refused."""

    def __init__(self) -> None:
        self.parties = [parties.register_party("label", name, **m.DOOR) for name in ("A", "B", "C")]
        self.recording = actions.register_recording("R", **m.DOOR)
        self.claims: list[str] = []

    def take(self, step: tuple[Any, ...]) -> None:
        """One step; a refusal is an answer too."""
        with suppress(Refused, BadInput, NotThere):
            self._take(*step)

    def _take(self, what: str, number: int, *rest: Any) -> None:
        if what == "assert":
            made = actions.assert_claim(self.recording, "master", self.parties[number], *rest, **m.DOOR)
            self.claims.append(made)
        elif what == "resolve":
            conflicts = queries.conflicts()
            if conflicts:
                chosen = conflicts[number % len(conflicts)]
                winner = chosen.claims[number % len(chosen.claims)]
                actions.resolve_conflict(chosen.id, [winner], "decided", **m.DOOR)
        elif known := [claim.id for claim in queries.claims()]:
            self._change(what, known[number % len(known)])

    def _change(self, what: str, claim: str) -> None:
        match what:
            case "evidence":
                actions.evidence_claim(claim, "paper", **m.DOOR)
            case "accept":
                actions.accept_claim(claim, "seen", **m.DOOR)
            case "reject":
                actions.reject_claim(claim, "wrong", **m.DOOR)
            case "withdraw":
                actions.withdraw_claim(claim, "gone", **m.DOOR)
            case "dispute":
                actions.dispute_claim(claim, self.parties[0], "mine", **m.DOOR)
            case _:
                actions.resolve_dispute(claim, "fine", **m.DOOR)


few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.django_db
@few
@given(steps)
def test_accepted_claims_never_pass_the_whole(taken: list[tuple[Any, ...]]) -> None:
    """Law 2: whatever is asserted, evidenced, rejected and resolved, accepted shares sum to at most one everywhere."""
    with _undone():
        desk = Desk()
        for step in taken:
            desk.take(step)
            assert all(total <= 1 for total, _ in accepted_sums(queries.claims()))
        waiting = [c for c in queries.claims() if c.status is ClaimStatus.EVIDENCED]
        named = {claim for conflict in queries.conflicts() for claim in conflict.claims}
        assert {claim.id for claim in waiting} <= named  # whoever waits is in a conflict that is open


@pytest.mark.django_db
@few
@given(steps)
def test_no_version_of_a_claim_is_ever_lost(taken: list[tuple[Any, ...]]) -> None:
    """Every version of every claim stays, in order, each beginning where the one before it ended."""
    with _undone():
        desk, seen = Desk(), {}
        for step in taken:
            desk.take(step)
            for claim in queries.claims():
                seen[claim.id, claim.known_from] = (claim.status, claim.share, claim.territories, claim.disputed)
        for name in {name for name, _ in seen}:
            versions = [version for version, _ in queries.claim_history(name)]
            kept = {(v.id, v.known_from): (v.status, v.share, v.territories, v.disputed) for v in versions}
            assert all(kept[key] == value for key, value in seen.items() if key[0] == name)
            assert [v.known_until for v in versions[:-1]] == [v.known_from for v in versions[1:]]
            assert versions[-1].known_until is None


@pytest.mark.django_db
@few
@given(steps)
def test_claims_as_known_then_are_what_they_were_then(taken: list[tuple[Any, ...]]) -> None:
    """Law 9: asked as of a position, the claims are those that were answered at that position."""
    with _undone():
        desk, answers = Desk(), {}
        for step in taken:
            desk.take(step)
            answers[head()] = [(c.id, c.status, c.territories) for c in queries.claims()]
        for position, answer in answers.items():
            assert [(c.id, c.status, c.territories) for c in queries.claims(known=position)] == answer


@pytest.mark.django_db
@few
@given(steps)
def test_rebuilt_tables_are_the_same_after_any_actions(taken: list[tuple[Any, ...]]) -> None:
    """Law 6: the tables after any actions equal those after a rebuild from the journal."""
    with _undone():
        desk = Desk()
        for step in taken:
            desk.take(step)
        before = table_digest()
        journal.rebuild()
        assert table_digest() == before


@pytest.mark.django_db
@few
@given(st.data())
def test_a_damaged_message_changes_nothing(data: st.DataObject) -> None:
    """A message with any bytes changed is either read whole or refused in one sentence, and then nothing was written."""
    _damaged(data, m.ern())


@pytest.mark.django_db
@few
@given(st.data())
def test_a_damaged_registration_changes_nothing(data: st.DataObject) -> None:
    """A CWR file with any bytes changed is either read whole or refused in one sentence, with nothing written."""
    _damaged(data, m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))))


def _damaged(data: st.DataObject, good: bytes) -> None:
    start = data.draw(st.integers(0, len(good) - 1))
    length = data.draw(st.integers(0, 40))
    bad = good[:start] + data.draw(st.binary(max_size=12)) + good[start + length :]
    with _undone():
        before, tables = head(), table_digest()
        try:
            actions.deliver(bad, metadata_only=True, **m.DOOR)
        except (BadInput, Refused) as refused:
            assert "\n" not in str(refused)
            assert head() == before and table_digest() == tables
        else:
            assert head() > before


class _undone:
    """A transaction that is always rolled back, so that examples do not meet."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is None:
            transaction.set_rollback(True)
        self.atomic.__exit__(kind, error, trace)
