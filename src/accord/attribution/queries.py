"""What may be asked of attribution."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import msgspec
from django.db.models import Q

from accord.attribution.models import AttributionRow, ShownRow
from accord.attribution.records import Attribution, Evidence, ShareKind, ShareRow
from accord.parties.viewer import SYSTEM, Viewer
from accord.studio import queries as studio
from accord.terms.refusal import NotThere
from accord.training import gathering
from accord.vault import actions as vault


def attribution(creation: str, known: int | None = None, viewer: Viewer = SYSTEM) -> Attribution:
    """The shares of a creation, as they stand or stood at a journal position, for whoever may see them.

    Raises: NotThere before it is attributed, or when the creation is not the viewer's and it is not released or nobody of theirs
    is in it.
    """
    row = _rows(known).filter(creation=creation).first()
    found = _record(row) if row is not None else None
    if found is None or not _sees(viewer, found):
        raise NotThere(f"creation `{creation}` has no shares", do="`accord attribute CREATION` computes them")
    return found


def rows(known: int | None = None, creations: Iterable[str] | None = None) -> list[Attribution]:
    """The shares of every creation, or of some, by creation id."""
    found = _rows(known).order_by("creation")
    if creations is not None:
        found = found.filter(creation__in=list(creations))
    return [_record(row) for row in found]


def evidence(creation: str, viewer: Viewer = SYSTEM) -> Evidence:
    """What the shares were computed from: similarities, matching bars, who is heard when. Raises: NotThere."""
    digest = attribution(creation, viewer=viewer).evidence
    if digest is None:
        return Evidence()
    return msgspec.json.decode(vault.read(digest), type=Evidence, dec_hook=_read)


def earning_from(asset: str) -> tuple[str, ...]:
    """The creations in which an asset has a share now."""
    return tuple(one.creation for one in rows() if any(row.subject == asset for row in one.rows))


def write_evidence(found: Evidence) -> bytes:
    """Evidence as JSON; fractions as `n/d`."""
    return msgspec.json.encode(found, enc_hook=_write)


def _rows(known: int | None) -> Any:
    if known is None:
        return AttributionRow.objects.filter(known_until=None)
    standing = Q(known_until=None) | Q(known_until__gt=known)
    return AttributionRow.objects.filter(standing, known_from__lte=known)


def _record(row: AttributionRow) -> Attribution:
    return Attribution(
        creation=row.creation,
        feature=row.feature,
        total_units=row.total_units,
        rows=tuple(msgspec.convert(one, ShareRow) for one in row.rows),
        version=row.version,
        split_version=row.split_version,
        evidence=row.evidence,
        at=row.at,
        known_from=row.known_from,
        known_until=row.known_until,
    )


def _sees(viewer: Viewer, found: Attribution) -> bool:
    """The platform and the creator; once it is released also the makers of what is in it, and whoever is credited on something
    that has a share."""
    if viewer.staff or viewer == SYSTEM:
        return True
    try:
        studio.creation(viewer, found.creation)
        return True
    except NotThere:
        if not ShownRow.objects.filter(creation=found.creation).exists():
            return False
        if any(row.kind == ShareKind.COCREATOR and viewer.acts_for(row.subject) for row in found.rows):
            return True
        held = gathering.with_ancestors(row.subject for row in found.rows)
        return any(viewer.acts_for(c.party) for a in held.values() for c in a.credits) or any(
            a.label is not None and viewer.acts_for(a.label) for a in held.values()
        )


def _write(value: Any) -> str:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError(f"evidence cannot hold a {type(value).__name__}")


def _read(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise NotImplementedError(f"evidence cannot hold a {kind.__name__}")
