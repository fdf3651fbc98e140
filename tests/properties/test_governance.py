"""Governance: a launch is impossible while anything is missing, and everything missing is named.

Properties: law 8 (every no carries its because) · the launch gate · law 6 (rebuild equality).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.governance import actions, queries
from accord.governance.records import Office
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.parties import actions as parties
from accord.terms.refusal import Refused
from accord.terms.territory import WORLD

AT = datetime(2026, 6, 1, tzinfo=UTC)
GATES = ("policy", "split", "controls", *Office, "works", "recordings", "council")
in_one_database = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def prepare(gates: frozenset[str]) -> None:
    """A feature with exactly these gates open, as far as one can open without the other."""
    actions.propose_feature("compose", "", ["train"], WORLD, AT, "acc_1", needs_works=3, needs_recordings=2)
    if "policy" in gates:
        actions.publish_policy("compose", AT, "acc_1", release_label="AI", participation="opt-in")
    if "split" in gates:
        actions.publish_split("compose", 1_000_000, 0, 0, AT, "acc_1")
    if "controls" in gates and {"policy", "split"} <= gates:
        actions.open_controls("compose", AT, "acc_1")
    for office in Office:
        if office in gates and {"policy", "split"} <= gates:
            actions.sign_off("compose", office, AT, "acc_1")
    if "council" not in gates:
        artist = parties.register_party("person", "Nina", at=AT, actor="acc_1")
        council = actions.form_council("Artists", [artist], AT, "acc_1")
        actions.consult(council, "compose", "?", "no", "object", AT, "acc_1")


@pytest.mark.django_db
@in_one_database
@given(st.frozensets(st.sampled_from(GATES)) | st.sampled_from(GATES).map(lambda gate: frozenset(GATES) - {gate}))
def test_law_8_a_launch_with_any_gate_missing_is_refused_and_names_it(gates: frozenset[str]) -> None:
    """Law 8: a feature goes live exactly when every gate is open, and a refusal has one line for each that is not."""
    with transaction.atomic():
        prepare(gates)
        works, recordings = 3 if "works" in gates else 2, 2 if "recordings" in gates else 0
        published = {"policy", "split"} <= gates
        missing = {gate for gate in GATES if gate not in gates}
        missing |= set() if published else {"controls", *Office}
        try:
            actions.launch("compose", works, recordings, AT + timedelta(days=1), "acc_1")
            assert not missing
        except Refused as no:
            assert len(no.refusal.details) == len(missing)
        assert queries.feature("compose").live == (not missing)
        transaction.set_rollback(True)


STEPS = ("policy", "split", "controls", "launch", "suspend", "resume", *Office)


def do(step: str, at: datetime) -> None:
    """One step through the doors."""
    if step == "policy":
        actions.publish_policy("compose", at, "acc_1", release_label="AI", participation="opt-in")
    elif step == "split":
        actions.publish_split("compose", 600_000, 200_000, 200_000, at, "acc_1")
    elif step == "controls":
        actions.open_controls("compose", at, "acc_1")
    elif step == "launch":
        actions.launch("compose", 0, 0, at, "acc_1")
    elif step in ("suspend", "resume"):
        getattr(actions, step)("compose", "why", at, "acc_1")
    else:
        actions.sign_off("compose", step, at, "acc_1")


HAPPY = ["policy", "split", "controls", *Office, "launch"]
walks = st.tuples(st.integers(0, len(HAPPY)), st.lists(st.sampled_from(STEPS), max_size=8)).map(
    lambda pair: HAPPY[: pair[0]] + pair[1]
)


@pytest.mark.django_db
@in_one_database
@given(walks)
def test_law_6_features_rebuild_to_the_same_rows(walk: list[str]) -> None:
    """Law 6, and the gate again: whenever a feature is live, all four offices stand signed for the versions that run."""
    with transaction.atomic():
        actions.propose_feature("compose", "", ["train"], WORLD, AT, "acc_1")
        for day, step in enumerate(walk):
            try:
                do(step, AT + timedelta(days=day))
            except Refused:
                continue
            feature = queries.feature("compose")
            versions = (feature.policy_version, feature.split_version)
            signed = {
                sign.office for sign in feature.sign_offs if (sign.policy_version, sign.split_version) == versions
            }
            assert not feature.live or signed == set(Office)
        before = table_digest()
        rebuild()
        assert table_digest() == before
        transaction.set_rollback(True)
