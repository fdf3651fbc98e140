"""What can have happened in integrity: fingerprints taken, sounds checked, prompts refused, uploads received, cases read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from accord.integrity.records import CaseKind, Match, MelodyMatch, Outcome, Suspicion, VoiceMatch
from accord.journal.facts import Fact, fact
from accord.terms.use import Use


class FingerprintLine(msgspec.Struct, frozen=True, kw_only=True):
    """One recording in a segment: the audio it was taken from and how many peaks it has (0: silence, never found)."""

    asset: str
    audio: str
    duration_s: float
    peaks: int


@fact("integrity.recordings-fingerprinted")
class RecordingsFingerprinted(Fact, frozen=True, kw_only=True):
    """Fingerprints of recordings stand in one segment file in the vault; they count from here on."""

    segment: str
    method: str
    recordings: tuple[FingerprintLine, ...]
    postings: int


class ReferenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One outside sound in a segment: its id (of its content), its name where it was found, its content's hash."""

    reference: str
    name: str
    audio: str
    duration_s: float
    peaks: int


@fact("integrity.references-fingerprinted")
class ReferencesFingerprinted(Fact, frozen=True, kw_only=True):
    """Fingerprints of sounds that are in no catalogue stand in one segment file in the vault; they count from here on."""

    segment: str
    method: str
    references: tuple[ReferenceLine, ...]
    postings: int


@fact("integrity.fingerprint-withdrawn")
class FingerprintWithdrawn(Fact, frozen=True, kw_only=True):
    """A recording is no longer looked for."""

    asset: str
    because: str


class ShardsLine(msgspec.Struct, frozen=True, kw_only=True):
    """A segment, and its shards' files in the vault, by number."""

    segment: str
    shards: tuple[str, ...]


@fact("integrity.index-sharded")
class IndexSharded(Fact, frozen=True, kw_only=True):
    """Segments were cut into `of` shards each: the manifest by which machines that hold some of them serve as one."""

    of: int
    segments: tuple[ShardsLine, ...]


@fact("integrity.melodies-laid-out")
class MelodiesLaidOut(Fact, frozen=True, kw_only=True):
    """The melodies of all works, as they stood at position `known`, are in one file of the vault, so that no process reads them
    from their scores; it replaces the file before."""

    file: str
    known: int
    melodies: int


@fact("integrity.melody-withdrawn")
class MelodyWithdrawn(Fact, frozen=True, kw_only=True):
    """A work's melody is no longer looked for."""

    work: str
    because: str


@fact("integrity.melody-wanted")
class MelodyWanted(Fact, frozen=True, kw_only=True):
    """A work's melody, withdrawn before, is looked for again."""

    work: str


@fact("integrity.duplicates-searched")
class DuplicatesSearched(Fact, frozen=True, kw_only=True):
    """All that was fingerprinted was compared with itself; `found` is the vault's file of the clusters, which replace those
    of the search before. `weighed`: how many pairs shared enough keys to be; `rules`: (SQL file, its hash)."""

    search: str
    found: str
    recordings: int
    index_hours: float
    weighed: int
    segments: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]


@fact("integrity.sound-checked")
class SoundChecked(Fact, frozen=True, kw_only=True):
    """A sound was compared with the index (made of these `segments`), and its notes, if it has any, with the works' melodies.

    `explained` names the recordings and works that its declared sources, or the public domain, account for, and the people
    whose voice it may have.
    """

    check: str
    subject: str
    audio: str
    maker: str
    declared: tuple[str, ...]
    matches: tuple[Match, ...]
    explained: tuple[str, ...]
    segments: tuple[str, ...]
    index_hours: float
    melodies: tuple[MelodyMatch, ...] = ()
    voices: tuple[VoiceMatch, ...] = ()


@fact("integrity.prompt-refused")
class PromptRefused(Fact, frozen=True, kw_only=True):
    """A prompt named somebody who has not agreed. `keyed_hash` recognises the same text; `text` is its private reference,
    erased after `keep_until` unless an appeal runs."""

    refusal: str
    feature: str
    maker: str
    keyed_hash: str
    text: str
    person: str
    use: Use
    code: str
    keep_until: datetime


