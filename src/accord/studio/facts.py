"""What can have happened in the studio."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.studio.boundaries import UsePolicy
from accord.studio.records import ClipAnalysis, Deed, MixFigures, Own, SourceSpan, TakeKind
from accord.terms.territory import TerritorySet


@fact("studio.session-opened")
class SessionOpened(Fact, frozen=True, kw_only=True):
    """A creator sat down in a feature."""

    session: str
    creator: str
    feature: str


@fact("studio.take-made")
class TakeMade(Fact, frozen=True, kw_only=True):
    """A take was made: its sound, its notes, who is heard in it when, who did what, and the decisions it rests on.

    `lineage` names recordings and models that wrote what is heard, `made_from` what was laid into a remix: recordings, takes,
    and creations of others; `leaves` are the yeses of their makers that it rests on. `model` wrote all of the take.
    Nobody may hear it before TakeCleared. `prompt_hash` is integrity's keyed hash; the prompt's text is never here.
    """

    take: str
    session: str
    feature: str
    creator: str
    kind: TakeKind
    audio: str
    duration_s: float
    midi: str | None
    stems: tuple[tuple[str, str], ...]
    lineage: tuple[SourceSpan, ...]
    model: str | None
    parent: str | None
    territories: TerritorySet
    decisions: tuple[str, ...]
    deals: tuple[str, ...]
    analyses: tuple[ClipAnalysis, ...]
    figures: MixFigures | None
    key: str | None
    tempo_bpm: float | None
    made_by: tuple[Deed, ...]
    prompt_hash: str | None = None
    own: Own | None = None
    made_from: tuple[SourceSpan, ...] = ()
    leaves: tuple[str, ...] = ()


@fact("studio.take-cleared")
class TakeCleared(Fact, frozen=True, kw_only=True):
    """The check found no undeclared copy in the take: it may be heard."""

    take: str


@fact("studio.take-held")
class TakeHeld(Fact, frozen=True, kw_only=True):
    """The check found something: nobody hears the take while its case is open."""

    take: str
    case: str


@fact("studio.take-chosen")
class TakeChosen(Fact, frozen=True, kw_only=True):
    """The creator chose one take of a session over the others."""

    take: str
    session: str
    by: str


@fact("studio.take-exported")
class TakeExported(Fact, frozen=True, kw_only=True):
    """The creator took a take away as files; these are the decisions and deals that let everything in it leave, and where."""

    take: str
    by: str
    territories: TerritorySet
    decisions: tuple[str, ...]
    deals: tuple[str, ...]


@fact("studio.creation-submitted")
class CreationSubmitted(Fact, frozen=True, kw_only=True):
    """The creator submitted a take, one of `of_takes` of its session that could be heard; clearance was decided again."""

    creation: str
    take: str
    creator: str
    title: str
    territories: TerritorySet
    decisions: tuple[str, ...]
    deals: tuple[str, ...]
    made_by: tuple[Deed, ...]
    demonstration: bool
    of_takes: int = 1
    leaves: tuple[str, ...] = ()


@fact("studio.remix-leave-given")
class RemixLeaveGiven(Fact, frozen=True, kw_only=True):
    """The maker of a released creation said yes to remixes of it in one feature. No answer is a no."""

    leave: str
    creation: str
    release: str
    maker: str
    feature: str


@fact("studio.remix-leave-ended")
class RemixLeaveEnded(Fact, frozen=True, kw_only=True):
    """The maker took the yes back, or the creation is offered no more: no new remix of it, and what was made goes on paying."""

    leave: str
    because: str


@fact("studio.concept-opened")
class ConceptOpened(Fact, frozen=True, kw_only=True):
    """A creator asked a small audience which of two takes it prefers; it ends when it is decided or `audience` votes are in."""

    concept: str
    creator: str
    session: str
    first: str
    second: str
    question: str
    audience: int


@fact("studio.concept-voted")
class ConceptVoted(Fact, frozen=True, kw_only=True):
    """Somebody voted. `ballot` is a keyed hash by which the same person is known again in this test, and nothing else can be."""

    concept: str
    ballot: str
    take: str


@fact("studio.concept-closed")
class ConceptClosed(Fact, frozen=True, kw_only=True):
    """The test ended: `why` is `decided`, `everybody voted` or `stopped by its creator`."""

    concept: str
    why: str


@fact("studio.use-policy-published")
class UsePolicyPublished(Fact, frozen=True, kw_only=True):
    """A version of a feature's use policy: how many takes a day, and what a prompt may not ask; it holds from here on."""

    policy: UsePolicy
