"""Facts of the studio → rows."""

from __future__ import annotations

import msgspec

from accord.integrity.facts import CaseDecided
from accord.integrity.records import Outcome
from accord.journal.facts import to_body
from accord.journal.registry import Entry, projects
from accord.studio import facts, models
from accord.studio.descent import inside
from accord.studio.records import SourceSpan, TakeState


@projects(facts.SessionOpened)
def on_opened(entry: Entry, f: facts.SessionOpened) -> None:
    """A session."""
    models.SessionRow.objects.create(
        id=f.session, creator=f.creator, feature=f.feature, position=entry.position, at=entry.at
    )


@projects(facts.TakeMade)
def on_made(entry: Entry, f: facts.TakeMade) -> None:
    """A take, which nobody may hear yet."""
    models.TakeRow.objects.create(
        id=f.take,
        session=f.session,
        creator=f.creator,
        feature=f.feature,
        audio=f.audio,
        record=to_body(f),
        state=TakeState.CHECKING.value,
        case=None,
        stood=entry.position,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.TakeCleared)
def on_cleared(entry: Entry, f: facts.TakeCleared) -> None:
    """It may be heard."""
    models.TakeRow.objects.filter(id=f.take).update(state=TakeState.CLEAR.value)


@projects(facts.TakeHeld)
def on_held(entry: Entry, f: facts.TakeHeld) -> None:
    """Nobody hears it while its case is open."""
    models.TakeRow.objects.filter(id=f.take).update(state=TakeState.HELD.value, case=f.case)


@projects(facts.TakeChosen)
def on_chosen(entry: Entry, f: facts.TakeChosen) -> None:
    """This one, of its session."""
    models.TakeRow.objects.filter(session=f.session).update(chosen=False)
    models.TakeRow.objects.filter(id=f.take).update(chosen=True, stood=entry.position)


@projects(facts.TakeExported)
def on_exported(entry: Entry, f: facts.TakeExported) -> None:
    """It left the house; the fact says under what, and no table is needed for it."""


@projects(facts.CreationSubmitted)
def on_submitted(entry: Entry, f: facts.CreationSubmitted) -> None:
    """A creation, and the takes and creations of others that are heard in it."""
    take = models.TakeRow.objects.get(id=f.take)
    models.CreationRow.objects.create(
        id=f.creation,
        take=f.take,
        creator=f.creator,
        feature=take.feature,
        record=to_body(f),
        position=entry.position,
        at=entry.at,
    )
    spans = msgspec.convert(take.record["lineage"], tuple[SourceSpan, ...], strict=False)
    for inner in inside(spans):
        models.HeardInRow.objects.create(
            key=f"{f.creation}/{inner}", inner=inner, outer=f.creation, position=entry.position
        )


@projects(facts.RemixLeaveGiven)
def on_leave_given(entry: Entry, f: facts.RemixLeaveGiven) -> None:
    """From here on others may remix it there."""
    models.RemixLeaveRow.objects.create(
        id=f.leave,
        creation=f.creation,
        release=f.release,
        maker=f.maker,
        feature=f.feature,
        position=entry.position,
        at=entry.at,
        ended_at=None,
        because=None,
    )


@projects(facts.RemixLeaveEnded)
def on_leave_ended(entry: Entry, f: facts.RemixLeaveEnded) -> None:
    """From here on nobody may any more."""
    models.RemixLeaveRow.objects.filter(id=f.leave).update(ended_at=entry.at, because=f.because)


@projects(CaseDecided)
def on_case_decided(entry: Entry, f: CaseDecided) -> None:
    """A reader let a held take go, or the second reading took it back."""
    state = TakeState.CLEAR if f.outcome is Outcome.DISMISSED else TakeState.HELD
    models.TakeRow.objects.filter(case=f.case).update(state=state.value)


@projects(facts.ConceptOpened)
def on_concept(entry: Entry, f: facts.ConceptOpened) -> None:
    """A concept test."""
    models.ConceptRow.objects.create(
        id=f.concept,
        creator=f.creator,
        session=f.session,
        first=f.first,
        second=f.second,
        question=f.question,
        audience=f.audience,
        closed=None,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.ConceptVoted)
def on_voted(entry: Entry, f: facts.ConceptVoted) -> None:
    """One vote."""
    models.VoteRow.objects.create(key=f"{f.concept}/{f.ballot}", concept=f.concept, take=f.take)


@projects(facts.ConceptClosed)
def on_closed(entry: Entry, f: facts.ConceptClosed) -> None:
    """It ended."""
    models.ConceptRow.objects.filter(id=f.concept).update(closed=f.why)


@projects(facts.UsePolicyPublished)
def on_use_policy(entry: Entry, f: facts.UsePolicyPublished) -> None:
    """A version of a use policy."""
    policy = f.policy
    models.UsePolicyRow.objects.create(
        key=f"{policy.feature}/{policy.version}",
        feature=policy.feature,
        version=policy.version,
        record=msgspec.to_builtins(policy),
    )
