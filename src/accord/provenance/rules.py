"""When a creation may leave the house. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.attribution.records import Attribution
from accord.provenance.records import PublicDeal, Release
from accord.studio.records import Creation, Take, TakeState
from accord.terms.refusal import Refusal


def releasable(
    creation: Creation, take: Take, attribution: Attribution | None, holds: Sequence[str], released: str | None
) -> Refusal | None:
    """None when nothing stands in the way of releasing, else the first thing that does."""
    if released is not None:
        return _no("released", creation, f"creation {creation.id} was released already, as {released}")
    if take.state is not TakeState.CLEAR:
        return _no("not-clear", creation, f"take {take.id} is {take.state.value}", "its case must be decided first")
    if holds:
        return _no(
            "held", creation, f"creation {creation.id} is held: {'; '.join(holds)}", "its case must be decided first"
        )
    if attribution is None:
        return _no(
            "not-attributed", creation, f"creation {creation.id} has no shares yet", "`accord attribute` makes them"
        )
    given = sum(row.units for row in attribution.rows)
    if given != attribution.total_units:
        return _no(
            "shares-incomplete", creation,
            f"the shares of creation {creation.id} sum to {given} of {attribution.total_units}", "attribute it again",
        )  # fmt: skip
    if not creation.territories:
        return _no(
            "nowhere", creation, f"creation {creation.id} is cleared in no territory", "ask those the decisions name"
        )
    return None


def new_sound(creation: Creation, same: Release | None) -> Refusal | None:
    """None when no release names the sound of the creation's files yet; `same` is the one that does.

    A file that lost its credentials is found by its sound, and plays of it are that creation's: one sound, one release.
    """
    if same is None:
        return None
    because = (
        f"creation {creation.id} sounds exactly as creation {same.creation}, which was released already, as {same.id}"
    )
    return _no("sound-released", creation, because, "make it again with another seed, or edit it, and release that")


def within_caps(deals: Sequence[PublicDeal], caps: Mapping[str, int], used: Mapping[str, int]) -> Refusal | None:
    """None when no deal's monthly cap of creations is used up. `caps` and `used` are per deal and this month's."""
    for deal in deals:
        cap = caps.get(deal.deal)
        if cap is not None and used.get(deal.deal, 0) >= cap:
            return Refusal(
                code="provenance.cap-reached",
                because=f"deal {deal.deal} allows {cap} creations a month, and this month has them",
                hint="release it next month, or negotiate the cap",
                subject=deal.deal,
            )
    return None


def _no(code: str, creation: Creation, because: str, hint: str = "") -> Refusal:
    return Refusal(code=f"provenance.{code}", because=because, hint=hint, subject=creation.id)
