"""The maker's leave: who may lay a creation of somebody else's into a remix, as its maker says, feature by feature (shell).

No answer is a no. A yes names one feature and reaches no other; its maker takes it back at any time, and from then on
nothing new is made with it. What was made stays and goes on paying. Only what is released is heard by others, so the room
that releases is the door through which a maker says yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef, Q

from accord.governance import queries as governance
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.studio import holding, serving
from accord.studio import queries as studio
from accord.studio.descent import models_of
from accord.studio.facts import RemixLeaveEnded, RemixLeaveGiven
from accord.studio.models import CreationRow, HeardInRow, RemixLeaveRow
from accord.studio.records import Creation, Leave
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.use import Use

TAKEN_BACK = "taken back by its maker"


def give(creation: Creation, release: str, feature: str, at: Instant, actor: str) -> str:
    """The maker says yes to remixes of a released creation in `feature`; returns the leave's id (that which stands, if one does).

    Raises: NotThere for an unknown feature, BadInput for one that makes no remixes and for a yes dated before a no;
    Refused for what holds what a model wrote that serves another feature.
    """
    asked = governance.feature(feature)
    if Use.REMIX not in asked.uses:
        raise BadInput(f"`{feature}` makes no remixes", do="name a feature that does")
    with writing(actor, at) as journal:
        serving.check_bound(models_of(creation), feature, creation.id)
        said = [one for one in leaves([creation.id]) if one.feature == feature]
        if begun := [one.id for one in said if one.because is None and one.at <= at]:
            return begun[0]
        ended = max((one.ended_at for one in said if one.ended_at), default=at)
        if at < ended:
            raise BadInput(f"remixes of `{creation.id}` were ended on {ended:%Y-%m-%d %H:%M} UTC, after this yes",
                           do="date the yes when it is said")  # fmt: skip
        leave = journal.mint("lea")
        journal.append(
            RemixLeaveGiven(leave=leave, creation=creation.id, release=release, maker=creation.creator, feature=feature)
        )
    return leave


def take_back(creation: str, feature: str | None, at: Instant, actor: str, because: str = TAKEN_BACK) -> None:
    """No new remix of a creation from here on, in a feature or (None) in any. Where no yes stands, it is no already."""
    with writing(actor, at) as journal:
        for one in leaves([creation]):
            if one.because is None and feature in (None, one.feature):
                journal.append(RemixLeaveEnded(leave=one.id, because=because))


def leaves(creations: Iterable[str] | None = None, feature: str | None = None) -> list[Leave]:
    """Every yes to remixes, of some creations or in a feature, those that ended included, in the order they were given."""
    rows = RemixLeaveRow.objects.order_by("position")
    if creations is not None:
        rows = rows.filter(creation__in=list(creations))
    if feature is not None:
        rows = rows.filter(feature=feature)
    return [_leave(row) for row in rows]


def newest(
    feature: str, at: Instant, many: int, of: Iterable[str] | None = None, before: str | None = None
) -> Iterator[dict[str, Leave]]:
    """The yeses to remixes in a feature that stand (all, or those of some creations), by creation, the newest first; each once,
    at most `many` at a time, read as they are asked for. `before`: only those older than this yes, whatever became of it."""
    rows = RemixLeaveRow.objects.filter(feature=feature, because=None, at__lte=at).order_by("-position")
    said_again = rows.filter(creation=OuterRef("creation"), position__gt=OuterRef("position")).order_by()
    rows = rows.filter(~Exists(said_again))
    if of is not None:
        rows = rows.filter(creation__in=list(of))
    if before is not None:
        rows = rows.filter(position__lt=_position(before))
    some = list(rows[:many])
    while some:
        yield {row.creation: _leave(row) for row in reversed(some)}
        some = list(rows.filter(position__lt=some[-1].position)[:many])


def _position(leave: str) -> int:
    found = RemixLeaveRow.objects.filter(id=leave).values_list("position", flat=True).first()
    if found is None:
        raise BadInput(
            f"`{leave}` is not where a page ends", do="begin with the newest, and go on from what that names"
        )
    return found


def standing(feature: str, at: Instant, creations: Iterable[str] | None = None) -> dict[str, Leave]:
    """Creation → the yes to remixes of it in a feature that stands, the newest first; of all, or of some."""
    said = [one for one in leaves(creations, feature) if one.because is None and one.at <= at]
    return {one.creation: one for one in reversed(said)}


def ask(creations: Iterable[str], creator: str, feature: str, at: Instant) -> tuple[str, ...]:
    """The yeses of the makers of `creations` to a remix by `creator` in `feature`; a maker needs none of itself.

    Raises: Refused, saying for each that has none who could give it; and for one that is held.
    """
    wanted = tuple(dict.fromkeys(creations))
    if not wanted:
        return ()
    known, said = {one.id: one for one in studio.creations(wanted)}, standing(feature, at, wanted)
    own = {name for name, made in known.items() if made.creator == creator}
    missing = [name for name in wanted if name not in own and name not in said]
    if missing:
        raise Refused(_no(missing, feature))
    held = holding.held(made.take for made in known.values())
    for made in known.values():
        if made.take in held:
            raise Refused(held[made.take] if made.id in own else holding.withheld(f"creation {made.id}", made.id))
    return tuple(said[name].id for name in wanted if name not in own)


def heard_in(creation: str) -> tuple[str, ...]:
    """The creations that a creation, or what its maker edited it to, is heard in, at any depth, in the order they were submitted."""
    take = studio.creation(SYSTEM, creation).take
    edits = studio.edited_from(take)
    laid = HeardInRow.objects.filter(inner__in=[creation, take, *edits]).values_list("outer", flat=True)
    outer = CreationRow.objects.filter(Q(id__in=laid) | Q(take__in=edits)).order_by("position")
    return tuple(outer.values_list("id", flat=True))


def _leave(row: RemixLeaveRow) -> Leave:
    return Leave(
        id=row.id,
        creation=row.creation,
        release=row.release,
        maker=row.maker,
        feature=row.feature,
        at=row.at,
        ended_at=row.ended_at,
        because=row.because,
    )


def _no(missing: list[str], feature: str) -> Refusal:
    return Refusal(
        code="studio.no-leave",
        because=f"what somebody else made is remixed in {feature} only with its maker's yes",
        details=in_words(missing, feature),
        hint="its maker could agree, on the creation's page once it is released; until then lay in one of the creations that "
        f"you may remix (the session lists them, and `accord studio others {feature}`), or the recordings in it",
        subject=missing[0],
    )


def in_words(missing: Sequence[str], feature: str) -> tuple[str, ...]:
    """What became of the yes to each of some creations in a feature; the same for what is not there as for what nobody else has
    been shown (law 10)."""
    said = {one.creation: one for one in leaves(missing, feature)}
    return tuple(
        _in_words(said[name]) if name in said else f"nobody has said yes to remixes of {name}" for name in missing
    )


def _in_words(said: Leave) -> str:
    """What became of a yes, in names; of what is offered no more in its id, since nobody else is shown it any more (law 10)."""
    if said.because not in (None, TAKEN_BACK):
        return f"the yes to remixes of {said.creation} ended on {said.ended_at:%Y-%m-%d}: {said.because}"
    maker = parties.names([said.maker]).get(said.maker, said.maker)
    (made,) = studio.creations([said.creation])
    if said.because is None:
        return f"{maker} says yes to remixes of “{made.title}” from {said.at:%Y-%m-%d %H:%M} UTC on"
    return f"the yes of {maker} to remixes of “{made.title}” ended on {said.ended_at:%Y-%m-%d}: {said.because}"
