"""What may be asked of provenance. Releases are public: that is what releasing means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.journal.facts import NAMES, from_body
from accord.journal.keys import journal_verifier, keys_folder, origin
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.provenance import certificates
from accord.provenance import credits as crediting
from accord.provenance.facts import ReleaseIssued
from accord.provenance.models import ReleasedSoundRow, ReleaseRow
from accord.provenance.records import Credits, Release
from accord.provenance.trust import Trust
from accord.studio import queries as studio
from accord.studio.descent import creations_in
from accord.studio.records import Creation
from accord.terms.refusal import NotThere
from accord.training import gathering

#: What a release has of the fact that issued it.
OF_ITS_FACT = frozenset(Release.__struct_fields__) & frozenset(ReleaseIssued.__struct_fields__)

PAGE_RELEASES = 50


def released_folder() -> Path:
    """Where released files lie."""
    folder = Path(settings.ACCORD_HOME) / "released"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def trust() -> Trust:
    """The instance's trust file: public keys and nothing else."""
    return Trust(origin(), journal_verifier(), certificates.chain(keys_folder()).root)


def releases(ids: Iterable[str] | None = None, creation: str | None = None) -> list[Release]:
    """Releases, oldest first; those withdrawn are left out."""
    rows = ReleaseRow.objects.filter(withdrawn=None).order_by("position")
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    if creation is not None:
        rows = rows.filter(creation=creation)
    return [_release(row) for row in rows]


def released(creations: Iterable[str]) -> dict[str, Release]:
    """Creation → its release, of those of some that are released, and not withdrawn."""
    rows = ReleaseRow.objects.filter(withdrawn=None, creation__in=list(creations))
    return {row.creation: _release(row) for row in rows}


def all_released() -> Iterable[str]:
    """Every creation that is released, and not withdrawn, as a query that others may join."""
    return ReleaseRow.objects.filter(withdrawn=None).values_list("creation", flat=True)


def newest(most: int) -> list[Release]:
    """The last so many releases that are offered, the newest first."""
    return [_release(row) for row in ReleaseRow.objects.filter(withdrawn=None).order_by("-position")[:most]]


def count() -> int:
    """How many releases are offered."""
    return ReleaseRow.objects.filter(withdrawn=None).count()


def page_of_releases(page: int) -> tuple[int, list[Release]]:
    """How many releases are offered, and PAGE_RELEASES of them, the oldest first: pages count from 1."""
    rows = ReleaseRow.objects.filter(withdrawn=None).order_by("position")
    return rows.count(), [_release(row) for row in rows[(page - 1) * PAGE_RELEASES : page * PAGE_RELEASES]]


def release(release_id: str) -> Release:
    """One release. Raises: NotThere."""
    row = ReleaseRow.objects.filter(id=release_id).first()
    if row is None:
        raise NotThere(f"there is no release `{release_id}`", do="`accord release list` shows those there are")
    return _release(row)


def file_of(release_id: str, form: str) -> Path:
    """The path of one released file. Raises: NotThere."""
    found = release(release_id)
    for file in found.files:
        path = released_folder() / file.name
        if file.form == form and path.is_file():
            return path
    raise NotThere(
        f"release `{release_id}` has no {form} file", do="its files are " + ", ".join(f.form for f in found.files)
    )


def by_sound(*sounds: str) -> Release | None:
    """The release that names exactly one of these sounds (see `payload.digest`), withdrawn or not, or None."""
    row = ReleasedSoundRow.objects.filter(sound__in=sounds).first()
    return release(row.release) if row else None


def credits(creation_id: str) -> Credits:
    """The credits of a creation with names bound now. Raises: NotThere before it is attributed."""
    creation = studio.creation(SYSTEM, creation_id)
    found = unbound_credits(creation)
    return crediting.bind(found, parties.names(crediting.parties(found)))


def unbound_credits(creation: Creation) -> Credits:
    """The credits of a creation in party ids."""
    shares = attribution.attribution(creation.id)
    sources = [row.subject for row in shares.rows if row.kind == "source"]
    assets = gathering.with_ancestors(sources)
    inside = studio.creations(creations_in(creation.lineage))
    return crediting.credits(creation, shares, assets, catalog.claims(asset_ids=sorted(assets)), inside)


def _release(row: ReleaseRow) -> Release:
    kind, version = NAMES[ReleaseIssued]
    fact: Any = from_body(kind, version, row.record)
    return Release(id=row.id, at=row.at, position=row.position, **{name: getattr(fact, name) for name in OF_ITS_FACT})
