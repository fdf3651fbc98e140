"""Writing a plan into the catalogue, inside one open transaction (shell): works, recordings, stems, releases, deals, claims.

Who delivered a thing first describes it. A later delivery by the same sender revises it; one by another sender adds its
claims and nothing else, since two descriptions of one ISRC are for people to settle, not for whoever came last. Two
exceptions, so that nobody is passed over: a verified sender takes over what an unverified one described (whoever came
first could otherwise name singers of its own choosing), and the writers that a second verified publisher names are asked
as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from accord.catalog import facts, queries, settling
from accord.catalog.audio_intake import Kept
from accord.catalog.intake import (
    ClaimGiven,
    Plan,
    RecordingGiven,
    ReleaseGiven,
    WorkGiven,
    compare,
    recognised,
)
from accord.catalog.linking import as_hints, link, stated, unnamed
from accord.catalog.matching import Hint
from accord.catalog.models import WorkTitleRow
from accord.catalog.records import Asset, AssetKind, Claim, Credit, Disclosure
from accord.catalog.rows import title_key
from accord.journal.actions import Writer
from accord.parties import queries as parties


class Entry(msgspec.Struct, kw_only=True):
    """One delivery being written: what is known so far, and what came of it."""

    journal: Writer
    delivery: str
    sender: str
    verified: bool = False
    authority: frozenset[str]
    parties: Mapping[str, str]
    files: Mapping[str, Kept]
    demonstration: bool = False
    findings: list[str] = msgspec.field(default_factory=list)
    assets: dict[str, str] = msgspec.field(default_factory=dict)  # the message's reference → asset id
    releases: dict[str, str] = msgspec.field(default_factory=dict)
    conflicts: list[str] = msgspec.field(default_factory=list)
    accepted: int = 0
    waiting: int = 0


def enter(entry: Entry, plan: Plan) -> None:
    """Write everything the plan asks for, works before the recordings that embody them."""
    _enter_works(entry, plan.works)
    _enter_recordings(entry, plan.recordings)
    _enter_releases(entry, plan.releases)
    if plan.permissions:
        lines = [
            facts.DealLine(
                release=entry.releases[p.release],
                territories=p.territories,
                commercial_models=p.commercial_models,
                uses=p.uses,
                starts=p.starts,
                ends=p.ends,
            )
            for p in plan.permissions
            if p.release in entry.releases
        ]
        entry.journal.append(facts.DealsReceived(delivery=entry.delivery, deals=tuple(lines)))
    _enter_claims(entry, [(part.reference, part.claims) for part in (*plan.works, *plan.recordings)])


def _enter_works(entry: Entry, works: tuple[WorkGiven, ...]) -> None:
    known = queries.find_many(key for work in works for key in _work_keys(entry, work))
    known_titles = _works_by_title(work.title for work in works)
    before = queries.assets({*known.values(), *(name for names in known_titles.values() for name in names)})
    for work in works:
        credits = _people(entry, work.credits)
        asset = next((known[key] for key in _work_keys(entry, work) if key in known), None)
        asset = asset or _same_work(work, credits, [before[name] for name in known_titles.get(work.title, ())])
        identifiers = tuple(tuple(key.split(":", 1)) for key in reversed(_work_keys(entry, work)))
        if asset is None:
            asset = entry.journal.mint("wrk")
            entry.journal.append(
                facts.WorkRegistered(
                    asset=asset,
                    title=work.title,
                    identifiers=identifiers,  # type: ignore[arg-type]
                    credits=credits,
                    delivery=entry.delivery,
                    delivered_by=entry.sender,
                    demonstration=work.demonstration or entry.demonstration,
                )
            )
            known.update({f"{scheme}:{value}": asset for scheme, value in identifiers})
        else:
            _revise_work(entry, before.get(asset), work, credits, identifiers)  # type: ignore[arg-type]
        entry.assets[work.reference] = asset
    link(entry.journal, works=[entry.assets[work.reference] for work in works])
    _link_named_recordings(entry, works)
    _link_arrangements(entry, works)


def _revise_work(
    entry: Entry,
    before: Asset | None,
    work: WorkGiven,
    credits: tuple[Credit, ...],
    identifiers: tuple[tuple[str, str], ...],
) -> None:
    if before is None:  # twice in one message: new, and revised
        return
    describes = _describes(entry, before)
    added = identifiers if describes or entry.verified else tuple(i for i in identifiers if i[0] != "iswc")
    merged = tuple(dict.fromkeys((*before.identifiers, *added)))
    title, people = before.title, before.credits
    if describes:
        title, people = work.title, credits
    elif entry.verified:
        people = tuple(dict.fromkeys((*before.credits, *credits)))
    elif set(credits) - set(before.credits):
        entry.findings.append(f"work {work.number}: described before, so the writers an unverified sender names wait")
    taken = entry.sender if describes and before.delivered_by != entry.sender else None
    if not taken and (title, merged, set(people)) == (before.title, before.identifiers, set(before.credits)):
        return
    entry.journal.append(
        facts.WorkRevised(
            asset=before.id,
            title=title,
            identifiers=merged,
            credits=people,
            delivery=entry.delivery,
            delivered_by=taken,
        )
    )


def _describes(entry: Entry, before: Asset) -> bool:
    """Whether this sender's word says what the thing is: its own, or a verified one after an unverified one."""
    if before.delivered_by == entry.sender:
        return True
    return bool(entry.verified and before.delivered_by and not parties.party(before.delivered_by).verified)


