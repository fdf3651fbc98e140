"""Choices over HTTP: a person, or whoever acts for one under a mandate, sees and sets that person's choices alone."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Schema

from accord.participation import actions, queries
from accord.participation.records import Source
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere

router = Router(tags=["choices"])
CHOOSERS = (Role.ARTIST, Role.RIGHTSHOLDER)
READERS = (*CHOOSERS, *queries.DESK)


class ChoiceIn(Schema):
    """An answer to one use in one feature. `spoken_by` defaults to the person; `asset` None means all of theirs."""

    person: str
    use: str
    feature: str
    answer: str = "yes"
    territories: str = "WORLD"
    asset: str | None = None
    spoken_by: str | None = None
    mandate: str | None = None


class WithdrawalIn(Schema):
    """A yes to take back."""

    person: str
    use: str
    feature: str
    territories: str = "WORLD"
    asset: str | None = None
    spoken_by: str | None = None
    mandate: str | None = None


class AskingIn(Schema):
    """Whom to ask about what."""

    person: str
    feature: str
    use: str


@router.get("/choices", url_name="choices")
@audience(*READERS)
def choices(request: HttpRequest, person: str) -> list[dict[str, Any]]:
    """The standing choices of one person."""
    return [plain(choice) for choice in queries.standing(viewer_of(request), person)]


@router.get("/choices/grid", url_name="choices-grid")
@audience(*READERS)
def grid(request: HttpRequest, person: str) -> list[dict[str, Any]]:
    """Features × uses with what the person said to each."""
    return [plain(cell) for cell in queries.grid(viewer_of(request), person)]


@router.post("/choices", url_name="choice-make")
@audience(*CHOOSERS)
def choose(request: HttpRequest, body: ChoiceIn) -> dict[str, Any]:
    """Say yes or no. A no is never turned away."""
    viewer = viewer_of(request)
    speaker, source = _speaker(viewer, body.person, body.spoken_by)
    choice = actions.choose(
        body.person,
        speaker,
        body.use,
        body.feature,
        body.territories,
        body.asset,
        body.answer,
        source,
        body.mandate,
        at=now(),
        actor=str(viewer.account),
    )
    return plain(queries.choice(choice))


@router.post("/choices/withdrawals", url_name="choice-withdraw")
@audience(*CHOOSERS)
def withdraw(request: HttpRequest, body: WithdrawalIn) -> dict[str, Any]:
    """Take a yes back: from the answer on nobody gets a yes."""
    viewer = viewer_of(request)
    speaker, source = _speaker(viewer, body.person, body.spoken_by)
    choice = actions.revoke(
        body.person,
        speaker,
        body.use,
        body.feature,
        body.territories,
        body.asset,
        source,
        body.mandate,
        at=now(),
        actor=str(viewer.account),
    )
    return plain(queries.choice(choice))


@router.post("/choices/askings", url_name="choice-ask")
@audience(Role.PRODUCT, Role.LICENSING)
def ask(request: HttpRequest, body: AskingIn) -> dict[str, str]:
    """Record that a person was asked: the denominator of the opt-in rate."""
    actions.ask(body.person, body.feature, body.use, now(), str(viewer_of(request).account))
    return {"person": body.person}


def _speaker(viewer: Viewer, person: str, spoken_by: str | None) -> tuple[str, str]:
    """Who speaks, and as what. Raises: NotThere for a person the viewer neither is nor holds a mandate of."""
    if viewer.acts_for(person) and spoken_by in (None, person):
        return person, Source.PERSON
    speaking = {mandate.representative for mandate in parties.mandates(people=[person])} & viewer.parties
    if spoken_by is None and len(speaking) == 1:
        return speaking.pop(), Source.REPRESENTATIVE
    if spoken_by in speaking:
        return str(spoken_by), Source.REPRESENTATIVE
    raise NotThere(f"there is no person `{person}`")


def plain(value: Any) -> dict[str, Any]:
    """A record as plain JSON values."""
    found: dict[str, Any] = msgspec.to_builtins(value, enc_hook=lambda one: one.text())
    return found
