"""Deals: nothing comes into force without both approvals and both signatures under the very draft that counts.

Properties: law 1 (a deal never reaches a feature it does not name) · law 5/8 (what is in force is what was approved and
signed) · law 6 (rebuild equality) · the canonical text of terms is one text.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.deals import actions, document, queries, rules
from accord.deals.records import Clause, Conditions, DealState, Remuneration, Terms
from accord.governance import actions as governance
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput, Refused
from accord.terms.right import Right
from accord.terms.territory import TERRITORIES, WORLD, TerritorySet
from accord.terms.use import Use

AT = datetime(2026, 6, 1, tzinfo=UTC)
STEPS = (
    ("terms", ""),
    ("approve", "legal"),
    ("approve", "product"),
    ("sign", "licensor"),
    ("sign", "platform"),
    ("activate", ""),
    ("suspend", ""),
    ("resume", ""),
    ("terminate", ""),
    ("expire", ""),
)
# hypothesis draws mostly short walks; the happy path in front of some makes the deep states common
HAPPY = list(STEPS[:6])
walks = st.tuples(st.integers(0, 6), st.lists(st.sampled_from(STEPS), max_size=12)).map(lambda p: HAPPY[: p[0]] + p[1])
in_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def entitled(done: list[tuple[str, str]]) -> bool:
    """The twin, told from the log alone: since the last terms, both offices approved and then both sides signed."""
    since = done[max(i for i, (step, _) in enumerate(done) if step == "terms") :] if ("terms", "") in done else []
    approvals = [i for i, (step, _) in enumerate(since) if step == "approve"]
    signatures = [i for i, (step, _) in enumerate(since) if step == "sign"]
    return len(approvals) == 2 and len(signatures) == 2 and max(approvals) < min(signatures)


@settings(max_examples=400)
@given(walks)
def test_law_1_no_path_leads_to_active_without_approvals_and_signatures(walk: list[tuple[str, str]]) -> None:
    """Law 1: whatever is tried in whatever order, active means approved twice and signed twice since the last draft."""
    standing, done = rules.Standing(), []
    for step, by in walk:
        try:
            standing = rules.after("dea_1", standing, step, by)
        except Refused:
            continue
        done.append((step, by))
        if standing.state in (DealState.ACTIVE, DealState.SUSPENDED):
            assert entitled(done)
            assert standing.approvals == {"legal", "product"} and standing.signatures == {"licensor", "platform"}


@settings(max_examples=200)
@given(walks, st.sampled_from(STEPS))
def test_law_8_a_refused_step_says_why(walk: list[tuple[str, str]], last: tuple[str, str]) -> None:
    """Law 8: a step that does not follow is refused with a because that names the deal and its state, and a hint."""
    standing = rules.Standing()
    for step, by in [*walk, last]:
        try:
            standing = rules.after("dea_1", standing, step, by)
        except Refused as no:
            assert "dea_1" in no.refusal.because
            assert standing.state.value in no.refusal.because or "already" in no.refusal.because


def do(step: str, by: str, deal: str, terms: Terms, at: datetime) -> None:
    """One step through the doors."""
    if step == "terms":
        actions.negotiate(deal, terms, at, "acc_1")
    elif step in ("approve", "sign"):
        getattr(actions, step)(deal, by, at, "acc_1")
    elif step in ("activate", "expire"):
        getattr(actions, step)(deal, at, "acc_1")
    else:
        getattr(actions, step)(deal, "why", at, "acc_1")


@pytest.mark.django_db
@in_one_database
@given(walks)
def test_law_6_deals_rebuild_to_the_same_rows(walk: list[tuple[str, str]]) -> None:
    """Laws 1 and 6: through the doors too only an entitled deal grants, and replaying the journal gives the same tables."""
    with transaction.atomic():
        governance.propose_feature("compose", "", ["train"], WORLD, AT, "acc_1")
        label = parties.register_party("label", "Ninth Wave", at=AT, actor="acc_1")
        deal = actions.open_deal(label, "", AT, "acc_1")
        done = []
        for day, (step, by) in enumerate(walk):
            try:
                do(step, by, deal, plain_terms(label), AT + timedelta(days=day * 90))
            except Refused:
                continue
            done.append((step, by))
            [grant] = queries.grants() or [None]
            assert (grant is not None) == (("activate", "") in done)
            assert grant is None or entitled(done)
        assert [step.what.split()[0] for step in queries.deal(SYSTEM, deal).timeline] == [
            "opened",
            *(s for s, _ in done),
        ]
        before = table_digest()
        rebuild()
        assert table_digest() == before
        transaction.set_rollback(True)


def plain_terms(licensor: str) -> Terms:
    """Sound terms for one feature."""
    clause = Clause(number="1", uses=(Use.TRAIN,), features=("compose",), territories=WORLD, rights=(Right.MASTER,))
    pay = Remuneration(rate_ppm=1)
    return Terms(
        licensor=licensor, title="", starts=date(2026, 6, 1), ends=date(2027, 6, 1), clauses=(clause,), remuneration=pay
    )


texts = st.text(min_size=1, max_size=8)
clauses = st.builds(
    Clause,
    number=texts,
    uses=st.lists(st.sampled_from(Use), min_size=1, max_size=3).map(tuple),
    features=st.lists(texts, min_size=1, max_size=2).map(tuple),
    territories=st.sets(st.sampled_from(TERRITORIES), max_size=6).map(lambda codes: TerritorySet.of(*codes)),
    rights=st.lists(st.sampled_from(Right), min_size=1, max_size=2).map(tuple),
    exclusions=st.lists(texts, max_size=2).map(tuple),
    conditions=st.builds(Conditions, credit_line=st.none() | texts, monthly_cap=st.none() | st.integers(1, 9)),
    member_opt_in=st.booleans(),
)
pays = st.builds(
    Remuneration,
    rate_ppm=st.integers(0, 1_000_000),
    advance_micros=st.integers(0, 2**63 - 1),
    cap_micros=st.none() | st.integers(0, 2**63 - 1),
    most_favoured=st.booleans(),
)
documents = st.builds(
    Terms,
    licensor=texts,
    title=texts,
    starts=st.dates(),
    ends=st.none() | st.dates(),
    clauses=st.lists(clauses, min_size=1, max_size=3).map(tuple),
    remuneration=pays,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(documents)
def test_law_6_terms_have_one_text(terms: Terms) -> None:
    """Law 6: terms read from their canonical text are equal, and their text is the same text."""
    text = document.canonical(terms)
    again = document.parse(text)
    assert again == terms
    assert document.canonical(again) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.sampled_from(("licensor", "starts", "clauses", "remuneration", "revocation", "x")), json_values)
def test_what_is_not_terms_is_bad_input(field: str, value: Any) -> None:
    """Any JSON in any place is read or refused with one sentence, never with another error."""
    source = {**document.plain(plain_terms("par_1")), field: value}
    try:
        document.parse(source)
    except BadInput as bad:
        assert bad.sentence()
