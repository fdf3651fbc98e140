"""The door in: compute a creation's shares."""

from __future__ import annotations

from accord.attribution import facts, gathering, queries, rules
from accord.attribution.records import Attribution
from accord.governance import queries as governance
from accord.journal.actions import writing
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.vault import actions as vault


def attribute(creation: str, at: Instant, actor: str) -> Attribution:
    """Compute who is in a creation and how much; nothing is written when the shares already stand.

    Raises: NotThere; Refused when its feature has published no split.
    """
    made = studio.creation(SYSTEM, creation)
    split = governance.feature(made.feature).split
    if split is None:
        because = f"feature {made.feature} has published no split"
        raise Refused(
            Refusal(code="attribution.no-split", because=because, hint="`accord feature split` publishes one")
        )
    parts, evidence = gathering.parts(made)
    total, rows = rules.combine(parts, split)
    fact = facts.CreationAttributed(
        creation=creation,
        feature=made.feature,
        total_units=total,
        rows=rows,
        method_version=rules.VERSION,
        split_version=split.version,
        evidence=vault.put(queries.write_evidence(evidence)),
    )
    with writing(actor=actor, at=at) as journal:
        if not _stands(fact):
            journal.append(fact)
    return queries.attribution(creation)


def _stands(fact: facts.CreationAttributed) -> bool:
    try:
        now = queries.attribution(fact.creation)
    except NotThere:
        return False
    return (now.rows, now.total_units, now.version, now.split_version, now.evidence) == (
        fact.rows,
        fact.total_units,
        fact.method_version,
        fact.split_version,
        fact.evidence,
    )
