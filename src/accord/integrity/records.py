"""What integrity hands out: matches with their evidence, verdicts, cases. Frozen and pure."""

from __future__ import annotations

from enum import StrEnum
from math import floor, log2

import msgspec

from accord.terms.instant import Instant


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a match is believed: in its best window, reference peaks found (`hits` of `peaks`) against `chance`."""

    nats: float  # log-likelihood ratio against chance, less what the same recording reaches by chance, best window
    hits: int
    peaks: int
    chance: float  # hits that chance alone predicts
    share: float  # estimated part of the recording's peaks that is present, 0 … 1
    expected_false: float  # false matches this strong that a file of this length would get from this index by chance;
    # over a million catalogue hours: this times 1,000,000 / the index's hours


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the query that is a stretch of a recording; times in seconds.

    `pitch_factor` and `tempo_factor` say how the query differs: 1.0595 is a semitone up, 1.08 is 8 % faster.
    `probability` is the least that the measurements support (see `decide`), if one file in a hundred really holds an
    undeclared recording: none of so many unrelated excerpts came as far, and beyond them chance falls off slowly.
    """

    recording: str
    query_start_s: float
    query_end_s: float
    ref_start_s: float
    ref_end_s: float
    pitch_factor: float
    tempo_factor: float
    evidence: Evidence
    probability: float

    @property
    def semitones(self) -> float:
        """The pitch factor as semitones up."""
        return 12 * log2(self.pitch_factor)

    @property
    def likelihood(self) -> str:
        """The probability in words that claim no more than it: `at least 97 %`, `over 99.9 %`."""
        return "over 99.9 %" if self.probability > 0.999 else f"at least {floor(100 * self.probability)} %"

    @property
    def seconds(self) -> float:
        """Length of the matching stretch in the query."""
        return self.query_end_s - self.query_start_s


class Relation(StrEnum):
    """How two recordings of the catalogue are alike, as their sound says."""

    COPY = "copy"  # the same sound, whole, at its own pitch and speed
    VERSION = "version"  # whole, but pitched, faster, slower, or of another sound (a remaster, another mix)
    PART = "part"  # one holds a part of the other, or both hold a part of something


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Two recordings of the catalogue that sound alike: `one` was asked of `other`, which `match.recording` names.

    `part` is how much of each lies in the match, of the one of which it is less (0 … 1), `agreeing` the share of both recordings'
    stored peaks there that the other has too.
    """

    one: str
    other: str
    relation: Relation
    part: float
    agreeing: float
    match: Match

    def seen_from(self, recording: str) -> Match:
        """The match with this one of the two as what was handed in, and the other as the recording in it."""
        if recording == self.one:
            return self.match
        m = self.match
        return Match(
            recording=self.one,
            query_start_s=m.ref_start_s,
            query_end_s=m.ref_end_s,
            ref_start_s=m.query_start_s,
            ref_end_s=m.query_end_s,
            pitch_factor=round(1 / m.pitch_factor, 5),
            tempo_factor=round(1 / m.tempo_factor, 5),
            evidence=m.evidence,
            probability=m.probability,
        )


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings that are copies or versions of each other, directly or by way of others; `id` is the first of them."""

    id: str
    recordings: tuple[str, ...]
    likenesses: tuple[Likeness, ...]


class MelodyMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Bars of a score (first, last) that are bars of a work's melody, `semitones` up; the pitches stand side by side.

    `nats` are log-odds against chance; `expected_false` how many this strong an unrelated score would get.
    """

    work: str
    voice: str
    query_bars: tuple[int, int]
    work_bars: tuple[int, int]
    semitones: int
    notes: int
    changed: int
    query_pitches: tuple[int, ...]
    work_pitches: tuple[int, ...]
    nats: float
    expected_false: float


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """What one spam signal says of an account: its strongest upload's `value` (`among` so many, beside `other`), how many
    `uploads` show it, and what it adds to the score in nats."""

    signal: str
    upload: str
    value: int
    among: int
    other: str
    uploads: int
    nats: float = 0.0


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """Why an account's uploads look like spam: `base` and the signs' nats add up to the log-odds of `probability`, that a
    reader would uphold the case; `weights` names the set of weights, `origin` where it comes from, `learned_from` how many
    decisions (0: set by hand, and the probability is a manner of speaking)."""

    weights: str
    origin: str
    base: float
    probability: float
    signs: tuple[Sign, ...]
    learned_from: int = 0

    @property
    def points(self) -> float:
        """The score: all that adds up."""
        return self.base + sum(sign.nats for sign in self.signs)


class VoiceMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a sound, in seconds, in which a protected voice is heard, or one that is alike.

    `likeness` is the cosine between the voice's print and the best 8 seconds of the stretch; these are `clean` when nothing
    sounds under the voice.
    """

    person: str
    voice: str
    start_s: float
    end_s: float
    likeness: float
    clean: bool