@fact("integrity.prompt-forgotten")
class PromptForgotten(Fact, frozen=True, kw_only=True):
    """The text of a refused prompt was erased; its hash stays."""

    refusal: str


@fact("integrity.upload-received")
class UploadReceived(Fact, frozen=True, kw_only=True):
    """An account uploaded a sound under a title; what else it said (the artist's name) is `metadata` in the private store."""

    upload: str
    account: str
    audio: str
    title: str
    metadata: str
    duration_s: float


@fact("integrity.case-opened")
class CaseOpened(Fact, frozen=True, kw_only=True):
    """Something needs a reader: what was found about whose doing, the evidence, and by when it is to be read."""

    case: str
    kind: CaseKind
    subject: str
    maker: str
    audio: str | None
    because: str
    evidence: tuple[Match, ...]
    also: tuple[str, ...]
    due: datetime
    melodies: tuple[MelodyMatch, ...] = ()
    suspicion: Suspicion | None = None
    voices: tuple[VoiceMatch, ...] = ()


@fact("integrity.case-signs-changed")
class CaseSignsChanged(Fact, frozen=True, kw_only=True):
    """A case about spam that nobody has read yet is about more now: what is seen, and which uploads it is about."""

    case: str
    because: str
    suspicion: Suspicion
    also: tuple[str, ...]


@fact("integrity.uploads-scored")
class UploadsScored(Fact, frozen=True, kw_only=True):
    """All uploads were looked through for spam: how many, by which weights and rules ((SQL file, its hash)), and the cases."""

    run: str
    weights: str
    uploads: int
    accounts: int
    opened: tuple[str, ...]
    changed: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]


@fact("integrity.spam-weights-learned")
class SpamWeightsLearned(Fact, frozen=True, kw_only=True):
    """Weights of the spam signals, learned from readers' decisions up to a position of the journal; they count from here on.

    `quiet`: accounts that showed nothing, taken as honest. What comes out again for the same decisions, uploads and seed.
    """

    weights: str
    base: float
    signals: tuple[tuple[str, float], ...]
    learned_from: int
    upheld: int
    quiet: int
    until: int
    seed: int
    rules: tuple[tuple[str, str], ...]


@fact("integrity.voice-protected")
class VoiceProtected(Fact, frozen=True, kw_only=True):
    """A person had a print of their own voice taken: creations and uploads are compared with it from here on.

    `print` and `sample` are salted hashes, the references under which the private store holds the print and the seconds
    that readers hear; `method` says which encoder took it, `account` from which verified account it came.
    """

    voice: str
    person: str
    account: str
    print: str
    sample: str
    method: str
    voice_s: float


@fact("integrity.voice-withdrawn")
class VoiceWithdrawn(Fact, frozen=True, kw_only=True):
    """The person no longer wants it compared: print and sample were erased from the private store."""

    voice: str
    person: str


@fact("integrity.case-decided")
class CaseDecided(Fact, frozen=True, kw_only=True):
    """A reader decided; `reading` is 1, or 2 after an appeal. `appeal_until` is None when nobody can appeal any more."""

    case: str
    reader: str
    reading: int
    outcome: Outcome
    because: str
    appeal_until: datetime | None


@fact("integrity.case-passed-on")
class CasePassedOn(Fact, frozen=True, kw_only=True):
    """A reader found a case too hard to decide alone: what is unclear, for another reader, who decides it."""

    case: str
    reader: str
    because: str
    due: datetime


@fact("integrity.case-appealed")
class CaseAppealed(Fact, frozen=True, kw_only=True):
    """Somebody concerned did not accept the decision; their words are `statement` in the private store."""

    case: str
    by: str
    statement: str
    due: datetime


@fact("integrity.case-lapsed")
class CaseLapsed(Fact, frozen=True, kw_only=True):
    """Nobody appealed in time: the first decision is final."""

    case: str
