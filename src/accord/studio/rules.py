"""What may be done with a take, as a table, and with whose permission a remix may be made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.clearance.records import Answer
from accord.studio.records import Take, TakeState
from accord.terms.refusal import Refusal
from accord.terms.territory import WORLD, TerritorySet

#: state → what may be done with a take in it.
ALLOWED: Mapping[TakeState, frozenset[str]] = {
    TakeState.CHECKING: frozenset(),
    TakeState.CLEAR: frozenset({"listen", "choose", "edit", "compare", "submit"}),
    TakeState.HELD: frozenset(),
}
WHY = {
    TakeState.CHECKING: "its check is not done",
    TakeState.HELD: "its check found what looks like somebody else's, and the case is open",
}


def may(doing: str, take: Take, holds: Sequence[str] = ()) -> Refusal | None:
    """None when `doing` is allowed with `take` as it stands, else the refusal. `holds` are the reasons of its holds."""
    if doing in ALLOWED[take.state] and not holds:
        return None
    state = take.state if take.state is not TakeState.CLEAR else TakeState.HELD
    return Refusal(
        code=f"studio.take-{state.value}",
        because=f"take {take.id} cannot be used to {doing}: {'; '.join(holds) or WHY[state]}",
        hint=f"case {take.case} decides; what was not meant as a copy can be appealed" if take.case else "",
        subject=take.id,
    )


def everywhere(answers: Mapping[str, Answer], wanted: TerritorySet | None) -> TerritorySet | Refusal:
    """Where all of `answers` (asset → answer) say yes, or the refusal naming what is missing.

    With `wanted`, every one of its territories must be cleared; without, anywhere at all is enough.
    """
    cleared = WORLD
    for answer in answers.values():
        cleared = cleared & answer.cleared
    if cleared if wanted is None else not wanted - cleared:
        return cleared
    missing = (wanted or WORLD) - cleared
    details = [f"{asset}: {short.because}" for asset, answer in answers.items() for short in answer.missing_in(missing)]
    return Refusal(
        code="studio.source-not-cleared",
        because="not cleared in " + (missing.named() if wanted is not None else "any territory that all sources share"),
        details=tuple(dict.fromkeys(details)),
        hint="choose other sources, or ask those named",
    )


def of_notes(take: Take) -> Refusal | None:
    """None for a take that recordings are heard in, else why it is no source of a remix."""
    if take.lineage:
        return None
    return Refusal(
        code="studio.no-recordings",
        because=f"take {take.id} is a model's: its set was sealed for its own feature, and nobody in it was asked for a remix"
        if take.model
        else f"no recording is heard in take {take.id}",
        hint="vary or continue it where it was made; remixes of recordings, and remixes of those, can be mixed",
        subject=take.id,
    )