class ProtectedVoice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice that its person registered; `ended_at` when it was withdrawn, and its print and sample erased."""

    id: str
    person: str
    account: str
    print: str
    sample: str
    method: str
    voice_s: float
    at: Instant
    ended_at: Instant | None = None


class CaseKind(StrEnum):
    """What a case is about. Claim cases are decided in the catalogue and only shown here."""

    COPY = "copy"
    MELODY = "melody"
    DUPLICATE = "duplicate"
    SAME_SOUND = "same-sound"  # two parties delivered it; whose it is, claims say
    SPREE = "spree"
    SPAM = "spam"
    PROMPT = "prompt"
    PLAYS = "plays"
    VOICE_LIKENESS = "voice-likeness"
    CLAIM_CONFLICT = "claim-conflict"
    CLAIM_EVIDENCE = "claim-evidence"


#: How the ids of outside sounds begin, which are looked for and are in no catalogue.
OUTSIDE = "ref_"


def reference_of(digest: str) -> str:
    """The id of an outside sound with this content."""
    return f"{OUTSIDE}{digest.removeprefix('sha256:')[:16]}"


#: Kinds whose upholding is a violation of the rules by the maker.
VIOLATIONS = (
    CaseKind.COPY,
    CaseKind.MELODY,
    CaseKind.DUPLICATE,
    CaseKind.SPREE,
    CaseKind.SPAM,
    CaseKind.VOICE_LIKENESS,
)
#: Kinds that put a hold on their subject. The others are for a reader to look at, and stop nothing.
HOLDS = (CaseKind.COPY, CaseKind.MELODY, CaseKind.DUPLICATE, CaseKind.VOICE_LIKENESS)
#: Kinds that the catalogue decides.
CATALOGUE_KINDS = (CaseKind.CLAIM_CONFLICT, CaseKind.CLAIM_EVIDENCE)


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a reader found: the finding stands, or it does not."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One reader's decision."""

    reader: str
    number: int
    outcome: Outcome
    because: str
    at: Instant


class PassedOn(msgspec.Struct, frozen=True, kw_only=True):
    """A reader who left a hard case to another one, and what was unclear."""

    reader: str
    because: str
    at: Instant


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case with all that happened to it.

    `audio` is the subject's sound and each match's recording has its own, so that both can be seen and heard side by
    side. `due` is when the next reading is due, `appeal_until` how long an appeal is open.
    """

    id: str
    kind: CaseKind
    subject: str
    maker: str
    because: str
    state: CaseState
    opened_at: Instant
    audio: str | None = None
    evidence: tuple[Match, ...] = ()
    melodies: tuple[MelodyMatch, ...] = ()
    suspicion: Suspicion | None = None
    voices: tuple[VoiceMatch, ...] = ()
    also: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    passed: tuple[PassedOn, ...] = ()
    appealed_by: str | None = None
    appealed_at: Instant | None = None
    statement: str | None = None
    due: Instant | None = None
    appeal_until: Instant | None = None
    closed_at: Instant | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What the last reader decided."""
        return self.readings[-1].outcome if self.readings else None

    @property
    def decided_at(self) -> Instant | None:
        """When it was first decided: by a reader, or by the catalogue when it closed."""
        return self.readings[0].at if self.readings else self.closed_at

    def remediation_s(self, now: Instant) -> float:
        """Seconds from the case's opening to its first decision, or to now while it waits for that."""
        return ((self.decided_at or now) - self.opened_at).total_seconds()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long `n` cases took from opening to their first decision, in seconds: the median, and what nine in ten kept."""

    n: int
    median_s: float
    ninth_decile_s: float


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A case that stands upheld. Remediation: from the finding to the first reading that upheld it."""

    case: str
    kind: CaseKind
    subject: str
    maker: str
    opened_at: Instant
    remedied_at: Instant

    @property
    def remediation_s(self) -> float:
        """Seconds from the case's opening to the decision that ended the violation."""
        return (self.remedied_at - self.opened_at).total_seconds()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: `clear` when nothing, or only declared sources, are in it; else the case that holds it."""

    check: str
    clear: bool
    case: str | None
    matches: tuple[Match, ...]
    explained: tuple[str, ...]
    melodies: tuple[MelodyMatch, ...] = ()
    voices: tuple[VoiceMatch, ...] = ()


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload and the cases that it became part of."""

    id: str
    account: str
    title: str
    audio: str
    duration_s: float
    at: Instant
    cases: tuple[str, ...] = ()


class RefusedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A refused prompt; `text` is None once it was erased, `allowed` when an appeal overturned the refusal."""

    id: str
    feature: str
    maker: str
    person: str
    use: str
    text: str | None
    at: Instant
    keep_until: Instant
    allowed: bool = False
