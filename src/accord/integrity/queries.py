"""What may be asked of integrity: the index in force, cases for whom they concern, violations, pictures of evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.integrity.facts import FingerprintLine
from accord.integrity.identify import identify
from accord.integrity.in_force import Following
from accord.integrity.index import Index, load
from accord.integrity.models import (
    CaseRow,
    CaseSideRow,
    CheckRow,
    FingerprintRow,
    PromptRow,
    ReadingRow,
    ReferenceRow,
    SegmentRow,
    SpamRunRow,
    SpamWeightsRow,
    UploadRow,
    VoiceRow,
)
from accord.integrity.peaks import RATE_HZ
from accord.integrity.records import (
    CATALOGUE_KINDS,
    VIOLATIONS,
    Case,
    CaseKind,
    CaseState,
    Match,
    MelodyMatch,
    Outcome,
    Pace,
    PassedOn,
    ProtectedVoice,
    Reading,
    RefusedPrompt,
    Suspicion,
    Upload,
    Verdict,
    Violation,
    VoiceMatch,
)
from accord.integrity.rules import next_to_read, pace
from accord.integrity.spam_weights import DEFAULT, Weights
from accord.integrity.waveform import Waveform, waveform_of
from accord.parties.viewer import Role, Viewer
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere
from accord.vault import actions as vault
from accord.vault import private

REVIEWERS = (Role.TRUST, Role.ADMIN)
T = TypeVar("T")
_following = Following(lambda digest: load(vault.checked_path(digest)))


def index() -> Index:
    """The index in force: of every segment the recordings that were last taken into it and are not withdrawn."""
    return index_and_segments()[0]


def index_and_segments() -> tuple[Index, tuple[str, ...]]:
    """The index in force, and the digests of the segments that it is made of, in order.

    Kept and followed (`in_force`); segment files are mapped, after their content was checked against their name once.
    """
    return _following.now()


def counting(method: str | None = None) -> tuple[str, ...]:
    """The digests of the segments in which any recording counts, oldest first; those of one method only when told."""
    counts = FingerprintRow.objects.filter(segment=OuterRef("segment"), withdrawn=False)
    rows = SegmentRow.objects.filter(Exists(counts)).order_by("id")
    return tuple(dict.fromkeys((rows.filter(method=method) if method else rows).values_list("segment", flat=True)))


def counted(segments: Iterable[str]) -> dict[str, frozenset[str]]:
    """Segment digest → the recordings that count in it, for each of these segments."""
    found: dict[str, set[str]] = {digest: set() for digest in segments}
    rows = FingerprintRow.objects.filter(segment__in=list(found), withdrawn=False)
    for asset, digest in rows.values_list("asset", "segment"):
        found[digest].add(asset)
    return {digest: frozenset(assets) for digest, assets in found.items()}


def taken_otherwise(method: str) -> frozenset[str]:
    """The recordings that count whose fingerprint was taken by another method than this."""
    current = SegmentRow.objects.filter(method=method).values_list("segment", flat=True)
    return frozenset(
        FingerprintRow.objects.filter(withdrawn=False).exclude(segment__in=current).values_list("asset", flat=True)
    )


def fingerprint_lines(assets: Iterable[str]) -> tuple[FingerprintLine, ...]:
    """What the facts said of these recordings' fingerprints."""
    rows = catalog.in_chunks(FingerprintRow.objects.all(), "asset", sorted(assets))
    return tuple(FingerprintLine(asset=r.asset, audio=r.audio, duration_s=r.duration_s, peaks=r.peaks) for r in rows)


def fingerprinted() -> dict[str, str]:
    """Recording → digest of the audio its fingerprint was taken from, for those that are looked for."""
    return dict(FingerprintRow.objects.filter(withdrawn=False).values_list("asset", "audio"))


