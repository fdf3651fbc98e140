"""The catalogue over HTTP: deliveries in, assets and releases out. Claims and tunes have modules of their own."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import File, Form, Router, UploadedFile

from accord.catalog import actions, queries, visibility
from accord.catalog.api_claims import PAGES, plain
from accord.catalog.api_claims import router as claims_router
from accord.catalog.api_tunes import router as tunes_router
from accord.catalog.records import AssetKind
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

router = Router(tags=["catalogue"])
router.add_router("", claims_router)
router.add_router("", tunes_router)
READERS = (*sorted(STAFF), Role.RIGHTSHOLDER, Role.ARTIST, Role.MACHINE)
DELIVERERS = (Role.RIGHTSHOLDER, Role.LICENSING, Role.ADMIN)


@router.post("/deliveries", url_name="deliver")
@audience(*DELIVERERS)
def deliver(
    request: HttpRequest,
    message: UploadedFile = File(...),
    audio: list[UploadedFile] = File([]),
    paths: str = Form("[]"),
    metadata_only: bool = Form(False),
) -> Any:
    """Deliver an ERN or CWR message with its audio files.

    `paths`, a JSON list in the order of the files, says where each lies relative to the message; without it, their names
    do. A rightsholder delivers under its own identifier only.
    """
    viewer = viewer_of(request)
    if message.size is not None and message.size > actions.deliveries.MESSAGE_BYTES_MAX:
        raise BadInput(f"the message has {message.size:,} bytes", why="messages end at 64 MiB", do="split it")
    folder = Path(tempfile.mkdtemp(prefix="delivery-", dir=settings.ACCORD_HOME))
    try:
        _lay_out(folder, audio, paths)
        report = actions.deliver(
            message.read(),
            folder,
            at=now(),
            actor=viewer.account or "",
            metadata_only=metadata_only,
            permit=lambda sender: _permit(viewer, sender),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return plain(report)


@router.get("/deliveries", url_name="deliveries")
@audience(*READERS)
def deliveries(request: HttpRequest) -> Any:
    """The caller's deliveries (staff: all), newest first."""
    return plain(queries.deliveries(viewer_of(request)))


@router.get("/deliveries/{delivery}", url_name="delivery")
@audience(*READERS)
def delivery(request: HttpRequest, delivery: str) -> Any:
    """One delivery, with its counts and what was noticed about it."""
    return plain(queries.delivery(viewer_of(request), delivery))


@router.get("/assets", url_name="assets")
@audience(*READERS)
def assets(
    request: HttpRequest,
    kind: AssetKind | None = None,
    text: str = "",
    held: bool | None = None,
    page: int = PAGES,
) -> dict[str, Any]:
    """Assets the caller may see, 200 a page."""
    count, found = visibility.asset_page(viewer_of(request), kind, text, held, page)
    return {"count": count, "page": page, "assets": plain(found)}


@router.get("/assets/{asset}", url_name="asset")
@audience(*READERS)
def asset(request: HttpRequest, asset: str) -> dict[str, Any]:
    """One asset by its id, ISRC or ISWC, with the claims to it and what was made from it."""
    found = visibility.asset(viewer_of(request), asset)
    return {
        **plain(found),
        "claims": plain(queries.claims([found.id])),
        "made_from_it": list(queries.children([found.id]).get(found.id, ())),
        "public_domain": plain(queries.public_domain(asset_ids=[found.id])),
    }


@router.get("/releases", url_name="releases")
@audience(*READERS)
def releases(request: HttpRequest) -> Any:
    """Releases of the caller's (staff: all)."""
    viewer = viewer_of(request)
    return plain([release for release in queries.releases() if visibility.sees_release(viewer, release)])


@router.get("/releases/{release}/permissions", url_name="release-permissions")
@audience(*READERS)
def permissions(request: HttpRequest, release: str) -> Any:
    """What the DDEX Deals of a release of the caller's let a platform do with it; they claim no right."""
    found = queries.release(release)
    if not visibility.sees_release(viewer_of(request), found):
        raise NotThere(f"there is no release `{release}`")
    return plain(queries.permissions(found.id))


@router.get("/catalogue", url_name="catalogue")
@audience(*sorted(STAFF))
def catalogue(request: HttpRequest) -> dict[str, int]:
    """How much there is."""
    return queries.stats()


@router.post("/parties/{party}/erasure", url_name="party-erase")
@audience(Role.LEGAL, Role.ADMIN)
def erase(request: HttpRequest, party: str) -> dict[str, int]:
    """Forget a party's names and evidence for good, and the raw messages that may name it."""
    return {"objects": actions.forget(party, at=now(), actor=viewer_of(request).account or "")}


def _permit(viewer: Viewer, sender: str) -> None:
    if not viewer.staff and not viewer.acts_for(sender):
        raise Refused(
            Refusal(
                code="catalog.not-your-delivery",
                because="the message's sender is not a party you act for",
                hint="deliver under your own DPID or IPI",
            )
        )


def _lay_out(folder: Path, files: list[UploadedFile], paths: str) -> None:
    try:
        named = json.loads(paths)
    except ValueError:
        named = None
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise BadInput("`paths` is not a JSON list of texts", do='write it as ["audio/1.wav"]')
    if named and len(named) != len(files):
        raise BadInput(f"`paths` names {len(named)} files and {len(files)} came", do="name each file once, in order")
    for file, name in zip(files, named or [file.name for file in files], strict=True):
        target = _target(folder.resolve(), name or "")
        if target is None:
            shown = ascii(name)[1:-1][:120]
            raise BadInput(
                f"`{shown}` is no path for a file of the delivery", do="give each its own, inside the delivery"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)


def _target(folder: Path, name: str) -> Path | None:
    """Where an upload of this name goes, or None: it leads out, is taken, goes through a file, or no file is called so."""
    try:
        target = (folder / name).resolve()
        inside = target != folder and target.is_relative_to(folder)
        through = any(parent.is_file() for parent in target.parents)
        return target if inside and not through and not target.exists() else None
    except (OSError, ValueError):  # too long, a zero byte, half a character
        return None
