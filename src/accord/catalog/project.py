"""Facts about assets → rows. Claims are in `project_claims`; importing this module knows both."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from accord.catalog import facts, project_claims  # noqa: F401 - the claims' projectors come with this room
from accord.catalog.models import (
    AssetIdentifierRow,
    AssetRow,
    CreditRow,
    DeliveryRow,
    EncodingRow,
    HintRow,
    LineageRow,
    PermissionRow,
    PublicDomainRow,
    ReleaseRow,
    SaidRow,
    WorkTitleRow,
)
from accord.catalog.records import Asset, AssetKind
from accord.catalog.rows import as_asset, asset_row, said_key, territories, title_key
from accord.journal.registry import Entry, projects


@projects(facts.DeliveryReceived)
def on_delivery_received(entry: Entry, f: facts.DeliveryReceived) -> None:
    """One row per message, and for each thing it describes the date of the last word."""
    DeliveryRow.objects.create(
        id=f.delivery,
        kind=f.message_kind,
        sender=f.sender,
        message=f.message[:200],
        digest=f.digest,
        envelope=f.envelope,
        counts=json.dumps(f.counts),
        findings=json.dumps(f.findings),
        at=entry.at,
        known_from=entry.position,
    )
    if f.created:
        said = (SaidRow(key=said_key(f.sender, subject), created=f.created) for subject in f.subjects)
        SaidRow.objects.bulk_create(said, update_conflicts=True, unique_fields=["key"], update_fields=["created"])


@projects(facts.RecordingRegistered)
def on_recording_registered(entry: Entry, f: facts.RecordingRegistered) -> None:
    """A first version of the recording."""
    asset = Asset(
        id=f.asset,
        kind=AssetKind.RECORDING,
        title=f.title,
        credits=f.credits,
        identifiers=f.identifiers,
        demonstration=f.demonstration,
        non_commercial=f.non_commercial,
        intake_holds=f.holds,
        audio=f.audio,
        duration_s=f.duration_s,
        label=f.label,
        delivered_by=f.delivered_by,
        disclosure=f.disclosure,
    )
    _open([asset], entry.position)
    _remember_hints(f.asset, f.works)


@projects(facts.RecordingRevised)
def on_recording_revised(entry: Entry, f: facts.RecordingRevised) -> None:
    """A new version of the recording, and of its stems, which stand under the same people."""
    changes = {"credits": f.credits, "label": f.label}
    if f.delivered_by:
        changes["delivered_by"] = f.delivered_by
    heard = {"audio": f.audio, "duration_s": f.duration_s}
    revise(f.asset, entry.position, title=f.title, disclosure=f.disclosure, **heard, **changes)
    for stem in children(f.asset, AssetKind.STEM):
        revise(stem, entry.position, **changes)
    _remember_hints(f.asset, f.works)


@projects(facts.StemsRegistered)
def on_stems_registered(entry: Entry, f: facts.StemsRegistered) -> None:
    """Stems carry their recording's credits, label and marks: packing never loosens a consent."""
    whole = current(f.recording)
    stems = [
        msgspec.structs.replace(
            whole,
            id=line.asset,
            kind=AssetKind.STEM,
            title=line.name,
            parents=(f.recording,),
            identifiers=(),
            audio=line.audio,
            duration_s=line.duration_s,
        )
        for line in f.stems
    ]
    _open(stems, entry.position)


@projects(facts.WorkRegistered)
def on_work_registered(entry: Entry, f: facts.WorkRegistered) -> None:
    """A first version of the work."""
    asset = Asset(
        id=f.asset,
        kind=AssetKind.WORK,
        title=f.title,
        parents=(f.arranges,) if f.arranges else (),
        credits=f.credits,
        identifiers=f.identifiers,
        demonstration=f.demonstration,
        non_commercial=f.non_commercial,
        intake_holds=f.holds,
        delivered_by=f.delivered_by,
    )
    _open([asset], entry.position)
    _remember_title(f.asset, f.title)


@projects(facts.WorkRevised)
def on_work_revised(entry: Entry, f: facts.WorkRevised) -> None:
    """A new version of the work."""
    known = {f"{scheme}:{value}" for scheme, value in current(f.asset).identifiers}
    changes = {"delivered_by": f.delivered_by} if f.delivered_by else {}
    revise(f.asset, entry.position, title=f.title, identifiers=f.identifiers, credits=f.credits, **changes)
    _identify(f.asset, [pair for pair in f.identifiers if ":".join(pair) not in known])
    _remember_title(f.asset, f.title)