def fingerprinted_audio(method: str, since: int = 0) -> set[str]:
    """The audio that a fingerprint of this method was taken from, or whose fingerprint was withdrawn; only where that changed
    after a position of the journal when told."""
    current = SegmentRow.objects.filter(method=method).values("segment")
    rows = FingerprintRow.objects.filter(Q(withdrawn=True) | Q(segment__in=current), position__gt=since)
    return set(rows.values_list("audio", flat=True))


def titles(recordings: Iterable[str]) -> dict[str, str]:
    """Recording → its title in the catalogue, or the name under which an outside sound was found; unknown ones left out."""
    wanted = list(recordings)
    outside = {row.id: row.name for row in catalog.in_chunks(ReferenceRow.objects.all(), "id", wanted)}
    return outside | {asset.id: asset.title for asset in catalog.assets(ids=wanted).values()}


def withdrawn(among: Iterable[str] | None = None) -> frozenset[str]:
    """The recordings that are no longer looked for, or those of them among these."""
    rows = FingerprintRow.objects.filter(withdrawn=True)
    rows = rows if among is None else rows.filter(asset__in=list(among))
    return frozenset(rows.values_list("asset", flat=True))


def is_looked_for(recording: str) -> bool:
    """Whether a recording or an outside sound is in the index in force."""
    return FingerprintRow.objects.filter(asset=recording, withdrawn=False).exists()


def identify_file(
    data: bytes, name: str = "", declared: frozenset[str] = frozenset(), within: Index | None = None
) -> list[Match]:
    """The matches in a sound file's bytes, against the index in force (or `within` another). Raises: BadInput. Nothing is
    recorded."""
    return identify(audio.read_mono(data, RATE_HZ, name), RATE_HZ, within or index(), declared)


def cases(
    viewer: Viewer, state: str | None = None, kind: str | None = None, overdue_at: Instant | None = None
) -> list[Case]:
    """The cases that concern the viewer (reviewers: all), what is due first at the top."""
    rows = _visible(viewer)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if overdue_at is not None:
        rows = rows.filter(due__lt=overdue_at)
    found = _cases(rows.order_by("position"))
    return sorted(found, key=lambda case: (case.due is None, case.due or case.opened_at))


def case(viewer: Viewer, case_id: str) -> Case:
    """One case. Raises: NotThere when it is not the viewer's to see."""
    found = _cases(_visible(viewer).filter(id=case_id))
    if not found:
        raise NotThere(f"there is no case `{case_id}`", do="`accord case list` shows those there are")
    return found[0]


def next_case(viewer: Viewer, after: str) -> Case | None:
    """The most urgent case that waits for this reader, leaving out the one just seen."""
    waiting = _visible(viewer).filter(state__in=(CaseState.OPEN, CaseState.APPEALED)).exclude(id=after)
    rows = waiting.exclude(kind__in=CATALOGUE_KINDS).order_by("due", "position")
    # one at a time: nearly always it is the first
    found = (one for row in rows.iterator() for one in _cases([row]))
    return next_to_read(found, viewer.account or "", viewer.parties)


def time_to_remediation(viewer: Viewer) -> Pace | None:
    """How long the viewer's cases took from opening to their first decision; those of the catalogue apart."""
    opened = dict(_visible(viewer).exclude(kind__in=CATALOGUE_KINDS).values_list("id", "opened_at"))
    first = ReadingRow.objects.filter(number=1).order_by("case").values_list("case", "at")
    return pace([(at - opened[case]).total_seconds() for case, at in first if case in opened])


def case_of(subject: str) -> Case | None:
    """The latest case about a take, upload or asset."""
    found = _cases(CaseRow.objects.filter(subject=subject).order_by("-position")[:1])
    return found[0] if found else None


def cases_about(subjects: Iterable[str], kind: CaseKind) -> dict[str, str]:
    """Subject → the latest case of this kind about it, for those of which there is one."""
    rows = catalog.in_chunks(CaseRow.objects.filter(kind=kind).order_by("position"), "subject", subjects)
    return {row.subject: row.id for row in rows}