def _link_named_recordings(entry: Entry, works: tuple[WorkGiven, ...]) -> None:
    known = queries.find_many(f"isrc:{isrc}" for work in works for isrc in work.recordings)
    standing = queries.assets(known.values())
    new = [
        (work, isrc, known[key])
        for work in works
        for isrc in work.recordings
        if (key := f"isrc:{isrc}") in known and entry.assets[work.reference] not in standing[known[key]].parents
    ]
    for work, isrc, recording in new:
        if not entry.verified:
            entry.findings.append(f"work {work.number}: an unverified sender's word puts it in no recording ({isrc})")
            continue
        if standing[recording].parents:
            entry.findings.append(
                f"work {work.number}: recording {isrc} embodies others too; this one is added to them"
            )
        match = facts.WorkMatched(recording=recording, work=entry.assets[work.reference], method="isrc-in-registration")
        entry.journal.append(match)


def _link_arrangements(entry: Entry, works: tuple[WorkGiven, ...]) -> None:
    hinted = {work.reference: work.arranges for work in works if work.arranges}
    by_iswc = queries.find_many(f"iswc:{hint.iswc}" for hint in hinted.values() if hint.iswc)
    by_title = _works_by_title(hint.title for hint in hinted.values())
    standing = queries.assets(entry.assets[reference] for reference in hinted)
    for reference, hint in hinted.items():
        work = entry.assets[reference]
        tune, method = by_iswc.get(f"iswc:{hint.iswc}"), "iswc"
        same = [name for name in by_title.get(hint.title, ()) if name != work]
        if tune is None and len(same) == 1:
            tune, method = same[0], "title"
        if tune is None:
            entry.findings.append(f"work {reference}: the original `{hint.title}` is not in the catalogue")
        elif tune not in standing[work].parents:
            entry.journal.append(facts.ArrangementMatched(work=work, tune=tune, method=method))


def _enter_recordings(entry: Entry, recordings: tuple[RecordingGiven, ...]) -> None:
    known = queries.find_many(f"isrc:{recording.isrc}" for recording in recordings)
    before = queries.assets(known.values())
    hints = stated(before)
    for recording in recordings:
        asset = known.get(f"isrc:{recording.isrc}")
        if asset is None:
            asset = _register_recording(entry, recording)
            known[f"isrc:{recording.isrc}"] = asset
        elif asset in before:
            _revise_recording(entry, before[asset], recording, hints.get(asset, set()))
        entry.assets[recording.reference] = asset
    link(entry.journal, recordings=[entry.assets[recording.reference] for recording in recordings])
    for found, work in unnamed(before):
        which = f"`{work.title}` ({work.id})"
        entry.findings.append(
            f"recording {found.identifier('isrc')}: it stays matched to {which}, which is not named here"
        )


