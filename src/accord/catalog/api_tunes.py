"""Old tunes over HTTP: what is in the public domain, where and why; encodings of works under their own terms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import File, Form, Router, Schema, UploadedFile

from accord.catalog import actions, queries, visibility
from accord.catalog.api_claims import DECIDERS, plain
from accord.catalog.rules import read_terms
from accord.parties.audience import audience, viewer_of
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

router = Router(tags=["tunes"])
MIDI_BYTES_MAX = 4 << 20


class TuneIn(Schema):
    """An old tune: `evidence` says why it is nobody's (life dates, first publication) in `territories`."""

    title: str
    evidence: str
    territories: str = "WORLD"
    identifiers: list[tuple[str, str]] = []


class FreeIn(Schema):
    """Where a work is nobody's, and why."""

    evidence: str
    territories: str = "WORLD"


class NotFreeIn(Schema):
    """Where a work is no longer taken to be nobody's, and why."""

    because: str
    territories: str = "WORLD"


@router.post("/tunes", url_name="tune-register")
@audience(*DECIDERS)
def tune(request: HttpRequest, body: TuneIn) -> dict[str, str]:
    """Register an old tune with its evidence; one known by an identifier is that one again."""
    where = TerritorySet.parse(body.territories)
    actor = viewer_of(request).account or ""
    work = actions.register_tune(body.title, body.evidence, where, identifiers=body.identifiers, at=now(), actor=actor)
    return {"id": work}


@router.post("/assets/{asset}/public-domain", url_name="public-domain-state")
@audience(*DECIDERS)
def state(request: HttpRequest, asset: str, body: FreeIn) -> Any:
    """State that nobody holds rights in a work, and where."""
    viewer = viewer_of(request)
    work = visibility.asset(viewer, asset).id
    where = TerritorySet.parse(body.territories)
    actions.state_public_domain(work, where, body.evidence, at=now(), actor=viewer.account or "")
    return plain(queries.public_domain(asset_ids=[work]))


@router.post("/assets/{asset}/public-domain/end", url_name="public-domain-end")
@audience(*DECIDERS)
def end(request: HttpRequest, asset: str, body: NotFreeIn) -> Any:
    """End what was stated: the work needs claims there again. Returns what is left of it."""
    viewer = viewer_of(request)
    work = visibility.asset(viewer, asset).id
    where = TerritorySet.parse(body.territories)
    actions.end_public_domain(work, where, body.because, at=now(), actor=viewer.account or "")
    return plain(queries.public_domain(asset_ids=[work]))


@router.post("/assets/{asset}/encodings", url_name="encoding-register")
@audience(*DECIDERS)
def encoding(
    request: HttpRequest,
    asset: str,
    midi: UploadedFile = File(...),
    source: str = Form(...),
    statement: str = Form(""),
    title: str = Form(""),
    transcriber: str | None = Form(None),
    owner: str | None = Form(None),
    licence: str | None = Form(None),
    licensor: str | None = Form(None),
) -> dict[str, Any]:
    """Register somebody's encoding of a work: `statement` is what it says of its own terms, word for word.

    Reserved or unclear terms hold it; the answer says why.
    """
    viewer = viewer_of(request)
    if midi.size is None or midi.size > MIDI_BYTES_MAX:
        raise BadInput("the MIDI file is too long", why="files end at 4 MiB", do="send one piece a file")
    work = visibility.asset(viewer, asset)
    terms = read_terms(source, statement, transcriber=transcriber, owner=owner, licence=licence, licensor=licensor)
    actor = viewer.account or ""
    score = actions.register_encoding(work.id, title or work.title, midi.read(), terms, at=now(), actor=actor)
    return {"id": score, "holds": list(queries.asset(score).intake_holds)}
