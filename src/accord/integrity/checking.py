"""The door every sound goes through before anyone hears it: compare with the index, explain or hold."""

from __future__ import annotations

from pathlib import Path

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.score import from_midi
from accord.clearance import actions as clearance
from accord.integrity import facts, queries, rules, tunes, voices
from accord.integrity.identify import identify, identify_peaks
from accord.integrity.index import Index
from accord.integrity.peaks import QUERY, RATE_HZ, peaks_in
from accord.integrity.records import HOLDS, CaseKind, Match, MelodyMatch, Suspicion, Verdict, VoiceMatch
from accord.integrity.references import LIMITS
from accord.journal.actions import Writer, writing
from accord.terms.instant import Instant
from accord.vault import actions as vault


def check(
    subject: str,
    audio_digest: str,
    declared: frozenset[str],
    maker: str,
    at: Instant,
    actor: str,
    midi: str | None = None,
    feature: str | None = None,
) -> Verdict:
    """Look for catalogue recordings in a sound of the vault that `maker` made as `subject` (a take, a creation).

    With its notes (`midi`, a digest) the melodies of the catalogue's works are looked for as well. Protected voices always
    are; one is explained when its person made it, agreed to `voice` everywhere the `feature` is, or is heard on a source.

    A match to a declared source, or to the recording that a declared stem is of, is *explained*; the caller has cleared
    what it declares. A melody that is nobody's is explained too. Any other match puts a hold on the subject and opens a
    case with the spans or the bars, in one transaction.
    Raises: NotThere when the vault has no such sound, BadInput when it cannot be read.
    """
    samples = audio.read_mono(vault.local_path(audio_digest), RATE_HZ, subject)
    sources = with_parents(declared)
    index, searched = queries.index_and_segments()
    matches = tuple(identify(samples, RATE_HZ, index, sources))
    foreign = tuple(m for m in matches if m.recording not in sources)
    melodies = tunes.find_melodies(from_midi(vault.read(midi))) if midi else ()
    because = tunes.explained(melodies, declared)
    played = tuple(m for m in melodies if m.work not in because)
    compared = voices.compared(samples, RATE_HZ)
    with writing(actor=actor, at=at) as journal:
        heard = voices.standing(compared)  # somebody may have withdrawn theirs meanwhile
        known = voices.explained(heard, maker, sources, feature, at)  # a yes is asked for under the lock (law 4)
        alike = tuple(m for m in heard if m.person not in known)
        explained = (*(m.recording for m in matches if m.recording in sources), *sorted(because), *sorted(known))
        made = journal.mint("chk")
        journal.append(
            facts.SoundChecked(
                check=made,
                subject=subject,
                audio=audio_digest,
                maker=maker,
                declared=tuple(sorted(declared)),
                matches=matches,
                explained=explained,
                segments=searched,
                index_hours=round(index.hours, 6),
                melodies=melodies,
                voices=heard,
            )
        )
        case = None
        if alike:
            said, people = voices.sentence(alike), voices.people(alike)
            case = hold(journal, CaseKind.VOICE_LIKENESS, subject, maker, audio_digest, said, (), people, voices=alike)
        if played:
            said = tunes.melody_sentence(played)
            case = hold(journal, CaseKind.MELODY, subject, maker, audio_digest, said, (), tunes.sides(played), played)
        if foreign:
            case = hold(journal, CaseKind.COPY, subject, maker, audio_digest, copy_sentence(foreign), foreign)
    return Verdict(
        check=made,
        clear=case is None,
        case=case,
        matches=matches,
        explained=explained,
        melodies=melodies,
        voices=heard,
    )


def look_into(
    data: bytes, name: str = "", declared: frozenset[str] = frozenset(), within: Index | None = None
) -> tuple[list[Match], tuple[VoiceMatch, ...]]:
    """The recordings and the protected voices in a sound file's bytes, against the index in force (or `within` another).
    Raises: BadInput. Nothing is recorded."""
    samples = audio.read_mono(data, RATE_HZ, name)
    return identify(samples, RATE_HZ, within or queries.index(), declared), voices.listen(samples, RATE_HZ)


def look_into_file(
    path: Path, declared: frozenset[str] = frozenset(), within: Index | None = None
) -> tuple[list[Match], tuple[VoiceMatch, ...]]:
    """The same of a file on this machine that may last a day: of its sound a piece is held at a time. Raises: BadInput."""
    query = peaks_in(audio.mono_blocks(path, RATE_HZ, path.name, LIMITS), QUERY)
    matches = identify_peaks(query, within or queries.index(), declared)
    return matches, voices.listen_to(audio.mono_blocks(path, RATE_HZ, path.name, LIMITS), RATE_HZ)


def with_parents(declared: frozenset[str]) -> frozenset[str]:
    """The declared assets and the recordings that declared stems are of."""
    known = catalog.assets(ids=sorted(declared)) if declared else {}
    return declared | {parent for asset in known.values() for parent in asset.parents}


def hold(
    journal: Writer,
    kind: CaseKind,
    subject: str,
    maker: str,
    audio_digest: str | None,
    because: str,
    evidence: tuple[Match, ...],
    also: tuple[str, ...] = (),
    melodies: tuple[MelodyMatch, ...] = (),
    suspicion: Suspicion | None = None,
    voices: tuple[VoiceMatch, ...] = (),
) -> str:
    """Open a case, with a hold on the subject if its kind holds; a running one about the same goes on instead."""
    running = queries.running_case(subject, kind)
    if running is not None:
        return running
    case = journal.mint("case")
    journal.append(
        facts.CaseOpened(
            case=case,
            kind=kind,
            subject=subject,
            maker=maker,
            audio=audio_digest,
            because=because,
            evidence=evidence,
            also=also or labels_of(evidence),
            due=journal.at + rules.READ_WITHIN,
            melodies=melodies,
            suspicion=suspicion,
            voices=voices,
        )
    )
    if kind in HOLDS:
        clearance.place_hold(subject=subject, reason=because, case=case, at=journal.at, actor=journal.actor)
    return case


def labels_of(evidence: tuple[Match, ...]) -> tuple[str, ...]:
    """The labels of the recordings in the evidence: the other side of the case."""
    known = catalog.assets(ids=[m.recording for m in evidence]) if evidence else {}
    return tuple(sorted({asset.label for asset in known.values() if asset.label}))


def copy_sentence(matches: tuple[Match, ...]) -> str:
    """The because of a copy, the longest span first."""
    if not matches:
        return ""
    first = max(matches, key=lambda m: m.seconds)
    more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
    return f"{first.seconds:.0f} s of `{first.recording}` {rules.change_of(first)}{more}, not declared as a source"
