"""The order in which a deal comes into force, as one table, and what a clause's selection reaches (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from accord.deals.records import DealState, Grant
from accord.governance.records import Split
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused

OFFICES = ("legal", "product")
SIDES = ("licensor", "platform")

#: (state, step) → state. Approval and signature move on only when both have been given (see `after`).
MOVES: Mapping[tuple[DealState, str], DealState] = {
    (DealState.INTAKE, "terms"): DealState.NEGOTIATION,
    (DealState.NEGOTIATION, "terms"): DealState.NEGOTIATION,
    (DealState.APPROVED, "terms"): DealState.NEGOTIATION,
    (DealState.NEGOTIATION, "approve"): DealState.APPROVED,
    (DealState.APPROVED, "sign"): DealState.SIGNED,
    (DealState.SIGNED, "activate"): DealState.ACTIVE,
    (DealState.ACTIVE, "suspend"): DealState.SUSPENDED,
    (DealState.SUSPENDED, "resume"): DealState.ACTIVE,
    (DealState.ACTIVE, "expire"): DealState.EXPIRED,
    (DealState.SUSPENDED, "expire"): DealState.EXPIRED,
    **{
        (state, "terminate"): DealState.TERMINATED
        for state in DealState
        if state not in (DealState.TERMINATED, DealState.EXPIRED)
    },
}
#: What to do instead, for the two refusals people meet most.
HINTS = {
    "activate": "both approvals and both signatures come first",
    "sign": "legal and product approve first",
    "terms": "signed terms do not change: open a deal that replaces this one",
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides what may happen next to a deal; approvals and signatures are those of the draft that counts."""

    state: DealState = DealState.INTAKE
    draft: int = 0
    approvals: frozenset[str] = frozenset()
    signatures: frozenset[str] = frozenset()


def after(deal: str, standing: Standing, step: str, by: str = "") -> Standing:
    """What stands after a step; ``by`` is the office that approves or the side that signs.

    Raises: Refused when the step does not follow, BadInput for an office or side that is none.
    """
    target = MOVES.get((standing.state, step))
    if target is None:
        raise Refused(_no(deal, standing, step))
    if step == "terms":
        return Standing(state=target, draft=standing.draft + 1)
    if step == "approve":
        given = _give(deal, standing.approvals, by, OFFICES, "approved")
        state = target if given == frozenset(OFFICES) else standing.state
        return msgspec.structs.replace(standing, approvals=given, state=state)
    if step == "sign":
        given = _give(deal, standing.signatures, by, SIDES, "signed")
        state = target if given == frozenset(SIDES) else standing.state
        return msgspec.structs.replace(standing, signatures=given, state=state)
    return msgspec.structs.replace(standing, state=target)


def check_read(deal: str, standing: Standing, read: int | None) -> None:
    """Raises: Refused when another draft was laid on the table since the one that was read; None says nothing of it."""
    if read is not None and read != standing.draft:
        raise Refused(
            Refusal(
                code="deals.another-draft",
                because=f"draft {standing.draft} of `{deal}` is on the table, and you read draft {read}",
                hint="read it first",
                subject=deal,
            )
        )


def check_order(deal: str, last: Instant, at: Instant) -> None:
    """Raises: BadInput for a step dated before the last one: nothing is approved or signed in hindsight."""
    if at < last:
        raise BadInput(
            f"`{deal}` had its last step on {last:%Y-%m-%d %H:%M} UTC",
            why=f"{at:%Y-%m-%d %H:%M} UTC lies before it",
            do="date the step when it is taken",
        )


def _give(deal: str, given: frozenset[str], by: str, allowed: tuple[str, ...], word: str) -> frozenset[str]:
    if by not in allowed:
        raise BadInput(f"`{by}` is not one of those whose {word} counts", do=" or ".join(allowed))
    if by in given:
        raise Refused(
            Refusal(
                code=f"deals.{word}-already", because=f"{by} has {word} this draft of `{deal}` already", subject=deal
            )
        )
    return given | {by}


def _no(deal: str, standing: Standing, step: str) -> Refusal:
    missing = [f"{office} has not approved" for office in OFFICES if office not in standing.approvals]
    missing += [f"{side} has not signed" for side in SIDES if side not in standing.signatures]
    before_force = standing.state in (DealState.INTAKE, DealState.NEGOTIATION, DealState.APPROVED)
    possible = sorted(name for state, name in MOVES if state is standing.state)
    return Refusal(
        code="deals.step",
        because=f"`{deal}` is in {standing.state.value}: `{step}` does not follow from that",
        details=tuple(missing) if step in ("activate", "sign") and before_force else (),
        hint=(HINTS.get(step) if before_force or step == "terms" else None)
        or "possible now: " + (", ".join(possible) or "nothing, it has ended"),
        subject=deal,
    )


def selects(grant: Grant, asset: str, label: str | None) -> bool:
    """Whether a grant reaches an asset that stands under ``label``; what it leaves out beats what it selects."""
    parts = {part for part, assets in grant.sub_catalogues if asset in assets}
    if not {asset, label, *parts}.isdisjoint(grant.exclusions):
        return False
    match grant.selection.kind:
        case "all":
            return True
        case "label":
            return label in grant.selection.ids
        case "sub-catalogue":
            return not parts.isdisjoint(grant.selection.ids)
        case _:
            return asset in grant.selection.ids


def unmet_floors(split: Split, accepted: Iterable[tuple[Grant, int | None, int | None]], feature: str) -> list[Refusal]:
    """The deals that did not accept this split: (grant, split version accepted, floor for sources in ppm)."""
    gaps: dict[str, Refusal] = {}
    for grant, version, floor_ppm in accepted:
        if feature not in grant.features:
            continue
        gap = unmet_floor(split, grant.deal, version, floor_ppm)
        if gap is not None:
            gaps[grant.deal] = gap
    return list(gaps.values())


def unmet_floor(split: Split, deal: str, version: int | None, floor_ppm: int | None) -> Refusal | None:
    """Why a deal that accepted one version, or names a floor for sources, does not accept this split; None when it does."""
    if version is not None and version != split.version:
        because = f"deal `{deal}` accepted split {version}, not {split.version}"
    elif floor_ppm is not None and split.sources_ppm < floor_ppm:
        because = (
            f"deal `{deal}` needs {floor_ppm / 10_000:g} % for sources,"
            f" split {split.version} gives {split.sources_ppm / 10_000:g} %"
        )
    else:
        return None
    return Refusal(code="deals.floor", because=because, hint="publish a split it accepts, or negotiate", subject=deal)
