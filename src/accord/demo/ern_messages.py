"""The demonstration's ERN 4.3.2 messages: one a rightsholder, with controllers, stems, deals and declarations about AI."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from accord.catalog.ern.records import (
    MARK_NAMESPACE,
    AiUse,
    Artist,
    Contributor,
    Deal,
    Delegation,
    DeliveredFile,
    ErnMessage,
    Header,
    MessagingParty,
    Party,
    Period,
    Proprietary,
    Related,
    Release,
    Resource,
    RightsController,
    WorkId,
)
from accord.demo.people import Company, Person
from accord.demo.records import DemoCorpus, Recording
from accord.demo.records import Release as DemoRelease
from accord.terms.territory import WORLD, TerritorySet

MARK = (Proprietary(MARK_NAMESPACE, "demonstration"),)
CREATED = datetime(2026, 4, 27, 9, 0, tzinfo=UTC)
RELEASED = "2026-05-15"
GENRE = "Folk"


@dataclass(frozen=True)
class File:
    """One file beside a message."""

    uri: str
    name: str
    sha256: str
    duration_ms: int
    bytes: int


@dataclass(frozen=True)
class Files:
    """The files of a recording: its mix and its stems."""

    mix: File
    stems: tuple[File, ...]


def message(corpus: DemoCorpus, release: DemoRelease, files: dict[str, Files]) -> ErnMessage:
    """The message of one release (ERN 4 sends one at a time): its recordings, their stems, its deal."""
    sender, platform = corpus.cast.companies[release.company], corpus.cast.companies["platform"]
    recordings = [r for r in corpus.recordings if r.isrc in release.tracks]
    references = {r.isrc: f"A{number}" for number, r in enumerate(recordings, start=1)}
    resources = [_recording(corpus, r, references[r.isrc], files[r.isrc].mix) for r in recordings]
    for recording in recordings:
        resources += _stems(corpus, recording, references[recording.isrc], sender, files[recording.isrc])
    return ErnMessage(
        version="4.3.2",
        profile="Audio",
        avs_version="9",
        language="en",
        header=Header(
            thread=f"demonstration-{release.company}",
            message=f"demonstration-{release.icpn}",
            sender=MessagingParty(dpid=sender.dpid, name=sender.name),
            recipients=(MessagingParty(dpid=platform.dpid, name=platform.name),),
            created=CREATED,
            control="TestMessage",
        ),
        parties=tuple(_parties(corpus, recordings)),
        resources=tuple(resources),
        releases=(_release(corpus, release, "R0", references),),
        deals=(_deal(release.company),),
    )


def reference(key: str) -> str:
    """A PartyReference from a key of the cast."""
    return f"P-{key}"


def _parties(corpus: DemoCorpus, recordings: list[Recording]) -> Iterable[Party]:
    cast = corpus.cast
    keys: dict[str, None] = {}
    for recording in recordings:
        keys |= {recording.controller: None, recording.artist: None}
        keys |= {writer: None for writer, _ in corpus.work(recording.work).writers}
    for key in keys:
        whole = cast.companies.get(key) or cast.performers.get(key) or cast.writers[key]
        yield _party(whole)


def _party(whole: Company | Person) -> Party:
    own = reference(whole.key)
    if isinstance(whole, Company):
        return Party(reference=own, name=whole.name, dpid=whole.dpid, proprietary=MARK)
    return Party(reference=own, name=whole.name, isni=whole.isni, ipi=whole.ipi, proprietary=MARK)


def _recording(corpus: DemoCorpus, recording: Recording, own: str, mix: File) -> Resource:
    work = corpus.work(recording.work)
    where = WORLD - TerritorySet.of(*recording.not_in) if recording.not_in else None
    controller = RightsController(
        party=reference(recording.controller),
        roles=("RightsController",),
        share=Fraction(1),
        delegations=() if where is None else (Delegation(uses=("UserDefined",), territories=where),),
    )
    return Resource(
        element="SoundRecording",
        reference=own,
        type="MusicalWorkSoundRecording",
        isrc=recording.isrc,
        proprietary=MARK,
        works=(WorkId(iswc=work.iswc),),
        title=recording.title,
        display_artist=_name(corpus, recording),
        artists=(_artist(recording),),
        contributors=tuple(_contributors(corpus, recording)),
        rights=(controller,),
        p_year=2026,
        p_line=f"(P) 2026 {_controller_name(corpus, recording.controller)} (demonstration)",
        duration_ms=mix.duration_ms,
        contains_ai=AiUse(recording.ai) if recording.ai else None,
        instrumental=not recording.vocal,
        files=(_delivered(f"T{own}", mix),),
    )


def _contributors(corpus: DemoCorpus, recording: Recording) -> Iterable[Contributor]:
    declared = AiUse.NONE if recording.ai else None
    role = "Vocalist" if recording.vocal else "PrimaryMusician"
    yield Contributor(party=reference(recording.artist), roles=(role,), ai=declared, featured=True, sequence=1)
    for number, (writer, _) in enumerate(corpus.work(recording.work).writers, start=2):
        yield Contributor(party=reference(writer), roles=("Arranger",), ai=declared, sequence=number)
    if recording.ai == "Partly":
        yield Contributor(special="GenerativeAI", roles=("Musician",), instruments=("DrumMachine",), ai=AiUse.ALL)


def _stems(corpus: DemoCorpus, recording: Recording, of: str, sender: Company, files: Files) -> Iterable[Resource]:
    for number, stem in enumerate(files.stems, start=1):
        own = f"{of}-S{number}"
        yield Resource(
            element="SoundRecording",
            reference=own,
            type="AudioStem",
            supplemental=True,
            proprietary=(Proprietary(sender.dpid, f"{recording.isrc}-{number:02d}"), *MARK),
            title=stem.name,
            display_artist=_name(corpus, recording),
            artists=(_artist(recording),),
            duration_ms=stem.duration_ms,
            related=(Related(relationship="IsPartOf", resource=of),),
            files=(_delivered(f"T{own}", stem),),
        )


def _delivered(own: str, file: File) -> DeliveredFile:
    return DeliveredFile(reference=own, uri=file.uri, algorithm="SHA-256", digest=file.sha256)


def _release(corpus: DemoCorpus, release: DemoRelease, own: str, references: dict[str, str]) -> Release:
    return Release(
        element="Release",
        reference=own,
        types=("EP",),
        icpn=release.icpn,
        proprietary=MARK,
        title=release.title,
        display_artist=corpus.cast.performers[release.artist].name,
        artists=(Artist(party=reference(release.artist), role="MainArtist", sequence=1),),
        labels=(reference(release.controller),),
        p_year=2026,
        p_line=f"(P) 2026 {_controller_name(corpus, release.controller)} (demonstration)",
        genre=GENRE,
        release_date=RELEASED,
        resources=tuple(references[isrc] for isrc in release.tracks),
    )


def _deal(company: str) -> Deal:
    """What the platform may do with the release; the training use type speaks for the recordings' side alone."""
    where = WORLD - TerritorySet.of("BR") if company == "meridian" else WORLD
    uses = ("OnDemandStream", "UseForTrainingGenerativeAI") if company == "aurelia" else ("OnDemandStream",)
    period = (Period(start=RELEASED),)
    return Deal(releases=("R0",), territories=where, periods=period, models=("SubscriptionModel",), uses=uses)


def _artist(recording: Recording) -> Artist:
    return Artist(party=reference(recording.artist), role="MainArtist", sequence=1)


def _name(corpus: DemoCorpus, recording: Recording) -> str:
    return corpus.cast.performers[recording.artist].name


def _controller_name(corpus: DemoCorpus, key: str) -> str:
    cast = corpus.cast
    return cast.companies[key].name if key in cast.companies else cast.performers[key].name