def _register_recording(entry: Entry, recording: RecordingGiven) -> str:
    asset = entry.journal.mint("rec")
    audio = entry.files.get(recording.file.uri) if recording.file else None
    entry.journal.append(
        facts.RecordingRegistered(
            asset=asset,
            title=recording.title,
            identifiers=(("isrc", recording.isrc),),
            credits=_people(entry, recording.credits),
            audio=audio.digest if audio else None,
            duration_s=audio.duration_s if audio else None,
            label=entry.parties.get(recording.label) if recording.label else None,
            delivery=entry.delivery,
            delivered_by=entry.sender,
            works=_hints(entry, recording),
            disclosure=_disclosure(entry, recording),
            demonstration=recording.demonstration or entry.demonstration,
        )
    )
    _register_stems(entry, asset, recording)
    return asset


def _register_stems(entry: Entry, asset: str, recording: RecordingGiven) -> None:
    kept = [(stem.name, entry.files[stem.file.uri]) for stem in recording.stems if stem.file.uri in entry.files]
    if kept:
        lines = tuple(
            facts.StemLine(asset=entry.journal.mint("stm"), name=name, audio=file.digest, duration_s=file.duration_s)
            for name, file in kept
        )
        entry.journal.append(facts.StemsRegistered(recording=asset, stems=lines, delivery=entry.delivery))


def _revise_recording(entry: Entry, before: Asset, recording: RecordingGiven, hints: set[Hint]) -> None:
    if not _describes(entry, before):
        entry.findings.append(
            f"recording {recording.isrc}: described by another sender before, so only claims are added"
        )
        return
    taken = entry.sender if before.delivered_by != entry.sender else None
    audio = entry.files.get(recording.file.uri) if recording.file else None
    after = msgspec.structs.replace(
        before,
        title=recording.title,
        credits=_people(entry, recording.credits),
        audio=audio.digest if audio else None if taken else before.audio,
        duration_s=audio.duration_s if audio else None if taken else before.duration_s,
        label=entry.parties.get(recording.label) if recording.label else before.label,
        disclosure=_disclosure(entry, recording),
        delivered_by=entry.sender,
    )
    _revise_stems(entry, before, recording, taken)
    works = _hints(entry, recording)
    if after == before and as_hints(before.id, works) == hints:
        return
    entry.journal.append(
        facts.RecordingRevised(
            asset=before.id,
            title=after.title,
            credits=after.credits,
            audio=after.audio,
            duration_s=after.duration_s,
            label=after.label,
            delivery=entry.delivery,
            works=works,
            disclosure=after.disclosure,
            delivered_by=taken,
        )
    )


def _revise_stems(entry: Entry, before: Asset, recording: RecordingGiven, taken: str | None) -> None:
    """Stems come once. Those of somebody who was never verified are held when another takes the recording over."""
    standing = queries.assets(queries.children([before.id], AssetKind.STEM).get(before.id, ()))
    held = f"delivered by `{before.delivered_by}`, which is not verified; `{taken}` described the recording anew"
    for stem in standing.values() if taken else ():
        entry.journal.append(facts.IntakeHoldPlaced(asset=stem.id, hold=held))
    if taken or not standing:
        _register_stems(entry, before.id, recording)
        return
    given = {entry.files[stem.file.uri].digest for stem in recording.stems if stem.file.uri in entry.files}
    if given - {stem.audio for stem in standing.values()}:
        entry.findings.append(f"recording {recording.isrc}: it has its stems already, so the new ones are left out")


def _enter_releases(entry: Entry, releases: tuple[ReleaseGiven, ...]) -> None:
    keys = {release.reference: _release_identifiers(entry, release) for release in releases}
    known = queries.find_many(f"{scheme}:{value}" for pairs in keys.values() for scheme, value in pairs)
    standing = {release.id: release for release in queries.releases(known.values())}
    for release in releases:
        name = next((known[f"{s}:{v}"] for s, v in keys[release.reference] if f"{s}:{v}" in known), None)
        tracks = tuple(entry.assets[track] for track in release.tracks)
        label = entry.parties.get(release.label) if release.label else None
        before = standing.get(name) if name else None
        entry.releases[release.reference] = name = name or entry.journal.mint("rel")
        if before and before.delivered_by != entry.sender:
            entry.findings.append(f"release {release.icpn}: described by another sender before, so it stays as it was")
        elif before is None or (before.title, before.tracks, before.label) != (release.title, tracks, label):
            fact = facts.ReleaseRegistered(
                release=name,
                title=release.title,
                identifiers=keys[release.reference],
                label=label,
                tracks=tracks,
                delivery=entry.delivery,
                delivered_by=entry.sender,
            )
            entry.journal.append(fact)


