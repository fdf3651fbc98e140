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


def of_nothing(take: Take, name: str) -> Refusal | None:
    """None for a take that something is heard in, else why what is laid in by this `name` is no source of a remix."""
    if take.lineage or take.model:
        return None
    return Refusal(
        code="studio.no-recordings",
        because=f"no recording is heard in {name}, and no model wrote it",
        hint="recordings, remixes of them and what a model wrote can be mixed",
        subject=name,
    )


def bound(written_by: str, serves: str, feature: str, subject: str) -> Refusal | None:
    """None when what a model wrote may be mixed in a feature: the one that it serves; those in its set were asked for no other."""
    if feature == serves:
        return None
    return Refusal(
        code="studio.another-feature",
        because=f"{subject} holds what {written_by} wrote, which serves {serves}: nobody it learned from was asked for {feature}",
        hint="mix it where that model serves; recordings, and remixes of them, can be mixed here",
        subject=subject,
    )