def running_case(subject: str, kind: CaseKind) -> str | None:
    """The case of this kind about this subject that is not closed."""
    row = CaseRow.objects.filter(subject=subject, kind=kind).exclude(state=CaseState.CLOSED).first()
    return row.id if row else None


def _visible(viewer: Viewer) -> QuerySet[CaseRow]:
    if viewer.has(*REVIEWERS):
        return CaseRow.objects.all()
    mine = set(viewer.parties) | ({viewer.account} if viewer.account else set())
    theirs = CaseSideRow.objects.filter(party__in=mine).values_list("case", flat=True)
    return CaseRow.objects.filter(Q(maker__in=mine) | Q(id__in=list(theirs)))


def _cases(rows: Iterable[CaseRow]) -> list[Case]:
    chosen = list(rows)
    readings: dict[str, list[Reading]] = {}
    for row in ReadingRow.objects.filter(case__in=[c.id for c in chosen]).order_by("case", "number"):
        readings.setdefault(row.case, []).append(
            Reading(reader=row.reader, number=row.number, outcome=Outcome(row.outcome), because=row.because, at=row.at)
        )
    words = private.get_many(row.statement for row in chosen if row.statement)
    return [
        Case(
            id=row.id,
            kind=CaseKind(row.kind),
            subject=row.subject,
            maker=row.maker,
            because=row.because,
            state=CaseState(row.state),
            opened_at=row.opened_at,
            audio=row.audio,
            evidence=_read(row.evidence, tuple[Match, ...]),
            melodies=_read(row.melodies, tuple[MelodyMatch, ...]),
            suspicion=_read(row.suspicion, Suspicion) if row.suspicion else None,
            voices=_read(row.voices, tuple[VoiceMatch, ...]),
            also=_read(row.also, tuple[str, ...]),
            readings=tuple(readings.get(row.id, ())),
            passed=_read(row.passed, tuple[PassedOn, ...]),
            appealed_by=row.appealed_by,
            appealed_at=row.appealed_at,
            statement=str(words[row.statement]["statement"]) if row.statement in words else None,
            due=row.due,
            appeal_until=row.appeal_until,
            closed_at=row.closed_at,
        )
        for row in chosen
    ]


def violations(since: Instant | None = None, until: Instant | None = None) -> list[Violation]:
    """Cases of copies, melodies, duplicates, sprees, spam and voices that stand upheld, opened in [since, until)."""
    rows = CaseRow.objects.filter(kind__in=VIOLATIONS, outcome=Outcome.UPHELD)
    rows = rows.filter(opened_at__gte=since) if since else rows
    rows = rows.filter(opened_at__lt=until) if until else rows
    return [
        Violation(
            case=found.id,
            kind=found.kind,
            subject=found.subject,
            maker=found.maker,
            opened_at=found.opened_at,
            remedied_at=next(r.at for r in found.readings if r.outcome is Outcome.UPHELD),
        )
        for found in _cases(rows.order_by("position"))
    ]


def spam_weights() -> Weights:
    """The weights of the spam signals in force: those learned last, or the shipped ones, which say that they were not."""
    row = SpamWeightsRow.objects.order_by("-position").first()
    return _read(row.weights, Weights) if row else DEFAULT


def last_spam_run() -> SpamRunRow | None:
    """The last look through all uploads for spam."""
    return SpamRunRow.objects.order_by("-position").first()


def open_cases() -> int:
    """How many cases wait for a reader here (those of the catalogue apart)."""
    waiting = CaseRow.objects.filter(state__in=(CaseState.OPEN, CaseState.APPEALED))
    return waiting.exclude(kind__in=CATALOGUE_KINDS).count()


def checked(subject: str) -> Verdict | None:
    """The latest check of a take or creation, or None when it was never checked."""
    row = CheckRow.objects.filter(subject=subject).order_by("-position").first()
    if row is None:
        return None
    about = case_of(subject)
    return Verdict(
        check=row.id,
        clear=row.clear,
        case=about.id if about and not row.clear else None,
        matches=_read(row.matches, tuple[Match, ...]),
        explained=_read(row.explained, tuple[str, ...]),
        melodies=_read(row.melodies, tuple[MelodyMatch, ...]),
        voices=_read(row.voices, tuple[VoiceMatch, ...]),
    )


