"""Facts of integrity → rows; and the catalogue's conflicts and questions of evidence → cases that it decides itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from accord.catalog import facts as catalog
from accord.catalog.queries import claims
from accord.integrity import facts, models
from accord.integrity.records import OUTSIDE, CaseKind, CaseState, Cluster, Outcome, PassedOn, reference_of
from accord.integrity.spam_weights import Weights
from accord.journal.registry import Entry, projects
from accord.vault import actions as vault

CHUNK = 5_000  # names asked for at once: a merge of everything names more than a database takes


@projects(facts.RecordingsFingerprinted)
def on_fingerprinted(entry: Entry, f: facts.RecordingsFingerprinted) -> None:
    """A segment, and its recordings, which count from here on; what was outside and is delivered now is outside no more."""
    delivered = [line.audio for line in f.recordings if not line.asset.startswith(OUTSIDE)]
    for audio in _in_chunks(delivered):
        outside = [reference_of(digest) for digest in audio]
        models.FingerprintRow.objects.filter(asset__in=outside, audio__in=audio).delete()
    _segment(entry, f.segment, f.method, [(line.asset, line) for line in f.recordings])


@projects(facts.ReferencesFingerprinted)
def on_references(entry: Entry, f: facts.ReferencesFingerprinted) -> None:
    """A segment, and its outside sounds, which count from here on."""
    _segment(entry, f.segment, f.method, [(line.reference, line) for line in f.references])
    models.ReferenceRow.objects.bulk_create(
        (models.ReferenceRow(id=line.reference, name=line.name) for line in f.references),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    )


def _segment(
    entry: Entry, segment: str, method: str, lines: list[tuple[str, facts.FingerprintLine | facts.ReferenceLine]]
) -> None:
    models.SegmentRow.objects.create(id=entry.position, segment=segment, method=method, at=entry.at)
    for names in _in_chunks([name for name, _ in lines]):
        models.FingerprintRow.objects.filter(asset__in=names).delete()
    models.FingerprintRow.objects.bulk_create(
        models.FingerprintRow(
            asset=name,
            audio=line.audio,
            segment=segment,
            duration_s=line.duration_s,
            peaks=line.peaks,
            position=entry.position,
        )
        for name, line in lines
    )


def _in_chunks(names: list[str]) -> Iterator[list[str]]:
    return (names[first : first + CHUNK] for first in range(0, len(names), CHUNK))


@projects(facts.FingerprintWithdrawn)
def on_withdrawn(entry: Entry, f: facts.FingerprintWithdrawn) -> None:
    """A recording that is no longer looked for."""
    models.FingerprintRow.objects.filter(asset=f.asset).update(withdrawn=True, position=entry.position)


@projects(facts.IndexSharded)
def on_sharded(entry: Entry, f: facts.IndexSharded) -> None:
    """The manifest of each segment, in place of an earlier one."""
    models.ShardRow.objects.bulk_create(
        (models.ShardRow(segment=line.segment, shards=_json(line.shards)) for line in f.segments),
        update_conflicts=True,
        unique_fields=["segment"],
        update_fields=["shards"],
    )


@projects(facts.MelodiesLaidOut)
def on_melodies(entry: Entry, f: facts.MelodiesLaidOut) -> None:
    """The file of melodies that counts from now on."""
    models.MelodiesRow.objects.create(id=entry.position, file=f.file)


@projects(facts.MelodyWithdrawn)
def on_melody_withdrawn(entry: Entry, f: facts.MelodyWithdrawn) -> None:
    """A work whose melody is no longer looked for."""
    models.WithdrawnMelodyRow.objects.create(work=f.work)


@projects(facts.MelodyWanted)
def on_melody_wanted(entry: Entry, f: facts.MelodyWanted) -> None:
    """It is again."""
    models.WithdrawnMelodyRow.objects.filter(work=f.work).delete()


@projects(facts.DuplicatesSearched)
def on_duplicates(entry: Entry, f: facts.DuplicatesSearched) -> None:
    """The clusters of the last search, and no others."""
    models.DuplicateSearchRow.objects.create(
        id=f.search,
        recordings=f.recordings,
        hours=f.index_hours,
        weighed=f.weighed,
        at=entry.at,
        position=entry.position,
    )
    clusters = msgspec.json.decode(vault.read(f.found), type=list[Cluster])
    models.ClusterRow.objects.all().delete()
    models.ClusterMemberRow.objects.all().delete()
    models.ClusterRow.objects.bulk_create(
        models.ClusterRow(id=c.id, size=len(c.recordings), cluster=_json(c)) for c in clusters
    )
    models.ClusterMemberRow.objects.bulk_create(
        models.ClusterMemberRow(asset=r, cluster=c.id) for c in clusters for r in c.recordings
    )


@projects(facts.SoundChecked)
def on_checked(entry: Entry, f: facts.SoundChecked) -> None:
    """A check."""
    models.CheckRow.objects.create(
        id=f.check,
        subject=f.subject,
        audio=f.audio,
        maker=f.maker,
        declared=_json(f.declared),
        matches=_json(f.matches),
        melodies=_json(f.melodies),
        voices=_json(f.voices),
        explained=_json(f.explained),
        clear=_found(f) <= set(f.explained),
        position=entry.position,
        at=entry.at,
    )


def _found(f: facts.SoundChecked) -> set[str]:
    return {m.recording for m in f.matches} | {m.work for m in f.melodies} | {m.person for m in f.voices}


@projects(facts.VoiceProtected)
def on_voice(entry: Entry, f: facts.VoiceProtected) -> None:
    """A voice that is listened for."""
    models.VoiceRow.objects.create(
        id=f.voice,
        person=f.person,
        account=f.account,
        print=f.print,
        sample=f.sample,
        method=f.method,
        voice_s=f.voice_s,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.VoiceWithdrawn)
def on_voice_withdrawn(entry: Entry, f: facts.VoiceWithdrawn) -> None:
    """A voice that no longer is."""
    models.VoiceRow.objects.filter(id=f.voice).update(ended_at=entry.at)


@projects(facts.PromptRefused)
def on_refused(entry: Entry, f: facts.PromptRefused) -> None:
    """A refused prompt."""
    models.PromptRow.objects.create(
        id=f.refusal,
        feature=f.feature,
        maker=f.maker,
        keyed_hash=f.keyed_hash,
        text=f.text,
        person=f.person,
        use=f.use,
        keep_until=f.keep_until,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.PromptForgotten)
def on_forgotten(entry: Entry, f: facts.PromptForgotten) -> None:
    """The text is gone."""
    models.PromptRow.objects.filter(id=f.refusal).update(forgotten=True)


@projects(facts.UploadReceived)
def on_upload(entry: Entry, f: facts.UploadReceived) -> None:
    """An upload."""
    models.UploadRow.objects.create(
        id=f.upload,
        account=f.account,
        audio=f.audio,
        title=f.title,
        metadata=f.metadata,
        duration_s=f.duration_s,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.CaseOpened)
def on_opened(entry: Entry, f: facts.CaseOpened) -> None:
    """A case, open."""
    _open(
        entry,
        f.case,
        f.kind,
        f.subject,
        f.maker,
        f.because,
        f.due,
        audio=f.audio,
        evidence=_json(f.evidence),
        melodies=_json(f.melodies),
        suspicion=_json(f.suspicion) if f.suspicion else None,
        voices=_json(f.voices),
        also=f.also,
    )


@projects(facts.CaseDecided)
def on_decided(entry: Entry, f: facts.CaseDecided) -> None:
    """A reading; the second one closes the case."""
    models.ReadingRow.objects.create(
        key=f"{f.case}/{f.reading}",
        case=f.case,
        reader=f.reader,
        number=f.reading,
        outcome=f.outcome,
        because=f.because,
        at=entry.at,
    )
    closed = f.reading > 1
    models.CaseRow.objects.filter(id=f.case).update(
        state=CaseState.CLOSED if closed else CaseState.DECIDED,
        outcome=f.outcome,
        due=None,
        appeal_until=f.appeal_until,
        closed_at=entry.at if closed else None,
    )
    case = models.CaseRow.objects.get(id=f.case)
    if case.kind == CaseKind.PROMPT:
        models.PromptRow.objects.filter(id=case.subject).update(allowed=f.outcome == Outcome.DISMISSED)


@projects(facts.CaseSignsChanged)
def on_signs_changed(entry: Entry, f: facts.CaseSignsChanged) -> None:
    """More is seen of a case that waits for its first reader."""
    models.CaseRow.objects.filter(id=f.case).update(because=f.because, suspicion=_json(f.suspicion), also=_json(f.also))
    models.CaseSideRow.objects.filter(case=f.case).delete()
    _sides(f.case, f.also)


@projects(facts.UploadsScored)
def on_scored(entry: Entry, f: facts.UploadsScored) -> None:
    """A look through all uploads."""
    models.SpamRunRow.objects.create(
        id=f.run, weights=f.weights, uploads=f.uploads, accounts=f.accounts, position=entry.position, at=entry.at
    )


@projects(facts.SpamWeightsLearned)
def on_weights(entry: Entry, f: facts.SpamWeightsLearned) -> None:
    """Learned weights."""
    learned = Weights(id=f.weights, base=f.base, weights=dict(f.signals), learned_from=f.learned_from, upheld=f.upheld)
    models.SpamWeightsRow.objects.create(id=f.weights, weights=_json(learned), position=entry.position, at=entry.at)


@projects(facts.CasePassedOn)
def on_passed_on(entry: Entry, f: facts.CasePassedOn) -> None:
    """It goes on to another reader."""
    case = models.CaseRow.objects.get(id=f.case)
    passed = msgspec.json.decode(case.passed, type=list[PassedOn])
    case.passed = _json([*passed, PassedOn(reader=f.reader, because=f.because, at=entry.at)])
    case.due = f.due
    case.save(update_fields=["passed", "due"])


@projects(facts.CaseAppealed)
def on_appealed(entry: Entry, f: facts.CaseAppealed) -> None:
    """An appeal: a second reading is due."""
    models.CaseRow.objects.filter(id=f.case).update(
        state=CaseState.APPEALED, appealed_by=f.by, appealed_at=entry.at, statement=f.statement, due=f.due
    )


@projects(facts.CaseLapsed)
def on_lapsed(entry: Entry, f: facts.CaseLapsed) -> None:
    """Nobody appealed."""
    models.CaseRow.objects.filter(id=f.case).update(state=CaseState.CLOSED, closed_at=entry.at)


@projects(catalog.ClaimConflictFound)
def on_conflict(entry: Entry, f: catalog.ClaimConflictFound) -> None:
    """Evidenced claims that sum to more than the whole: a case until the catalogue resolves it."""
    because = f"claims to {f.right} sum to {float(100 * f.total):g} % in {f.territories.text()}"
    claimants = {claim.claimant for claim in claims([f.asset]) if claim.id in f.claims}
    _open(entry, f.conflict, CaseKind.CLAIM_CONFLICT, f.asset, "", because, f.deadline, also=tuple(sorted(claimants)))


@projects(catalog.ClaimConflictResolved)
def on_resolved(entry: Entry, f: catalog.ClaimConflictResolved) -> None:
    """The catalogue resolved it."""
    _close(entry, f.conflict, Outcome.UPHELD)


@projects(catalog.EvidenceAsked)
def on_evidence_asked(entry: Entry, f: catalog.EvidenceAsked) -> None:
    """A claim that was only asserted: a case until its evidence is in, or it is rejected or withdrawn."""
    _open(
        entry,
        _evidence_case(f.claim),
        CaseKind.CLAIM_EVIDENCE,
        f.asset,
        f.claimant,
        "the claim was asserted without evidence",
        f.deadline,
        also=(f.claimant,),
    )


@projects(catalog.ClaimEvidenced, catalog.ClaimAccepted)
def on_evidence(entry: Entry, f: catalog.ClaimEvidenced | catalog.ClaimAccepted) -> None:
    """The evidence came in."""
    _close(entry, _evidence_case(f.claim), Outcome.DISMISSED)


@projects(catalog.ClaimRejected, catalog.ClaimWithdrawn)
def on_no_claim(entry: Entry, f: catalog.ClaimRejected | catalog.ClaimWithdrawn) -> None:
    """The claim does not stand."""
    _close(entry, _evidence_case(f.claim), Outcome.UPHELD)


def _open(
    entry: Entry,
    case: str,
    kind: CaseKind,
    subject: str,
    maker: str,
    because: str,
    due: Any,
    *,
    audio: str | None = None,
    evidence: str = "[]",
    melodies: str = "[]",
    suspicion: str | None = None,
    voices: str = "[]",
    also: tuple[str, ...] = (),
) -> None:
    if models.CaseRow.objects.filter(id=case).exists():
        return
    models.CaseRow.objects.create(
        id=case,
        kind=kind,
        subject=subject,
        maker=maker,
        audio=audio,
        because=because,
        evidence=evidence,
        melodies=melodies,
        suspicion=suspicion,
        voices=voices,
        also=_json(also),
        state=CaseState.OPEN,
        due=due,
        opened_at=entry.at,
        position=entry.position,
    )
    _sides(case, also)


def _sides(case: str, also: tuple[str, ...]) -> None:
    models.CaseSideRow.objects.bulk_create(
        models.CaseSideRow(key=f"{case}/{party}", case=case, party=party) for party in dict.fromkeys(also)
    )


def _close(entry: Entry, case: str, outcome: Outcome) -> None:
    models.CaseRow.objects.filter(id=case).exclude(state=CaseState.CLOSED).update(
        state=CaseState.CLOSED, outcome=outcome, closed_at=entry.at, due=None
    )


def _evidence_case(claim: str) -> str:
    return f"case_{claim}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
