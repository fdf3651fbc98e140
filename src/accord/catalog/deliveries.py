"""The door for deliveries: read, check everything, then write in one transaction, or write nothing.

The raw message names people, so it goes to the private store under the delivery's own id, encrypted, and not to the vault;
the fact holds its reference there and the SHA-256 of its bytes, by which the same message read twice is noticed (one that
came without its audio is marked, and may come again with it).
Audio goes to the vault before the journal is opened: a file there that no fact names does not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from accord.catalog import facts, intake_cwr, intake_ern, queries
from accord.catalog.audio_intake import Progress, keep_all
from accord.catalog.cwr.reader import is_cwr, read_cwr
from accord.catalog.entering import Entry, enter
from accord.catalog.ern.reader import read_ern
from accord.catalog.ern.xml import begins_like_xml
from accord.catalog.intake import Plan
from accord.catalog.records import Delivery, DeliveryReport
from accord.journal.actions import writing
from accord.parties import actions as parties
from accord.parties import queries as known_parties
from accord.terms.refusal import BadInput, NotThere
from accord.vault import private

MESSAGE_BYTES_MAX = 64 << 20
METADATA_MARK = ";meta"  # behind the digest, so that the same message may come again with its audio
UNIDENTIFIED = "senders without an identifier"  # the scope in which they are known by their names, and nobody else is
AHEAD = timedelta(days=2)  # clocks differ, and a date without an offset may be a day off
Permit = Callable[[str], None]


def deliver(
    source: Path | bytes,
    audio: Path | None = None,
    *,
    at: datetime,
    actor: str,
    demonstration: bool = False,
    metadata_only: bool = False,
    permit: Permit | None = None,
    progress: Progress | None = None,
) -> DeliveryReport:
    """Deliver a message of either kind, recognised by its content. See `deliver_ern` and `deliver_cwr`."""
    data = _read(source)
    if is_cwr(data):
        return deliver_cwr(data, at=at, actor=actor, demonstration=demonstration, permit=permit)
    if data.strip() and not begins_like_xml(data):
        shown = data.strip()[:24].decode("utf-8", "replace").replace("\n", " ")
        do = "send the XML of a NewReleaseMessage, or the text of a CWR 2.2 file"
        raise BadInput("this is neither an ERN message nor a CWR file", "line 1", f"it begins with `{shown}`", do)
    folder = audio if audio is not None else source.parent if isinstance(source, Path) else None
    return deliver_ern(
        data,
        folder,
        at=at,
        actor=actor,
        demonstration=demonstration,
        metadata_only=metadata_only,
        permit=permit,
        progress=progress,
    )


def deliver_ern(
    source: Path | bytes,
    audio: Path | None = None,
    *,
    at: datetime,
    actor: str,
    demonstration: bool = False,
    metadata_only: bool = False,
    permit: Permit | None = None,
    progress: Progress | None = None,
) -> DeliveryReport:
    """Read a DDEX ERN message and the audio beside it into the catalogue.

    `audio` is the folder that the message's file names are relative to (default: the message's own). With
    `metadata_only` no audio is read, and the report says so. `permit` is told the sender's party id, if it is known,
    and may raise. Delivering the same bytes again changes nothing and returns the same counts.
    Raises: BadInput, with nothing written; NotThere for a path that is none.
    """
    data = _read(source)
    digest = f"sha256:{sha256(data).hexdigest()}{METADATA_MARK if metadata_only else ''}"
    plan = intake_ern.plan(read_ern(data))
    if known := _before(digest, permit):
        return known
    _check_live(plan, demonstration)
    _check_isrcs(plan)
    folder = audio if audio is not None else source.parent if isinstance(source, Path) else None
    if folder is None and not metadata_only and any(r.file for r in plan.recordings):
        raise BadInput("the message names audio files and no folder is given", do="deliver the audio with it")
    files = {} if metadata_only or folder is None else keep_all(plan, folder, progress)
    return _write(plan, data, digest, files, at, actor, demonstration, permit)


def deliver_cwr(
    source: Path | bytes, *, at: datetime, actor: str, demonstration: bool = False, permit: Permit | None = None
) -> DeliveryReport:
    """Read a CISAC CWR transmission (NWR, REV) into the catalogue. Raises: BadInput, with nothing written."""
    data = _read(source)
    digest = f"sha256:{sha256(data).hexdigest()}"
    plan = intake_cwr.plan(read_cwr(data))
    if known := _before(digest, permit):
        return known
    return _write(plan, data, digest, {}, at, actor, demonstration, permit)


def _before(digest: str, permit: Permit | None) -> DeliveryReport | None:
    known = queries.delivery_of(digest)
    if known and permit:
        permit(known.sender)
    return _again(known) if known else None


def _write(
    plan: Plan,
    data: bytes,
    digest: str,
    files: dict[str, object],
    at: datetime,
    actor: str,
    demonstration: bool,
    permit: Permit | None,
) -> DeliveryReport:
    with writing(actor, at) as journal:
        if known := _before(digest, permit):  # somebody delivered it while we read
            return known
        sender, parties_ids = _recognise(plan, permit, at, actor, demonstration)
        _refuse_late(plan, sender, at)
        delivery = journal.mint("dlv")
        entry = Entry(
            journal=journal,
            delivery=delivery,
            sender=sender,
            verified=bool(plan.sender.identifiers) and known_parties.party(sender).verified,
            authority=_authority(plan, sender, parties_ids, at),
            parties=parties_ids,
            files=files,  # type: ignore[arg-type]
            demonstration=demonstration,
            findings=[*plan.findings, *_remarks(plan, files), *_not_added(plan)],
        )
        journal.append(
            facts.DeliveryReceived(
                delivery=delivery,
                message_kind=plan.kind,
                sender=sender,
                message=plan.message,
                digest=digest,
                envelope=private.put(delivery, "delivered-message", data),
                counts=plan.counts,
                findings=tuple(entry.findings),
                created=plan.created,
                subjects=plan.subjects,
            )
        )
        enter(entry, plan)
    return _report(plan, entry)


def _recognise(
    plan: Plan, permit: Permit | None, at: datetime, actor: str, demonstration: bool
) -> tuple[str, dict[str, str]]:
    """The sender's party id, and the message's references with theirs."""
    if permit:
        held = known_parties.find_many(plan.sender.identifiers)
        permit(next(iter(held.values()), ""))
    scope = "" if plan.sender.identifiers else UNIDENTIFIED
    sender = parties.recognise([plan.sender], scope, at=at, actor=actor)[0]
    given = [party for _, party in plan.parties]
    ids = parties.recognise(given, sender, at=at, actor=actor)
    return sender, {reference: party for (reference, _), party in zip(plan.parties, ids, strict=True)}


def _refuse_late(plan: Plan, sender: str, at: datetime) -> None:
    """Messages may overtake each other on their way; the sender's newest word stands."""
    if plan.created > at + AHEAD:
        raise BadInput(f"the message is dated {plan.created:%Y-%m-%d}, which is to come", do="correct its date")
    for subject, created in queries.said_later(sender, plan.subjects, plan.created):
        since = (
            f"it is of {plan.created:%Y-%m-%d %H:%M:%S}, and `{subject}` was described on {created:%Y-%m-%d %H:%M:%S}"
        )
        do = "send it with a new date if it is what is meant now"
        raise BadInput("the message is older than what its sender said since", why=since, do=do)