def checks() -> int:
    """How many sounds were checked."""
    return CheckRow.objects.count()


def uploads(viewer: Viewer) -> list[Upload]:
    """The viewer's uploads (reviewers: all), newest first."""
    rows = UploadRow.objects.order_by("-position")
    if not viewer.has(*REVIEWERS):
        rows = rows.filter(account__in={viewer.account or "", *viewer.parties})
    return [_upload(row) for row in rows]


def upload(viewer: Viewer, upload_id: str) -> Upload:
    """One upload. Raises: NotThere."""
    row = UploadRow.objects.filter(id=upload_id).first()
    if row is None or not (viewer.has(*REVIEWERS) or row.account == viewer.account or viewer.acts_for(row.account)):
        raise NotThere(f"there is no upload `{upload_id}`")
    return _upload(row)


def refused_prompts(viewer: Viewer) -> list[RefusedPrompt]:
    """Refused prompts for reviewers, and their maker's own; newest first. Texts are bound from the private store."""
    rows = PromptRow.objects.order_by("-position")
    if not viewer.has(*REVIEWERS):
        rows = rows.filter(maker__in={viewer.account or "", *viewer.parties})
    words = private.get_many(row.text for row in rows)
    return [
        RefusedPrompt(
            id=row.id,
            feature=row.feature,
            maker=row.maker,
            person=row.person,
            use=row.use,
            at=row.at,
            text=str(words[row.text]["text"]) if row.text in words else None,
            keep_until=row.keep_until,
            allowed=row.allowed,
        )
        for row in rows
    ]


def voices(viewer: Viewer, ended: bool = False) -> list[ProtectedVoice]:
    """The protected voices of those the viewer acts for (reviewers: all), oldest first; withdrawn ones when asked."""
    rows = VoiceRow.objects.order_by("position")
    if not ended:
        rows = rows.filter(ended_at=None)
    return [_voice(row) for row in _theirs(viewer, rows)]


def voice(viewer: Viewer, voice_id: str) -> ProtectedVoice:
    """One protected voice, withdrawn or not. Raises: NotThere."""
    row = _theirs(viewer, VoiceRow.objects.filter(id=voice_id)).first()
    if row is None:
        raise NotThere(f"there is no protected voice `{voice_id}`")
    return _voice(row)


def _theirs(viewer: Viewer, rows: QuerySet[VoiceRow]) -> QuerySet[VoiceRow]:
    return rows if viewer.has(*REVIEWERS) else rows.filter(person__in=viewer.parties)


def _voice(row: VoiceRow) -> ProtectedVoice:
    return ProtectedVoice(
        id=row.id,
        person=row.person,
        account=row.account,
        print=row.print,
        sample=row.sample,
        method=row.method,
        voice_s=row.voice_s,
        at=row.at,
        ended_at=row.ended_at,
    )


def waveform(digest: str, buckets: int = 600) -> Waveform:
    """The lowest and highest sample of each of `buckets` stretches of a sound in the vault, for drawing."""
    return waveform_of(audio.read_mono(vault.local_path(digest), RATE_HZ), RATE_HZ, buckets)


def _upload(row: UploadRow) -> Upload:
    since = Q(subject=f"{row.account}/uploads", opened_at__lte=row.at) & (Q(closed_at=None) | Q(closed_at__gt=row.at))
    listed = CaseSideRow.objects.filter(party=row.id).values_list("case", flat=True)
    about = CaseRow.objects.filter(Q(subject=row.id) | since | Q(id__in=list(listed))).order_by("position")
    return Upload(
        id=row.id,
        account=row.account,
        title=row.title,
        audio=row.audio,
        duration_s=row.duration_s,
        at=row.at,
        cases=tuple(about.values_list("id", flat=True)),
    )


def _read(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)