def _enter_claims(entry: Entry, given: list[tuple[str, tuple[ClaimGiven, ...]]]) -> None:
    """Each asset's claims, compared with what the same sender claimed before."""
    wanted: dict[str, list[ClaimGiven]] = {}
    for reference, claims in given:
        wanted.setdefault(entry.assets[reference], []).extend(recognised(claims, entry.parties))
    standing: dict[str, list[Claim]] = {}
    for claim in queries.claims(wanted):
        standing.setdefault(claim.asset, []).append(claim)
    for asset, lines in wanted.items():
        known = standing.get(asset, [])
        change = compare([claim for claim in known if claim.delivered_by == entry.sender], lines)
        for claim, where in change.withdrawn:
            settling.withdraw(entry.journal, claim, where, f"no longer in delivery {entry.delivery}")
        if change.withdrawn:
            known = queries.claims([asset])
        placed = settling.place(
            entry.journal, asset, change.added, known, entry.delivery, entry.sender, entry.authority
        )
        entry.accepted += placed.accepted
        entry.waiting += placed.waiting
        entry.conflicts += placed.conflicts
        if change.withdrawn:
            for right in dict.fromkeys(claim.right for claim in known):
                settling.settle(entry.journal, asset, right)


def _people(entry: Entry, credits: Iterable[Credit]) -> tuple[Credit, ...]:
    return tuple(dict.fromkeys(Credit(entry.parties[credit.party], credit.role) for credit in credits))


def _hints(entry: Entry, recording: RecordingGiven) -> tuple[facts.WorkHint, ...]:
    return tuple(
        facts.WorkHint(iswc=hint.iswc, title=hint.title, writers=tuple(entry.parties[w] for w in hint.writers))
        for hint in recording.works
    )


def _disclosure(entry: Entry, recording: RecordingGiven) -> Disclosure:
    said = recording.disclosure
    who = tuple((entry.parties.get(party, party), role, ai) for party, role, ai in said.contributions)
    return msgspec.structs.replace(said, contributions=who)


def _work_keys(entry: Entry, work: WorkGiven) -> list[str]:
    keys = [f"iswc:{work.iswc}"] if work.iswc else []
    return [*keys, f"cwr-{entry.sender}:{work.number}"] if work.number else keys


def _release_identifiers(entry: Entry, release: ReleaseGiven) -> tuple[tuple[str, str], ...]:
    named = [("icpn", release.icpn), ("grid", release.grid)]
    if not (release.icpn or release.grid):
        tracks = "+".join(entry.assets[track] for track in release.tracks)[:120]
        named.append((f"own-{entry.sender}", (release.number or f"{release.reference} {tracks}").strip()[:120]))
    return tuple((scheme, value) for scheme, value in named if value)


def _works_by_title(titles: Iterable[str]) -> dict[str, list[str]]:
    keys = {title: title_key(title) for title in titles if title}
    found: dict[str, list[str]] = {}
    for row in queries.in_chunks(WorkTitleRow.objects.order_by("work"), "title", keys.values()):
        found.setdefault(row.title, []).append(row.work)
    return {title: found[key] for title, key in keys.items() if key in found}


def _same_work(work: WorkGiven, credits: tuple[Credit, ...], candidates: list[Asset]) -> str | None:
    """The work of this title and these writers, unless both carry an ISWC (then they are two) or several fit."""
    writers = {credit.party for credit in credits if credit.role == "writer"}
    same = [
        asset.id
        for asset in candidates
        if writers and set(asset.people("writer")) == writers and not (work.iswc and asset.identifier("iswc"))
    ]
    return same[0] if len(same) == 1 else None