@projects(facts.ArrangementMatched)
def on_arrangement_matched(entry: Entry, f: facts.ArrangementMatched) -> None:
    """The tune becomes the work's parent."""
    _add_parent(f.work, f.tune, entry.position)


@projects(facts.WorkMatched)
def on_work_matched(entry: Entry, f: facts.WorkMatched) -> None:
    """The work becomes the recording's parent; terms of the work that forbid commerce reach the recording."""
    _add_parent(f.recording, f.work, entry.position, non_commercial=current(f.work).non_commercial)


@projects(facts.WorkUnmatched)
def on_work_unmatched(entry: Entry, f: facts.WorkUnmatched) -> None:
    """The recording no longer has that work."""
    parents = tuple(parent for parent in current(f.recording).parents if parent != f.work)
    revise(f.recording, entry.position, parents=parents)


@projects(facts.ScoreRegistered)
def on_score_registered(entry: Entry, f: facts.ScoreRegistered) -> None:
    """A first version of the score; terms that forbid commerce reach the work it is the score of."""
    asset = Asset(
        id=f.asset,
        kind=AssetKind.SCORE,
        title=f.title,
        parents=(f.work, f.source) if f.source else (f.work,),
        credits=f.credits,
        identifiers=f.identifiers,
        demonstration=f.demonstration,
        non_commercial=f.non_commercial,
        intake_holds=f.holds,
        score=f.score,
        duration_s=f.duration_s,
        label=f.label,
    )
    _open([asset], entry.position)
    if f.terms is not None:
        EncodingRow.objects.create(asset=f.asset, terms=msgspec.json.encode(f.terms).decode())
    if f.source and f.non_commercial:
        _restrict(f.work, entry.position)


@projects(facts.IntakeHoldPlaced)
def on_intake_hold_placed(entry: Entry, f: facts.IntakeHoldPlaced) -> None:
    """One reason more."""
    revise(f.asset, entry.position, intake_holds=(*current(f.asset).intake_holds, f.hold))


@projects(facts.IntakeHoldLifted)
def on_intake_hold_lifted(entry: Entry, f: facts.IntakeHoldLifted) -> None:
    """One reason less."""
    revise(f.asset, entry.position, intake_holds=tuple(h for h in current(f.asset).intake_holds if h != f.hold))


@projects(facts.PublicDomainStated)
def on_public_domain_stated(entry: Entry, f: facts.PublicDomainStated) -> None:
    """An open statement."""
    PublicDomainRow.objects.create(
        key=f"{f.asset}@{entry.position}",
        known_from=entry.position,
        asset=f.asset,
        territories=f.territories.text(),
        evidence=f.evidence,
    )


@projects(facts.PublicDomainEnded)
def on_public_domain_ended(entry: Entry, f: facts.PublicDomainEnded) -> None:
    """Each open statement about these territories is closed; what it said of others goes on."""
    standing = list(PublicDomainRow.objects.filter(asset=f.asset, known_until=None).order_by("known_from", "key"))
    for number, row in enumerate(standing):
        said = territories(row.territories)
        if not said & f.territories:
            continue
        PublicDomainRow.objects.filter(key=row.key).update(known_until=entry.position)
        if left := said - f.territories:
            PublicDomainRow.objects.create(
                key=f"{f.asset}@{entry.position}.{number}",
                known_from=entry.position,
                asset=f.asset,
                territories=left.text(),
                evidence=row.evidence,
            )


@projects(facts.ReleaseRegistered)
def on_release_registered(entry: Entry, f: facts.ReleaseRegistered) -> None:
    """The release as it was last delivered."""
    values = {
        "title": f.title,
        "icpn": dict(f.identifiers).get("icpn"),
        "grid": dict(f.identifiers).get("grid"),
        "label": f.label,
        "tracks": ",".join(f.tracks),
        "delivered_by": f.delivered_by,
    }
    ReleaseRow.objects.update_or_create(
        id=f.release, defaults=values, create_defaults={**values, "known_from": entry.position}
    )
    keys = [f"{scheme}:{value}" for scheme, value in f.identifiers]
    AssetIdentifierRow.objects.bulk_create(
        (AssetIdentifierRow(key=key, asset=f.release) for key in keys), ignore_conflicts=True
    )


