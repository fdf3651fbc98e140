"""The doors in: holds, decisions to keep, and the launch, which counts what is cleared first."""

from __future__ import annotations

from collections.abc import Sequence

from accord.catalog.records import AssetKind
from accord.clearance import facts, queries
from accord.clearance.kernel import Masks
from accord.clearance.records import Answer
from accord.deals import queries as deals
from accord.governance import actions as governance
from accord.governance import queries as features
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.use import INWARD, Use


def place_hold(subject: str, reason: str, case: str | None = None, *, at: Instant, actor: str) -> str:
    """Stop every use of an asset (and of everything made of it) or the release of a creation. Returns the hold's id.

    Raises: BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput("a hold needs a reason", f"subject `{subject}`", do="say what was found")
    with writing(actor=actor, at=at) as journal:
        hold = journal.mint("hld")
        journal.append(facts.HoldPlaced(hold=hold, subject=subject, reason=reason.strip(), case=case))
    return hold


def lift_hold(hold: str, because: str, *, at: Instant, actor: str) -> None:
    """Take a hold off. Raises: NotThere when it does not stand, BadInput without a reason."""
    if not because.strip():
        raise BadInput("lifting a hold needs a reason", f"hold `{hold}`")
    with writing(actor=actor, at=at) as journal:
        if hold not in {standing.id for standing in queries.holds()}:
            raise NotThere(f"there is no hold `{hold}` that stands")
        journal.append(facts.HoldLifted(hold=hold, because=because.strip()))


def record_decision(answer: Answer, *, at: Instant, actor: str) -> str:
    """Keep a decision that something is built on, so that it can be asked again as of its position. Returns its id.

    Raises: BadInput for anything but an answer at the head: history authorises nothing.
    """
    if not isinstance(answer, Answer):
        raise BadInput("an answer as of the past cannot be relied on", do="decide again now")
    with writing(actor=actor, at=at) as journal:
        journal.append(
            facts.DecisionRecorded(
                decision=answer.decision,
                asset=answer.asset,
                use=answer.use,
                feature=answer.feature,
                asked_at=answer.at,
                known=answer.known,
                rule_version=answer.rule_version,
                cleared=answer.cleared,
                deals=answer.deals,
                choices=answer.choices,
            )
        )
    return answer.decision


def cleared_counts(feature: str, at: Instant) -> tuple[int, int]:
    """(works, recordings) cleared somewhere for every use the feature makes of sources, as if it were live."""
    uses = sorted(features.feature(feature).uses & INWARD)
    return _count(feature, uses, at, AssetKind.WORK), _count(feature, uses, at, AssetKind.RECORDING)


def _count(feature: str, uses: Sequence[Use], at: Instant, kind: AssetKind) -> int:
    together: Masks | None = None
    for use in uses:
        masks = queries.decide_all(use, feature, at, kind, before_launch=True).masks
        together = masks if together is None else together & masks
    return 0 if together is None else int(together.any(axis=1).sum())


def launch(feature: str, at: Instant, actor: str) -> None:
    """Take a feature live: counts the cleared catalogue and asks governance. Raises: Refused naming all that is missing.

    The floors of deals that did not accept the published split count as missing too.
    """
    refused: Refused | None = None
    with writing(actor=actor, at=at):  # nobody takes a yes back between the count and the launch
        works, recordings = cleared_counts(feature, at)
        try:
            governance.launch(feature, works, recordings, at, actor, further=tuple(deals.unmet_floors(feature)))
        except Refused as no:  # the attempt stands in the journal, so the transaction must end before it is refused
            refused = no
    if refused is not None:
        raise refused
