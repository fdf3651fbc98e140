"""The doors into provenance: release a creation, write its files (again), withdraw it.

The order binds everything: (1) under the writer lock clearance is decided again and the fact is written, naming the
digest of each file's *sound*; (2) a checkpoint is published over it; (3) the files are signed with fact, salt and
inclusion proof inside them. A crash after (1) leaves a release without files: `write_files` makes them, with the same
sound, as often as asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

import accord
from accord.attribution import queries as attributions
from accord.attribution.records import Attribution
from accord.catalog import queries as catalog
from accord.clearance import queries as clearance
from accord.integrity import index as fingerprints
from accord.journal.actions import publish, writing
from accord.journal.durable import write_durably
from accord.journal.keys import keys_folder
from accord.journal.queries import entry, inclusion
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.provenance import agreement, certificates, credentials, manifest, payload, queries, rules
from accord.provenance import credits as crediting
from accord.provenance.facts import ReleaseIssued, ReleaseWithdrawn
from accord.provenance.found import merge_due
from accord.provenance.models import ReleaseRow
from accord.provenance.records import Release, ReleasedFile, Share
from accord.provenance.sounding import peaks_of
from accord.studio import leave, outward, permission
from accord.studio import queries as studio
from accord.studio.descent import recordings
from accord.studio.records import Creation, DeedKind, Take
from accord.studio.rendering import decode, encode
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.vault import actions as vault

FORMS = ("wav", "flac", "mp3")


def release(creation: str, at: Instant, actor: str) -> Release:
    """Release a creation: fact, checkpoint, signed WAV, FLAC and MP3 in `ACCORD_HOME/released`.

    Raises: NotThere; Refused when it is held, not attributed, released already (it, or the very same sound), over a cap,
    or no longer cleared.
    """
    found = studio.creation(SYSTEM, creation)
    sounds = _encoded(found)
    digests = {form: payload.digest(data) for form, data in sounds.items()}
    with writing(actor, at) as journal:
        take = studio.takes([found.take])[found.take]
        shares = _shares(creation)
        _refuse(rules.releasable(found, take, shares, _holds(found, take), _released(creation)))
        assert shares is not None  # releasable refuses without them
        _refuse(rules.new_sound(found, queries.by_sound(*digests.values())))
        allowed = outward.released(take, permission.again(take, at, keep_for=actor), at, actor)
        agreed = agreement.of(found, shares, allowed, at)
        _refuse(rules.within_caps(agreed.deals, agreed.caps, _used_this_month(at)))
        release_id = journal.mint("rel")
        fact = _fact(
            release_id, found, shares, allowed, agreed, digests, _fingerprint(release_id, sounds["wav"]), journal.head
        )
        journal.append(fact)
    publish()
    signed = _signed(queries.release(release_id), found, sounds)
    merge_due(at, actor)
    return signed


def write_files(release_id: str) -> Release:
    """Sign the files of a release (again) and put them into the released folder. Raises: NotThere."""
    found = queries.release(release_id)
    creation = studio.creation(SYSTEM, found.creation)
    return _signed(found, creation, _encoded(creation))


def _signed(found: Release, creation: Creation, sounds: Mapping[str, bytes]) -> Release:
    fact = entry(found.position).fact
    assert isinstance(fact, ReleaseIssued)
    proof = _proof(found.position)
    shown = _shown(creation, fact)
    edits = tuple(deed.what for deed in creation.made_by if deed.kind is DeedKind.EDIT)
    chain = certificates.chain(keys_folder())
    for file in found.files:
        generator = {"name": "Accord", "version": accord.__version__}
        made = manifest.manifest(fact, file.form, proof, shown, edits, generator)
        write_durably(
            queries.released_folder() / file.name, credentials.sign(sounds[file.form], file.form, made, chain)
        )
    return found


def withdraw(release_id: str, reason: str, at: Instant, actor: str) -> None:
    """Stop offering a release. Files that left the house stay what they are; no new remix is made of it. Raises: NotThere."""
    with writing(actor, at) as journal:
        found = queries.release(release_id)
        journal.append(ReleaseWithdrawn(release=release_id, reason=reason))
        leave.take_back(found.creation, None, at, actor, because=f"{release_id} is offered no more")


def _fact(
    release_id: str,
    creation: Creation,
    shares: Attribution,
    allowed: permission.Allowed,
    agreed: agreement.Agreement,
    digests: Mapping[str, str],
    fingerprint: str,
    known: int,
) -> ReleaseIssued:
    files = tuple(
        ReleasedFile(form, f"{release_id}-{_plain(creation.title)}.{form}", digest) for form, digest in digests.items()
    )
    return ReleaseIssued(
        release=release_id,
        creation=creation.id,
        feature=creation.feature,
        creator=creation.creator,
        title=creation.title,
        files=files,
        duration_s=creation.duration_s,
        fingerprint=fingerprint,
        territories=allowed.territories & creation.territories,
        known=known,
        sources=agreed.sources,
        model=creation.model,
        seal=agreed.seal.id if agreed.seal else None,
        seal_digest=agreed.seal.digest if agreed.seal else None,
        learned_works=agreement.works_in(agreed.seal),
        shares=tuple(Share(row.subject, str(row.kind), row.units, row.method) for row in shares.rows),
        total_units=shares.total_units,
        attribution_version=str(shares.version),
        deals=agreed.deals,
        agreed=agreed.agreed,
        decisions=allowed.decisions,
        label=agreed.label,
        disclosure=agreed.disclosure,
        outside=agreed.outside,
        made_with=agreed.made_with,
        written=agreed.written,
        demonstration=creation.demonstration,
    )


def _encoded(creation: Creation) -> dict[str, bytes]:
    return {form: _sound(creation, form) for form in FORMS}


def _sound(creation: Creation, form: str) -> bytes:
    """The creation's file of one format, without credentials; WAV is the take's own bytes."""
    if form == "wav":
        return vault.read(creation.audio)
    samples, rate = decode(vault.read(creation.audio))
    return encode(samples, rate, form)


def _fingerprint(release_id: str, wav: bytes) -> str:
    samples, rate = decode(wav)
    return vault.put(fingerprints.pack(fingerprints.build_segment([(release_id, peaks_of(samples, rate))])))


def _proof(position: int) -> dict[str, object]:
    try:
        found = inclusion(position)
    except NotThere:
        publish()
        found = inclusion(position)
    return dict(msgspec.to_builtins(found))


def _shown(creation: Creation, fact: ReleaseIssued) -> manifest.Shown:
    """Credit lines, and the names and titles of everything the fact names, bound now."""
    unbound = queries.unbound_credits(creation)
    ids = crediting.parties(unbound) | {one.party for one in fact.agreed} | {deal.licensor for deal in fact.deals}
    ids |= {one.maker for one in fact.made_with}
    names = parties.names(sorted(ids))
    assets = catalog.assets(ids=sorted({one.asset for one in fact.agreed} | {share.subject for share in fact.shares}))
    titles = {asset.id: asset.title for asset in assets.values()} | {one.creation: one.title for one in fact.made_with}
    return manifest.Shown(tuple(crediting.texts(crediting.bind(unbound, names))), names, titles)


def _shares(creation: str) -> Attribution | None:
    try:
        return attributions.attribution(creation)
    except NotThere:
        return None


def _holds(creation: Creation, take: Take) -> list[str]:
    subjects = [creation.id, take.id, *sorted(recordings(creation.lineage))]
    return [hold.reason for subject in subjects for hold in clearance.holds(subject)]


def _released(creation: str) -> str | None:
    row = ReleaseRow.objects.filter(creation=creation).first()
    return row.id if row else None


def _used_this_month(at: Instant) -> dict[str, int]:
    """Releases in the calendar month (UTC) of `at`, per deal they stand on."""
    start = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    used: dict[str, int] = {}
    for row in ReleaseRow.objects.filter(at__gte=start, at__lte=at):
        for deal in {deal["deal"] for deal in row.record["deals"]}:
            used[deal] = used.get(deal, 0) + 1
    return used


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _plain(title: str) -> str:
    """A title as part of a file name: letters, digits and hyphens."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in title.lower()).split()
    return "-".join(words)[:60] or "untitled"