def _authority(plan: Plan, sender: str, parties: dict[str, str], at: datetime) -> frozenset[str]:
    """For whom this sender's word is evidence: for nobody until it is verified, and never by its name alone."""
    if not plan.sender.identifiers or not known_parties.party(sender).verified:
        return frozenset()
    return known_parties.speaks_for(sender, at) | {parties[reference] for reference in plan.controlled}


def _remarks(plan: Plan, files: dict[str, object]) -> Iterator[str]:
    if not plan.sender.identifiers:
        yield "the sender has no valid identifier: it is known by its name alone, and its word is evidence for nobody"
    named = sum(1 for recording in plan.recordings if recording.file)
    if named and not files:
        yield f"{named} audio files named, none delivered (metadata only)"


def _not_added(plan: Plan) -> Iterator[str]:
    """Identifiers of verified parties that a message alone does not add."""
    known = known_parties.find_many(identifier for _, given in plan.parties for identifier in given.identifiers)
    for reference, given in plan.parties:
        for identifier in given.identifiers:
            if identifier.key not in known:
                number = f"{identifier.scheme.upper()} {identifier.value}"
                yield f"party {reference}: its {number} is new, and the party verified: an office adds it after a look"


def _check_live(plan: Plan, demonstration: bool) -> None:
    """A test says how a message will look, and nothing about the music in it."""
    if plan.test and not demonstration:
        raise BadInput(
            "the message calls itself a test",
            "MessageControlType",
            "`TestMessage` is no delivery",
            "send it as `LiveMessage` once it is meant",
        )


def _check_isrcs(plan: Plan) -> None:
    for recording in plan.recordings:
        if not recording.isrc:
            where = f"SoundRecording {recording.reference}"
            raise BadInput(f"the recording `{recording.title}` has no ISRC", where, do="give every recording its ISRC")
    twice = [isrc for isrc, times in Counter(r.isrc for r in plan.recordings).items() if times > 1]
    if twice:
        raise BadInput(f"the ISRC `{twice[0]}` names two recordings of the message", do="give each its own")


def _read(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    path = Path(source)
    if not path.is_file():
        raise NotThere(f"there is no file `{path}`", do="give the path of an ERN or CWR message")
    if path.stat().st_size > MESSAGE_BYTES_MAX:
        raise BadInput(f"`{path.name}` has {path.stat().st_size:,} bytes", why="messages end at 64 MiB", do="split it")
    return path.read_bytes()


def _report(plan: Plan, entry: Entry) -> DeliveryReport:
    return DeliveryReport(
        delivery=entry.delivery,
        kind=plan.kind,
        sender=entry.sender,
        counts=dict(plan.counts),
        findings=tuple(entry.findings),
        recordings=tuple(dict.fromkeys(entry.assets[r.reference] for r in plan.recordings)),
        works=tuple(dict.fromkeys(entry.assets[w.reference] for w in plan.works)),
        releases=tuple(dict.fromkeys(entry.releases.values())),
        claims_accepted=entry.accepted,
        claims_waiting=entry.waiting,
        conflicts=tuple(entry.conflicts),
    )


def _again(known: Delivery) -> DeliveryReport:
    return DeliveryReport(
        delivery=known.id,
        kind=known.kind,
        sender=known.sender,
        counts=dict(known.counts),
        findings=known.findings,
        again=True,
    )