@projects(facts.DealsReceived)
def on_deals_received(entry: Entry, f: facts.DealsReceived) -> None:
    """One row per deal."""
    PermissionRow.objects.bulk_create(
        PermissionRow(
            key=f"{entry.position}#{number}",
            release=deal.release,
            delivery=f.delivery,
            territories=deal.territories.text(),
            commercial_models=",".join(deal.commercial_models),
            uses=",".join(deal.uses),
            starts=deal.starts,
            ends=deal.ends,
            known_from=entry.position,
        )
        for number, deal in enumerate(f.deals)
    )


def current(asset: str) -> Asset:
    """The newest version of an asset."""
    return as_asset(AssetRow.objects.get(asset=asset, known_until=None))


def children(asset: str, kind: AssetKind) -> list[str]:
    """The assets of one kind made directly from this one, in the order of their ids."""
    below = LineageRow.objects.filter(parent=asset).values_list("child", flat=True)
    rows = AssetRow.objects.filter(asset__in=list(below), kind=kind, known_until=None)
    return sorted(rows.values_list("asset", flat=True))


def revise(asset: str, position: int, **changes: Any) -> None:
    """Close the newest version and open one with these changes; credits and lineage follow."""
    before = current(asset)
    after = msgspec.structs.replace(before, **changes)
    AssetRow.objects.filter(asset=asset, known_until=None).update(known_until=position)
    asset_row(after, position).save(force_insert=True)
    if before.parents != after.parents:
        LineageRow.objects.filter(child=asset).delete()
        LineageRow.objects.bulk_create(_lineage(after))
    if before.credits != after.credits:
        CreditRow.objects.filter(asset=asset).delete()
        CreditRow.objects.bulk_create(_credits(after))


def _open(assets: list[Asset], position: int) -> None:
    AssetRow.objects.bulk_create(asset_row(asset, position) for asset in assets)
    LineageRow.objects.bulk_create(row for asset in assets for row in _lineage(asset))
    CreditRow.objects.bulk_create(row for asset in assets for row in _credits(asset))
    for asset in assets:
        _identify(asset.id, list(asset.identifiers))


def _identify(asset: str, identifiers: list[tuple[str, str]]) -> None:
    AssetIdentifierRow.objects.bulk_create(
        AssetIdentifierRow(key=f"{scheme}:{value}", asset=asset) for scheme, value in identifiers
    )


def _remember_title(work: str, title: str) -> None:
    key = title_key(title)
    WorkTitleRow.objects.get_or_create(key=f"{key}:{work}", defaults={"title": key, "work": work})


def _remember_hints(recording: str, hints: tuple[facts.WorkHint, ...]) -> None:
    HintRow.objects.filter(recording=recording).delete()
    HintRow.objects.bulk_create(
        HintRow(
            key=f"{recording}#{number}",
            recording=recording,
            iswc=hint.iswc,
            title=title_key(hint.title),
            writers=",".join(sorted(hint.writers)),
        )
        for number, hint in enumerate(hints)
    )


def _add_parent(child: str, parent: str, position: int, non_commercial: bool = False) -> None:
    before = current(child)
    parents = before.parents if parent in before.parents else (*before.parents, parent)
    revise(child, position, parents=parents, non_commercial=before.non_commercial or non_commercial)
    if before.kind is AssetKind.RECORDING and non_commercial and not before.non_commercial:
        for stem in children(child, AssetKind.STEM):
            revise(stem, position, non_commercial=True)


def _restrict(work: str, position: int) -> None:
    """Commerce is forbidden for a work, for the recordings of it and for their stems."""
    if current(work).non_commercial:
        return
    revise(work, position, non_commercial=True)
    for recording in children(work, AssetKind.RECORDING):
        revise(recording, position, non_commercial=True)
        for stem in children(recording, AssetKind.STEM):
            revise(stem, position, non_commercial=True)


def _lineage(asset: Asset) -> list[LineageRow]:
    return [LineageRow(key=f"{asset.id}<{parent}", child=asset.id, parent=parent) for parent in asset.parents]


def _credits(asset: Asset) -> list[CreditRow]:
    once = dict.fromkeys(asset.credits)
    return [CreditRow(key=f"{asset.id}:{c.party}:{c.role}", party=c.party, asset=asset.id, role=c.role) for c in once]
